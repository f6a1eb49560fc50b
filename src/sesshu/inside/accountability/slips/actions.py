"""Taking, closing and handing on slips (引継票の対応)."""

from sesshu.base import clock
from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.bridge import slips
from sesshu.db import calls
from sesshu.inside.accountability.models import Slip
from sesshu.inside.accountability.slips import rules
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.rules import Letter
from sesshu.inside.register.residents.sealing import Sealer
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor


def _held(number: int, step: str, by: Actor) -> Slip:
    """The slip, locked, if this step leads on from its state and nobody else has it."""
    slip = Slip.objects.select_for_update().filter(number=number).first()
    if slip is None:
        raise Refused(rules.NO_SLIP)
    if not rules.SLIP_LIFE.may(rules.State(slip.state), step):
        raise Refused(rules.WRONG_STEP)
    if slip.taken_by and slip.taken_by != by.code:
        raise Refused(rules.WRONG_STEP)
    return slip


@action("slip.take")
def take(*, by: Actor, number: int) -> slips.Slip:
    """引継票を開く — take a slip (or open one's own again) and read what the caller asked for. Refuses HS01, HS02."""
    slip = Slip.objects.select_for_update().filter(number=number).first()
    if slip is None:
        raise Refused(rules.NO_SLIP)
    if slip.state == rules.State.NEW:
        slip.state, slip.taken_by, slip.taken_at = rules.State.TAKEN, by.code, clock.now()
        slip.save(update_fields=["state", "taken_by", "taken_at"])
    elif slip.state != rules.State.TAKEN or slip.taken_by != by.code:
        raise Refused(rules.WRONG_STEP)
    tell(case=f"slip {number}", subject=slip.subject_id, fields=("name", "phone", "wish"))
    return slips.open_slip(bytes(slip.ciphertext), load_keys(machine().keys_dir), slip.case_number)


@action("slip.close")
def close(*, by: Actor, number: int, outcome: str, resident_id: int | None = None) -> None:
    """引継票を終える — with what was done; its words are destroyed. Refuses HS01–HS03."""
    if outcome not in rules.OUTCOMES:
        raise Refused(rules.NO_OUTCOME)
    slip = _held(number, "close", by)
    slip.state, slip.done_at, slip.outcome, slip.ciphertext = rules.State.DONE, clock.now(), outcome, b""
    slip.save(update_fields=["state", "done_at", "outcome", "ciphertext"])
    whom = {"resident": resident_id} if resident_id else {"subject": slip.subject_id}
    tell(case=f"slip {number}", **whom)


@action("slip.hand_on")
def hand_on(*, by: Actor, resident_id: int, number: int | None = None) -> None:
    """所管課へ引き継ぐ — tell the responsible section that somebody asked about a resident of theirs.

    A slip's words go into the letterbox and are destroyed here. Refuses HS01, HS02.
    """
    if number is not None:
        slip = _held(number, "hand_on", by)
        words = slips.open_slip(bytes(slip.ciphertext), load_keys(machine().keys_dir), slip.case_number)
        text = f"{words.kind.value}\n{words.name}\n{words.phone}\n{words.words}"
        reference_no = residents.get_resident(resident_id).reference_no
        letter = Sealer(load_keys(machine().keys_dir)).letter(Letter.SLIP, reference_no, text)
        calls.scalar(
            "api.seal_put_v1", p_resident=resident_id, p_kind="slip", p_ciphertext=letter, p_mark=None
        )
        slip.state, slip.done_at, slip.outcome, slip.ciphertext = (
            rules.State.HANDED,
            clock.now(),
            "handed",
            b"",
        )
        slip.save(update_fields=["state", "done_at", "outcome", "ciphertext"])
    calls.scalar("api.seal_handover_v1", p_resident=resident_id, p_by=by.code, p_slip=number)
    tell(resident=resident_id, case=f"slip {number}" if number else "")
