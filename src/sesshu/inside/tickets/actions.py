"""Issuing, reissuing and ending tickets (接種券の発行・再発行・無効化)."""

from dataclasses import dataclass, field

from sesshu.base import clock
from sesshu.base.crypto import load_keys, try_hasher
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.base.numbers import draw_ticket_numbers
from sesshu.db import calls
from sesshu.inside.tickets import rules
from sesshu.inside.tickets.models import Ticket
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

COLUMNS = ("number", "try", "resident_id", "programme", "issued_at", "issued_by")


@dataclass(frozen=True, slots=True)
class Issued:
    """発行した接種券 — id and number of a new ticket. The number does not print itself."""

    id: int
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Standing:
    """What decides whether one resident may have a ticket."""

    present: bool
    protected: bool
    programme_open: bool
    entitled: bool


@action("ticket.issue")
def issue(*, by: Actor, programme: str) -> int:
    """接種券の一括発行 — a number for every entitled resident who has none. Says how many; the worker sends them.

    Never for a protected resident (P-02): whoever issues by the thousand must not be able to tell who is one.
    Refuses T05.
    """
    if not calls.scalar("planning.is_open_v1", p_programme=programme):
        raise Refused(rules.PROGRAMME_CLOSED)
    calls.scalar("records.lock_v1", p_programme=programme)
    waiting = calls.column("tickets.list_waiting_v1", p_programme=programme)
    tell(case=programme, fields=("ticket",))
    if not waiting:
        return 0
    taken = set(calls.column("tickets.list_numbers_v1"))
    numbers = draw_ticket_numbers(len(waiting), taken)
    newest = calls.scalar("tickets.newest_v1")
    hash_try, now = try_hasher(load_keys(machine().keys_dir)), clock.now()
    calls.copy_in(
        "tickets.ticket",
        COLUMNS,
        (
            (number, hash_try(number), resident, programme, now, by.code)
            for number, resident in zip(numbers, waiting, strict=True)
        ),
    )
    calls.scalar("tickets.wake_v1", p_programme=programme, p_after=newest)
    return len(waiting)


@action("ticket.issue")
def issue_one(*, by: Actor, resident_id: int, programme: str) -> Issued:
    """接種券の個別発行 — for one entitled resident without a live ticket, for example one who moved in.

    Refuses T01, T02, T03, T05, T06.
    """
    _may_have(resident_id, programme)
    if Ticket.objects.filter(resident_id=resident_id, programme=programme, state=rules.State.ISSUED).exists():
        raise Refused(rules.TICKET_LIVE)
    tell(resident=resident_id, fields=("ticket",))
    return _new(by, resident_id, programme, None)


@action("ticket.reissue")
def reissue(*, by: Actor, resident_id: int, programme: str, reason: rules.Reason) -> Issued:
    """接種券の再発行 — the old number dies with the reason, a new one replaces it; entitlements and bookings stay.

    Refuses T02, T03, T05; T04 where there is no live ticket (``issue_one`` gives the first one).
    """
    reason = rules.Reason(reason)
    _may_have(resident_id, programme, entitled=False)
    old = (
        Ticket.objects.select_for_update()
        .filter(resident_id=resident_id, programme=programme, state=rules.State.ISSUED)
        .first()
    )
    if old is None:
        raise Refused(rules.TICKET_DEAD)
    calls.scalar("tickets.void_v1", p_ticket=old.pk, p_reason=str(reason))
    tell(resident=resident_id, fields=("ticket",), purpose=str(reason))
    return _new(by, resident_id, programme, old.pk)


@action("ticket.void")
def void(*, by: Actor, ticket_id: int, reason: rules.Ending) -> None:
    """接種券の無効化 — the number dies, the subject is withdrawn outside with its bookings. Refuses T04."""
    held = Ticket.objects.filter(pk=ticket_id).first()
    if held is None or not calls.scalar(
        "tickets.void_v1", p_ticket=ticket_id, p_reason=str(rules.Ending(reason))
    ):
        raise Refused(rules.TICKET_DEAD)
    tell(resident=held.resident_id, fields=("ticket",), purpose=str(reason))


@step
def void_gone(residents: list[int] | None = None) -> list[int]:
    """転出・死亡等による無効化 — live tickets of residents who are gone or protected die. Says whose."""
    return calls.column("tickets.void_gone_v1", p_residents=residents)


def _may_have(resident_id: int, programme: str, *, entitled: bool = True) -> None:
    standing = calls.maybe(
        "tickets.show_standing_v1", _Standing, p_resident=resident_id, p_programme=programme
    )
    if standing is None:
        raise Refused(rules.NOBODY)
    if standing.protected:
        raise Refused(rules.HANDED_ON)
    if not standing.present:
        raise Refused(rules.NOBODY)
    if not standing.programme_open:
        raise Refused(rules.PROGRAMME_CLOSED)
    if entitled and not standing.entitled:
        raise Refused(rules.NOT_ENTITLED)


def _new(by: Actor, resident_id: int, programme: str, replaces: int | None) -> Issued:
    hash_try = try_hasher(load_keys(machine().keys_dir))
    while True:
        [number] = draw_ticket_numbers(1)
        if not Ticket.objects.filter(number=number).exists():
            break
    made = Ticket.objects.create(
        number=number,
        try_hash=hash_try(number),
        resident_id=resident_id,
        programme=programme,
        issued_at=clock.now(),
        issued_by=by.code,
        replaces_id=replaces,
    )
    calls.scalar("records.wake_v1", p_resident=resident_id, p_programme=programme, p_recompute=False)
    return Issued(made.pk, number)
