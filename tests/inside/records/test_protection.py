"""Protecting a resident by hand and by import, after all has been booked and recorded; releasing; again (P-01 – P-15)."""

import datetime as dt
import json
import threading
import uuid

import pytest
from django.db import connection
from psycopg.types.json import Jsonb

from sesshu.base import clock
from sesshu.base.crypto import hash_try, load_keys, unseal_text
from sesshu.base.errors import Refused
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.protection import actions
from sesshu.inside.records.subjects.actions import send_changes
from sesshu.inside.register.imports import actions as imports
from sesshu.inside.register.residents.models import History, Protection, Resident
from sesshu.inside.register.residents.rules import Letter, ProtectedSince, letter_about
from sesshu.inside.tickets.actions import issue
from sesshu.inside.tickets.models import Ticket
from sesshu.trust.access.acting import OutsideTransaction
from tests.support import place as p
from tests.support import register as r
from tests.support.dump import dump, leaks
from tests.support.register import person, run
from tests.support.residents import HOST, PROGRAMME, arrive, given_programme, messages

# Fish, which stand nowhere else.
ADDRESS, FORMER, PHONE, PLACE, REASON = "鯉鮎荘311", "鰆鱚荘422", "03-7777-1234", "鯨会館", "鰯533"
CANARIES = (ADDRESS, FORMER, PHONE, PLACE, REASON)
GOOD_DAY = {"dob_text": "S25.04.01"}


def letters(resident: int) -> dict[str, list]:
    """What the section could open: kind → contents."""
    ring = load_keys(p.place().keys / "sealed")
    reference = Resident.objects.get(id=resident).reference_no
    found: dict[str, list] = {}
    with p.superuser("inside") as c:
        rows = c.execute(
            "SELECT kind, ciphertext FROM sealed.letterbox WHERE resident_id = %s ORDER BY id", [resident]
        ).fetchall()
    for kind, ciphertext in rows:
        found.setdefault(kind, []).append(
            json.loads(unseal_text(ciphertext, ring, about=letter_about(kind, reference)))
        )
    return found


def given_hall() -> int:
    """A hall with one slot. Gives the slot."""
    venue = run("INSERT INTO planning.venue (name) VALUES (%s) RETURNING id", PLACE)[0][0]
    [[session]] = run(
        "INSERT INTO planning.session (venue_id, programme, product, on_date, opens_at, closes_at) "
        "VALUES (%s, %s, 'pfizer', '2026-11-30', '09:00', '12:00') RETURNING id",
        venue,
        PROGRAMME,
    )
    return run(
        "INSERT INTO planning.slot (session_id, at, cap_web, cap_phone) VALUES (%s, '09:30', 5, 5) RETURNING id",
        session,
    )[0][0]


@pytest.fixture
def booked(committed, _inside, tmp_path):
    """Somebody who moved, has a ticket, is known outside, booked, came, and has a dose on record; and a neighbour."""
    given_programme()
    old = person(1, building=FORMER, phone=PHONE, **GOOD_DAY)
    new = person(1, building=ADDRESS, event="転居", **GOOD_DAY)
    other = person(2, **GOOD_DAY)
    r.take_in(tmp_path, old, other)
    r.take_in(tmp_path, new, other)
    who = Resident.objects.get(reference_no="1001").id
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    send_changes(by=HOST, programme=PROGRAMME)
    slot = given_hall()
    subject = str(run("SELECT id FROM records.subject WHERE resident_id = %s", who)[0][0])
    at = clock.now().isoformat()
    visit = str(uuid.uuid4())
    body = {"subject": subject, "programme": PROGRAMME, "dose": 1}
    arrive("booking.made", body | {"id": 7, "slot": slot, "channel": "web", "made_at": at})
    arrive("visit.received", {"visit": visit, "subject": subject, "booking": 7, "at": at})
    arrive("visit.prechecked", {"visit": visit, "outcome": "go", "reason": REASON, "at": at, "booking": 7})
    [[lot]] = run(
        "INSERT INTO planning.lot (product, lot_no, expires_on) VALUES ('pfizer', 'AB1', '2027-03-31') RETURNING id"
    )
    [[venue]] = run("SELECT id FROM planning.venue")
    arrive("dose.given", body | {
        "id": str(uuid.uuid4()), "product": "pfizer", "lot": lot, "venue": venue, "given_at": at, "entered_at": at,
        "by": "RE-1", "site": "left", "visit": visit, "booking": 7,
    })  # fmt: skip
    assert len(leaks(dump("inside", without={"sealed", "planning"}), CANARIES)) >= 5
    yield who, subject


def test_protected_after_booking_nothing_in_the_house_says_where(booked):
    """P-15 — a superuser copies every table but the sealed ones, which hold ciphertext only."""
    who, subject = booked
    number = Ticket.objects.get(resident_id=who).number
    done = actions.protect_by_hand(by=r.FIRST, resident_id=who, case="文書1")
    assert (done.residents, done.subjects, done.bookings, done.records, done.tickets) == (1, 1, 1, 1, 1)

    # A hall's own name stands in the plan and nowhere else.
    assert leaks(dump("inside", without={"sealed", "planning"}), CANARIES) == []
    tables = dump("inside")
    sealed = {name: content for name, content in tables.items() if name.startswith("sealed.")}
    assert len(sealed["sealed.letterbox"]) > 1000 and leaks(sealed, CANARIES) == []
    # Nothing leads from the pseudonym to the resident.
    assert [t for t, content in tables.items() if subject.encode() in content] == ["bridge.outbox"]

    # The section can still know everything.
    found = letters(who)
    assert found["whereabouts"][-1]["building"] == ADDRESS
    assert found["history"][0]["history"][0]["old"]["building"] == FORMER
    assert found["history"][0]["former"]["building"] == FORMER
    booking = next(x for x in found["booking"] if "slot_id" in x)
    assert (booking["venue"], booking["on"], booking["at"]) == (PLACE, "2026-11-30", "09:30:00")
    assert next(x for x in found["booking"] if "visit" in x)["visit"]["reason"] == REASON
    assert found["record"][0]["place"] == PLACE and found["subject"] == [
        {"id": subject, "programme": PROGRAMME}
    ]

    # Outside: withdrawn without a reason; the number is dead like any other.
    told = messages("subject.%") + messages("number.dead")
    assert ("subject.withdraw", {"id": subject}) in told
    tried = hash_try(load_keys(p.place().keys / "inside"), number).hex()
    assert ("number.dead", {"tries": [tried]}) in told


def test_what_stays_of_a_protected_resident(booked):
    who, _ = booked
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    row = Resident.objects.get(id=who)
    assert (
        row.protected and row.name == "架空　太郎" and (row.town, row.phone, row.event) == (None, None, None)
    )
    (was,) = History.objects.filter(resident_id=who)
    assert was.old == {} or set(was.old) <= {"event_on"}
    assert Ticket.objects.get(resident_id=who).void_reason == "protected"
    assert run("SELECT count(*) FROM records.entitlement WHERE resident_id = %s", who) == [(0,)]
    told = run("SELECT actor, fields FROM audit.entry WHERE act = 'resident.protect' AND resident = %s", who)
    assert told == [("OF-1", ["whereabouts"])]


def test_messages_that_come_too_late_find_nobody(booked):
    who, subject = booked
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    late = {"subject": subject, "programme": PROGRAMME, "dose": 2, "id": 8, "slot": 1, "channel": "web"}
    assert arrive("booking.made", late | {"made_at": clock.now().isoformat()}) == "unknown"
    assert arrive("booking.ended", {"id": 7, "how": "cancelled", "at": clock.now().isoformat()}) == "done"
    assert run("SELECT count(*) FROM records.booking") == [(0,)]


def test_the_worker_sends_nothing_of_them_and_the_neighbour_stays(booked):
    who, _ = booked
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    before = len(messages())
    recompute(by=HOST, programme=PROGRAMME)
    send_changes(by=HOST, programme=PROGRAMME)
    after = messages()[before:]
    assert all(name in ("subject.put", "entitlement.rows") for name, _ in after)
    assert run("SELECT count(*) FROM records.subject WHERE resident_id = %s", who) == [(0,)]
    assert run("SELECT count(*) FROM records.subject WHERE sent_digest IS NOT NULL") == [(1,)]


def test_by_import_it_is_the_same_act(booked, tmp_path):
    who, subject = booked
    flagged = person(1, building=ADDRESS, phone=PHONE, event="転居", protected="1", **GOOD_DAY)
    done = r.take_in(tmp_path, flagged, person(2, **GOOD_DAY), protect=actions.protect)
    assert done.protected == 1
    assert leaks(dump("inside", without={"sealed", "planning"}), CANARIES) == []
    assert letters(who)["whereabouts"][-1]["phone"] == PHONE
    assert ("subject.withdraw", {"id": subject}) in messages("subject.withdraw")
    assert Protection.objects.get(resident_id=who).source == f"import {done.import_id}"


def test_protected_by_hand_while_an_import_waits(committed, _inside, tmp_path):
    """A staged line holds the address in plain; it is sealed with the rest."""
    r.take_in(tmp_path, person(1), person(2))
    who = Resident.objects.get(reference_no="1001").id
    report = r.stage(tmp_path, person(1, building=ADDRESS), person(2))
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    assert leaks(dump("inside", without={"sealed"}), [ADDRESS]) == []
    r.accept(report)
    assert letters(who)["whereabouts"][-1]["building"] == ADDRESS
    assert Resident.objects.get(id=who).building is None


def test_a_slip_of_theirs_goes_to_the_section(booked):
    slips = pytest.importorskip("sesshu.bridge.slips")
    who, subject = booked
    ring = load_keys(p.place().keys / "inside")
    slip = slips.Slip(slips.SlipKind.REISSUE, "架空 太郎", PHONE, "なくしました")
    sealed = slips.seal_slip(slip, ring.recipient("inside"), 5)
    run(
        "INSERT INTO accountability.slip (number, case_number, subject_id, operator, ciphertext, made_at, arrived_at) "
        "VALUES (3, 5, %s, 'OP-1', %s, now(), now())",
        subject,
        sealed,
    )
    assert actions.protect_by_hand(by=r.FIRST, resident_id=who).slips == 1
    assert run("SELECT state, ciphertext, subject_id FROM accountability.slip") == [("handed", b"", None)]
    with p.superuser("inside") as c:
        assert c.execute("SELECT resident_id, slip FROM sealed.handover").fetchall() == [(who, 3)]
        (text,) = c.execute("SELECT ciphertext FROM sealed.letterbox WHERE kind = 'slip'").fetchone()
    about = letter_about(Letter.SLIP, "1001")
    assert "なくしました" in unseal_text(text, load_keys(p.place().keys / "sealed"), about=about)


def test_twice_is_refused_and_the_step_needs_an_act(committed, _inside, tmp_path):
    r.take_in(tmp_path, person(1))
    who = Resident.objects.get(reference_no="1001").id
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    assert refused(actions.protect_by_hand, by=r.FIRST, resident_id=who) == "R91"
    assert refused(actions.protect_by_hand, by=r.FIRST, resident_id=999) == "R90"
    with pytest.raises(OutsideTransaction):
        actions.protect([who], by=r.FIRST, source="hand")


def refused(act, **kwargs) -> str:
    with pytest.raises(Refused) as no:
        act(**kwargs)
    return no.value.refusal.code


# --- release ---------------------------------------------------------------------------------------------------

CHIEFS = [r.Actor(code, r.Role.CHIEF, r.Zone.OFFICE, r.Proof.FRESH) for code in ("CH-1", "CH-2")]


def release(resident: int, decided_on: dt.date, *chiefs) -> None:
    for by in chiefs or CHIEFS:
        said = actions.release(by=by, resident_id=resident, decision="福第12号", decided_on=decided_on)
    assert said.complete


def test_two_people_release_and_the_next_file_fills_the_address(committed, _inside, tmp_path):
    given_programme()
    r.take_in(tmp_path, person(1, **GOOD_DAY), person(2, **GOOD_DAY))
    who = Resident.objects.get(reference_no="1001").id
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    today = clock.today()
    first = {"by": CHIEFS[0], "resident_id": who, "decision": "福第12号", "decided_on": today}
    assert not actions.release(**first).complete
    assert refused(actions.release, **first) == "A03"
    assert Resident.objects.get(id=who).protected
    assert actions.release(**first | {"by": CHIEFS[1]}).complete
    row = Resident.objects.get(id=who)
    assert not row.protected and row.town is None
    ended = Protection.objects.get(resident_id=who)
    assert (ended.ended_by, ended.ended_second, ended.decision) == ("CH-1", "CH-2", "福第12号")
    recompute(by=HOST, programme=PROGRAMME)  # nobody stumbles over the address that is not there yet
    issue(by=HOST, programme=PROGRAMME)
    send_changes(by=HOST, programme=PROGRAMME)
    assert r.take_in(tmp_path, person(1, **GOOD_DAY), person(2, **GOOD_DAY)).changed == 1
    assert Resident.objects.get(id=who).town == "中目黒二丁目"


def test_an_officer_alone_or_without_decision_releases_nobody(committed, _inside, tmp_path):
    r.take_in(tmp_path, person(1, protected="1"))
    who = Resident.objects.get().id
    more = {"resident_id": who, "decided_on": clock.today()}
    assert refused(actions.release, by=r.FIRST, decision="福第12号", **more) == "A01"
    assert refused(actions.release, by=CHIEFS[0], decision=" ", **more) == "R93"
    other = {"resident_id": 999, "decided_on": clock.today(), "decision": "福第12号"}
    assert refused(actions.release, by=CHIEFS[0], **other) == "R90"


def test_the_timeline_of_2025(committed, _inside, tmp_path):
    """P-13 — a list of April, protected again on 8 May, worked through on 14 May: refused, since when is said, the
    section is told."""

    def on(month: int, day: int) -> dt.date:
        p.place().set_clock(dt.datetime(2025, month, day, 10, tzinfo=clock.TOKYO))
        return clock.today()

    on(1, 10)
    r.take_in(tmp_path, person(1))
    who = Resident.objects.get().id
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    april = on(4, 20)
    release(who, april)
    on(5, 8)
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    on(5, 14)
    with pytest.raises(ProtectedSince) as no:
        actions.release(by=CHIEFS[0], resident_id=who, decision="4月の一覧", decided_on=april)
    assert no.value.refusal.code == "R94" and no.value.since == dt.date(2025, 5, 8)
    assert Resident.objects.get().protected
    with p.superuser("inside") as c:
        assert c.execute("SELECT resident_id, by FROM sealed.handover").fetchall() == [(who, "CH-1")]


def test_on_off_on(committed, _inside, tmp_path):
    """P-08 — the wall is there each time."""
    r.take_in(tmp_path, person(1))
    who = Resident.objects.get().id
    for turn in range(2):
        actions.protect_by_hand(by=r.FIRST, resident_id=who)
        assert leaks(dump("inside", without={"sealed"}), [ADDRESS]) == []
        release(who, clock.today())
        r.take_in(tmp_path, person(1, building=ADDRESS, phone=f"03-0000-000{turn}"))
        assert Resident.objects.get().building == ADDRESS
    actions.protect_by_hand(by=r.FIRST, resident_id=who)
    assert leaks(dump("inside", without={"sealed"}), [ADDRESS]) == []
    assert Protection.objects.filter(resident_id=who).count() == 3


def test_withdrawing_an_import_touches_no_wall(committed, _inside, tmp_path):
    r.take_in(tmp_path, person(1, protected="1"))
    report = r.stage(tmp_path, person(1))
    imports.withdraw(by=r.FIRST, import_id=report.id)
    assert Resident.objects.get().protected


# --- at the same moment ------------------------------------------------------------------------------------------


def protect_in_thread(who: int) -> threading.Thread:
    def run_it() -> None:
        try:
            actions.protect_by_hand(by=r.FIRST, resident_id=who)
        finally:
            connection.close()

    made = threading.Thread(target=run_it)
    made.start()
    return made


def test_race_a_protection_waits_for_who_is_sending(booked):
    """Otherwise the worker could send somebody whom it read before, after they were withdrawn."""
    who, _ = booked
    with p.connect("in_worker") as worker:
        worker.execute("BEGIN")
        worker.execute("SELECT records.lock_v1(%s)", [PROGRAMME])
        waiting = protect_in_thread(who)
        waiting.join(0.5)
        assert waiting.is_alive() and not Resident.objects.get(id=who).protected
        worker.execute("COMMIT")
    waiting.join(10)
    assert Resident.objects.get(id=who).protected


def test_race_a_booking_that_is_arriving_is_sealed_and_a_later_one_finds_nobody(booked):
    who, subject = booked
    body = {"id": 9, "subject": subject, "programme": PROGRAMME, "dose": 2, "slot": 1, "channel": "web"}
    body["made_at"] = clock.now().isoformat()
    with p.connect("in_courier") as courier:
        courier.execute("BEGIN")
        courier.execute("SELECT arrive.booking_made_v1(%s)", [Jsonb(body)])
        waiting = protect_in_thread(who)
        waiting.join(0.5)
        assert waiting.is_alive()
        courier.execute("COMMIT")
    waiting.join(10)
    assert run("SELECT count(*) FROM records.booking") == [(0,)]
    assert 9 in [x.get("id") for x in letters(who)["booking"]]
    assert arrive("booking.made", body | {"id": 10}) == "unknown"
