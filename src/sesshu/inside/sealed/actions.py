"""Opening a sealed record (開封): one asks with a reason, another approves, the first looks once."""

from dataclasses import dataclass, field

from sesshu.base import clock
from sesshu.base.crypto import KeyRing, load_keys, unseal_text
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.inside.register.residents.rules import letter_about
from sesshu.inside.sealed import rules
from sesshu.inside.sealed.models import Handover, Letter, Opening, SealedResident
from sesshu.trust.access.acting import SAME_PERSON, action, tell
from sesshu.trust.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Opened:
    """開封した一通 — a letter in plain words, for one look."""

    kind: str
    put_at: object
    text: str = field(repr=False)


@action("sealed.open")
def ask(*, by: Actor, reference_no: str, reason: str) -> int:
    """開封を申し出る — gives the id of the opening. Refuses E01, E02."""
    person = SealedResident.objects.filter(reference_no=reference_no.strip(), protected=True).first()
    if person is None:
        raise Refused(rules.NO_RECORD)
    if len(reason.strip()) < rules.SHORTEST_REASON:
        raise Refused(rules.NO_REASON)
    made = Opening.objects.create(
        resident_id=person.pk, asked_by=by.code, asked_at=clock.now(), reason=reason.strip()
    )
    tell(resident=person.pk, case=f"opening {made.pk}", fields=())
    return made.pk


@action("sealed.second")
def second(*, by: Actor, opening_id: int) -> None:
    """2人目として承認する — another person than who asked, within ten minutes. Refuses E03, E04, A03."""
    opening = _held(opening_id)
    if opening.asked_by == by.code:
        raise Refused(SAME_PERSON)
    if clock.now() - opening.asked_at > rules.SECOND_WITHIN:
        raise Refused(rules.TOO_LATE)
    opening.seconded_by, opening.seconded_at = by.code, clock.now()
    opening.save(update_fields=["seconded_by", "seconded_at"])
    tell(resident=opening.resident_id, case=f"opening {opening_id}")


@action("sealed.show")
def look(*, by: Actor, opening_id: int) -> list[Opened]:
    """開封して一度だけ見る — who asked, after the approval, once. Refuses E03 … E07."""
    opening = _held(opening_id)
    if opening.asked_by != by.code:
        raise Refused(rules.NOT_YOURS)
    if opening.seen_at is not None:
        raise Refused(rules.SEEN_ALREADY)
    if opening.seconded_at is None:
        raise Refused(rules.NOT_APPROVED)
    if clock.now() - opening.seconded_at > rules.SECOND_WITHIN:
        raise Refused(rules.TOO_LATE)
    opening.seen_at = clock.now()
    opening.save(update_fields=["seen_at"])
    tell(
        resident=opening.resident_id,
        case=f"opening {opening_id}",
        fields=("whereabouts",),
        purpose=opening.reason,
    )
    ring = load_keys(machine().keys_dir)
    reference_no = SealedResident.objects.get(pk=opening.resident_id).reference_no
    letters = Letter.objects.filter(resident_id=opening.resident_id).order_by("-id")
    return [Opened(x.kind, x.put_at, _plain(x, reference_no, ring)) for x in letters]


@action("sealed.list")
def finish(*, by: Actor, handover_id: int) -> None:
    """引継を終える — the section has answered. Refuses E03."""
    row = Handover.objects.select_for_update().filter(pk=handover_id, done_at=None).first()
    if row is None:
        raise Refused(rules.NO_OPENING)
    row.done_by, row.done_at = by.code, clock.now()
    row.save(update_fields=["done_by", "done_at"])
    tell(resident=row.resident_id, case=f"handover {handover_id}")


def _held(opening_id: int) -> Opening:
    opening = Opening.objects.select_for_update().filter(pk=opening_id).first()
    if opening is None:
        raise Refused(rules.NO_OPENING)
    return opening


def _plain(letter: Letter, reference_no: str, ring: KeyRing) -> str:
    return unseal_text(bytes(letter.ciphertext), ring, about=letter_about(letter.kind, reference_no))
