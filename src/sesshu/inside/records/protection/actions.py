"""Protecting a resident (支援措置の開始と終了), by hand or by an import: one act for every room (P-15).

It lives here because the register may not know tickets and records, and what a protection must remove lies in all
three. ``register.imports.actions.accept`` is given ``protect`` by its caller and runs it in its own transaction.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from sesshu.base import clock
from sesshu.base.crypto import KeyRing, load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.bridge import slips
from sesshu.db import calls
from sesshu.inside.register.imports.staging import seal_staged
from sesshu.inside.register.residents import actions as residents
from sesshu.inside.register.residents import queries, rules
from sesshu.inside.register.residents.rules import Letter
from sesshu.inside.register.residents.sealing import Sealer
from sesshu.inside.tickets.actions import void_gone
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve


@dataclass(frozen=True, slots=True)
class Walled:
    """封じたもの — counts: of residents, letters, and what was removed from the ordinary rooms."""

    residents: int = 0
    letters: int = 0
    subjects: int = 0
    bookings: int = 0
    records: int = 0
    slips: int = 0
    tickets: int = 0


@dataclass(frozen=True, slots=True)
class _Letter:
    resident_id: int
    reference_no: str = field(repr=False)
    kind: str
    content: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Slip:
    resident_id: int
    reference_no: str = field(repr=False)
    number: int
    case_number: int
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Wiped:
    subjects: int
    bookings: int
    records: int
    slips: int


# --- 開始 ---------------------------------------------------------------------------------------------------


@action("resident.protect")
def protect_by_hand(*, by: Actor, resident_id: int, case: str = "") -> Walled:
    """支援措置対象者とする — by an officer. ``case``: number of the document, no reason and no name.

    Raises Refused R90 (nobody), R91 (has a wall already).
    """
    if queries.get_resident(resident_id).protected:
        raise Refused(rules.ALREADY_PROTECTED)
    return protect([resident_id], by=by, source=f"hand {case}".strip())


@step
def protect(resident_ids: Sequence[int], *, by: Actor, source: str) -> Walled:
    """支援措置の開始 — whereabouts, history, ledger, bookings and pseudonyms go into sealed letters and leave all
    other rooms; tickets die; subjects are withdrawn outside. Who has a wall already is left as he is.

    ``source``: ``hand …`` or ``import 3``.
    """
    calls.run("register.lock_imports_v1")
    ids = queries.list_unwalled(resident_ids)
    if not ids:
        return Walled()
    calls.run("records.lock_for_wall_v1", p_residents=ids)
    ring = load_keys(machine().keys_dir)
    sealer = Sealer(ring)
    letters = _seal_rooms(sealer, ids) + _seal_slips(sealer, ring, ids)
    references = residents.wall(ids, by=by, source=source)
    seal_staged(sealer, references=references, flagged=False)
    wiped = calls.one("records.wipe_v1", _Wiped, p_residents=ids, p_by=by.code)
    died = void_gone(ids)
    for resident in ids:
        tell(act="resident.protect", resident=resident, case=source, fields=("whereabouts",))
    return Walled(len(ids), letters, wiped.subjects, wiped.bookings, wiped.records, wiped.slips, len(died))


def _seal_rooms(sealer: Sealer, ids: list[int]) -> int:
    found = calls.many("register.list_letters_v1", _Letter, p_residents=ids)
    found += calls.many("records.list_letters_v1", _Letter, p_residents=ids)
    for letter in found:
        mark = None
        if letter.kind == Letter.WHEREABOUTS:
            sealed = sealer.whereabouts(letter.reference_no, json.loads(letter.content))
            ciphertext, mark = sealed.ciphertext, sealed.mark
        else:
            ciphertext = sealer.letter(Letter(letter.kind), letter.reference_no, letter.content)
        _put(letter.resident_id, letter.kind, ciphertext, mark)
    return len(found)


def _seal_slips(sealer: Sealer, ring: KeyRing, ids: list[int]) -> int:
    """Hand-off slips were sealed to the inside; their words are sealed again, to the section."""
    found = calls.many("records.list_slips_v1", _Slip, p_residents=ids)
    for slip in found:
        words = slips.open_slip(bytes(slip.ciphertext), ring, slip.case_number)
        text = f"{words.kind.value}\n{words.name}\n{words.phone}\n{words.words}"
        _put(slip.resident_id, Letter.SLIP, sealer.letter(Letter.SLIP, slip.reference_no, text), None)
    return len(found)


def _put(resident_id: int, kind: str, ciphertext: bytes, mark: bytes | None) -> None:
    calls.run(
        "api.seal_put_v1", p_resident=resident_id, p_kind=str(kind), p_ciphertext=ciphertext, p_mark=mark
    )


# --- 終了 ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Released:
    """終了の結果 — ``complete`` False: the first person's approval is noted and another person is awaited."""

    complete: bool


def release(*, by: Actor, resident_id: int, decision: str, decided_on: dt.date) -> Released:
    """支援措置の終了 — on one person, by two people, naming the decision and its day (P-13).

    The wall comes down when the second person agrees; the next register file fills the address. Raises Refused R90,
    R92, R93, A03; ``ProtectedSince`` (R94, with ``since``) where the protection began after the day of the
    decision: then the section is told.
    """
    try:
        return _release(by=by, resident_id=resident_id, decision=decision, decided_on=decided_on)
    except rules.ProtectedSince:
        _tell_section(by=by, resident_id=resident_id)
        raise


@action("resident.release")
def _release(*, by: Actor, resident_id: int, decision: str, decided_on: dt.date) -> Released:
    calls.run("register.lock_imports_v1")
    standing = residents.lock_protection(resident_id)
    rules.refuse_release(standing.began_at.astimezone(clock.TOKYO).date(), decided_on, decision)
    case = f"resident {resident_id} {decided_on}"
    approval = approve("resident.release", case, by=by)
    tell(resident=resident_id, fields=("protected",), purpose="first" if not approval.complete else "second")
    if not approval.complete:
        return Released(False)
    residents.take_down(standing, first_by=approval.first_by, by=by, decision=decision.strip())
    calls.run("records.wake_v1", p_resident=resident_id)
    return Released(True)


@action("resident.release")
def _tell_section(*, by: Actor, resident_id: int) -> None:
    """An old list was worked through: the section hears of it."""
    calls.run("api.seal_handover_v1", p_resident=resident_id, p_by=by.code)
    tell(resident=resident_id, purpose="refused")
