"""Questions about tickets (接種券の照会)."""

import datetime as dt
from dataclasses import dataclass, field

from sesshu.db import calls
from sesshu.inside.tickets.models import Ticket


@dataclass(frozen=True, slots=True)
class TicketRow:
    """接種券 — one ticket of a resident as the office shows it. The number does not print itself."""

    id: int
    number: str = field(repr=False)
    programme: str
    state: str
    issued_at: dt.datetime
    issued_by: str
    void_at: dt.datetime | None
    void_reason: str
    replaces: int | None


@dataclass(frozen=True, slots=True)
class HeldTicket:
    """接種券とその持ち主 — a ticket and whose it is."""

    resident_id: int
    row: TicketRow
    try_hash: bytes  # under which the outside knows a dead number


@dataclass(frozen=True, slots=True)
class DeadNumber:
    """使えない番号 — whose number a tripwire names."""

    ticket_id: int
    resident_id: int
    programme: str
    void_reason: str


def find_live(resident_id: int, programme: str) -> TicketRow | None:
    """The good ticket of a resident, or None."""
    found = Ticket.objects.filter(resident_id=resident_id, programme=programme, state="issued").first()
    return _row(found) if found else None


def find_ticket(ticket_id: int) -> HeldTicket | None:
    """One ticket with whose it is, or None."""
    found = Ticket.objects.filter(pk=ticket_id).first()
    return HeldTicket(found.resident_id, _row(found), bytes(found.try_hash)) if found else None


def find_successor(ticket_id: int) -> int | None:
    """The ticket that replaced this one, or None."""
    return Ticket.objects.filter(replaces_id=ticket_id).values_list("pk", flat=True).first()


def count_waiting(programme: str) -> int:
    """How many entitled residents have no live ticket."""
    return calls.scalar("tickets.count_waiting_v1", p_programme=programme)


def list_tickets(resident_id: int) -> list[TicketRow]:
    """All tickets of a resident, the newest first."""
    return [_row(t) for t in Ticket.objects.filter(resident_id=resident_id).order_by("-id")]


def find_by_number(number: str) -> tuple[int, str] | None:
    """(resident id, state) of a number, live or dead."""
    return Ticket.objects.filter(number=number).values_list("resident_id", "state").first()


def list_numbers() -> set[str]:
    """Every number ever given, so that none is given twice."""
    return set(calls.column("tickets.list_numbers_v1"))


def find_resident(reference_no: str) -> int | None:
    """The resident of a 宛名番号."""
    return calls.scalar("tickets.find_resident_v1", p_reference=reference_no)


def count_tickets(programme: str) -> dict[str, int]:
    """Numbers of tickets by state."""
    tickets = Ticket.objects.filter(programme=programme)
    return {state: tickets.filter(state=state).count() for state in ("issued", "void")}


def find_dead(try_hash: bytes) -> DeadNumber | None:
    """無効番号の持ち主 — whose number a message ``tripwire.hit`` names; only the inside can tell."""
    return calls.maybe("tickets.find_dead_v1", DeadNumber, p_try=try_hash)


def _row(t: Ticket) -> TicketRow:
    return TicketRow(
        t.pk,
        t.number,
        t.programme,
        t.state,
        t.issued_at,
        t.issued_by,
        t.void_at,
        t.void_reason,
        t.replaces_id,
    )
