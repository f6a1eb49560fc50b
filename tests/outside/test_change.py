"""Cancelling, undoing, moving, and the places that come back: with the receipt code only, pairs together."""

import datetime as dt
import uuid

import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture
def t():
    return o.town(subjects=6, halls=2, days=60, web=3, phone=1)


def slot(t, day, k=0, hall=1):
    return t.slots[(hall - 1) * 180 + day * 3 + k]


def later(**delta):
    p.place().set_clock(p.DAY + dt.timedelta(**delta))


def states(n=0):
    return z.sql(
        "SELECT dose, state FROM booking.booking WHERE subject_id = %s ORDER BY id", uuid.UUID(int=n + 1)
    )


def taken(s):
    return z.value("SELECT taken_web FROM booking.slot WHERE id = %s", s)


def give_back():
    return z.one("out_worker", "booking.release_due_v1")


def show(t, n, receipt_):
    draft = uuid.uuid4()
    typed = {"act": t.act(n), "try": t.try_(n), "receipt": receipt_, "network": b"net"}
    assert z.one("out_public", "api.find_booking_v1", draft=draft, **typed)
    return z.rows("out_public", "api.show_bookings_v1", holder=draft)


# --- Cancel ---------------------------------------------------------------------------------------------------


def test_cancelling_needs_the_receipt_code_of_ones_own_booking(t):
    made, other = z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0))
    for code in (other.receipt, o.h("no code")):
        assert z.cancel(made.draft, code).refusal == "B09"
    assert z.cancel(made.draft, made.receipt) == (1, None)
    assert states(0) == [(1, "cancelled")] and states(1) == [(1, "active")]
    assert z.sql("SELECT act, case_ref FROM audit.entry ORDER BY id DESC LIMIT 1") == [
        ("booking.cancel", f"booking {made.id}")
    ]
    assert z.value("SELECT body FROM bridge.outbox ORDER BY id DESC LIMIT 1") | {"at": ""} == {
        "id": made.id,
        "how": "cancelled",
        "at": "",
    }


def test_the_same_cancellation_is_answered_alike_and_cannot_be_used_for_another(t):
    one, two = z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0))
    request = uuid.uuid4()
    assert z.cancel(one.draft, one.receipt, request) == (1, None)
    later(hours=5)
    assert z.cancel(one.draft, one.receipt, request) == (1, None)
    assert z.cancel(two.draft, two.receipt, request).refusal == "B05"
    assert z.cancel(one.draft, one.receipt).refusal == "B07"
    assert z.value("SELECT count(*) FROM booking.release") == 1


def test_the_second_dose_ends_with_the_first_and_not_the_first_with_the_second(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    other = z.booked(t, 1, slot(t, 0), slot2=slot(t, 21))
    assert z.cancel(made.draft, made.receipt) == (2, None)
    assert states(0) == [(1, "cancelled"), (2, "cancelled")]
    assert z.cancel(other.draft, z.receipt(other.request, 2)) == (1, None)
    assert states(1) == [(1, "active"), (2, "cancelled")] and z.counters_hold()


def test_a_second_dose_with_an_own_entitlement_stays(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    z.sql("UPDATE booking.entitlement SET after_previous = false WHERE dose = 2")
    assert z.cancel(made.draft, made.receipt) == (1, None)
    assert states(0) == [(1, "cancelled"), (2, "active")]


def test_the_place_comes_back_once_at_a_random_moment(t):
    made = [z.booked(t, n, slot(t, n)) for n in range(6)]
    for m in made:
        z.cancel(m.draft, m.receipt)
    due = [at - p.DAY for (at,) in z.sql("SELECT due_at FROM booking.release")]
    low, high = (
        dt.timedelta(minutes=15),
        dt.timedelta(minutes=40, seconds=30),
    )  # 10 minutes to undo, then 5 to 30
    assert all(low <= d <= high for d in due) and len({d.seconds // 10 for d in due}) > 1
    later(minutes=14)
    assert give_back() == 0 and taken(slot(t, 0)) == 1
    later(minutes=41)
    assert give_back() == 6 and give_back() == 0
    assert [taken(slot(t, n)) for n in range(6)] == [0] * 6 and z.counters_hold()


# --- Undo -----------------------------------------------------------------------------------------------------


def test_within_ten_minutes_a_pair_lives_again_in_its_old_places(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    z.cancel(made.draft, made.receipt)
    until = show(t, 0, made.receipt)[0].undo_until
    assert dt.timedelta(minutes=9, seconds=30) < until - p.DAY < dt.timedelta(minutes=10, seconds=30)
    later(minutes=9)
    request = uuid.uuid4()
    assert z.undo(made.draft, made.receipt, request) == (2, None)
    assert z.undo(made.draft, made.receipt, request) == (2, None)
    assert z.undo(made.draft, made.receipt).refusal == "B11"
    assert states(0) == [(1, "active"), (2, "active")]
    later(hours=1)
    assert give_back() == 0 and taken(slot(t, 0)) == 1 and z.counters_hold()
    acts = [a for (a,) in z.sql("SELECT act FROM audit.entry ORDER BY id DESC LIMIT 2")]
    assert acts == ["booking.undo_cancel"] * 2


def test_after_ten_minutes_it_is_over(t):
    made = z.booked(t, 0, slot(t, 0))
    z.cancel(made.draft, made.receipt)
    later(minutes=10, seconds=5)
    assert z.undo(made.draft, made.receipt).refusal == "B11"
    assert states(0) == [(1, "cancelled")]


def test_undoing_needs_the_receipt_code_and_nothing_booked_since(t):
    made = z.booked(t, 0, slot(t, 0))
    z.cancel(made.draft, made.receipt)
    assert z.undo(made.draft, o.h("no code")).refusal == "B11"
    again = z.book(made.draft, slot(t, 1))
    assert z.undo(made.draft, made.receipt).refusal == "B04"
    assert states(0) == [(1, "cancelled"), (1, "active")]
    z.cancel(made.draft, again.receipt)
    assert z.undo(made.draft, made.receipt) == (1, None) and z.counters_hold()


def test_a_closed_hall_does_not_take_a_booking_back_and_a_lost_entitlement_does_not(t):
    made = z.booked(t, 0, slot(t, 0))
    z.cancel(made.draft, made.receipt)
    z.sql("UPDATE booking.slot SET state = 'closed'")
    assert z.undo(made.draft, made.receipt).refusal == "B06"
    z.sql("UPDATE booking.slot SET state = 'open'")
    z.sql("UPDATE booking.entitlement SET until_on = '2026-11-25' WHERE dose = 1")
    assert z.undo(made.draft, made.receipt).refusal == "B03"
    z.sql("UPDATE booking.entitlement SET until_on = '2027-03-31' WHERE dose = 1")
    assert z.undo(made.draft, made.receipt) == (1, None) and z.counters_hold()


def test_a_request_that_cancelled_does_not_undo(t):
    made = z.booked(t, 0, slot(t, 0))
    request = uuid.uuid4()
    z.cancel(made.draft, made.receipt, request)
    assert z.undo(made.draft, made.receipt, request).refusal == "B05"
    assert z.undo(made.draft, made.receipt) == (1, None)


# --- Move -----------------------------------------------------------------------------------------------------


def test_moving_gives_a_new_place_a_new_code_and_one_entry(t):
    made = z.booked(t, 0, slot(t, 0))
    entries = z.value("SELECT count(*) FROM audit.entry")
    request = uuid.uuid4()
    moved = z.move(made.draft, made.receipt, slot(t, 3), request=request)
    assert moved.refusal is None and moved.booking_id != made.id
    assert states(0) == [(1, "moved"), (1, "active")] and (taken(slot(t, 0)), taken(slot(t, 3))) == (1, 1)
    assert z.value("SELECT count(*) FROM audit.entry") == entries + 1
    assert z.sql("SELECT act, case_ref FROM audit.entry ORDER BY id DESC LIMIT 1") == [
        ("booking.move", f"booking {moved.booking_id}")
    ]
    told = [
        (b["id"], b.get("how")) for (b,) in z.sql("SELECT body FROM bridge.outbox ORDER BY id DESC LIMIT 2")
    ]
    assert told == [(moved.booking_id, None), (made.id, "moved")]
    later(minutes=31)
    assert give_back() == 1 and taken(slot(t, 0)) == 0 and z.counters_hold()


def test_moving_needs_the_receipt_code_and_the_same_request_moves_once(t):
    made, other = z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0))
    assert z.move(made.draft, other.receipt, slot(t, 3)).refusal == "B09"
    request = uuid.uuid4()
    moved = z.move(made.draft, made.receipt, slot(t, 3), request=request)
    later(hours=2)
    assert z.move(made.draft, made.receipt, slot(t, 3), request=request) == moved
    assert z.move(made.draft, made.receipt, slot(t, 4), request=request).refusal == "B05"
    assert z.move(made.draft, other.receipt, slot(t, 3), request=request).refusal == "B05"
    assert z.book(made.draft, slot(t, 3), request=request).refusal == "B05"  # a booking is not a move
    assert z.move(other.draft, other.receipt, slot(t, 3), request=made.request).refusal == "B05"
    assert z.counters_hold()


def test_the_old_booking_lives_until_the_new_one_is_certain(t):
    made = z.booked(t, 0, slot(t, 0))
    z.sql("UPDATE booking.slot SET taken_web = cap_web WHERE id = %s", slot(t, 3))
    for where, why in ((slot(t, 3), "B02"), (12345678, "B06")):
        assert z.move(made.draft, made.receipt, where).refusal == why
    assert states(0) == [(1, "active")] and z.sql("SELECT * FROM booking.release") == []
    assert z.value("SELECT count(*) FROM bridge.outbox WHERE type = 'booking.ended'") == 0


def test_a_pair_moves_together_or_keeps_its_interval_b08(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    assert z.move(made.draft, made.receipt, slot(t, 5)).refusal == "B08"
    assert (
        z.move(made.draft, made.receipt, slot(t, 0, hall=2)).refusal == "B08"
    )  # another product now, the second stays
    stay = z.move(made.draft, made.receipt, slot(t, 1))
    assert (stay.refusal, stay.booking2_id) == (None, None)
    assert states(0) == [(1, "moved"), (2, "active"), (1, "active")]
    code = z.value("SELECT receipt FROM booking.booking WHERE id = %s", stay.booking_id)
    both = z.move(made.draft, code, slot(t, 5), slot2=slot(t, 26))
    assert both.refusal is None and both.booking2_id
    assert states(0)[1:] == [(2, "moved"), (1, "moved"), (1, "active"), (2, "active")]
    code = z.value("SELECT receipt FROM booking.booking WHERE id = %s", both.booking_id)
    assert z.move(made.draft, code, slot(t, 6), slot2=slot(t, 7)).refusal == "B01"
    assert z.counters_hold()


def test_moving_the_second_alone_keeps_its_interval(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    second = z.receipt(made.request, 2)
    assert z.move(made.draft, second, slot(t, 18)).refusal == "B01"
    assert z.move(made.draft, second, slot(t, 30)).refusal is None
    assert states(0) == [(1, "active"), (2, "moved"), (2, "active")]


def test_who_is_in_the_hall_changes_nothing_from_outside_b10(t):
    made = z.booked(t, 0, slot(t, 0, k=2))
    p.place().set_clock(dt.datetime(2026, 11, 26, 9, 0, tzinfo=p.DAY.tzinfo))
    visit = z.check_in(t, 0).visit_id
    draft = o.draft_for(0, t)
    assert z.cancel(draft, made.receipt).refusal == z.move(draft, made.receipt, slot(t, 9)).refusal == "B10"
    assert (
        z.one("out_venue", "api.cancel_check_in_v1", request=uuid.uuid4(), visit=visit, venue=1, by="VN-3")
        is None
    )
    assert z.move(draft, made.receipt, slot(t, 9)).refusal is None


def test_the_desk_moves_and_cancels_with_the_callers_code_and_is_named(t):
    made = z.booked(t, 0, slot(t, 0))
    case = z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    moved = z.move(case, made.receipt, slot(t, 3), login="out_desk")
    code = z.value("SELECT receipt FROM booking.booking WHERE id = %s", moved.booking_id)
    assert z.cancel(case, code, login="out_desk") == (1, None)
    assert z.undo(case, code, login="out_desk") == (1, None)
    assert z.sql("SELECT act, actor, zone FROM audit.entry ORDER BY id DESC LIMIT 3") == [
        ("case.cancel", "OP-117", "desk"), ("case.cancel", "OP-117", "desk"), ("case.move", "OP-117", "desk"),
    ]  # fmt: skip
