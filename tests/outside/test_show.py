"""What a receipt code discloses, and what may be seen before one books: nothing of what was recorded."""

import datetime as dt
import uuid

import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z

FIRST = dt.date(2026, 11, 26)


@pytest.fixture
def t():
    return o.town(subjects=3, halls=2, days=60)


def find_booking(t, n, receipt, draft=None):
    draft = draft or uuid.uuid4()
    typed = {"act": t.act(n), "try": t.try_(n), "receipt": receipt, "network": b"net"}
    return z.one("out_public", "api.find_booking_v1", draft=draft, **typed), draft


def show(holder, login="out_public"):
    return z.rows(login, "api.show_bookings_v1", holder=holder)


# --- Receipt code ---------------------------------------------------------------------------------------------


def test_ticket_and_birth_date_alone_show_no_booking_and_the_receipt_code_shows_it(t):
    made = z.booked(t, 0, t.slots[0])
    assert show(made.draft) == []
    ok, draft = find_booking(t, 0, made.receipt)
    (row,) = show(draft)
    assert ok and (row.booking_id, row.dose, row.venue, row.on_date, row.state, row.proven) == (
        made.id, 1, "第1会場", FIRST, "active", True,
    )  # fmt: skip


def test_somebody_elses_code_and_a_wrong_code_show_nothing_and_cost_a_try(t):
    mine, other = z.booked(t, 0, t.slots[0]), z.booked(t, 1, t.slots[0])
    for code in (other.receipt, o.h("no code")):
        ok, draft = find_booking(t, 0, code)
        assert not ok and show(draft) == []
    assert z.value("SELECT count(*) FROM booking.attempt WHERE NOT ok") == 2
    for _ in range(3):
        find_booking(t, 0, o.h("no code"))
    assert find_booking(t, 0, mine.receipt)[0] is False  # five wrong codes lock as well
    assert z.find(t, 0)[0] is False


def test_a_new_look_takes_the_proof_away(t):
    made = z.booked(t, 0, t.slots[0])
    _, draft = find_booking(t, 0, made.receipt)
    z.find(t, 0, draft=draft)
    assert show(draft) == []


def test_the_code_of_the_first_shows_the_pair_and_a_draft_ends_after_forty_minutes(t):
    made = z.booked(t, 0, t.slots[0], slot2=t.slots[3 * 21])
    _, draft = find_booking(t, 0, made.receipt)
    assert [(r.dose, r.proven) for r in show(draft)] == [(1, True), (2, False)]
    p.place().set_clock(p.DAY + dt.timedelta(minutes=41))
    assert show(draft) == [] and z.cancel(draft, made.receipt).refusal == "B07"


def test_showing_is_entered_before_it_is_shown(t):
    made = z.booked(t, 0, t.slots[0])
    find_booking(t, 0, made.receipt)
    assert z.sql("SELECT act, case_ref, subject, fields FROM audit.entry ORDER BY id DESC LIMIT 1") == [
        ("booking.show", f"booking {made.id}", t.subjects[0], ["venue", "day", "time"])
    ]


# --- Lists ----------------------------------------------------------------------------------------------------


def doses(holder):
    return z.rows("out_public", "api.list_doses_v1", holder=holder)


def venues(holder, dose=1):
    return z.rows("out_public", "api.list_venues_v1", holder=holder, dose=dose)


def days(holder, venue=1, dose=1):
    return z.rows("out_public", "api.list_days_v1", holder=holder, dose=dose, venue=venue)


def times(holder, venue=1, on=FIRST, dose=1, pair=False, login="out_public"):
    return z.rows(login, "api.list_times_v1", holder=holder, dose=dose, venue=venue, on=on, pair=pair)


def test_a_holder_sees_what_is_free_and_a_stranger_nothing(t):
    _, draft = z.find(t, 0)
    assert [(d.dose, d.with_next) for d in doses(draft)] == [(1, True)]
    assert [(v.venue_id, v.mark, v.first_free) for v in venues(draft)] == [(1, "o", FIRST), (2, "o", FIRST)]
    assert len(days(draft)) == 60 and {d.product for d in days(draft)} == {"pfizer"}
    assert [(x.at.hour, x.mark) for x in times(draft)] == [(9, "o"), (10, "o"), (10, "o")]
    for stranger in (uuid.uuid4(), z.find(t, 1, act=o.h("no"))[1]):
        assert doses(stranger) == venues(stranger) == days(stranger) == times(stranger) == []


def test_the_second_dose_is_listed_from_the_first_bookings_interval(t):
    made = z.booked(t, 0, t.slots[0])
    assert [(d.dose, d.from_on) for d in doses(made.draft)] == [(2, FIRST + dt.timedelta(days=19))]
    assert days(made.draft, dose=2)[0].on_date == FIRST + dt.timedelta(days=19)
    assert {v.venue_id for v in venues(made.draft, dose=2)} == {1}  # the same product only


def test_marks_are_coarse_and_full_slots_are_marked(t):
    _, draft = z.find(t, 0)
    slot = t.slots[0]
    for taken, mark in ((3, "o"), (4, "few"), (5, "full")):
        z.sql("UPDATE booking.slot SET taken_web = %s WHERE id = %s", taken, slot)
        assert times(draft)[0].mark == mark
    z.sql("UPDATE booking.slot SET taken_web = cap_web WHERE venue_id = 1")
    assert [(v.venue_id, v.mark, v.first_free) for v in venues(draft)] == [(1, "full", None), (2, "o", FIRST)]


def test_beside_each_hour_stands_the_first_fitting_hour_of_the_second_dose(t):
    _, draft = z.find(t, 0)
    row = times(draft, pair=True)[1]
    assert (row.slot2_on, row.slot2_at) == (FIRST + dt.timedelta(days=19), row.at)
    z.sql(
        "UPDATE booking.slot SET taken_web = cap_web WHERE on_date = %s AND venue_id = 1",
        FIRST + dt.timedelta(days=19),
    )
    assert times(draft, pair=True)[1].slot2_on == FIRST + dt.timedelta(days=20)
    assert times(draft)[1].slot2_id is None
    assert z.book(draft, row.slot_id, slot2=times(draft, pair=True)[1].slot2_id).refusal is None


def test_what_is_closed_is_not_listed(t):
    _, draft = z.find(t, 0)
    slot = t.slots[0]
    z.sql("UPDATE booking.slot SET state = 'closed' WHERE id = %s", slot)
    assert slot not in [x.slot_id for x in times(draft)]
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
    assert [v.venue_id for v in venues(draft)] == [1]
    closed = dict(
        code=o.PROGRAMME,
        title="x",
        doses=2,
        season_from="2026-10-01",
        season_until="2027-03-31",
        phone="",
        state="closed",
    )
    o.arrive("programme.put", closed)
    assert doses(draft) == [] and venues(draft) == []
    o.arrive("programme.put", closed | {"state": "open"})
    assert [v.venue_id for v in venues(draft)] == [1] and slot not in [x.slot_id for x in times(draft)]


def test_only_the_desk_sees_figures(t):
    _, draft = z.find(t, 0)
    assert {x.booked for x in times(draft)} == {None}
    case = z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    row = times(case, login="out_desk")[0]
    assert (row.booked, row.capacity, row.phone_taken, row.phone_cap) == (0, 8, 0, 3)


def test_a_slot_can_be_read_without_a_holder(t):
    assert z.one("out_public", "api.show_slot_v1", slot=t.slots[0]).venue == "第1会場"
    assert z.rows("out_public", "api.show_slot_v1", slot=1) == []
