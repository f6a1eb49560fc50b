"""Putting halls, sessions and slots; each change goes to the outside (会場・開設時間帯・予約枠の登録)."""

import datetime as dt
from dataclasses import dataclass

from sesshu.base.errors import Refused
from sesshu.bridge import outbox
from sesshu.db import calls
from sesshu.inside.planning.capacity.rules import BELOW_BOOKED
from sesshu.inside.planning.models import Programme, Session, Slot, Venue
from sesshu.inside.planning.venues import rules
from sesshu.inside.planning.venues.rules import Pattern
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

SLOTS_AT_ONCE = 500  # of one message


@action("plan.put")
def put_venue(
    *,
    by: Actor,
    name: str,
    kana: str = "",
    address: str = "",
    access: str = "",
    step_free: bool = False,
    state: str = "open",
) -> int:
    """会場の登録・変更 — a hall by its name. Gives its id."""
    made = venue(name=name, kana=kana, address=address, access=access, step_free=step_free, state=state)
    tell(case=f"venue {made}", fields=("name", "address", "access", "step_free", "state"))
    return made


@action("plan.put")
def put_session(
    *,
    by: Actor,
    venue_id: int,
    programme: str,
    product: str,
    on_date: dt.date,
    opens_at: dt.time,
    closes_at: dt.time,
    pattern: Pattern,
    state: str = "open",
) -> int:
    """開設時間帯の登録・変更 — a session with slots made from a pattern; the same beginning is the same session.

    A smaller capacity than what is booked is refused outside, with B12. Gives the session's id. Refuses L01 – L04.
    """
    made = session(venue_id, programme, product, on_date, opens_at, closes_at, state)
    slots([made], pattern)
    tell(case=f"session {made.pk}", fields=("hours", "capacity"))
    return made.pk


@step
def venue(**fields) -> int:
    """One hall, by name. Refuses L20 to close one with bookings ahead."""
    fields["state"] = fields.get("state") or "open"
    if fields["state"] == "closed":
        held = Venue.objects.filter(name=fields["name"]).first()
        if held and calls.scalar("planning.count_ahead_v1", p_venue=held.pk):
            raise Refused(BELOW_BOOKED)
    made, _ = Venue.objects.update_or_create(name=fields.pop("name"), defaults=fields)
    send_venue(made)
    return made.pk


@step
def send_venue(made: Venue) -> None:
    """The outside is told of a hall."""
    names = ("id", "name", "kana", "address", "access", "step_free", "state")
    outbox.put("venue.put", {name: getattr(made, name) for name in names})


@step
def session(
    venue_id: int,
    programme: str,
    product: str,
    on_date: dt.date,
    opens_at: dt.time,
    closes_at: dt.time,
    state: str = "open",
) -> Session:
    """One session, without slots."""
    if opens_at >= closes_at:
        raise Refused(rules.WRONG_HOURS)
    if not Venue.objects.filter(pk=venue_id).exists():
        raise Refused(rules.UNKNOWN_VENUE)
    if not Programme.objects.filter(pk=programme).exists():
        raise Refused(rules.UNKNOWN_PROGRAMME)
    made, _ = Session.objects.update_or_create(
        venue_id=venue_id,
        programme=programme,
        on_date=on_date,
        opens_at=opens_at,
        defaults={"product": product, "closes_at": closes_at, "state": state, "planned": False},
    )
    send_session(made)
    return made


@step
def send_session(made: Session) -> None:
    """The outside is told of a session."""
    names = ("id", "venue_id", "programme", "product", "on_date", "opens_at", "closes_at", "state")
    outbox.put("session.put", {name: getattr(made, name) for name in names})


@step
def slots(sessions: list[Session], pattern: Pattern) -> int:
    """The slots of sessions with one pattern; those that are there keep their numbers. Says how many.

    Refuses L20 where fewer places would be left than are booked; ``capacity`` does that with its list of people.
    """
    _never_below(sessions, pattern)
    made = make_slots(sessions, pattern)
    send_slots(made)
    return len(made)


@step
def make_slots(sessions: list[Session], pattern: Pattern) -> list[Slot]:
    """The slots alone; nothing crosses."""
    return Slot.objects.bulk_create(
        [
            Slot(
                session_id=s.pk,
                at=at,
                cap_web=pattern.web,
                cap_phone=pattern.phone,
                cap_section=pattern.section,
            )
            for s in sessions
            for at in rules.slot_times(s.opens_at, s.closes_at, pattern.minutes)
        ],
        update_conflicts=True,
        unique_fields=["session_id", "at"],
        update_fields=["cap_web", "cap_phone", "cap_section"],
        batch_size=SLOTS_AT_ONCE,
    )


@step
def send_slots(made: list[Slot]) -> None:
    """The outside is told of slots."""
    names = ("id", "session_id", "at", "cap_web", "cap_phone", "cap_section")
    for start in range(0, len(made), SLOTS_AT_ONCE):
        page = made[start : start + SLOTS_AT_ONCE]
        outbox.put("slot.put", {"slots": [{name: getattr(s, name) for name in names} for s in page]})


@dataclass(frozen=True, slots=True)
class _Booked:
    slot_id: int
    web: int
    phone: int


def _never_below(sessions: list[Session], pattern: Pattern) -> None:
    shrinking = Slot.objects.filter(session_id__in=[s.pk for s in sessions]).exclude(
        cap_web__lte=pattern.web, cap_phone__lte=pattern.phone
    )
    ids = list(shrinking.values_list("pk", flat=True))
    booked = calls.many("planning.count_booked_v1", _Booked, p_slots=ids) if ids else []
    if any(b.web > pattern.web or b.phone > pattern.phone for b in booked):
        raise Refused(BELOW_BOOKED)
