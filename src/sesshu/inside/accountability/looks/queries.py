"""One resident as the office sees them: what every room knows, side by side (照会の画面)."""

import datetime as dt
from dataclasses import dataclass, field

from sesshu.bridge import queries as bridge
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.records.ledger.queries import BookingLine, Due, LedgerLine, Pseudonym
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.tickets import queries as tickets
from sesshu.inside.tickets.queries import TicketRow

FIELDS = (
    "name",
    "kana",
    "dob",
    "address",
    "phone",
    "ticket",
    "entitlement",
    "bookings",
    "records",
    "history",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """事業ごとの状況 — one resident in one programme."""

    programme: str
    title: str
    is_open: bool
    live: TicketRow | None
    next_dose: Due | None
    subject: Pseudonym | None
    trace: bridge.Trace | None  # the last message about them alone; None also where they were sent among many
    products: dict[str, str]

    @property
    def may_have_ticket(self) -> bool:
        return self.is_open and self.live is None and self.next_dose is not None


@dataclass(frozen=True, slots=True)
class Booked:
    """予約 — with where and when, which the plan knows."""

    line: BookingLine
    title: str
    venue: str
    on_date: dt.date | None
    at: dt.time | None


@dataclass(frozen=True, slots=True)
class Given:
    """接種記録の一行 — with names instead of codes."""

    line: LedgerLine
    title: str
    product: str
    place: str


@dataclass(frozen=True, slots=True)
class Changed:
    """異動の一件 — when, and which fields; never the values."""

    until_at: dt.datetime
    fields: list[str]
    import_id: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Whole:
    """一人の記録 — all that the resident's page shows. Does not print itself."""

    resident: Resident
    standings: list[Standing]
    tickets: list[TicketRow]
    bookings: list[Booked]
    given: list[Given]
    changes: list[Changed] = field(default_factory=list)


def get_whole(resident: Resident) -> Whole:
    """Everything about one resident who is not protected."""
    programmes = {p.code: p for p in planning.list_programmes()}
    held = tickets.list_tickets(resident.pk)
    subjects = ledger.list_pseudonyms(resident.pk)
    standings = []
    for code, p in programmes.items():
        subject = subjects.get(code)
        standings.append(
            Standing(
                code,
                p.title,
                p.state == "open",
                next((t for t in held if t.programme == code and t.state == "issued"), None),
                ledger.find_due(resident.pk, code),
                subject,
                bridge.last_about({"id": str(subject.id)}) if subject else None,
                product_names(code),
            )
        )
    titles = {code: p.title for code, p in programmes.items()}
    return Whole(
        resident,
        standings,
        held,
        [_booked(b, titles) for b in ledger.list_bookings(resident.pk)],
        [_given(r, titles) for r in ledger.list_records(resident.pk)],
        [Changed(h.until_at, list(h.changed), h.import_id) for h in residents.list_history(resident.pk)],
    )


def product_names(programme: str) -> dict[str, str]:
    """Product code → name, of the version in force."""
    return {code: product.name for code, product in planning.get_rules(programme).products.items()}


def _booked(b: BookingLine, titles: dict[str, str]) -> Booked:
    slot = planning.find_slot(b.slot_id)
    title = titles.get(b.programme, b.programme)
    if slot is None:
        return Booked(b, title, "", None, None)
    return Booked(b, title, slot.venue, slot.on_date, slot.at)


def _given(r: LedgerLine, titles: dict[str, str]) -> Given:
    names = product_names(r.programme) if r.programme in titles else {}
    place = r.place or (planning.find_venue_name(r.venue_id) if r.venue_id else "")
    return Given(r, titles.get(r.programme, r.programme), names.get(r.product, r.product), place)
