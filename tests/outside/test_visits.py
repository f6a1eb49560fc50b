"""The hall: check-in, examination, dose; late entry; each refusal beside its success."""

import datetime as dt
import uuid

import psycopg
import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def t():
    """Slots of today at 9:30, 10:00 and 10:30, and it is 8:00."""
    p.place().set_clock(at(8))
    made = o.town(subjects=6, halls=2, days=40, first=TODAY)
    z.lots()
    return made


def at(hour, minute=0, day=0):
    return dt.datetime(2026, 11, 24, hour, minute, tzinfo=p.DAY.tzinfo) + dt.timedelta(days=day)


def slot(t, day, k=2, hall=1):
    return t.slots[(hall - 1) * 120 + day * 3 + k]


def state(visit):
    return z.value("SELECT state FROM visits.visit WHERE id = %s", visit)


def come(t, n, **more):
    """Booked for today and received."""
    z.booked(t, n, slot(t, 0))
    done = z.check_in(t, n, **more)
    assert done.refusal is None
    return done.visit_id


def examined(t, n):
    visit = come(t, n)
    assert z.precheck(visit) is None
    return visit


# --- Check-in -------------------------------------------------------------------------------------------------


def test_todays_booking_here_becomes_a_visit_with_a_number(t):
    z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0, k=0)), z.booked(t, 2, slot(t, 0, hall=2))
    one, two = z.check_in(t, 0), z.check_in(t, 1)
    assert (one.queue_no, one.dose, one.at, one.product, one.refusal) == (
        1,
        1,
        dt.time(10, 30),
        "pfizer",
        None,
    )
    assert (two.queue_no, two.at) == (2, dt.time(9, 30))
    assert z.check_in(t, 2, venue=2).queue_no == 1
    assert z.sql(
        "SELECT act, actor, zone, subject, result FROM audit.entry ORDER BY id LIMIT 1 OFFSET 6"
    ) == [("visit.check_in", "VN-3", "venue", None, "done")]
    (body,) = z.sql("SELECT body FROM bridge.outbox WHERE type = 'visit.received' ORDER BY id LIMIT 1")[0]
    assert (body["visit"], body["subject"], body["booking"]) == (str(one.visit_id), str(t.subjects[0]), 1)


def test_nobody_and_no_booking_here_today(t):
    z.booked(t, 0, slot(t, 0, hall=2)), z.booked(t, 1, slot(t, 1)), z.booked(t, 2, slot(t, 0))
    assert z.check_in(t, 0).refusal == z.check_in(t, 1).refusal == z.check_in(t, 3).refusal == "C01"
    assert z.check_in(t, 2, act=o.h("wrong")).refusal == "C02"
    assert z.check_in(t, 2).refusal is None
    assert z.sql("SELECT zone, ok, count(*) FROM booking.attempt WHERE zone = 'venue' GROUP BY 1, 2 ORDER BY 2") == [
        ("venue", False, 1), ("venue", True, 4),
    ]  # fmt: skip
    assert z.value("SELECT count(*) FROM audit.entry WHERE act = 'visit.check_in'") == 5


def test_a_second_check_in_gives_the_first_visit_and_the_same_request_the_same_answer(t):
    z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0))
    request = uuid.uuid4()
    first = z.check_in(t, 0, request=request)
    again = z.check_in(t, 0)
    assert (again.visit_id, again.queue_no, again.refusal) == (first.visit_id, 1, "C03")
    assert z.check_in(t, 0, request=request) == first
    assert z.check_in(t, 1, request=request).refusal == "B05"
    assert z.value("SELECT count(*) FROM visits.visit") == 1


def test_a_taken_back_check_in_leaves_the_booking_and_the_number(t):
    request = uuid.uuid4()
    visit = come(t, 0, request=request)
    undo, said = uuid.uuid4(), {"visit": visit, "venue": 1, "by": "VN-3"}
    for _ in range(2):
        assert z.one("out_venue", "api.cancel_check_in_v1", request=undo, **said) is None
    assert z.one("out_venue", "api.cancel_check_in_v1", request=uuid.uuid4(), **said) == "C04"
    assert (
        z.one("out_venue", "api.cancel_check_in_v1", request=undo, **said | {"visit": uuid.uuid4()}) == "B05"
    )
    assert z.check_in(t, 0, request=request).visit_id == visit  # the old request is answered as before
    assert z.check_in(t, 0).queue_no == 2 and z.counters_hold()


def test_a_second_dose_comes_only_after_a_first_that_was_given(t):
    z.booked(t, 0, slot(t, 0), slot2=slot(t, 19)), z.booked(t, 1, slot(t, 0), slot2=slot(t, 19))
    z.precheck(z.check_in(t, 0).visit_id)
    visit = z.value("SELECT id FROM visits.visit")
    assert z.record(t, 0, visit).refusal is None
    p.place().set_clock(at(8, day=19))
    assert z.check_in(t, 1).refusal == "C06"
    done = z.check_in(t, 0)
    assert (done.dose, done.refusal) == (2, None)


# --- Examination ----------------------------------------------------------------------------------------------


def test_go_and_no_go_with_a_reason_of_the_list(t):
    visit = come(t, 0)
    for outcome, reason in (
        ("go", "fever"),
        ("no_go", ""),
        ("no_go", None),
        ("no_go", "目黒太郎"),
        ("maybe", ""),
        (None, ""),
    ):
        assert z.precheck(visit, outcome, reason) == "C05"
    assert z.precheck(visit) is None and state(visit) == "go"
    assert z.precheck(visit, "no_go", "fever") is None and state(visit) == "no_go"
    assert z.precheck(visit) == "C04"
    (body,) = z.sql(
        "SELECT body FROM bridge.outbox WHERE type = 'visit.prechecked' ORDER BY id DESC LIMIT 1"
    )[0]
    assert (body["outcome"], body["reason"], body["dose"], body["booking"]) == ("no_go", "fever", 1, 1)


def test_the_same_examination_is_sent_twice_and_another_is_not_its_twin(t):
    visit, request = come(t, 0), uuid.uuid4()
    assert z.precheck(visit, request=request) is None and z.precheck(visit, request=request) is None
    assert z.precheck(visit, "no_go", "fever", request=request) == "B05"
    assert z.value("SELECT count(*) FROM audit.entry WHERE act = 'visit.precheck'") == 1
    assert z.precheck(visit, venue=2) == "C04" and z.precheck(uuid.uuid4()) == "C04"


def test_examined_only_keeps_the_place_ends_the_second_and_may_book_again(t):
    z.booked(t, 0, slot(t, 0), slot2=slot(t, 19))
    z.precheck(z.check_in(t, 0).visit_id, "no_go", "illness")
    assert z.sql("SELECT dose, state FROM booking.booking ORDER BY id") == [(1, "examined"), (2, "cancelled")]
    assert z.counters_hold()
    z.booked(t, 0, slot(t, 7), slot2=slot(t, 26))


# --- Dose -----------------------------------------------------------------------------------------------------


def test_a_dose_is_written_once_and_told(t):
    visit, request = examined(t, 0), uuid.uuid4()
    when = at(8, 1)
    done = z.record(t, 0, visit, at=when, request=request)
    assert done == (request, None) and z.record(t, 0, visit, at=when, request=request) == done
    assert z.record(t, 0, visit, at=when, lot=2, request=request).refusal == "B05"
    assert z.record(t, 0, visit, same=True).refusal == "D07"  # there is one already
    assert state(visit) == "given" and z.sql("SELECT state FROM booking.booking") == [("fulfilled",)]
    assert z.sql("SELECT given FROM stock.venue_lot WHERE lot_id = 1") == [(1,)]
    assert z.value("SELECT count(*) FROM bridge.outbox WHERE type = 'dose.given'") == 1
    assert z.sql("SELECT subject, case_ref FROM audit.entry WHERE act = 'visit.record_dose'") == [
        (None, f"visit {visit}")
    ]
    assert z.counters_hold()


def test_d01_another_person_and_d07_not_examined(t):
    visit, waiting = examined(t, 0), come(t, 1)
    assert z.record(t, 1, visit).refusal == "D01"
    assert z.record(t, 0, visit, act=o.h("wrong birth date")).refusal == "D01"
    assert (
        z.record(t, 1, waiting).refusal
        == z.record(t, 0, visit, venue=2).refusal
        == z.record(t, 0, uuid.uuid4()).refusal
        == "D07"
    )
    assert z.record(t, 0, visit).refusal is None
    assert z.sql(
        "SELECT result, count(*) FROM audit.entry WHERE act = 'visit.record_dose' GROUP BY 1 ORDER BY 1"
    ) == [("D01", 2), ("done", 1)]


def test_d02_another_product_d03_unusable_d04_none_left(t):
    visit = examined(t, 0)
    assert z.record(t, 0, visit, lot=2).refusal == "D02"
    assert z.record(t, 0, visit, lot=77).refusal == "D03"
    lot = {"id": 1, "product": "pfizer", "lot_no": "L1", "expires_on": "2027-06-30", "state": "usable"}
    for wrong in ({"state": "recalled"}, {"expires_on": "2026-11-23"}):
        o.arrive("lot.put", lot | wrong)
        assert z.record(t, 0, visit).refusal == "D03"
    o.arrive("lot.put", lot | {"expires_on": "2026-11-24"})
    z.sql("UPDATE stock.venue_lot SET wasted = delivered WHERE lot_id = 1")
    assert z.record(t, 0, visit).refusal == "D04"
    z.sql("UPDATE stock.venue_lot SET wasted = delivered - 1 WHERE lot_id = 1")
    assert z.record(t, 0, visit).refusal is None


def test_d05_a_time_of_that_day_that_is_over(t):
    visit = examined(t, 0)
    for wrong in (at(8, 3), at(8, day=-1), at(8, day=1)):
        assert z.record(t, 0, visit, at=wrong).refusal == "D05"
    assert z.record(t, 0, visit, at=at(7, 59)).refusal is None


def test_a_time_and_a_place_of_injection_are_needed(t):
    visit = examined(t, 0)
    none = {"request": uuid.uuid4(), "visit": visit, "venue": 1, "by": "VN-5", "act": t.act(0), "lot": 1}
    assert z.one("out_venue", "api.record_dose_v1", given_at=None, site="left_arm", **none).refusal == "D05"
    with pytest.raises(psycopg.errors.CheckViolation):
        z.one("out_venue", "api.record_dose_v1", given_at=at(8), site="目黒太郎", **none)


def test_d06_the_same_reading_twice_in_a_row_is_asked_about(t):
    one, two = examined(t, 0), examined(t, 1)
    assert z.record(t, 0, one).refusal is None
    assert z.record(t, 0, two).refusal == "D06"  # the card of the last person lies in the reader still
    assert z.record(t, 0, two, same=True).refusal == "D01"
    assert z.record(t, 0, two, by="VN-6").refusal == "D01"  # another place has another last reading
    assert z.record(t, 1, two).refusal is None
    z.booked(t, 1, slot(t, 19), dose=2)
    p.place().set_clock(at(8, day=19))
    visit = z.check_in(t, 1).visit_id
    z.precheck(visit)
    assert z.record(t, 1, visit).refusal == "D06"
    assert z.record(t, 1, visit, same=True).refusal is None


def test_late_entry_from_paper_keeps_both_times(t):
    visit = examined(t, 0)
    p.place().set_clock(at(17, day=1))
    assert z.record(t, 0, visit).refusal == "D05"  # not today: on the day of the visit
    assert z.record(t, 0, visit, at=at(10, 40)).refusal is None
    given, entered, late = z.sql("SELECT given_at, entered_at, late FROM visits.dose")[0]
    assert (given, late) == (at(10, 40), True) and entered - at(17, day=1) < dt.timedelta(minutes=1)
    (body,) = z.sql("SELECT body FROM bridge.outbox WHERE type = 'dose.given'")[0]
    assert (
        dt.datetime.fromisoformat(body["given_at"]) == given
        and dt.datetime.fromisoformat(body["entered_at"]) == entered
    )


# --- Lists ----------------------------------------------------------------------------------------------------


def test_the_days_lists_hold_numbers_and_no_person(t):
    z.given(t, 0, slot(t, 0))
    come(t, 1)
    rows = z.rows("out_venue", "api.list_day_v1", venue=1, on=TODAY)
    assert [(r.queue_no, r.state) for r in rows] == [(1, "given"), (2, "received")]
    assert "subject" not in "".join(rows[0]._fields)
    assert z.one("out_venue", "api.find_visit_v1", venue=1, queue_no=2).state == "received"
    assert z.rows("out_venue", "api.find_visit_v1", venue=2, queue_no=2) == []
    hours = z.rows("out_venue", "api.count_day_v1", venue=1, on=TODAY)
    assert hours[2] == (dt.time(10, 30), 2, 2, 1) and hours[0] == (dt.time(9, 30), 0, 0, 0)
    lots = z.rows("out_venue", "api.list_lots_v1", venue=1)
    assert [(x.lot_id, x.delivered, x.given) for x in lots] == [(1, 10, 1), (2, 10, 0)]
    assert z.one("out_venue", "api.show_venue_v1", venue=1).name == "第1会場"
