"""Questions about one resident's ledger, bookings and next dose (接種記録の照会)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count

from sesshu.inside.records.models import Booking, CertificateMade, Entitlement, Record, Subject, Visit


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """接種記録の一行 — one injection as the ledger has it; a corrected one stays, marked."""

    id: UUID
    programme: str
    dose: int
    product: str
    lot_no: str
    place: str
    venue_id: int | None
    given_on: dt.date
    given_at: dt.datetime | None
    entered_at: dt.datetime
    arrived_at: dt.datetime
    by: str
    site: str
    source: str
    state: str
    replaces_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class Due:
    """次の接種 — the dose that comes next, on which days (both included), with which products."""

    programme: str
    dose: int
    from_on: dt.date
    until_on: dt.date
    products: tuple[str, ...]
    opens_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class BookingLine:
    """予約の一行 — what the outside told of one booking."""

    id: int
    programme: str
    dose: int
    slot_id: int
    channel: str
    state: str
    made_at: dt.datetime
    ended_at: dt.datetime | None
    received_at: dt.datetime | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """庁外での仮ID — under which a resident is known outside; ``is_outside``: it was sent and not withdrawn."""

    id: UUID
    is_outside: bool
    sent_at: dt.datetime | None


_LINE = tuple(LedgerLine.__dataclass_fields__)


def list_records(
    resident_id: int, programme: str | None = None, *, valid_only: bool = False
) -> list[LedgerLine]:
    """The ledger of a resident, in the order of the days."""
    found = Record.objects.filter(resident_id=resident_id)
    if programme is not None:
        found = found.filter(programme=programme)
    if valid_only:
        found = found.filter(state="valid")
    ordered = found.order_by("given_on", "dose", "arrived_at").values_list(*_LINE)
    return [LedgerLine(*row) for row in ordered]


def find_record(record_id: UUID) -> LedgerLine | None:
    """One line of the ledger."""
    row = Record.objects.filter(pk=record_id).values_list(*_LINE).first()
    return LedgerLine(*row) if row else None


def find_due(resident_id: int, programme: str) -> Due | None:
    """次の接種 — None: nothing is due, or everything was given. Shown also before booking opens."""
    row = (
        Entitlement.objects.filter(resident_id=resident_id, programme=programme, after_previous=False)
        .order_by("dose")
        .values_list("dose", "from_on", "until_on", "products", "opens_at")
        .first()
    )
    return Due(programme, row[0], row[1], row[2], tuple(row[3]), row[4]) if row else None


def list_bookings(resident_id: int) -> list[BookingLine]:
    """Bookings of a resident, the newest first; where and when is the slot's matter (``planning.queries.find_slot``)."""
    subjects = list(Subject.objects.filter(resident_id=resident_id).values_list("pk", flat=True))
    visits = {
        v.booking_id: v for v in Visit.objects.filter(subject_id__in=subjects, booking_id__isnull=False)
    }
    found = []
    for b in Booking.objects.filter(subject_id__in=subjects).order_by("-made_at", "-id"):
        v = visits.get(b.pk)
        found.append(
            BookingLine(
                b.pk,
                b.programme,
                b.dose,
                b.slot_id,
                b.channel,
                b.state,
                b.made_at,
                b.ended_at,
                v.received_at if v else None,
                v.outcome if v else "",
            )
        )
    return found


def list_subjects(resident_id: int) -> dict[str, UUID]:
    """Programme → pseudonym outside, also of a withdrawn one; the disclosure list is found by it."""
    return dict(Subject.objects.filter(resident_id=resident_id).values_list("programme", "pk"))


def list_pseudonyms(resident_id: int) -> dict[str, Pseudonym]:
    """Programme → pseudonym, with what was last sent of it."""
    rows = Subject.objects.filter(resident_id=resident_id).values_list(
        "programme", "pk", "sent_digest", "sent_at"
    )
    return {programme: Pseudonym(pk, digest is not None, at) for programme, pk, digest, at in rows}


def find_owner(record_id: UUID) -> int | None:
    """Whose line of the ledger this is; None where it leads to nobody."""
    return Record.objects.filter(pk=record_id).values_list("resident_id", flat=True).first()


def find_holder(subject_id: UUID) -> int | None:
    """Whose pseudonym this is, also a withdrawn one; None where it leads to nobody."""
    return Subject.objects.filter(pk=subject_id).values_list("resident_id", flat=True).first()


def count_unattributed() -> int:
    """How many doses wait for an officer's decision whose they are."""
    return Record.objects.filter(state="unattributed").count()


def count_given(programme: str) -> dict[int, int]:
    """Dose → number of valid records."""
    found = Record.objects.filter(programme=programme, state="valid").values_list("dose")
    return dict(found.annotate(n=Count("id")).order_by("dose"))


def count_booked(programme: str) -> dict[int, int]:
    """Dose → number of bookings that stand, as the outside told."""
    found = Booking.objects.filter(programme=programme, state="active").values_list("dose")
    return dict(found.annotate(n=Count("id")).order_by("dose"))


def count_booked_by_slot(slot_ids: Iterable[int]) -> dict[int, int]:
    """Slot → number of bookings that stand or were kept."""
    found = Booking.objects.filter(slot_id__in=list(slot_ids), state__in=("active", "fulfilled"))
    return dict(found.values_list("slot_id").annotate(n=Count("id")).order_by("slot_id"))


def list_unattributed() -> list[LedgerLine]:
    """帰属のない記録 — doses whose pseudonym leads to nobody, or second records of one dose: an officer decides."""
    found = Record.objects.filter(state="unattributed").order_by("given_on", "arrived_at")
    return [LedgerLine(*row) for row in found.values_list(*_LINE)]


def list_certificates(resident_id: int) -> list[tuple[str, dt.datetime, str]]:
    """発行した接種済証 — (number, when, by whom) of a resident, the newest first."""
    found = CertificateMade.objects.filter(resident_id=resident_id).order_by("-id")
    return list(found.values_list("number", "made_at", "made_by"))
