"""Booking: one place or a pair, every refusal beside its success, the same request for ever."""

import datetime as dt
import uuid

import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture
def t():
    return o.town(subjects=10, halls=2, days=60, web=2, phone=1)


def slot(t, day, k=0, hall=1):
    return t.slots[(hall - 1) * 180 + day * 3 + k]


def draft(t, n=0):
    return o.draft_for(n, t)


def test_a_first_dose_is_booked_entered_and_told_to_the_inside(t):
    made = z.booked(t, 0, slot(t, 0))
    assert (made.id, made.id2) == (1, None)
    assert z.value("SELECT taken_web FROM booking.slot WHERE id = %s", slot(t, 0)) == 1
    assert z.sql(
        "SELECT act, actor, zone, case_ref, subject, result, request FROM audit.entry WHERE act = 'booking.book'"
    ) == [("booking.book", "public", "public", "booking 1", t.subjects[0], "done", made.request)]
    (body,) = z.sql("SELECT body FROM bridge.outbox WHERE type = 'booking.made'")[0]
    assert (body["id"], body["subject"], body["slot"], body["channel"]) == (
        1,
        str(t.subjects[0]),
        slot(t, 0),
        "web",
    )
    assert dt.datetime.fromisoformat(body["made_at"]) - p.DAY < dt.timedelta(
        seconds=30
    )  # the test clock's time


def test_a_refusal_writes_nothing(t):
    form = draft(t)
    before = z.sql("SELECT count(*) FROM audit.entry") + z.sql("SELECT count(*) FROM bridge.outbox")
    assert z.book(form, slot(t, 0), dose=3).refusal == "B03"
    assert before == z.sql("SELECT count(*) FROM audit.entry") + z.sql("SELECT count(*) FROM bridge.outbox")
    assert z.sql("SELECT * FROM booking.booking") == [] and z.counters_hold()


def test_too_early_b01_and_not_entitled_b03_by_the_slots_day(t):
    z.sql(
        "UPDATE booking.entitlement SET from_on = '2026-11-27', until_on = '2026-11-28', products = '{pfizer}' WHERE dose = 1"
    )
    form = draft(t)
    assert z.book(form, slot(t, 0)).refusal == "B01"
    assert z.book(form, slot(t, 3)).refusal == "B03"
    assert z.book(form, slot(t, 1, hall=2)).refusal == "B03"  # the other product
    assert z.book(form, slot(t, 2)).refusal is None


def test_full_b02_and_the_phones_share_is_not_the_webs(t):
    for n in (0, 1):
        z.booked(t, n, slot(t, 0))
    assert z.book(draft(t, 2), slot(t, 0)).refusal == "B02"
    case = z.case()
    z.match(case, act=t.act(2), try_=t.try_(2))
    assert z.book(case, slot(t, 0), login="out_desk").refusal is None
    case = z.case()
    z.match(case, act=t.act(3), try_=t.try_(3))
    assert z.book(case, slot(t, 0), login="out_desk").refusal == "B02"
    assert z.sql("SELECT channel, share FROM booking.booking ORDER BY id") == [
        ("web", "web"),
        ("web", "web"),
        ("phone", "phone"),
    ]
    assert z.counters_hold()


def test_a_hall_takes_the_phones_place_first_and_then_the_webs_up_to_half_an_hour_late(t):
    p.place().set_clock(dt.datetime(2026, 11, 26, 9, 55, tzinfo=p.DAY.tzinfo))
    for n, share in ((0, "phone"), (1, "web"), (2, "web"), (3, None)):
        form = uuid.uuid4()
        z.find(t, n, draft=form, network=None, login="out_venue")
        assert z.book(form, slot(t, 0), login="out_venue").refusal == (None if share else "B02")
        if share:
            assert z.value("SELECT share FROM booking.booking ORDER BY id DESC LIMIT 1") == share
    assert z.book(draft(t, 4), slot(t, 0)).refusal == "B06"  # for the web it is over
    p.place().set_clock(dt.datetime(2026, 11, 26, 10, 1, tzinfo=p.DAY.tzinfo))
    form = uuid.uuid4()
    z.find(t, 4, draft=form, network=None, login="out_venue")
    assert z.book(form, slot(t, 0), login="out_venue").refusal == "B06"
    assert z.sql("SELECT DISTINCT subject, zone FROM audit.entry WHERE act = 'visit.walk_in'") == [
        (None, "venue")
    ]


def test_a_second_booking_of_the_same_dose_b04(t):
    made = z.booked(t, 0, slot(t, 0))
    assert z.book(made.draft, slot(t, 1)).refusal == "B04"
    assert z.counters_hold()


def test_the_same_request_is_answered_alike_for_ever_and_another_content_is_refused_b05(t):
    made = z.booked(t, 0, slot(t, 0))
    assert z.book(made.draft, slot(t, 0), request=made.request).id == made.id
    z.cancel(made.draft, made.receipt)
    p.place().set_clock(p.DAY + dt.timedelta(days=1))  # the draft is long over
    again = z.book(made.draft, slot(t, 0), request=made.request)
    assert (again.id, again.refusal) == (made.id, None)
    for other in (
        {"slot": slot(t, 1)},
        {"slot": slot(t, 0), "dose": 2},
        {"slot": slot(t, 0), "slot2": slot(t, 21)},
    ):
        assert z.book(made.draft, request=made.request, **other).refusal == "B05"
    other_code = z.one(
        "out_public",
        "api.book_v1",
        request=made.request,
        holder=made.draft,
        dose=1,
        slot=slot(t, 0),
        receipt=o.h("x"),
    )
    assert other_code.refusal == "B05"
    assert z.sql("SELECT count(*) FROM booking.booking") == [(1,)]


def test_both_ways_through_the_function_write_the_same(t):
    """book_v1 has the commonest case written out once more; a pair's first place goes the general way."""
    short, long = z.booked(t, 0, slot(t, 0)), z.booked(t, 1, slot(t, 0), slot2=slot(t, 21))
    columns = (
        "nth, programme, dose, slot_id, on_date, product, share, channel, state, made_at::date, ended_at"
    )
    one, two = (z.sql(f"SELECT {columns} FROM booking.booking WHERE id = %s", m.id) for m in (short, long))
    assert one == two
    entry = "SELECT actor, zone, act, purpose, result, fields, shown_at::date FROM audit.entry WHERE case_ref = %s"
    assert z.sql(entry, f"booking {short.id}") == z.sql(entry, f"booking {long.id}")
    said = [
        z.value("SELECT body FROM bridge.outbox WHERE body->>'id' = %s", str(m.id)) for m in (short, long)
    ]
    own = ("id", "subject", "made_at")
    assert said[0].keys() == said[1].keys() and [{k: v for k, v in b.items() if k not in own} for b in said][
        0
    ] == {k: v for k, v in said[1].items() if k not in own}


def test_the_same_request_of_a_pair(t):
    made = z.booked(t, 0, slot(t, 0), slot2=slot(t, 21))
    again = z.book(made.draft, slot(t, 0), request=made.request, slot2=slot(t, 21))
    assert (again.id, again.id2) == (made.id, made.id2)
    assert (
        z.book(made.draft, slot(t, 0), request=made.request).refusal == "B05"
    )  # the same without its second
    assert z.book(made.draft, slot(t, 0), request=made.request, slot2=slot(t, 22)).refusal == "B05"


def test_a_refusal_is_not_remembered(t):
    z.booked(t, 1, slot(t, 0)), z.booked(t, 2, slot(t, 0))
    form, request = draft(t), uuid.uuid4()
    assert z.book(form, slot(t, 0), request=request).refusal == "B02"
    z.sql("UPDATE booking.slot SET cap_web = 3 WHERE id = %s", slot(t, 0))
    assert z.book(form, slot(t, 0), request=request).refusal is None


def test_a_code_proves_nothing_without_its_subject(t):
    """Two codes may be alike by chance: each opens its own person's booking."""
    made = z.booked(t, 0, slot(t, 0))
    form = draft(t, 1)
    same = {"request": uuid.uuid4(), "holder": form, "dose": 1, "slot": slot(t, 1), "receipt": made.receipt}
    other = z.one("out_public", "api.book_v1", **same)
    assert other.refusal is None
    assert z.cancel(form, made.receipt) == (1, None)
    assert z.sql("SELECT id, state FROM booking.booking ORDER BY id") == [
        (made.id, "active"),
        (other.booking_id, "cancelled"),
    ]


def test_closed_over_and_unknown_slots_b06(t):
    form = draft(t)
    z.sql("UPDATE booking.slot SET state = 'closed' WHERE id = %s", slot(t, 0))
    assert z.book(form, slot(t, 0)).refusal == "B06"
    assert z.book(form, 99999999).refusal == "B06"
    o.arrive(
        "venue.put",
        {
            "id": 2,
            "name": "第2会場",
            "kana": "",
            "address": "",
            "access": "",
            "step_free": False,
            "state": "closed",
        },
    )
    assert z.book(form, slot(t, 0, hall=2)).refusal == "B06"
    p.place().set_clock(dt.datetime(2026, 11, 27, 9, 30, tzinfo=p.DAY.tzinfo))
    form = draft(t)
    assert z.book(form, slot(t, 1)).refusal == "B06"
    assert z.book(form, slot(t, 1, k=1)).refusal is None


def test_an_unknown_an_empty_and_an_old_draft_b07(t):
    form = draft(t)
    p.place().set_clock(p.DAY + dt.timedelta(minutes=40, seconds=30))
    assert z.book(form, slot(t, 0)).refusal == "B07"
    assert z.book(uuid.uuid4(), slot(t, 0)).refusal == "B07"
    _, empty = z.find(t, 0, act=o.h("wrong"))
    assert z.book(empty, slot(t, 0)).refusal == "B07"
    assert z.book(draft(t), slot(t, 0)).refusal is None


def test_a_login_cannot_use_another_zones_holder(t):
    form, case = draft(t), z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    assert z.book(case, slot(t, 0)).refusal == "B07"
    assert z.book(form, slot(t, 0), login="out_desk").refusal == "B07"
    assert z.book(form, slot(t, 0)).refusal is None


# --- Pairs ----------------------------------------------------------------------------------------------------


def test_a_pair_is_booked_together_or_not_at_all(t):
    form = draft(t)
    for second, why in ((18, "B01"), (0, "B01")):
        assert z.book(form, slot(t, 0), slot2=slot(t, second)).refusal == why
    assert z.book(form, slot(t, 0), slot2=slot(t, 30, hall=2)).refusal == "B03"  # the other product
    z.sql("UPDATE booking.slot SET taken_web = cap_web WHERE id = %s", slot(t, 19))
    assert z.book(form, slot(t, 0), slot2=slot(t, 19)).refusal == "B02"
    assert z.sql("SELECT * FROM booking.booking") == [] and z.value("SELECT count(*) FROM bridge.outbox") == 0
    made = z.book(form, slot(t, 0), slot2=slot(t, 20))
    assert made.refusal is None and made.id and made.id2
    assert z.sql("SELECT dose, nth FROM booking.booking ORDER BY id") == [(1, 1), (2, 2)]


def test_a_second_dose_needs_a_first(t):
    form = draft(t)
    assert z.book(form, slot(t, 20), dose=2).refusal == "B03"
    z.book(form, slot(t, 0))
    assert z.book(form, slot(t, 18), dose=2).refusal == "B01"
    assert z.book(form, slot(t, 19), dose=2).refusal is None


def test_the_interval_counts_from_the_dose_that_was_given(t):
    z.lots()
    z.booked(t, 0, slot(t, 0))
    p.place().set_clock(dt.datetime(2026, 11, 26, 9, 30, tzinfo=p.DAY.tzinfo))
    visit = z.check_in(t, 0).visit_id
    z.precheck(visit)
    assert z.record(t, 0, visit).refusal is None
    form = draft(t)
    assert z.book(form, slot(t, 18), dose=2).refusal == "B01"
    assert z.book(form, slot(t, 19), dose=2).refusal is None
