"""Questions about changes of capacity (枠数の変更の照会)."""

import datetime as dt
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.inside.planning.models import CapacityChange, Session, Slot, SlotWish, Venue


@dataclass(frozen=True, slots=True)
class SessionRow:
    """開設時間帯 — where, when, which product."""

    id: int
    venue_id: int
    venue: str
    on_date: dt.date
    opens_at: dt.time
    closes_at: dt.time
    programme: str
    product: str
    state: str


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """枠数の変更 — as a page shows it; ``waiting``: slots that still have more places than wanted."""

    id: int
    sessions: list[SessionRow]
    slots: int
    places: int
    web: int
    phone: int
    section: int
    closes: bool
    state: str
    made_at: dt.datetime
    made_by: str
    first_by: str | None
    first_at: dt.datetime | None
    second_by: str | None
    second_at: dt.datetime | None
    waiting: int

    @property
    def after(self) -> int:
        return 0 if self.closes else self.slots * (self.web + self.phone + self.section)


def list_sessions_by_id(ids: list[int]) -> list[SessionRow]:
    """Sessions with their halls, in order of days."""
    names = dict(Venue.objects.values_list("pk", "name"))
    found = Session.objects.filter(pk__in=ids).order_by("on_date", "opens_at", "id")
    return [
        SessionRow(
            s.pk, s.venue_id, names[s.venue_id], s.on_date, s.opens_at, s.closes_at, s.programme, s.product, s.state
        )
        for s in found
    ]  # fmt: skip


def list_changes(limit: int = 50) -> list[ChangeRow]:
    """Changes of capacity, the newest first."""
    return [_row(c) for c in CapacityChange.objects.order_by("-id")[:limit]]


def find_change(change_id: int) -> ChangeRow | None:
    """One change."""
    found = CapacityChange.objects.filter(pk=change_id).first()
    return _row(found) if found else None


def list_slot_ids(sessions: list[int]) -> list[int]:
    """Slots of these sessions, as far as they are not over."""
    open_ones = Session.objects.filter(pk__in=sessions, on_date__gte=clock.today()).values("id")
    return list(
        Slot.objects.filter(session_id__in=open_ones)
        .order_by("session_id", "at")
        .values_list("pk", flat=True)
    )


def _row(c: CapacityChange) -> ChangeRow:
    slots = list(Slot.objects.filter(session_id__in=c.sessions))
    return ChangeRow(
        c.pk,
        list_sessions_by_id(c.sessions),
        len(slots),
        sum(s.cap_web + s.cap_phone + s.cap_section for s in slots),
        c.web,
        c.phone,
        c.section,
        c.closes,
        c.state,
        c.made_at,
        c.made_by,
        c.first_by,
        c.first_at,
        c.second_by,
        c.second_at,
        SlotWish.objects.filter(change_id=c.pk).count(),
    )
