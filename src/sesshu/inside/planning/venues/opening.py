"""Adding a hall or further opening days by two people (会場を加える): planned by one, opened by both; nothing crosses before."""

import datetime as dt
import hashlib
from collections import defaultdict
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.errors import Refused, refusal
from sesshu.inside.planning import queries
from sesshu.inside.planning.models import Session, Slot, Venue
from sesshu.inside.planning.plans.rules import OVERLAP, Hall
from sesshu.inside.planning.venues.actions import make_slots, send_session, send_slots, send_venue
from sesshu.inside.planning.venues.rules import UNKNOWN_PRODUCT, UNKNOWN_VENUE
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve as approve_by_two

NOTHING_PLANNED = refusal(
    "L26",
    "承認を待つ開設はありません。会場の予定を確かめてください。",
    "no session of the hall waits for approval",
)
PAST_DAYS = refusal(
    "L27", "過ぎた日には開設できません。明日以後の日にしてください。", "a session of today or of the past"
)


@dataclass(frozen=True, slots=True)
class Planned:
    """開設の案 — how many sessions, slots and places of a hall wait for a second person."""

    venue_id: int
    sessions: int
    slots: int
    places: int
    first: dt.date
    last: dt.date


def find_planned(venue_id: int) -> Planned | None:
    """What waits at a hall."""
    sessions = list(Session.objects.filter(venue_id=venue_id, planned=True).order_by("on_date"))
    if not sessions:
        return None
    slots = list(Slot.objects.filter(session_id__in=[s.pk for s in sessions]))
    places = sum(s.cap_web + s.cap_phone + s.cap_section for s in slots)
    return Planned(venue_id, len(sessions), len(slots), places, sessions[0].on_date, sessions[-1].on_date)


@action("plan.change")
def plan_hall(*, by: Actor, programme: str, hall: Hall) -> int:
    """会場を加える案 — a hall with its sessions, or more sessions of one that is there (by its name). Gives its id.

    Nothing is offered before two people open it. Refuses L04, L05, L16 where hours overlap, L27.
    """
    products = queries.get_rules(programme).products
    if {s.product for s in hall.sessions} - set(products):
        raise Refused(UNKNOWN_PRODUCT)
    if any(s.on_date <= clock.today() for s in hall.sessions):
        raise Refused(PAST_DAYS)
    venue, _ = Venue.objects.get_or_create(
        name=hall.name,
        defaults={
            "kana": hall.kana,
            "address": hall.address,
            "access": hall.access,
            "step_free": hall.step_free,
            "state": "closed",
        },
    )
    _no_overlap(venue.pk, hall)
    by_pattern = defaultdict(list)
    for s in hall.sessions:
        made = Session.objects.create(
            venue_id=venue.pk,
            programme=programme,
            product=s.product,
            on_date=s.on_date,
            opens_at=s.opens_at,
            closes_at=s.closes_at,
            state="closed",
            planned=True,
        )
        by_pattern[s.pattern].append(made)
    for pattern, sessions in by_pattern.items():
        make_slots(sessions, pattern)
    tell(case=f"venue {venue.pk}", fields=("sessions", "capacity"))
    return venue.pk


@action("plan.open")
def open_hall(*, by: Actor, venue_id: int) -> bool:
    """会場を開く — the first person's approval is noted; with the second the hall and its planned sessions cross. Refuses
    L03, L26; A03 for the same person twice. Somebody else's change in between makes the first approval void."""
    venue = Venue.objects.select_for_update().filter(pk=venue_id).first()
    if venue is None:
        raise Refused(UNKNOWN_VENUE)
    sessions = list(
        Session.objects.filter(venue_id=venue_id, planned=True).order_by("on_date", "opens_at", "id")
    )
    if not sessions:
        raise Refused(NOTHING_PLANNED)
    slots = list(Slot.objects.filter(session_id__in=[s.pk for s in sessions]).order_by("session_id", "at"))
    approval = approve_by_two("plan.open", f"venue {venue_id} {_digest(venue, sessions, slots)}", by=by)
    tell(case=f"venue {venue_id}", fields=("state",))
    if not approval.complete:
        return False
    venue.state = "open"
    venue.save(update_fields=("state",))
    send_venue(venue)
    for session in sessions:
        session.state, session.planned = "open", False
        session.save(update_fields=("state", "planned"))
        send_session(session)
    send_slots(slots)
    return True


@action("plan.change")
def drop_planned(*, by: Actor, venue_id: int) -> None:
    """開設の案の取下げ — planned sessions go; a hall that never opened stays closed in the list. Refuses L26."""
    sessions = Session.objects.filter(venue_id=venue_id, planned=True)
    ids = list(sessions.values_list("pk", flat=True))
    if not ids:
        raise Refused(NOTHING_PLANNED)
    Slot.objects.filter(session_id__in=ids).delete()
    sessions.delete()
    tell(case=f"venue {venue_id}", fields=("sessions",))


def _no_overlap(venue_id: int, hall: Hall) -> None:
    days = {s.on_date for s in hall.sessions}
    held = Session.objects.filter(venue_id=venue_id, on_date__in=days)
    there = defaultdict(list)
    for s in held:
        there[s.on_date].append((s.opens_at, s.closes_at))
    for s in hall.sessions:
        if any(opens < s.closes_at and s.opens_at < closes for opens, closes in there[s.on_date]):
            raise Refused(OVERLAP)


def _digest(venue: Venue, sessions: list[Session], slots: list[Slot]) -> str:
    """What is being approved, in 16 characters."""
    words = [venue.name, venue.address, venue.access, str(venue.step_free)]
    words += [f"{s.pk} {s.product} {s.on_date} {s.opens_at} {s.closes_at}" for s in sessions]
    words += [f"{s.pk} {s.cap_web} {s.cap_phone} {s.cap_section}" for s in slots]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]
