"""Correcting the ledger, by two people (接種記録の訂正)."""

from uuid import UUID, uuid4

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.inside.planning import queries as planning
from sesshu.inside.planning.venues.rules import UNKNOWN_PRODUCT
from sesshu.inside.records.ledger import rules
from sesshu.inside.records.ledger.rules import Correction, Reason, State
from sesshu.inside.records.models import Record
from sesshu.inside.register.residents import queries as residents
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve


@action("record.correct")
def correct(*, by: Actor, record_id: UUID, reason: Reason, change: Correction | None = None) -> UUID | None:
    """接種記録の訂正 — the old line stays, marked; a new one names it. Gives the new line's id.

    The first person's call is noted and gives None; a second person who says exactly the same within ten minutes
    completes it. Without ``change`` the line is taken back (not given, another person). Entitlements follow.
    Refuses RC01 – RC06, L05, A03.
    """
    old = _standing(record_id, State.VALID)
    if old.resident_id is None:
        raise Refused(rules.NO_RECORD)
    resident = residents.get_resident(old.resident_id)
    if resident.protected:
        raise Refused(rules.SEALED)
    if (change is None) is not (reason in rules.WITHOUT_NEW_LINE):
        raise Refused(rules.NOTHING_CHANGED)
    if change is not None:
        was = Correction(old.product, old.dose, old.lot_no, old.given_on)
        rules.refuse(change, was, today=clock.today(), born=resident.dob)
        if change.product not in planning.get_rules(old.programme).products:
            raise Refused(UNKNOWN_PRODUCT)
        if change.dose != old.dose:
            _refuse_second(old.resident_id, old.programme, change.dose)
    if not _agreed(by, old, reason, change):
        return None
    _mark(old, reason)
    made = None
    if change is not None:
        kept = change.given_on == old.given_on
        made = _write(
            old,
            by,
            reason,
            resident_id=old.resident_id,
            product=change.product,
            dose=change.dose,
            lot_no=change.lot_no,
            lot_id=old.lot_id if change.lot_no == old.lot_no else None,
            given_on=change.given_on,
            given_at=old.given_at if kept else None,
        )
    calls.run("records.wake_v1", p_resident=old.resident_id, p_programme=old.programme)
    return made


@action("record.correct")
def attribute(*, by: Actor, record_id: UUID, resident_id: int, dose: int) -> UUID | None:
    """接種記録の帰属 — a record that led to nobody is written to a resident, by two people as ``correct``.

    Refuses RC01, RC03, RC04, RC06, R90, A03.
    """
    old = _standing(record_id, State.UNATTRIBUTED)
    resident = residents.get_resident(resident_id)
    if resident.protected:
        raise Refused(rules.SEALED)
    if not 1 <= dose <= 9:
        raise Refused(rules.WRONG_DOSE)
    _refuse_second(resident_id, old.programme, dose)
    if not _agreed(by, old, Reason.ATTRIBUTED, (resident_id, dose), resident_id=resident_id):
        return None
    _mark(old, Reason.ATTRIBUTED)
    made = _write(old, by, Reason.ATTRIBUTED, resident_id=resident_id, dose=dose)
    calls.run("records.wake_v1", p_resident=resident_id, p_programme=old.programme)
    return made


def _standing(record_id: UUID, state: State) -> Record:
    old = Record.objects.select_for_update().filter(pk=record_id, state=state).first()
    if old is None:
        raise Refused(rules.NO_RECORD)
    return old


def _refuse_second(resident_id: int, programme: str, dose: int) -> None:
    same = Record.objects.filter(resident_id=resident_id, programme=programme, dose=dose, state=State.VALID)
    if same.exists():
        raise Refused(rules.TAKEN)


def _agreed(
    by: Actor, old: Record, reason: Reason, change: object, *, resident_id: int | None = None
) -> bool:
    approval = approve("record.correct", rules.approval_target(old.pk, reason, change), by=by)
    turn = "second" if approval.complete else "first"
    tell(
        resident=resident_id or old.resident_id,
        case=f"record {old.pk}",
        fields=("record",),
        purpose=f"{reason} {turn}",
    )
    return approval.complete


def _mark(old: Record, reason: Reason) -> None:
    Record.objects.filter(pk=old.pk).update(state=State.CORRECTED, reason=str(reason))


def _write(old: Record, by: Actor, reason: Reason, **differs: object) -> UUID:
    """The new line: as the old one where nothing else is said."""
    values = {f.attname: getattr(old, f.attname) for f in Record._meta.concrete_fields}
    values |= {"subject_id": None, **differs}
    values |= {
        "id": uuid4(),
        "state": State.VALID,
        "replaces_id": old.pk,
        "reason": str(reason),
        "by": by.code,
        "source": "office",
        "arrived_at": clock.now(),
    }
    return Record.objects.create(**values).pk
