"""A resident books, finds, changes and cancels, page by page, in the real process of the public zone."""

import base64
import datetime as dt
import json
import re
import zlib
from concurrent.futures import ThreadPoolExecutor

from tests.support import outside as o
from tests.support import place as p
from tests.whole.zones.conftest import BORN


def _recognised(visitor, people, n=0):
    visitor.go("/")
    page = visitor.send("/", ticket=people.tickets[n], **BORN)
    assert visitor.at == "/venue", page.text
    return page


def _choose(visitor, people, n=0, nth=0, both="yes"):
    """As far as "check your answers"."""
    _recognised(visitor, people, n)
    return _places(visitor, nth, both)


def _places(visitor, nth=0, both="yes", hall=0):
    visitor.send("/venue", venue=visitor.page.values("venue")[hall])
    assert visitor.at == "/time"
    on = visitor.page.hidden("on")
    return visitor.send("/time", on=on, slot=visitor.page.values("slot")[nth], both=both)


def _press(visitor):
    return visitor.send("/check", request=visitor.page.hidden("request"))


def _code(page) -> str:
    return re.search(r'class="code"[^>]*>([^<]+)<', page.text)[1]


def _booked(visitor, people, n=0, **how) -> str:
    _choose(visitor, people, n, **how)
    page = _press(visitor)
    assert visitor.at == "/done", page.text
    return _code(page)


def _open(visitor, people, code, n=0):
    visitor.go("/find")
    return visitor.send("/find", receipt=code.lower(), ticket=people.tickets[n], **BORN)


def _active() -> list[tuple]:
    with p.superuser("outside") as c:
        return c.execute(
            "SELECT dose, on_date FROM booking.booking WHERE state = 'active' ORDER BY subject_id, dose"
        ).fetchall()


def test_a_resident_books_both_doses_and_finds_them_again(visitor, people):
    """二回いっしょに予約し、予約番号ひとつで開ける。"""
    code = _booked(visitor, people)
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code) and "予約できました" in visitor.page.text
    assert [d for d, _ in _active()] == [1, 2]
    page = _open(visitor, people, code)
    assert visitor.at == "/booking" and page.text.count("予約済み") == 2


def test_a_resident_books_only_the_first_dose(visitor, people):
    _booked(visitor, people, both="no")
    assert [d for d, _ in _active()] == [1]


def test_nothing_is_booked_before_the_button_is_pressed(visitor, people):
    page = _choose(visitor, people)
    assert "まだ<strong>予約されていません</strong>" in page.text and not _active()


def test_a_double_click_gives_one_booking_and_one_code(visitor, people):
    _choose(visitor, people)
    body = visitor.form(request=visitor.page.hidden("request"))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: visitor.ask("POST", "/check", body), range(8)))
    assert {(a.status, a.header("Location")) for a in answers} == {(302, "/done")}
    assert len(_active()) == 2
    codes = {_code(visitor.go("/done")) for _ in range(2)}
    assert len(codes) == 1


def test_going_back_and_pressing_again_changes_nothing(visitor, people):
    code = _booked(visitor, people)
    visitor.go("/check")
    _press(visitor)
    assert visitor.at == "/done" and _code(visitor.page) == code and len(_active()) == 2


def test_a_form_of_an_older_choice_is_shown_again_and_not_sent(visitor, people):
    """別の画面で選びなおしたあと、古い画面のボタンを押しても、そのままでは予約されない。"""
    _choose(visitor, people)
    old = visitor.page.hidden("request")
    visitor.go("/venue")
    _places(visitor, nth=1)
    visitor.send("/check", request=old)
    assert visitor.at == "/check" and not _active()


def test_a_place_taken_meanwhile_leads_to_another_time(visitor, people):
    _choose(visitor, people)
    with p.superuser("outside") as c:
        c.execute("UPDATE booking.slot SET taken_web = cap_web WHERE id = %s", [people.slots[0]])
    page = _press(visitor)
    assert visitor.at == "/time" and "満席になりました" in page.text and not _active()


def test_somebody_with_a_booking_is_led_to_it(visitor, another, people):
    _choose(visitor, people)
    _booked(another, people)
    page = _press(visitor)
    assert visitor.at == "/" and "すでに予約があります" in page.text


def test_a_draft_ends_after_forty_minutes(visitor, people):
    _choose(visitor, people)
    p.place().set_clock(p.DAY + dt.timedelta(minutes=41))
    page = visitor.go("/check")
    assert visitor.at == "/" and "時間がたったため" in page.text


def test_a_subject_that_is_withdrawn_meanwhile_goes_blank(visitor, people):
    """途中で取り下げられた対象者: open pages show nothing more, and nothing is booked."""
    _choose(visitor, people)
    o.arrive("subject.withdraw", {"id": str(people.subjects[0])})
    _press(visitor)
    assert visitor.at == "/" and not _active()


def test_a_booking_is_cancelled_and_brought_back(visitor, people):
    code = _booked(visitor, people)
    _open(visitor, people, code)
    page = visitor.go("/booking/cancel?dose=1")
    assert "2回目" in page.text and "いっしょに取り消されます" in page.text
    visitor.send("/booking/cancel", dose="1")
    assert visitor.at == "/booking" and not _active()
    visitor.send("/booking/undo", dose="1")
    assert len(_active()) == 2
    visitor.go("/booking/cancel?dose=1")
    visitor.send("/booking/cancel", dose="1")
    assert not _active()
    p.place().set_clock(p.DAY + dt.timedelta(minutes=11))
    assert "取消を元に戻す" not in visitor.go("/booking").text


def test_a_booking_is_moved_and_gets_a_new_code(visitor, people):
    old = _booked(visitor, people)
    before = _active()
    _open(visitor, people, old)
    visitor.send("/booking/move", dose="1")
    assert visitor.at == "/venue" and _active() == before
    visitor.send("/venue", venue=visitor.page.values("venue")[0])
    visitor.go(re.findall(r'href="\?on=([0-9-]+)#hours"', visitor.page.text)[3].join(["/time?on=", ""]))
    visitor.send("/time", on=visitor.page.hidden("on"), slot=visitor.page.values("slot")[1], both="yes")
    page = _press(visitor)
    assert visitor.at == "/done" and "予約を変更しました" in page.text
    new = _code(page)
    assert new != old and _active() != before and len(_active()) == 2
    _open(visitor, people, old)
    assert visitor.at == "/booking" and "変更済み" in visitor.page.text
    _open(visitor, people, new)
    assert visitor.page.text.count("予約済み") == 2


def test_the_first_code_still_opens_the_second_dose_after_the_first_was_given(visitor, people):
    code = _booked(visitor, people)
    with p.superuser("outside") as c:
        c.execute("UPDATE booking.booking SET state = 'fulfilled' WHERE dose = 1")
    page = _open(visitor, people, code)
    assert "来場済み" in page.text and "2回目の日時・会場を変える" in page.text


def test_the_calendar_file_holds_hall_and_hour_and_nothing_of_the_person(visitor, people):
    code = _booked(visitor, people)
    file = visitor.go("/done.ics")
    assert file.header("Content-Type").startswith("text/calendar")
    text = file.text.replace("\r\n ", "")
    assert text.count("BEGIN:VEVENT") == 2 and "第1会場" in text
    assert code not in text and people.tickets[0] not in text
    assert all(len(line) <= 75 for line in file.body.split(b"\r\n"))


def test_no_address_and_no_cookie_holds_what_was_typed(visitor, people):
    code = _booked(visitor, people)
    _open(visitor, people, code)
    for word in (people.tickets[0], "19460401", "1946", code, code.replace("-", "")):
        assert not any(word in path for path in visitor.seen)
        assert word not in _inside_of(visitor.cookies["public-session"])
    assert str(people.subjects[0]) not in _inside_of(visitor.cookies["public-session"])


def _inside_of(cookie: str) -> str:
    """What a signed cookie says to whoever unpacks it."""
    body = cookie.split(":")[0]
    raw = base64.urlsafe_b64decode(body.lstrip(".") + "==")
    return json.dumps(json.loads(zlib.decompress(raw) if body.startswith(".") else raw))


def test_without_a_draft_every_page_leads_to_the_start(visitor):
    for path in ("/venue", "/time", "/check", "/done"):
        visitor.go(path)
        assert visitor.at == "/"
    visitor.go("/booking")
    assert visitor.at == "/find"


def test_ending_forgets_everything(visitor, people):
    _booked(visitor, people)
    visitor.send("/end")
    visitor.go("/done")
    assert visitor.at == "/"


def test_every_page_is_small_and_free_of_scripts_and_inline_styles(visitor, people):
    _booked(visitor, people)
    for path in ("/", "/find", "/venue", "/done"):
        page = visitor.go(path)
        assert len(page.body) <= 50_000 and "<script" not in page.text and "style=" not in page.text
