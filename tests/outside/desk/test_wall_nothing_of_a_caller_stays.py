"""壁 — after an address and a slip were typed, no page, session, table or log holds a token of them."""

import base64

from tests.outside.desk.operator import Desk
from tests.support import place as p

ADDRESS = "南3-5-6 カナリア荘 201号室"
TOKENS = (
    "カナリア",
    "かなりあ",
    "南3-5-6",
    "南三丁目",
    "みほん はなこ",
    "09000001234",
    "090-0000-1234",
    "昭和21年4月1日",
)
PAGES = (
    "/", "/away", "/case/", "/case/?by=address", "/case/?by=ticket", "/case/look?dose=1", "/case/look?dose=1&venue=1&on=2026-11-26",
    "/case/look?move=1", "/case/booked", "/case/receipt", "/case/booking", "/case/cancel", "/case/slip", "/case/handed",
    "/case/centres", "/case/end",
)  # fmt: skip


def forms_of(token: str) -> list[bytes]:
    """As bytes: plain, base64 at each offset, hex, UTF-16, CP932."""
    raw = token.encode()
    found = [raw, raw.hex().encode(), token.encode("utf-16-le"), token.encode("cp932")]
    for shift in range(3):
        body = base64.b64encode(b"\0" * shift + raw)
        found.append(body[-(-shift * 8 // 6) : -4])
    return found


def test_no_page_no_table_no_log_holds_a_token(desk, town, account, capfd):
    desk.start().by_address(ADDRESS, "昭和21年4月1日")
    assert "一致しました" in desk.page
    desk.seen.clear()
    walk = [desk.open(path).page for path in PAGES]
    desk.book(town.slots[0], pair=1)
    desk.open("/case/receipt").send("/case/receipt", receipt=desk.codes[0] if desk.codes else "22222222")
    walk += [desk.open(path).page for path in PAGES]
    desk.slip(name="みほん はなこ", phone="090-0000-1234", words="カナリア")
    walk += [desk.open(path).page for path in PAGES]
    desk.open("/case/end").send("/case/end", outcome="slip")
    walk += [desk.open(path).page for path in PAGES] + desk.seen
    for token in TOKENS:
        example = token == "昭和21年4月1日"  # stands as an example beside the field, the same for everybody
        for page in walk:
            assert token not in (page.replace("例　昭和21年4月1日", "") if example else page)
    whole = dump()
    said = capfd.readouterr()
    for token in TOKENS:
        for form in forms_of(token):
            if len(form) > 5:
                assert form not in whole and form not in (said.err + said.out).encode()


def dump() -> bytes:
    """Every row of the outside as text, as a superuser sees it; sessions also as they read when decoded."""
    from django.contrib.sessions.backends.db import SessionStore

    parts = []
    with p.superuser("outside") as c:
        tables = c.execute(
            "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for (table,) in tables:
            if table.split(".")[1] == "venue":
                continue  # the halls' own addresses are public
            with c.cursor().copy(f"COPY {table} TO STDOUT") as out:
                parts.extend(bytes(block) for block in out)
        for (data,) in c.execute("SELECT session_data FROM shelf_desk.django_session").fetchall():
            parts.append(repr(SessionStore().decode(data)).encode())
    return b"\n".join(parts)


def test_a_page_goes_blank_by_itself_and_is_marked_with_its_reader(desk, town):
    desk.identified(town.alone)
    assert desk.answer.headers["Refresh"] == "180; url=/away"
    assert desk.page.count("OP-117 11-24 10:00") == 2
    desk.open("/case/slip")
    assert desk.answer.headers["Refresh"] == "600; url=/away"
    desk.open("/away")
    assert "Refresh" not in desk.answer.headers and "応対 <span" not in desk.page and "続ける" in desk.page


def test_signing_out_clears_the_browser_and_the_seat(desk, town):
    desk.identified(town.alone)
    desk.send("/signout")
    assert desk.answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    desk.open("/case/")
    assert desk.path.startswith("/signin")


def test_after_signing_in_anew_the_open_case_is_taken_up(desk, town, account, desk_zone):
    import datetime as dt

    from sesshu.cli.ready import ready_account

    desk.identified(town.alone)
    again = ready_account(desk_zone, "desk", "OP-117", "operator", trained_until=dt.date(2027, 3, 31))
    with p.superuser("outside") as c:
        c.execute("UPDATE shelf_desk.account SET totp_last = -1")  # another authenticator: its first code
    other = Desk().sign_in(again)
    assert "#1</span> が開いたままです" in other.page
    other.open("/case/")
    assert "1回目を予約する" in other.page
