"""Races, each with a negative control: the same crowd against a function whose lock was taken away."""

import collections
import datetime as dt
import uuid

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z
from tests.support.crowd import changed, crowd, errors, without_index
from tests.support.races import shows_itself

# A pause between look and write widens the window, for the function as it is and for its loosened twin alike.
INSERT = "INSERT INTO booking.booking (request"
PAUSE = (INSERT, "PERFORM pg_sleep(0.02); " + INSERT)
# The commonest case is written out in book_v1; halls go the general way through take_v1.
WAYS = {
    "out_public": (
        "api__book_v1",
        "WHERE id = p_slot AND booking_id IS NOT NULL AND taken_web < cap_web AND state = 'open' AND offered",
    ),
    "out_venue": (
        "booking__take_v1",
        "WHERE id = p_slot AND taken_web < cap_web AND state = 'open' AND offered",
    ),
}


def drafts(t, count):
    """``count`` visitors who have typed the right words, made in one go."""
    ids = [uuid.UUID(int=10_000 + n) for n in range(count)]
    z.sql(
        "INSERT INTO booking.draft (id, subject_id, made_at, until_at) "
        "SELECT d, s, base.now_v1(), base.now_v1() + interval '40 minutes' FROM unnest(%s::uuid[], %s::uuid[]) x(d, s)",
        ids,
        t.subjects[:count],
    )
    return ids


def active(slot=None):
    return z.value(
        "SELECT count(*) FROM booking.booking WHERE state = 'active' AND slot_id = coalesce(%s, slot_id)",
        slot,
    )


# --- The last places ------------------------------------------------------------------------------------------


def last_places(login, clients=300, places=7):
    """All want the first slot; who loses takes the next one. Gives the results and the slot."""
    t = o.town(subjects=clients, halls=1, days=3, web=300, phone=0)
    wanted, other = t.slots[0], t.slots[1]
    z.sql("UPDATE booking.slot SET cap_web = %s WHERE id = %s", places, wanted)

    def client(draft):
        def job(c):
            first = z.book(draft, wanted, via=c)
            return first.refusal, (z.book(draft, other, via=c).refusal if first.refusal else None)

        return job

    return crowd([client(d) for d in drafts(t, clients)], login), wanted


@pytest.mark.parametrize("login", WAYS)
def test_race_300_clients_for_the_last_seven_places(login):
    results, wanted = last_places(login)
    assert errors(results) == []
    assert collections.Counter(results) == {(None, None): 7, ("B02", None): 293}
    assert active(wanted) == 7 and active() == 300 and z.counters_hold()


@pytest.mark.parametrize("login", WAYS)
@shows_itself
def test_race_300_clients_negative_control(login):
    function, guard = WAYS[login]
    with changed(**{function: ("taken_web = taken_web + 1", "taken_web = least(taken_web + 1, cap_web)")}):
        with changed(**{function: (guard, "WHERE id = p_slot")}):
            _, wanted = last_places(login, clients=60)
    assert active(wanted) > 7 and not z.counters_hold()


# --- Twins of one request -------------------------------------------------------------------------------------


def twins(pair):
    t = o.town(subjects=1, halls=1, days=30)
    (draft,), request = drafts(t, 1), uuid.uuid4()
    second = {"slot2": t.slots[60]} if pair else {}
    with changed(api__book_v1=PAUSE), changed(booking__take_v1=PAUSE):
        return crowd([lambda c: z.book(draft, t.slots[0], request=request, via=c, **second)] * 20, width=20)


def test_race_twenty_twins_of_one_request_are_one_booking():
    results = twins(pair=False)
    assert errors(results) == [] and {(r.id, r.refusal) for r in results} == {(results[0].id, None)}
    assert active() == 1 and z.counters_hold()
    assert z.value("SELECT count(*) FROM bridge.outbox") == z.value("SELECT count(*) FROM audit.entry") == 1


def test_race_twenty_twins_of_a_pair_are_one_pair():
    results = twins(pair=True)
    assert errors(results) == [] and {(r.id, r.id2, r.refusal) for r in results} == {
        (results[0].id, results[0].id2, None)
    }
    assert active() == 2 and z.counters_hold()


@shows_itself
def test_race_twins_negative_control():
    loose = ("ON CONFLICT DO NOTHING RETURNING id", "RETURNING id")
    t = o.town(subjects=1, halls=1, days=3)
    (draft,), request = drafts(t, 1), uuid.uuid4()
    with changed(api__book_v1=PAUSE), changed(api__book_v1=loose):
        results = crowd([lambda c: z.book(draft, t.slots[0], request=request, via=c)] * 20, width=20)
    assert "UniqueViolation" in errors(results)


# --- Cancelling against booking -------------------------------------------------------------------------------


def cancel_against_book():
    """Ten persons: one tab cancels while five others book the same dose at other hours."""
    t = o.town(subjects=10, halls=1, days=10)
    made = [z.book(d, t.slots[n % 3]) for n, d in enumerate(drafts(t, 10))]
    jobs = []
    for n, m in enumerate(made):
        draft = uuid.UUID(int=10_000 + n)
        jobs.append(lambda c, d=draft, r=m.receipt: z.cancel(d, r, via=c))
        jobs += [lambda c, d=draft, s=t.slots[3 + k]: z.book(d, s, via=c) for k in range(5)]
    return crowd(jobs, width=48)


def doubled():
    return z.value(
        "SELECT count(*) FROM (SELECT FROM booking.booking WHERE state = 'active' GROUP BY subject_id, dose HAVING count(*) > 1) x"
    )


def test_race_cancelling_against_booking_leaves_one_booking_at_most():
    results = cancel_against_book()
    assert errors(results) == [] and doubled() == 0 and z.counters_hold()
    assert sum(1 for r in results if getattr(r, "ended", None)) == 10


@shows_itself
def test_race_cancelling_against_booking_negative_control():
    with without_index("booking.booking_one_active"):
        assert errors(cancel_against_book()) == [] and doubled() > 0


def cancel_twice():
    t = o.town(subjects=1, halls=1, days=3)
    (draft,) = drafts(t, 1)
    made = z.book(draft, t.slots[0])
    return crowd([lambda c: z.cancel(draft, made.receipt, via=c)] * 20, width=20)


def test_race_twenty_cancellations_give_one_place_back():
    results = cancel_twice()
    assert errors(results) == [] and sorted(str(r.refusal) for r in results) == ["B09"] * 19 + ["None"]
    assert z.value("SELECT count(*) FROM booking.release") == 1 and z.counters_hold()


@shows_itself
def test_race_twenty_cancellations_negative_control():
    # Two locks hold it: the subject's, and the booking's own.
    with changed(
        booking__mine_v1=("FOR UPDATE;", "; PERFORM pg_sleep(0.05);"),
        api__cancel_v1=("FOR NO KEY UPDATE", ""),
    ):
        cancel_twice()
    assert z.value("SELECT count(*) FROM booking.release") > 1 and not z.counters_hold()


def test_race_an_undone_cancellation_against_the_return_of_its_place():
    """I9: the place lives with the booking or comes back, never both; here both ask at the same moment."""
    t = o.town(subjects=20, halls=1, days=3)
    forms = drafts(t, 20)
    made = [z.book(d, t.slots[n % 9]) for n, d in enumerate(forms)]
    for d, m in zip(forms, made, strict=True):
        z.cancel(d, m.receipt)
    z.sql("UPDATE booking.release SET due_at = base.now_v1()")
    jobs = [lambda c, d=d, m=m: z.undo(d, m.receipt, via=c) for d, m in zip(forms, made, strict=True)]
    worker = z.meanwhile(
        lambda: crowd([lambda c: z.one("", "booking.release_due_v1", via=c)] * 3, "out_worker")
    )
    results = crowd(jobs, width=20)
    assert errors(results) == errors(worker()) == []
    assert {r.refusal for r in results} <= {None, "B11"} and z.counters_hold()
    assert active() == sum(1 for r in results if r.refusal is None)


# --- A second dose against the end of the first ----------------------------------------------------------------


def second_against_cancel():
    """A second dose is booked and not yet committed when the first is cancelled: what is left?"""
    t = o.town(subjects=1, halls=1, days=30)
    (draft,) = drafts(t, 1)
    made = z.book(draft, t.slots[0])
    with z.apart("out_public") as tab:
        assert z.book(draft, t.slots[63], dose=2, via=tab).refusal is None
        cancelled = z.meanwhile(lambda: crowd([lambda c: z.cancel(draft, made.receipt, via=c)]))
        tab.commit()
    return cancelled()[0].ended


def test_race_a_cancellation_waits_for_the_second_dose_and_ends_it_too():
    assert second_against_cancel() == 2 and active() == 0 and z.counters_hold()


@shows_itself
def test_race_a_cancellation_negative_control():
    with changed(api__cancel_v1=("FOR NO KEY UPDATE", "")):
        assert second_against_cancel() == 1 and active() == 1  # a second dose that counts from nothing


def test_race_a_second_dose_waits_for_the_cancellation_of_the_first():
    t = o.town(subjects=1, halls=1, days=30)
    (draft,) = drafts(t, 1)
    made = z.book(draft, t.slots[0])
    with z.apart("out_public") as tab:
        z.cancel(draft, made.receipt, via=tab)
        booked = z.meanwhile(lambda: crowd([lambda c: z.book(draft, t.slots[63], dose=2, via=c)]))
        tab.commit()
    assert booked()[0].refusal == "B03" and active() == 0


# --- Withdrawal in flight -------------------------------------------------------------------------------------


def withdrawn_in_flight():
    """A booking is made and not yet committed when its subject is withdrawn. Gives the bookings that are left."""
    t = o.town(subjects=1, halls=1, days=3)
    (draft,) = drafts(t, 1)
    with z.apart("out_public") as visitor:
        assert z.book(draft, t.slots[0], via=visitor).refusal is None
        arrival = z.meanwhile(lambda: o.arrive("subject.withdraw", {"id": str(t.subjects[0])}))
        visitor.commit()
    assert arrival() == "done"
    return active()


def test_race_a_withdrawal_waits_for_a_booking_in_flight_and_ends_it():
    assert withdrawn_in_flight() == 0
    assert z.value("SELECT count(*) FROM booking.release") == 1 and z.counters_hold()


@shows_itself
def test_race_a_withdrawal_negative_control():
    with changed(api__book_v1=("FOR SHARE OF e;", ";")):
        assert withdrawn_in_flight() == 1  # a booking of somebody who is not here any more


def test_race_a_booking_waits_for_a_withdrawal_and_is_refused():
    t = o.town(subjects=1, halls=1, days=3)
    (draft,) = drafts(t, 1)
    with z.apart("out_courier") as courier:
        o.arrive("subject.withdraw", {"id": str(t.subjects[0])}, courier)
        visitor = z.meanwhile(lambda: crowd([lambda c: z.book(draft, t.slots[0], via=c)]))
        courier.commit()
    assert [r.refusal for r in visitor()] == ["B07"] and active() == 0  # the form went blank


def test_race_a_withdrawal_beside_moves_undos_visits_never_waits_in_a_circle():
    """Whoever locks, locks in one order: entitlements, visits, bookings."""
    p.place().set_clock(dt.datetime(2026, 11, 26, 8, 0, tzinfo=p.DAY.tzinfo))
    t = o.town(subjects=24, halls=1, days=30, web=30)
    jobs = []
    for n, draft in enumerate(drafts(t, 24)):
        made = z.book(draft, t.slots[2], slot2=t.slots[63])
        if n % 3 == 0:
            jobs.append(lambda c, d=draft, m=made: z.move(d, m.receipt, t.slots[5], slot2=t.slots[66], via=c))
        elif n % 3 == 1:
            z.cancel(draft, made.receipt)
            jobs.append(lambda c, d=draft, m=made: z.undo(d, m.receipt, via=c))
        else:
            visit = z.check_in(t, n).visit_id
            jobs.append(lambda c, v=visit: _examine(v))
    jobs = [j for pair in zip(jobs, [_withdraw(s) for s in t.subjects], strict=True) for j in pair]
    assert errors(crowd(jobs, width=24)) == []  # each job of a hall or courier opens one more
    assert z.counters_hold()


def _examine(visit):
    with p.connect("out_venue", row_factory=namedtuple_row) as c:
        return z.precheck(visit, "no_go", "fever", via=c)


def _withdraw(subject):
    return lambda c: o.arrive("subject.withdraw", {"id": str(subject)})


# --- The hall -------------------------------------------------------------------------------------------------


def today():
    p.place().set_clock(dt.datetime(2026, 11, 26, 8, 0, tzinfo=p.DAY.tzinfo))
    return o.town(subjects=20, halls=1, days=3, web=30)


def check_ins():
    t = today()
    z.book(drafts(t, 1)[0], t.slots[2])
    number = "INSERT INTO visits.counter"
    with changed(api__check_in_v1=(number, "PERFORM pg_sleep(0.03); " + number)):
        return crowd([lambda c: z.check_in(t, 0, via=c)] * 12, "out_venue", width=12)


def test_race_two_receptions_give_one_number():
    results = check_ins()
    assert errors(results) == [] and sorted(str(r.refusal) for r in results) == ["C03"] * 11 + ["None"]
    assert {(r.visit_id, r.queue_no) for r in results} == {(results[0].visit_id, 1)}


@shows_itself
def test_race_two_receptions_negative_control():
    turns = "PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_try, 'hex'), 0));"  # tries of one number take turns, too
    with changed(api__check_in_v1=("LIMIT 1 FOR UPDATE OF b", "LIMIT 1"), booking__spent_v1=(turns, "")):
        assert "UniqueViolation" in errors(check_ins())


def last_doses():
    t = today()
    z.lots(doses=3)
    visits = []
    for n, draft in enumerate(drafts(t, 20)):
        z.book(draft, t.slots[2])
        visits.append(z.check_in(t, n).visit_id)
        z.precheck(visits[-1])
    return crowd(
        [lambda c, n=n, v=v: z.record(t, n, v, by=f"VN-{n}", via=c) for n, v in enumerate(visits)],
        "out_venue",
        width=20,
    )


def test_race_the_last_doses_of_a_lot():
    results = last_doses()
    assert errors(results) == [] and collections.Counter(r.refusal for r in results) == {None: 3, "D04": 17}
    assert (
        z.value("SELECT count(*) FROM visits.dose")
        == 3
        == z.value("SELECT given FROM stock.venue_lot WHERE lot_id = 1")
    )


@shows_itself
def test_race_the_last_doses_negative_control():
    guard = (
        "SET given = given + 1 WHERE venue_id = p_venue AND lot_id = p_lot AND given + wasted < delivered;"
    )
    loose = """SET given = least(q.given + 1, q.delivered) FROM (SELECT l.given + l.wasted < l.delivered AS left, pg_sleep(0.02)
         FROM stock.venue_lot l WHERE l.venue_id = p_venue AND l.lot_id = p_lot) x WHERE venue_id = p_venue AND lot_id = p_lot AND x.left;"""
    with changed(
        api__record_dose_v1=("UPDATE stock.venue_lot " + guard, "UPDATE stock.venue_lot q " + loose)
    ):
        last_doses()
    assert z.value("SELECT count(*) FROM visits.dose") > 3


# --- The plan cuts ---------------------------------------------------------------------------------------------


def cut_in_flight():
    t = o.town(subjects=1, halls=1, days=3)
    (draft,) = drafts(t, 1)
    slot = {
        "id": t.slots[0],
        "session_id": t.slots[0] // 10,
        "at": "09:30",
        "cap_web": 0,
        "cap_phone": 3,
        "cap_section": 0,
    }
    with z.apart("out_public") as visitor:
        z.book(draft, t.slots[0], via=visitor)
        arrival = z.meanwhile(lambda: o.arrive("slot.put", {"slots": [slot]}))
        visitor.commit()
    return arrival()


def test_race_a_capacity_cut_waits_for_a_booking_in_flight():
    assert cut_in_flight() == "B12" and active() == 1 and z.counters_hold()


@shows_itself
def test_race_a_capacity_cut_negative_control():
    lock = "ORDER BY s.on_date, s.id FOR UPDATE"
    with changed(arrive__slot_put_v1=(lock, "ORDER BY s.on_date, s.id")):
        try:
            cut_in_flight()
        except psycopg.errors.CheckViolation:
            return  # the stream would stop here
    raise AssertionError("the cut saw the booking although it took no lock")


def test_race_bookings_against_cuts_and_raises_keep_the_counter():
    t = o.town(subjects=120, halls=1, days=3, web=20)
    forms = drafts(t, 120)

    def put(cap):
        slot = {
            "id": t.slots[0],
            "session_id": t.slots[0] // 10,
            "at": "09:30",
            "cap_web": cap,
            "cap_phone": 3,
            "cap_section": 0,
        }
        return lambda c: o.arrive("slot.put", {"slots": [slot]})

    jobs = [(lambda c, d=d: z.book(d, t.slots[0], via=c).refusal) for d in forms]
    for k in range(12):
        jobs.insert(k * 10, put(5 + k * 3))
    results = crowd(jobs, width=40)
    assert errors(results) == [] and set(results) <= {None, "B02", "done", "B12"}
    cap, taken = z.sql("SELECT cap_web, taken_web FROM booking.slot WHERE id = %s", t.slots[0])[0]
    assert taken == active() <= cap and z.counters_hold()
