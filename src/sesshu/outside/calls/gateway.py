"""Typed calls of the case functions (応対の窓口). A case belongs to one operator; its id reaches no address line.

What an identified case may do for its caller is in ``outside.booking.gateway``, with the case as holder.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sesshu.db import calls
from sesshu.outside.booking.recognise import Recognised, receipt_mark


@dataclass(frozen=True, slots=True)
class Opened:
    """応対の開始 — id (which is the request) and the number that people use."""

    case_id: UUID
    number: int


@dataclass(frozen=True, slots=True)
class Case:
    """応対 — how far it is. ``matched``: a subject stands behind it now, until ``until_at``; never who."""

    number: int
    opened_at: dt.datetime
    state: str  # open closed
    matched: bool
    until_at: dt.datetime | None
    tries_left: int
    proven: bool
    outcome: str

    @property
    def open(self) -> bool:
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class Mine:
    """本日の応対の一行 — a case of today, and its slip where it has one."""

    case_id: UUID
    number: int
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    state: str
    outcome: str
    slip: int | None
    slip_state: str | None


@dataclass(frozen=True, slots=True)
class Heard:
    """照合の答え — match none several spent closed; and the tries that are left."""

    verdict: str
    tries_left: int


@dataclass(frozen=True, slots=True)
class Put:
    """引継票 — its number, or a refusal code (B07: the case has ended)."""

    number: int | None
    refusal: str | None


def open_case(request: UUID, operator: str) -> Opened | None:
    """応対を始める — earlier open cases of the operator end with it; None for a request of somebody else."""
    opened = calls.one("api.open_case_v1", Opened, p_request=request, p_operator=operator)
    return opened if opened.case_id else None


def show_case(case: UUID, operator: str) -> Case | None:
    """応対の状態 — None where this operator has no such case."""
    return calls.maybe("api.show_case_v1", Case, p_case=case, p_operator=operator)


def match_by_ticket(request: UUID, case: UUID, operator: str, who: Recognised) -> Heard:
    """券番号と生年月日の照合 — one try; the same request is answered alike."""
    return _match(request, case, operator, "ticket", who.act, who.try_, None)


def match_by_address(request: UUID, case: UUID, operator: str, asked: tuple[bytes, ...]) -> Heard:
    """住所と生年月日の照合 — ``asked``: the hashes of all forms of the address."""
    return _match(request, case, operator, "address", None, None, list(asked))


def _match(
    request: UUID,
    case: UUID,
    operator: str,
    kind: str,
    act: bytes | None,
    try_: bytes | None,
    ask: list[bytes] | None,
) -> Heard:
    return calls.one(
        "api.match_caller_v1", Heard, p_case=case, p_operator=operator, p_kind=kind, p_act=act, p_try=try_, p_ask=ask,
        p_request=request,
    )  # fmt: skip


def prove_booking(request: UUID, case: UUID, operator: str, code: str) -> bool:
    """予約番号の確認 — True: the booking of this code belongs to the caller, and may be told, moved, cancelled."""
    return calls.scalar(
        "api.prove_booking_v1",
        p_case=case,
        p_operator=operator,
        p_receipt=receipt_mark(code),
        p_request=request,
    )


def put_slip(request: UUID, case: UUID, operator: str, ciphertext: bytes) -> Put:
    """引継票を出す — the outside keeps ciphertext and number until the inside has said that it has it."""
    return calls.one(
        "api.put_slip_v1", Put, p_request=request, p_case=case, p_operator=operator, p_ciphertext=ciphertext
    )


def close_case(case: UUID, operator: str, outcome: str) -> None:
    """応対を終える — the match ends with it. A case that is closed stays as it is."""
    calls.scalar("api.close_case_v1", p_case=case, p_operator=operator, p_outcome=outcome)


def list_my_cases(operator: str) -> list[Mine]:
    """本日の応対 — the operator's own of today, newest first, 200 at most."""
    return calls.many("api.list_my_cases_v1", Mine, p_operator=operator)
