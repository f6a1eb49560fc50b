"""本人確認 — what a caller says is matched blindly: one of four words, never who (C-16, R-10, P-04, P-06)."""

import re

import pytest

from tests.outside.desk import given
from tests.support import place as p


def verdict(desk) -> str:
    for word in ("一致しました", "一致しません", "ひとりに決まりません", "ここでは確認できません"):
        if f"<strong>{word}" in desk.page:
            return word
    return ""


def test_by_ticket_and_birth_date(desk, town):
    desk.start().by_ticket(town.alone.ticket, "S21.4.1")
    assert verdict(desk) == "一致しました" and "1回目を予約する" in desk.page
    assert desk.path == "/case/"


@pytest.mark.parametrize(
    "said",
    [
        "中央町一丁目3番12号",
        "ちゅうおうちょう いっちょうめ さんのじゅうに",
        "ちゅうおうちょう 1の3の12",
        "東京都目黒区中央町１－３－１２",
        "めぐろくちゅうおうちょう1丁目3番地12 ミホンビル",
    ],
)
def test_by_address_in_several_spellings(desk, town, said):
    desk.start().by_address(said, "1946-04-01")
    assert verdict(desk) == "一致しました"


def test_the_room_tells_neighbours_of_one_birthday_apart(desk, town):
    desk.start().by_address("南3-5-6", "昭和21年4月1日")
    assert verdict(desk) != "一致しました"
    desk.by_address("南3-5-6-201", "昭和21年4月1日")
    assert verdict(desk) == "一致しました"
    with p.superuser("outside") as c:
        assert c.execute("SELECT subject_id FROM calls.case").fetchone() == (town.flat.id,)


def test_twins_are_asked_for_the_ticket_and_else_handed_on(desk, town):
    desk.start().by_address("八雲5-1-2 101", town.twin.born)
    assert verdict(desk) == "ひとりに決まりません" and "接種券の番号をお聞かせください" in desk.page
    desk.by_ticket(town.other_twin.ticket, town.twin.born)
    assert verdict(desk) == "一致しました"
    desk.start()
    for _ in range(3):
        desk.by_address("八雲5-1-2 101", town.twin.born)
    assert verdict(desk) == "ここでは確認できません"
    desk.slip()
    assert desk.path == "/case/handed" and "引継票" in desk.page


def test_three_tries_then_hand_off(desk, town):
    desk.start()
    for left in (2, 1):
        desk.by_ticket(town.alone.ticket, "昭和21年4月2日")
        assert verdict(desk) == "一致しません" and f'残り <strong class="num">{left}</strong>' in desk.page
    desk.by_ticket(town.alone.ticket, "昭和21年4月2日")
    assert verdict(desk) == "ここでは確認できません" and "/case/match" not in desk.page
    desk.post("/case/match", {"case": "1", "ticket": town.alone.ticket, "born": town.alone.born})
    assert "1回目を予約する" not in desk.page


def blank(page: str) -> str:
    """Without what differs by nature: tokens, request ids, the number and the minute of the case."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
    page = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", page)
    page = re.sub(r'(#|name="case" [^>]*value=")\d+', "", page)
    return re.sub(r"(午前|午後)\d+:\d\d|\d\d-\d\d \d\d:\d\d", "", page)


def test_protected_moved_unknown_and_mistyped_look_alike(desk, town):
    """P-04, P-06 — equal bytes, whatever the reason."""
    given.withdrawn(town.alone)
    tries = [
        (town.alone.ticket, town.alone.born),
        (given.NEVER_ISSUED, town.alone.born),
        (town.flat.ticket, "昭和21年4月2日"),
    ]
    pages = []
    for ticket, born in tries:
        pages.append(blank(desk.start().by_ticket(ticket, born).page))
    assert verdict(desk) == "一致しません"
    assert len(set(pages)) == 1
    by_address = []
    for said in ("中央町1-3-12", "中目黒9-9-9", "南3-5-6-999"):
        by_address.append(blank(desk.start().by_address(said, town.alone.born).page))
    assert verdict(desk) == "一致しません" and len(set(by_address)) == 1


def test_what_is_no_ticket_number_or_no_address_costs_no_try_and_stays_typed(desk, town):
    desk.start().by_ticket("1234567890", "昭和21年4月1日")
    assert 'value="1234567890"' in desk.page and 'value="昭和21年4月1日"' in desk.page
    assert '残り <strong class="num">3</strong>' in desk.page
    desk.by_address("みどりのいえ", "昭和21年4月1日")
    assert 'value="みどりのいえ"' in desk.page and "CL01" not in desk.page
    assert '残り <strong class="num">3</strong>' in desk.page
    desk.by_address("中央町1-3-12", "昭和99年")
    assert 'value="中央町1-3-12"' in desk.page and '残り <strong class="num">3</strong>' in desk.page


def test_a_doubled_click_is_one_try(desk, town):
    desk.start().open("/case/", by="ticket")
    fields = desk.hidden("/case/match") | {"ticket": given.NEVER_ISSUED, "born": "S21.4.1"}
    desk.post("/case/match", fields).post("/case/match", fields)
    assert '残り <strong class="num">2</strong>' in desk.page


def test_a_match_ends_after_twenty_minutes_and_a_withdrawn_subject_goes_blank(desk, town, desk_zone):
    desk.identified(town.alone)
    given.withdrawn(town.alone)
    desk.open("/case/look", dose=1)
    assert desk.path == "/case/" and "有効時間が過ぎました" in desk.page
    gone = blank(desk.page)
    desk.identified(town.flat)
    desk_zone.set_clock(p.DAY + p.dt.timedelta(minutes=21))
    desk.open("/case/receipt")
    assert desk.path == "/case/" and blank(desk.page) == gone


def test_the_latest_case_wins_and_says_so(desk, town):
    desk.start().open("/case/", by="ticket")
    old = desk.hidden("/case/match") | {"ticket": town.alone.ticket, "born": town.alone.born}
    desk.start()
    assert "#2" in desk.page
    desk.post("/case/match", old)
    assert "前の応対の画面から送られたため" in desk.page and "一致しました" not in desk.page
    desk.open("/case/end").send("/case/end", outcome="answered")
    desk.post("/case/match", old)
    assert desk.path == "/" and "CL03" in desk.page


def test_an_old_start_page_begins_nothing(desk):
    desk.open("/")
    old = desk.hidden("/case/start")
    desk.post("/case/start", old).post("/case/start", old)
    assert "#1" in desk.page
    desk.start()
    desk.post("/case/start", old)
    assert "#2" in desk.page
    with p.superuser("outside") as c:
        assert c.execute("SELECT count(*) FROM calls.case").fetchone() == (2,)
