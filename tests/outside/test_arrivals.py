"""What arrives from the inside: plans, subjects, deliveries, members; twice is once, and a refusal is told."""

import datetime as dt
import uuid

import psycopg
import pytest

from sesshu.bridge import messages
from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture
def t():
    return o.town(subjects=3, halls=1, days=30)


def plan(slot, **caps):
    session = slot // 10
    at = ("09:30", "10:00", "10:30")[slot % 10]
    return {
        "id": slot,
        "session_id": session,
        "at": at,
        "cap_web": 5,
        "cap_phone": 3,
        "cap_section": 0,
    } | caps


def session(t, **more):
    known = {
        "id": t.slots[0] // 10,
        "venue_id": 1,
        "programme": o.PROGRAMME,
        "product": "pfizer",
        "on_date": "2026-11-26",
    }
    return known | {"opens_at": "09:00", "closes_at": "12:00", "state": "open"} | more


def refusals():
    return [b for (b,) in z.sql("SELECT body FROM bridge.outbox WHERE type = 'refused' ORDER BY id")]


def copied(table, columns, rows):
    """Bulk rows come in as the courier brings them: COPY, then the arrival, in one transaction."""
    with p.connect("out_courier") as c, c.transaction():
        with c.cursor().copy(f"COPY arrive.{table}_in ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return o.arrive(table.replace("_", ".", 1), {"programme": o.PROGRAMME, "first": True}, c)


# --- Plans ----------------------------------------------------------------------------------------------------


def test_a_capacity_below_what_is_taken_is_refused_whole_and_told(t):
    one, two = t.slots[:2]
    z.booked(t, 0, one), z.booked(t, 1, one)
    assert o.arrive("slot.put", {"slots": [plan(two, cap_web=9), plan(one, cap_web=1)]}) == "B12"
    assert refusals() == [{"type": "slot.put", "code": "B12", "ids": [one]}]
    assert z.sql("SELECT cap_web FROM booking.slot WHERE id IN (%s, %s)", one, two) == [(5,), (5,)]
    assert o.arrive("slot.put", {"slots": [plan(two, cap_web=9), plan(one, cap_web=2)]}) == "done"
    assert z.sql(
        "SELECT cap_web, taken_web FROM booking.slot WHERE id IN (%s, %s) ORDER BY id", one, two
    ) == [(2, 2), (9, 0)]
    assert len(refusals()) == 1 and z.counters_hold()


def test_a_slot_with_bookings_keeps_its_hour_and_an_empty_one_does_not(t):
    one, two = t.slots[:2]
    z.booked(t, 0, one)
    assert o.arrive("slot.put", {"slots": [plan(one, at="11:00")]}) == "B12"
    assert o.arrive("slot.put", {"slots": [plan(two, at="11:00")]}) == "done"
    assert [
        str(at) for (at,) in z.sql("SELECT at FROM booking.slot WHERE id IN (%s, %s) ORDER BY id", one, two)
    ] == ["09:30:00", "11:00:00"]


def test_a_session_with_bookings_keeps_its_day_and_product(t):
    z.booked(t, 0, t.slots[0])
    assert o.arrive("session.put", session(t, on_date="2026-11-27")) == "B12"
    assert o.arrive("session.put", session(t, product="moderna")) == "B12"
    assert refusals() == [{"type": "session.put", "code": "B12", "ids": [t.slots[0] // 10]}] * 2
    empty = session(t, id=t.slots[3] // 10, on_date="2026-11-28")
    assert o.arrive("session.put", empty) == "done"
    assert z.value("SELECT on_date FROM booking.slot WHERE id = %s", t.slots[3]) == dt.date(2026, 11, 28)


def test_a_closed_session_opens_again_without_its_closed_slots(t):
    form = o.draft_for(0, t)
    z.sql("UPDATE booking.slot SET state = 'closed' WHERE id = %s", t.slots[1])
    o.arrive("session.put", session(t, state="closed"))
    assert [z.book(form, s).refusal for s in t.slots[:3]] == ["B06"] * 3
    o.arrive("session.put", session(t))
    assert z.book(form, t.slots[1]).refusal == "B06"
    assert z.book(form, t.slots[0]).refusal is None


def test_a_slot_of_an_unknown_session_stops_the_stream(t):
    with pytest.raises(psycopg.errors.NotNullViolation):
        o.arrive("slot.put", {"slots": [plan(999990)]})


def test_the_interval_table_of_a_programme_is_replaced(t):
    columns = ("programme", "dose", "previous_product", "previous_on", "from_on", "until_on", "products")
    row = (
        o.PROGRAMME,
        2,
        "pfizer",
        dt.date(2026, 11, 26),
        dt.date(2026, 12, 1),
        dt.date(2027, 1, 1),
        ["pfizer"],
    )
    assert copied("interval_rows", columns, [row]) == "done"
    assert z.value("SELECT count(*) FROM booking.interval_row") == 1
    assert z.value("SELECT count(*) FROM arrive.interval_rows_in") == 0
    assert z.book(o.draft_for(0, t), t.slots[0], slot2=t.slots[15]).refusal is None  # five days later now


# --- Subjects -------------------------------------------------------------------------------------------------

SUBJECT = ("id", "programme", "act", "try", "ask_full", "ask_lot", "ask_former", "form_version")
ENTITLEMENT = ("subject_id", "dose", "from_on", "until_on", "products", "after_previous")
SEASON = (dt.date(2026, 10, 1), dt.date(2027, 3, 31))


def test_subjects_in_bulk_are_put_changed_and_left(t):
    form = o.draft_for(0, t)
    kept = (t.subjects[1], o.PROGRAMME, t.act(1), t.try_(1), o.h("full", 1), o.h("lot", 1), None, 1)
    renumbered = (t.subjects[0], o.PROGRAMME, o.h("act", "new"), o.h("try", "new"), None, None, None, 1)
    new = (uuid.UUID(int=50), o.PROGRAMME, o.h("act", 50), o.h("try", 50), None, None, None, 1)
    before = z.value("SELECT xmin::text FROM booking.subject WHERE id = %s", t.subjects[1])
    assert copied("subject_rows", SUBJECT, [kept, renumbered, new]) == "done"
    assert (
        z.value("SELECT xmin::text FROM booking.subject WHERE id = %s", t.subjects[1]) == before
    )  # not written again
    assert z.value("SELECT count(*) FROM booking.subject") == 4
    assert z.find(t, 0)[0] is False and z.find(t, 0, act=o.h("act", "new"))[0] is True
    assert z.book(form, t.slots[0]).refusal == "B07"  # begun with the old number


def test_entitlements_in_bulk_are_replaced_for_these_subjects_alone(t):
    rows = [
        (t.subjects[0], 1, *SEASON, ["moderna"], False),
        (uuid.UUID(int=999), 1, *SEASON, ["pfizer"], False),
    ]
    assert copied("entitlement_rows", ENTITLEMENT, rows) == "done"
    assert z.sql("SELECT dose, products FROM booking.entitlement WHERE subject_id = %s", t.subjects[0]) == [
        (1, ["moderna"])
    ]
    assert z.value("SELECT count(*) FROM booking.entitlement") == 5  # the unknown subject's row is nobody's
    assert z.book(o.draft_for(0, t), t.slots[0]).refusal == "B03"
    assert z.book(o.draft_for(1, t), t.slots[0]).refusal is None


def put(t, n, **more):
    known = {
        "id": str(t.subjects[n]),
        "programme": o.PROGRAMME,
        "act": t.act(n).hex(),
        "try": t.try_(n).hex(),
        "form_version": 1,
    }
    return known | {"ask_full": None, "ask_lot": None, "ask_former": None, "entitlements": []} | more


def test_one_subject_as_it_stands_now_and_its_bookings_stay(t):
    z.booked(t, 0, t.slots[0])
    assert o.arrive("subject.put", put(t, 0)) == "done"
    assert z.value("SELECT count(*) FROM booking.entitlement WHERE subject_id = %s", t.subjects[0]) == 0
    assert z.value("SELECT ask_full FROM booking.subject WHERE id = %s", t.subjects[0]) is None
    assert z.sql("SELECT state FROM booking.booking") == [("active",)]


def test_a_reissued_number_ends_what_was_begun_with_the_old_one(t):
    form = o.draft_for(0, t)
    o.arrive("subject.put", put(t, 0, act=o.h("act", "new").hex(), entitlements=[
        {"dose": 1, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": ["pfizer"], "after_previous": False}]))  # fmt: skip
    assert z.book(form, t.slots[0]).refusal == "B07"
    _, form = z.find(t, 0, act=o.h("act", "new"))
    assert z.book(form, t.slots[0]).refusal is None


def test_race_a_booking_waits_for_a_new_entitlement_and_sees_it(t):
    """Changed in place: a booking in flight must not find 'nothing' between old and new."""
    form = o.draft_for(0, t)
    rows = [
        {
            "dose": 1,
            "from_on": "2026-10-01",
            "until_on": "2027-03-31",
            "products": ["pfizer"],
            "after_previous": False,
        }
    ]
    with z.apart("out_courier") as courier, p.connect("out_public") as c:
        o.arrive("subject.put", put(t, 0, entitlements=rows), courier)
        c.execute("SET statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            z.book(form, t.slots[0], via=c)
        done = z.meanwhile(lambda: z.book(form, t.slots[0]))
        courier.commit()
        assert done().refusal is None


# --- Stock ----------------------------------------------------------------------------------------------------


def delivery(**more):
    return {"id": 7, "venue": 1, "lot": 1, "doses": 10} | more


def test_a_delivery_counts_once_and_a_changed_one_by_its_difference(t):
    z.lots()
    z.sql("DELETE FROM stock.delivery; UPDATE stock.venue_lot SET delivered = 0")
    for body, left in (
        (delivery(), 10),
        (delivery(), 10),
        (delivery(id=8, doses=5), 15),
        (delivery(doses=6), 11),
    ):
        assert o.arrive("delivery.put", body) == "done"
        assert z.value("SELECT delivered FROM stock.venue_lot WHERE lot_id = 1") == left


def test_a_delivery_cannot_become_less_than_what_was_used(t):
    z.lots(doses=0)
    o.arrive("delivery.put", delivery())
    z.sql("UPDATE stock.venue_lot SET given = 8 WHERE lot_id = 1")
    assert o.arrive("delivery.put", delivery(doses=7)) == "B12"
    assert o.arrive("delivery.put", delivery(venue=2)) == "B12"
    assert refusals() == [{"type": "delivery.put", "code": "B12", "ids": [7]}] * 2
    assert o.arrive("delivery.put", delivery(doses=8)) == "done"
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        o.arrive("delivery.put", delivery(id=9, lot=99))


# --- Dead numbers and members ---------------------------------------------------------------------------------


def test_dead_numbers_come_twice_and_stand_once(t):
    for _ in range(2):
        assert o.arrive("number.dead", {"tries": [o.h("try", i).hex() for i in range(3)]}) == "done"
    assert z.value("SELECT count(*) FROM booking.dead_number") == 3


def member(**more):
    known = {
        "code": "VN-7",
        "display": "担当 07",
        "zone": "venue",
        "role": "reception",
        "venue": 1,
        "state": "invited",
    }
    return (
        known
        | {
            "enrol_hash": "hash-one-0123456789",
            "enrol_until": "2026-12-01T00:00:00+09:00",
            "trained_until": "2027-03-31",
        }
        | more
    )


def account():
    return z.sql("SELECT state, role, venue_id, password, enrol_hash, session_key FROM shelf_venue.account")[
        0
    ]


def enrolled():
    z.sql(
        "UPDATE shelf_venue.account SET state = 'enabled', password = 'argon', enrol_hash = '', enrol_until = NULL, session_key = 'seat'"
    )


def test_a_member_is_invited_and_what_was_enrolled_here_stays(t):
    assert o.arrive("member.put", member()) == "done"
    assert account() == ("invited", "reception", 1, "", "hash-one-0123456789", "")
    enrolled()
    for state in ("invited", "enabled"):  # the inside does not know who has enrolled
        o.arrive("member.put", member(state=state, role="recorder", venue=2))
        assert account() == ("enabled", "recorder", 2, "argon", "", "seat")  # the spent code stays spent


def test_a_new_code_ends_the_old_password_and_the_seat(t):
    o.arrive("member.put", member())
    enrolled()
    o.arrive("member.put", member(enrol_hash="hash-two-0123456789"))
    assert account() == ("invited", "reception", 1, "", "hash-two-0123456789", "")
    o.arrive("member.put", member())  # late, with the first code again
    assert account()[4] == "hash-two-0123456789"


def test_a_disabled_member_stands_up_at_once_and_may_come_back(t):
    o.arrive("member.put", member())
    enrolled()
    o.arrive("member.put", member(state="disabled", enrol_hash="hash-two-0123456789"))
    assert account()[0] == "disabled" and account()[5] == ""
    o.arrive("member.put", member(state="enabled"))
    assert account()[0] == "invited"  # with the second code
    assert o.arrive("member.put", member(zone="office")) == "unknown"
    assert o.arrive("member.put", member(zone=None)) == "unknown"


# --- The other way --------------------------------------------------------------------------------------------


def test_everything_that_is_sent_speaks_the_published_language(t):
    p.place().set_clock(dt.datetime(2026, 11, 26, 8, 0, tzinfo=p.DAY.tzinfo))
    z.lots()
    z.given(t, 0, t.slots[2])
    z.booked(t, 1, t.slots[2])
    z.precheck(z.check_in(t, 1).visit_id, "no_go", "fever")
    made = z.booked(t, 2, t.slots[4])
    z.cancel(made.draft, made.receipt)
    case = z.case()
    z.match(case, act=t.act(2), try_=t.try_(2))
    z.one(
        "out_desk",
        "api.put_slip_v1",
        request=uuid.uuid4(),
        case=case,
        operator="OP-117",
        ciphertext=b"sealed" * 30,
    )
    o.arrive("number.dead", {"tries": [t.try_(2).hex()]})
    o.arrive("slot.put", {"slots": [plan(t.slots[2], cap_web=0)]})
    z.one("out_worker", "booking.watch_v1"), z.one("out_worker", "audit.ship_v1")
    sent = z.sql("SELECT type, body, version FROM bridge.outbox")
    for kind, body, version in sent:
        messages.validate(kind, body, version, direction="outside-inside")
    told = {m.name for m in messages.registry().values() if "outside-inside" in m.directions} - {
        messages.VOID.name
    }
    assert {kind for kind, _, _ in sent} == told
