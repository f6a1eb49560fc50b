"""A subject leaves the outside (P-07, P-15): nothing leads from the old pseudonym to a hall or an hour any more."""

import datetime as dt
import uuid

import pytest
from psycopg import sql

from sesshu.db.install import BUILDINGS
from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def t():
    p.place().set_clock(dt.datetime(2026, 11, 24, 8, 0, tzinfo=p.DAY.tzinfo))
    made = o.town(subjects=3, halls=2, days=40, first=TODAY)
    z.lots()
    return made


def slot(t, day, k=2):
    return t.slots[day * 3 + k]


def withdraw(t, n=0):
    assert o.arrive("subject.withdraw", {"id": str(t.subjects[n])}) == "done"


def acknowledge():
    """Everything was sent and the inside has it."""
    z.sql("UPDATE bridge.outbox SET epoch = 1, number = id WHERE number IS NULL")
    z.sql("UPDATE bridge.stream SET acked = 1000000, last_number = 1000000 WHERE direction = 'out'")
    z.one("out_worker", "booking.tidy_v1")


def tables():
    return z.sql(
        "SELECT n.nspname, k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace "
        "WHERE k.relkind = 'r' AND n.nspowner = %s::regrole",
        BUILDINGS["outside"].owner,
    )


def rows_with(words) -> set[tuple[str, str]]:
    """Every row of every table, as text, in which one of these words stands."""
    found = set()
    with p.superuser("outside") as c:
        for schema, name in tables():
            query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, name))
            for (text,) in c.execute(query):
                if any(w in text for w in words):
                    found.add((f"{schema}.{name}", text))
    return found


def test_open_forms_go_blank_and_the_places_come_back_later(t):
    made = z.booked(t, 0, slot(t, 1), slot2=slot(t, 20))
    form, case = o.draft_for(0, t), z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    withdraw(t)
    assert (
        z.rows("out_public", "api.list_doses_v1", holder=form)
        == z.rows("out_desk", "api.list_doses_v1", holder=case)
        == []
    )
    assert z.book(form, slot(t, 2)).refusal == z.cancel(made.draft, made.receipt).refusal == "B07"
    assert z.find(t, 0)[0] is False and z.match(z.case(), act=t.act(0), try_=t.try_(0)).verdict == "none"
    due = [at - (p.DAY - dt.timedelta(hours=2)) for (at,) in z.sql("SELECT due_at FROM booking.release")]
    assert len(due) == 2 and all(dt.timedelta(minutes=5) <= d <= dt.timedelta(minutes=31) for d in due)
    assert z.counters_hold()
    p.place().set_clock(p.DAY + dt.timedelta(hours=1))
    z.one("out_worker", "booking.release_due_v1")
    assert z.counters_hold() and z.value("SELECT sum(taken_web) FROM booking.slot") == 0


def test_the_others_stay(t):
    z.booked(t, 0, slot(t, 1)), z.booked(t, 1, slot(t, 1))
    withdraw(t)
    assert z.sql("SELECT subject_id, state FROM booking.booking") == [(t.subjects[1], "active")]
    assert z.find(t, 1)[0] and not z.find(t, 0)[0]


def test_no_row_leads_from_the_old_pseudonym_to_a_hall_or_an_hour(t):
    """Everything that a person can have left behind: a pair, a visit, a dose, a moved and a cancelled booking, a case, a slip."""
    visit = z.given(t, 0, slot(t, 0))
    form = o.draft_for(0, t)
    second = z.book(form, slot(t, 21), dose=2)
    moved = z.move(form, second.receipt, slot(t, 22))
    z.cancel(form, z.value("SELECT receipt FROM booking.booking WHERE id = %s", moved.booking_id))
    case = z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    z.one("out_desk", "api.put_slip_v1", request=uuid.uuid4(), case=case, operator="OP-117", ciphertext=b"x")
    z.one("out_worker", "audit.ship_v1")
    old_ids = {
        str(i) for (i,) in z.sql("SELECT id FROM booking.booking WHERE subject_id = %s", t.subjects[0])
    }
    old_requests = {str(r) for (r,) in z.sql("SELECT request FROM audit.entry WHERE request IS NOT NULL")}
    withdraw(t)
    acknowledge()

    pseudonym = str(t.subjects[0])
    left = rows_with([pseudonym])
    # What still says the pseudonym: the log and its pages on their way inside, and no row about a hall.
    assert {name for name, _ in left} == {"audit.entry", "bridge.outbox"}
    assert all("audit.page" in text for name, text in left if name == "bridge.outbox")
    # Those entries tell of bookings, cases and slips by numbers that nothing else has …
    entries = z.sql("SELECT zone, case_ref, request FROM audit.entry WHERE subject = %s", pseudonym)
    assert {zone for zone, _, _ in entries} == {"public", "desk"}
    assert not old_ids & {str(i) for (i,) in z.sql("SELECT id FROM booking.booking")}
    assert not old_ids & {
        str(i)
        for (i,) in z.sql("SELECT booking_id FROM visits.visit UNION SELECT booking_id FROM booking.release")
    }
    assert {name for name, _ in rows_with([str(visit)])} == {"audit.entry", "bridge.outbox"}
    # … and by requests that no booking, visit, step or dose has.
    for name, text in rows_with(old_requests):
        assert name in ("audit.entry", "bridge.outbox", "calls.slip", "calls.case", "calls.said"), (
            name,
            text,
        )
    # A visit's entries name no person, and the hash of the ticket leads to no hall.
    assert z.value("SELECT count(*) FROM audit.entry WHERE zone = 'venue' AND subject IS NOT NULL") == 0
    assert rows_with([t.act(0).hex()]) == set()
    # Times do not betray it: the booking's moment is not the entry's moment.
    moments = {
        str(at)[:22]
        for (at,) in z.sql("SELECT made_at FROM booking.booking UNION SELECT due_at FROM booking.release")
    }
    assert not moments & {str(at)[:22] for (at,) in z.sql("SELECT shown_at FROM audit.entry")}


def test_what_counts_need_stays(t):
    z.given(t, 0, slot(t, 0))
    before = z.rows("out_venue", "api.count_day_v1", venue=1, on=TODAY)
    withdraw(t)
    assert z.rows("out_venue", "api.count_day_v1", venue=1, on=TODAY) == before and before[2].given == 1
    assert z.sql("SELECT given FROM stock.venue_lot WHERE lot_id = 1") == [(1,)]
    assert z.counters_hold()
    ghosts = z.sql(
        "SELECT subject_id FROM booking.booking UNION SELECT subject_id FROM visits.visit UNION SELECT subject_id FROM visits.dose"
    )
    assert len(ghosts) == 1 and ghosts[0][0] != t.subjects[0]


def test_a_dose_still_reaches_the_inside_and_is_forgotten_when_it_is_there(t):
    z.given(t, 0, slot(t, 0))
    withdraw(t)
    types = [x for (x,) in z.sql("SELECT type FROM bridge.outbox ORDER BY id")]
    assert types == [
        "void",
        "void",
        "visit.prechecked",
        "dose.given",
    ]  # booking and arrival are wanted no more
    assert z.sql("SELECT subject_id FROM booking.withdrawn") == [(t.subjects[0],)]
    acknowledge()
    assert {x for (x,) in z.sql("SELECT type FROM bridge.outbox")} == {"void"}
    assert z.sql("SELECT * FROM booking.withdrawn") == []


def test_a_person_in_the_hall_keeps_the_number_and_loses_the_name(t):
    z.booked(t, 0, slot(t, 0))
    visit = z.check_in(t, 0).visit_id
    withdraw(t)
    assert z.precheck(visit) == "C04"  # the old id is gone
    (row,) = z.rows("out_venue", "api.list_day_v1", venue=1, on=TODAY)
    assert (row.queue_no, row.state) == (1, "received")
    assert z.precheck(row.visit_id) is None
    assert z.record(t, 0, row.visit_id).refusal == "D01"  # nobody can be compared: handed over on paper
    assert z.counters_hold()


def test_a_withdrawal_twice_and_of_nobody_is_harmless(t):
    z.booked(t, 0, slot(t, 1))
    withdraw(t), withdraw(t)
    assert o.arrive("subject.withdraw", {"id": str(uuid.uuid4())}) == "done"
    assert z.value("SELECT count(*) FROM booking.release") == 1


def test_the_subject_can_come_back_under_a_new_pseudonym(t):
    z.booked(t, 0, slot(t, 1))
    withdraw(t)
    o.arrive("subject.put", {
        "id": str(uuid.UUID(int=77)), "programme": o.PROGRAMME, "act": t.act(0).hex(), "try": t.try_(0).hex(), "ask_full": None,
        "ask_lot": None, "ask_former": None, "form_version": 1,
        "entitlements": [{"dose": 1, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": ["pfizer"], "after_previous": False}],
    })  # fmt: skip
    z.booked(t, 0, slot(t, 2))
    assert z.counters_hold()
