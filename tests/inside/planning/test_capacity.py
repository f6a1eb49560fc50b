"""Capacity is cut: never below what is booked, with a list of those concerned, reached as they find other places."""

import datetime as dt

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.planning.capacity import queries as changes
from sesshu.inside.planning.capacity.actions import draft_change, withdraw_change
from sesshu.inside.planning.capacity.rules import LIFE, Booking, Places, without_place
from sesshu.inside.planning.models import Session, Slot
from sesshu.inside.planning.programme.versions import LIFE as VERSION_LIFE
from sesshu.inside.planning.supply.queries import list_weeks
from sesshu.inside.planning.venues.actions import put_session, put_venue
from sesshu.inside.planning.venues.rules import Pattern
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.models import ToCall
from sesshu.inside.records.protection.actions import protect_by_hand
from sesshu.inside.records.rebooking import actions, queries
from sesshu.inside.tickets.actions import issue
from sesshu.jobs import inside as jobs
from tests.inside.planning.test_versions import CHIEF
from tests.support import place as p
from tests.support.residents import (
    AUDITOR,
    HOST,
    OFFICER,
    PROGRAMME,
    WORKER,
    given_booking,
    given_programme,
    given_resident,
    given_slot,
    messages,
    newest_message,
    run,
)

DAY = p.DAY.date() + dt.timedelta(days=7)


@pytest.fixture
def hall():
    """A slot of 6 web and 2 telephone places, with bookings of five people; and another day with places."""
    given_programme()
    people = [given_resident() for _ in range(5)]
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    jobs.send()
    slot = given_slot(DAY)
    other = given_slot(DAY + dt.timedelta(days=1), at="10:30")
    bookings = [
        given_booking(who, slot, channel=channel)
        for who, channel in zip(people, ("web", "web", "phone", "web", "hall"), strict=True)
    ]
    return slot, other, people, bookings


def code_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def session_of(slot: int) -> int:
    return Slot.objects.get(pk=slot).session_id


def places(slot: int) -> tuple[int, int, int]:
    s = Slot.objects.get(pk=slot)
    return s.cap_web, s.cap_phone, s.cap_section


def end(booking: int, how: str = "moved") -> None:
    run("UPDATE records.booking SET state = %s WHERE id = %s", how, booking)


def sent(after: int) -> list[tuple[int, int]]:
    return [(s["cap_web"], s["cap_phone"]) for _, b in messages("slot.put", after) for s in b["slots"]]


def carried(message: int) -> None:
    """The outside has had every message up to one, a minute ago. Needs ``committed``."""
    with p.superuser("inside") as c:
        c.execute("UPDATE bridge.outbox SET epoch = 1, number = id WHERE id <= %s", [message])
        c.execute(
            "INSERT INTO bridge.receipt (epoch, last_number, at) VALUES (1, %s, base.now_v1() - interval '1 minute') "
            "ON CONFLICT DO NOTHING",
            [message],
        )


def test_who_booked_last_is_asked_first():
    at = p.DAY
    held = [
        Booking(n, n, 1, channel, at - dt.timedelta(hours=n))
        for n, channel in enumerate(("web", "phone", "web", "hall", "web"))
    ]
    assert [b.booking_id for b in without_place(held, Places(1, 1))] == [0, 2, 1]
    assert without_place(held, Places(3, 2)) == []
    assert len(without_place(held, Places(0, 0))) == 5
    assert len(without_place([*held, Booking(9, 9, 2, "web", at)], Places(3, 2))) == 0


@pytest.mark.usefixtures("committed")
def test_a_cut_is_reached_as_people_move(hall):
    slot, other, people, bookings = hall
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=1, phone=2)
    row = changes.find_change(change)
    assert (row.slots, row.places, row.after, row.state) == (1, 8, 3, "draft")
    concerned = queries.list_without_place(row)
    assert [b.booking_id for b in concerned] == [
        bookings[3],
        bookings[1],
    ]  # of three on the web the first stays
    assert code_of(actions.approve_change, by=OFFICER, change_id=change) == "L21"
    assert actions.approve_change(by=OFFICER, change_id=change, despite={"L21"}) is False
    assert code_of(actions.approve_change, by=OFFICER, change_id=change, despite={"L21"}) == "A03"
    before = newest_message()
    assert actions.approve_change(by=CHIEF, change_id=change, despite={"L21"}) is True
    assert places(slot) == (3, 2, 0) and sent(before) == [(3, 2)]
    assert queries.count_to_call() == 2 and changes.find_change(change).waiting == 1

    lines = actions.show_to_call(by=OFFICER)
    assert [(line.resident_id, line.on_date, line.why, line.ref) for line, _ in lines] == [
        (people[1], DAY, "capacity", change), (people[3], DAY, "capacity", change),
    ]  # fmt: skip
    assert "見本" not in repr(lines[0][0]).replace("見本会場", "")
    [near] = [near for _, near in lines[:1]]
    assert [(a.slot_id, a.on_date, a.free) for a in near] == [(other, DAY + dt.timedelta(days=1), 8)]
    told = run("SELECT resident, fields FROM audit.entry WHERE act = 'call_list.show' ORDER BY id")
    assert [r for r, _ in told] == [people[1], people[3]]

    end(bookings[3])
    assert jobs.reach() == 2  # one slot, one line
    assert places(slot) == (2, 2, 0) and queries.count_to_call() == 1
    end(bookings[1], "cancelled")
    jobs.reach()
    assert places(slot) == (1, 2, 0) and queries.count_to_call() == 0
    assert jobs.reach() == 0 and changes.find_change(change).state == "approved"
    carried(newest_message())
    jobs.reach()
    assert (changes.find_change(change).state, changes.find_change(change).waiting) == ("done", 0)
    assert jobs.reach() == 0
    assert {c.outcome for c in ToCall.objects.all()} == {"moved", "cancelled"}


@pytest.mark.usefixtures("committed")
def test_the_outside_knew_of_one_more_booking(hall):
    slot, _, people, bookings = hall
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=3, phone=2)
    actions.approve_change(by=OFFICER, change_id=change)
    actions.approve_change(by=CHIEF, change_id=change)
    run(
        "INSERT INTO accountability.answer (at, type, code, ids) VALUES (base.now_v1(), 'slot.put', 'B12', to_jsonb(ARRAY[%s::bigint]))",
        slot,
    )
    given_booking(given_more(), slot)  # and now it has come here
    before = newest_message()
    assert jobs.reach() == 1 and sent(before) == [(4, 2)]
    carried(newest_message())
    assert jobs.reach() == 0  # four are booked, three are wanted
    end(bookings[0])
    assert jobs.reach() == 1 and places(slot) == (3, 2, 0)


def given_more() -> int:
    one = given_resident()
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    jobs.send()
    return one


def test_a_refusal_without_news_is_asked_again_after_a_minute(hall):
    slot = hall[0]
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=3, phone=2)
    for by in (OFFICER, CHIEF):
        actions.approve_change(by=by, change_id=change)
    run(
        "INSERT INTO accountability.answer (at, type, code, ids) VALUES (base.now_v1(), 'slot.put', 'B12', to_jsonb(ARRAY[%s::bigint]))",
        slot,
    )
    before = newest_message()
    assert jobs.reach() == 0
    p.place().set_clock(p.DAY + dt.timedelta(seconds=70))
    assert jobs.reach() == 1 and sent(before) == [(3, 2)]


def test_a_hall_closes_for_a_day(hall):
    slot, _, _, bookings = hall
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=5, closes=True)
    row = changes.find_change(change)
    assert (row.web, row.after) == (0, 0) and len(queries.list_without_place(row)) == 5
    before = newest_message()
    for by in (OFFICER, CHIEF):
        actions.approve_change(by=by, change_id=change, despite={"L21"})
    assert Session.objects.get(pk=session_of(slot)).state == "closed"
    assert [b["state"] for _, b in messages("session.put", before)] == ["closed"]
    assert places(slot) == (3, 2, 0) and queries.count_to_call() == 5
    for b in bookings:
        end(b)
    jobs.reach()
    assert places(slot) == (0, 0, 0)


def test_more_places_come_at_once(hall):
    slot = hall[0]
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=20, phone=5, section=2)
    assert queries.list_without_place(changes.find_change(change)) == []
    assert actions.approve_change(by=OFFICER, change_id=change) is False
    assert actions.approve_change(by=CHIEF, change_id=change) is True
    assert places(slot) == (20, 5, 2) and queries.count_to_call() == 0


def test_refusals_of_a_change(hall):
    slot = hall[0]
    session = session_of(slot)
    assert code_of(draft_change, by=OFFICER, sessions=[]) == "L24"
    assert code_of(draft_change, by=OFFICER, sessions=[session, 9999]) == "L24"
    assert code_of(draft_change, by=OFFICER, sessions=[session], web=1001) == "L02"
    assert code_of(draft_change, by=AUDITOR, sessions=[session]) == "A01"
    run("UPDATE planning.session SET on_date = '2026-11-01' WHERE id = %s", session)
    assert code_of(draft_change, by=OFFICER, sessions=[session]) == "L24"
    assert code_of(actions.approve_change, by=OFFICER, change_id=99) == "L22"
    change = draft_change(by=OFFICER, sessions=[session_of(hall[1])])
    withdraw_change(by=OFFICER, change_id=change)
    assert code_of(withdraw_change, by=OFFICER, change_id=change) == "L23"
    assert code_of(actions.approve_change, by=OFFICER, change_id=change) == "L23"
    assert [c.state for c in changes.list_changes()] == ["withdrawn"]


def test_no_other_way_leads_below_what_is_booked(hall):
    """A plan, a session by hand, a hall that closes: refused where somebody has booked."""
    slot = hall[0]
    s = Session.objects.get(pk=session_of(slot))
    again = {
        "venue_id": s.venue_id, "programme": PROGRAMME, "product": s.product, "on_date": s.on_date,
        "opens_at": dt.time(9), "closes_at": dt.time(12),
    }  # fmt: skip
    for pattern in (Pattern(60, 2, 2), Pattern(60, 3, 1), Pattern(60, 0, 0)):
        assert code_of(put_session, by=OFFICER, **again, pattern=pattern) == "L20"
    put_session(by=OFFICER, **again, pattern=Pattern(60, 3, 2))
    assert places(slot) == (3, 2, 0)
    assert code_of(put_venue, by=OFFICER, name="見本会場", state="closed") == "L20"


def test_the_result_of_a_call_is_kept(hall):
    slot, _, people, _ = hall
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], web=2, phone=2)
    for by in (OFFICER, CHIEF):
        actions.approve_change(by=by, change_id=change, despite={"L21"})
    [(line, _)] = actions.show_to_call(by=OFFICER)
    actions.close_call(by=OFFICER, line_id=line.id, outcome=actions.Outcome.AGREED)
    assert actions.show_to_call(by=OFFICER) == []
    assert code_of(actions.close_call, by=OFFICER, line_id=line.id, outcome=actions.Outcome.AGREED) == "L25"
    assert code_of(actions.show_to_call, by=WORKER) == "A01"


def test_who_becomes_protected_leaves_the_list(hall):
    slot, _, people, _ = hall
    change = draft_change(by=OFFICER, sessions=[session_of(slot)], closes=True)
    for by in (OFFICER, CHIEF):
        actions.approve_change(by=by, change_id=change, despite={"L21"})
    protect_by_hand(by=OFFICER, resident_id=people[0])
    assert people[0] not in {line.resident_id for line, _ in actions.show_to_call(by=OFFICER)}
    assert not ToCall.objects.filter(resident_id=people[0]).exists()


def test_the_database_keeps_the_same_lifecycles():
    with p.superuser("inside") as c:
        for name, life in (("capacity_change", LIFE), ("programme_version", VERSION_LIFE)):
            held = c.execute(
                "SELECT old_state, new_state FROM base.lifecycle WHERE name = %s", [name]
            ).fetchall()
            assert set(held) == life.pairs()


def test_second_doses_are_balanced_with_deliveries_and_places(hall):
    """Five first doses are booked and none delivered; their seconds are to come three weeks later."""
    weeks = list_weeks(PROGRAMME)
    booked = next(w for w in weeks if w.supply.booked_first)
    assert (booked.supply.booked_first, booked.supply.places, booked.stock, booked.short_doses) == (
        5,
        16,
        -5,
        5,
    )
    later = next(w for w in weeks if w.due_later)
    assert later.due_later == 5 and (later.supply.week - booked.supply.week).days == 21
    assert later.stock == -10 and later.short_places == 5
