"""応対 — booking, a pair, moving, cancelling, undoing; always the caller's own words first (R-02, R-07, L-06)."""

import pytest

from tests.support import place as p


def counter(slot: int) -> tuple:
    with p.superuser("outside") as c:
        return c.execute("SELECT taken_web, taken_phone FROM booking.slot WHERE id = %s", [slot]).fetchone()


def bookings() -> list[tuple]:
    with p.superuser("outside") as c:
        return c.execute("SELECT dose, slot_id, channel, state FROM booking.booking ORDER BY id").fetchall()


def test_a_first_dose_by_phone(desk, town):
    desk.identified(town.alone).open("/case/look", dose=1)
    assert "第1会場" in desk.page and "第2会場" in desk.page
    desk.open("/case/look", dose=1, venue=1, day="11/26")
    assert "0/8<" in desk.page and "（電話 0/3）" in desk.page
    desk.book(town.slots[0])
    assert desk.path == "/case/booked" and len(desk.codes) == 1
    assert bookings() == [(1, town.slots[0], "phone", "active")] and counter(town.slots[0]) == (0, 1)
    again = desk.codes
    assert desk.open("/case/booked").codes == again
    desk.open("/case/end")
    assert 'value="booked"' in desk.page.split("checked")[0].rsplit("<input", 1)[1]
    desk.send("/case/end", outcome="booked")
    assert desk.path == "/" and "予約した" in desk.page
    assert desk.open("/case/booked").codes == []


def test_both_doses_together(desk, town):
    desk.identified(town.alone).open("/case/look", dose=1, venue=1, on="2026-11-26")
    assert "2回目もいっしょに" in desk.page
    desk.book(town.slots[0], pair=1)
    assert len(desk.codes) == 2
    assert [(d, s) for d, _, _, s in bookings()] == [(1, "active"), (2, "active")]
    desk.open("/case/")
    assert "予約できる接種はありません" in desk.page


def test_only_the_first_of_two_and_then_the_second(desk, town):
    desk.identified(town.alone).book(town.slots[0])
    desk.open("/case/")
    assert "2回目を予約する" in desk.page and "1回目を予約する" not in desk.page
    first_day = town.slots[3 * 19]
    desk.book(first_day, dose=2)
    assert len(desk.codes) == 1
    assert bookings()[1][:2] == (2, first_day)


def test_a_doubled_click_books_once(desk, town):
    desk.identified(town.alone).read_back(town.slots[0])
    fields = desk.hidden("/case/book")
    first = desk.post("/case/book", fields).codes
    assert first and desk.post("/case/book", fields).codes == first
    assert len(bookings()) == 1


def test_what_is_booked_is_what_was_read_back_in_that_tab(desk, town):
    desk.identified(town.alone).read_back(town.slots[0])
    shown = desk.hidden("/case/book")
    desk.read_back(town.slots[1]).post("/case/book", shown)
    assert bookings()[0][1] == town.slots[0]


def test_a_place_that_goes_meanwhile_leads_back_to_the_hours(desk, town):
    desk.identified(town.alone).read_back(town.slots[0])
    with p.superuser("outside") as c:
        c.execute("UPDATE booking.slot SET taken_phone = cap_phone WHERE id = %s", [town.slots[0]])
    desk.send("/case/book")
    assert desk.path.startswith("/case/look?") and "B02" in desk.page and "（電話 3/3）" in desk.page
    assert bookings() == []
    desk.read_back(town.slots[0])
    assert "CL05" in desk.page


def test_nothing_of_a_booking_is_said_before_its_code(desk, town):
    desk.identified(town.alone).book(town.slots[0])
    code = desk.codes[0]
    desk.identified(town.alone)
    for path in ("/case/booking", "/case/cancel", "/case/look?move=1"):
        desk.open(path)
        assert "第1会場" not in desk.page and "11月26日" not in desk.page
    desk.open("/case/receipt").send("/case/receipt", receipt="2222-2222")
    assert "CL06" in desk.page and "2222" not in desk.page and "第1会場" not in desk.page
    desk.send("/case/receipt", receipt=code.lower())
    assert desk.path == "/case/booking" and "第1会場" in desk.page


def test_the_code_of_another_caller_proves_nothing(desk, town):
    other = desk.identified(town.flat).book(town.slots[0]).codes[0]
    desk.identified(town.alone).open("/case/receipt").send("/case/receipt", receipt=other)
    assert "CL06" in desk.page
    for _ in range(2):
        desk.send("/case/receipt", receipt=other)
    assert "もう確かめられません" in desk.page


def test_a_code_is_only_asked_of_who_is_identified(desk, town):
    code = desk.identified(town.alone).book(town.slots[0]).codes[0]
    desk.start().open("/case/receipt")
    assert desk.path == "/case/"
    desk.post("/case/receipt", {"case": "2", "receipt": code})
    assert "第1会場" not in desk.page and "CL04" in desk.page


@pytest.fixture
def booked(desk, town):
    """A caller with a pair, who names the code of the first."""
    code = desk.identified(town.alone).book(town.slots[0], pair=1).codes[0]
    desk.identified(town.alone).open("/case/receipt").send("/case/receipt", receipt=code)
    assert desk.path == "/case/booking"
    return desk


def test_a_pair_is_moved_together_and_gets_new_codes(booked, town):
    booked.open("/case/look", move=1, venue=2, on="2026-11-27")
    assert "いまの予約" in booked.page
    other_hall = town.slots[32 * 3 + 3]
    booked.move(other_hall, pair=1)
    assert booked.path == "/case/booked" and len(booked.codes) == 2
    assert [(d, s) for d, _, _, s in bookings()] == [(1, "moved"), (2, "moved"), (1, "active"), (2, "active")]
    booked.open("/case/end")
    assert 'value="moved"' in booked.page.split("checked")[0].rsplit("<input", 1)[1]


def test_a_move_that_would_break_the_pair_is_refused(booked, town):
    booked.move(town.slots[3 * 5])
    assert "B08" in booked.page and booked.path.startswith("/case/look?move=1")
    assert [s for *_, s in bookings()] == ["active", "active"]


def test_a_doubled_click_moves_once(booked, town):
    booked.open("/case/read-back", move=1, slot=town.slots[1], pair=1)
    fields = booked.hidden("/case/move")
    first = booked.post("/case/move", fields).codes
    assert len(first) == 2 and booked.post("/case/move", fields).codes == first
    assert len(bookings()) == 4


def test_cancel_and_undo(booked, desk_zone):
    booked.open("/case/cancel")
    assert "2回目もいっしょに取り消されます" in booked.page
    fields = booked.hidden("/case/cancel")
    booked.post("/case/cancel", fields).post("/case/cancel", fields)
    assert booked.path == "/case/booking" and "取消済" in booked.page
    assert [s for *_, s in bookings()] == ["cancelled", "cancelled"]
    booked.send("/case/undo")
    assert "取消を元に戻しました" in booked.page and [s for *_, s in bookings()] == ["active", "active"]
    booked.open("/case/cancel").send("/case/cancel")
    desk_zone.set_clock(p.DAY + p.dt.timedelta(minutes=11))
    assert "元に戻す" not in booked.open("/case/booking").page
    booked.open("/case/end")
    assert 'value="cancelled"' in booked.page.split("checked")[0].rsplit("<input", 1)[1]


def test_a_day_is_typed_as_it_is_heard(desk, town):
    desk.identified(town.alone)
    for said in ("12/3", "12月3日", "1203", "１２／３", "2026-12-03"):
        desk.open("/case/look", dose=1, venue=1, day=said)
        assert "12月3日（木）" in desk.page, said
    desk.open("/case/look", dose=1, venue=1, day="いつでも")
    assert "12/3」のように" in desk.page
    desk.open("/case/look", dose=1, venue=1, day="9/9")
    assert "開設がないか" in desk.page


def test_the_calendar_turns(desk, town):
    desk.identified(town.alone).open("/case/look", dose=1, venue=1)
    assert "次の4週" in desk.page and "前の4週" not in desk.page
    desk.open("/case/look", **{"dose": 1, "venue": 1, "from": "2026-12-21"})
    assert "前の4週" in desk.page and "次の4週" not in desk.page
