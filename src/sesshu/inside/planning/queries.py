"""Questions about plans and programmes (計画の照会)."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from sesshu.base.errors import Refused
from sesshu.inside.planning.models import Delivery, Lot, Programme, ProgrammeVersion, Session, Slot, Venue
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.terms import Programme as Rules
from sesshu.inside.planning.venues.rules import UNKNOWN_PROGRAMME


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """接種事業 — as a list shows it."""

    code: str
    title: str
    state: str
    version: int
    loaded_at: dt.datetime
    author: str
    checker: str


@dataclass(frozen=True, slots=True)
class SlotRow:
    """予約枠 — where and when one slot is."""

    slot_id: int
    venue_id: int
    venue: str
    on_date: dt.date
    at: dt.time
    product: str


def list_programmes() -> list[ProgrammeRow]:
    """All programmes with the version in force, by code."""
    newest = {v.programme_code: v for v in ProgrammeVersion.objects.defer("document").order_by("number")}
    return [
        ProgrammeRow(p.code, p.title, p.state, v.number, v.loaded_at, v.author, v.checker)
        for p in Programme.objects.order_by("code")
        if (v := newest.get(p.code))
    ]


def list_open() -> list[str]:
    """Codes of the open programmes."""
    return list(Programme.objects.filter(state="open").order_by("code").values_list("code", flat=True))


def get_rules(programme: str) -> Rules:
    """The rules in force of a programme, read once for each version. Raises Refused L04."""
    newest = (
        ProgrammeVersion.objects.filter(programme_code=programme)
        .order_by("-number")
        .values_list("pk", "loaded_at")
        .first()
    )
    if newest is None:
        raise Refused(UNKNOWN_PROGRAMME)
    return _rules_of(*newest)


@lru_cache(maxsize=16)
def _rules_of(version_id: int, loaded_at: dt.datetime) -> Rules:
    return document.load(ProgrammeVersion.objects.get(pk=version_id).document)


def list_venues() -> list[Venue]:
    """All halls, by reading."""
    return list(Venue.objects.order_by("kana", "id"))


def count_plan(programme: str) -> dict[str, int]:
    """Numbers of halls, sessions, slots and places of a programme, and of doses delivered."""
    sessions = Session.objects.filter(programme=programme, state="open")
    slots = Slot.objects.filter(session_id__in=sessions.values("id"))
    places = sum(a + b + c for a, b, c in slots.values_list("cap_web", "cap_phone", "cap_section"))
    return {
        "venues": sessions.values("venue_id").distinct().count(),
        "sessions": sessions.count(),
        "slots": slots.count(),
        "places": places,
        "lots": Lot.objects.filter(state="usable").count(),
        "doses": sum(Delivery.objects.values_list("doses", flat=True)),
    }


def find_slot(slot_id: int) -> SlotRow | None:
    """Where and when a slot is."""
    slot = Slot.objects.filter(pk=slot_id).first()
    session = slot and Session.objects.filter(pk=slot.session_id).first()
    if not slot or not session:
        return None
    venue = Venue.objects.get(pk=session.venue_id)
    return SlotRow(slot_id, venue.pk, venue.name, session.on_date, slot.at, session.product)


def find_venue_name(venue_id: int) -> str:
    """The name of a hall; empty where there is none of this number."""
    return Venue.objects.filter(pk=venue_id).values_list("name", flat=True).first() or ""


def list_versions(programme: str) -> list[ProgrammeRow]:
    """All versions of a programme, the one in force first; without their documents."""
    held = Programme.objects.filter(pk=programme).first()
    if held is None:
        return []
    found = ProgrammeVersion.objects.filter(programme_code=programme).defer("document").order_by("-number")
    return [
        ProgrammeRow(held.code, held.title, held.state, v.number, v.loaded_at, v.author, v.checker)
        for v in found
    ]


def list_lots() -> list[Lot]:
    """All lots, those that expire first in front."""
    return list(Lot.objects.order_by("expires_on", "id"))


def list_sessions(venue_id: int, first: dt.date, last: dt.date) -> list[Session]:
    """Sessions of a hall between two days, both included."""
    found = Session.objects.filter(venue_id=venue_id, on_date__gte=first, on_date__lte=last)
    return list(found.order_by("on_date", "opens_at"))


def list_slots(session_ids: list[int]) -> list[Slot]:
    """Slots of these sessions."""
    return list(Slot.objects.filter(session_id__in=session_ids).order_by("session_id", "at"))
