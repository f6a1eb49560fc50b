"""Questions about plans and programmes (計画の照会)."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.inside.planning.golden.rules import unsigned
from sesshu.inside.planning.models import Delivery, Lot, Programme, ProgrammeVersion, Session, Slot, Venue
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.refusals import NO_VERSION
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


@dataclass(frozen=True, slots=True)
class VersionRow:
    """接種事業の版 — as a list shows it, without its document. ``now``: it is the one in force."""

    id: int
    programme: str
    version: int
    state: str
    valid_from: dt.date
    now: bool
    loaded_at: dt.datetime
    author: str
    checker: str
    first_by: str | None
    first_at: dt.datetime | None
    second_by: str | None
    second_at: dt.datetime | None
    in_force_at: dt.datetime | None
    look: dict | None
    taken: int


def list_programmes() -> list[ProgrammeRow]:
    """All programmes with the version in force, by code."""
    found = []
    for p in Programme.objects.order_by("code"):
        v = find_in_force(p.code)
        if v is not None:
            found.append(ProgrammeRow(p.code, p.title, p.state, v.number, v.loaded_at, v.author, v.checker))
    return found


def find_programme(code: str) -> Programme | None:
    """One programme, also one that has no approved version yet."""
    return Programme.objects.filter(pk=code).first()


def list_drafts() -> list[VersionRow]:
    """版の案 — versions that wait for two people, of all programmes."""
    found = (
        ProgrammeVersion.objects.filter(state="draft").defer("document", "golden").order_by("programme_code")
    )
    return [_row(v, None) for v in found]


def list_open() -> list[str]:
    """Codes of the open programmes."""
    return list(Programme.objects.filter(state="open").order_by("code").values_list("code", flat=True))


def find_in_force(programme: str, on: dt.date | None = None) -> ProgrammeVersion | None:
    """使用中の版 — the version of a day (today), without its document; before the first one begins, the first."""
    approved = ProgrammeVersion.objects.filter(programme_code=programme, state="approved").defer("document")
    begun = approved.filter(valid_from__lte=on or clock.today()).order_by("-number").first()
    return begun or approved.order_by("number").first()


def get_rules(programme: str, on: dt.date | None = None) -> Rules:
    """The rules in force on a day (today), read once for each version. Raises Refused L04."""
    found = find_in_force(programme, on)
    if found is None:
        raise Refused(UNKNOWN_PROGRAMME)
    return _rules_of(found.pk, found.loaded_at)


def get_document(version_id: int) -> dict:
    """The document of one version. Raises Refused G27."""
    found = ProgrammeVersion.objects.filter(pk=version_id).values_list("document", flat=True).first()
    if found is None:
        raise Refused(NO_VERSION)
    document: dict = found
    return document


def get_rules_of(version_id: int) -> Rules:
    """The rules of one version, whatever its state. Raises Refused G27."""
    found = ProgrammeVersion.objects.filter(pk=version_id).values_list("pk", "loaded_at").first()
    if found is None:
        raise Refused(NO_VERSION)
    return _rules_of(*found)


@lru_cache(maxsize=16)
def _rules_of(version_id: int, loaded_at: dt.datetime) -> Rules:
    return document.load(ProgrammeVersion.objects.get(pk=version_id).document)


def list_due() -> list[int]:
    """Versions whose day has come and that have not taken effect yet."""
    codes = Programme.objects.order_by("code").values_list("code", flat=True)
    found = [find_in_force(code) for code in codes]
    today = clock.today()
    return [v.pk for v in found if v and v.in_force_at is None and v.valid_from <= today]


def list_unsigned(programme: str) -> list[str]:
    """署名のない答え — golden residents to whom a version that counts from now on says what nobody signed."""
    now = find_in_force(programme)
    later = ProgrammeVersion.objects.filter(
        programme_code=programme, state="approved", valid_from__gt=clock.today()
    ).defer("document")
    found: dict[str, None] = {}
    for v in [*([now] if now else []), *later]:
        if v.golden:
            found |= dict.fromkeys(unsigned(_rules_of(v.pk, v.loaded_at), v.golden))
    return list(found)


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


def list_versions(programme: str) -> list[VersionRow]:
    """All versions of a programme, the newest first."""
    now = find_in_force(programme)
    found = ProgrammeVersion.objects.filter(programme_code=programme).defer("document", "golden")
    return [_row(v, now) for v in found.order_by("-number")]


def find_version(version_id: int) -> VersionRow | None:
    """One version."""
    found = ProgrammeVersion.objects.filter(pk=version_id).defer("document", "golden").first()
    return _row(found, find_in_force(found.programme_code)) if found else None


def _row(v: ProgrammeVersion, now: ProgrammeVersion | None) -> VersionRow:
    return VersionRow(
        v.pk, v.programme_code, v.number, v.state, v.valid_from, now is not None and v.pk == now.pk, v.loaded_at,
        v.author, v.checker, v.first_by, v.first_at, v.second_by, v.second_at, v.in_force_at, v.look, len(v.takes),
    )  # fmt: skip


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
