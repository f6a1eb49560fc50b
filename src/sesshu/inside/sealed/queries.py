"""Questions of the responsible section (所管課の照会): who is protected, who asked, what waits. Nothing sealed."""

import datetime as dt
from dataclasses import dataclass, field

from sesshu.base import clock
from sesshu.inside.sealed.models import Handover, Opening, SealedResident
from sesshu.inside.sealed.rules import SECOND_WITHIN


@dataclass(frozen=True, slots=True)
class Person:
    """支援措置対象者 — as the section's pages show them before anything is opened."""

    id: int
    reference_no: str = field(repr=False)
    name: str = field(repr=False)
    dob_text: str = field(repr=False)
    protected_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """引継の一行."""

    id: int
    person: Person
    by: str
    at: dt.datetime
    slip: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """開封の申出."""

    id: int
    person: Person
    asked_by: str
    asked_at: dt.datetime
    reason: str
    seconded_by: str | None


def find_person(reference_no: str) -> Person | None:
    """A protected resident by 宛名番号; nobody else is found here."""
    found = SealedResident.objects.filter(reference_no=reference_no.strip(), protected=True).first()
    return _person(found) if found else None


def count_persons() -> int:
    """How many residents are protected."""
    return SealedResident.objects.filter(protected=True).count()


def list_handovers() -> list[Asked]:
    """Inquiries that wait for the section, the oldest first."""
    rows = list(Handover.objects.filter(done_at=None).order_by("at"))
    people = _people({r.resident_id for r in rows})
    return [Asked(r.pk, people[r.resident_id], r.by, r.at, r.slip) for r in rows if r.resident_id in people]


def list_openings() -> list[Waiting]:
    """Openings of the last ten minutes that were not looked at yet."""
    rows = list(
        Opening.objects.filter(seen_at=None, asked_at__gte=clock.now() - 2 * SECOND_WITHIN).order_by(
            "-asked_at"
        )
    )
    people = _people({r.resident_id for r in rows})
    return [
        Waiting(r.pk, people[r.resident_id], r.asked_by, r.asked_at, r.reason, r.seconded_by)
        for r in rows
        if r.resident_id in people
    ]


def _people(ids: set[int]) -> dict[int, Person]:
    return {r.pk: _person(r) for r in SealedResident.objects.filter(id__in=ids)}


def _person(r: SealedResident) -> Person:
    return Person(r.pk, r.reference_no, r.name, r.dob_text, r.protected_at)
