"""The register's own part of a protection (支援措置). The whole act is ``records.protection``."""

from collections.abc import Sequence

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.inside.register.residents import queries, rules
from sesshu.inside.register.residents.models import Protection, Resident
from sesshu.trust.access.acting import step
from sesshu.trust.access.actor import Actor

_UNKNOWN = b"\0"  # equals no digest: the next file is compared as a change, and fills the address


@step
def wall(resident_ids: Sequence[int], *, by: Actor, source: str) -> list[str]:
    """壁を建てる — whereabouts leave the register; call it when they are sealed. Gives the reference numbers."""
    ids = list(resident_ids)
    calls.run("register.wall_v1", p_residents=ids, p_by=by.code, p_source=source)
    return list(Resident.objects.filter(id__in=ids).values_list("reference_no", flat=True))


@step
def lock_protection(resident_id: int) -> Protection:
    """The protection that stands, locked. Raises Refused R90, R92."""
    queries.get_resident(resident_id)
    found = Protection.objects.select_for_update().filter(resident_id=resident_id, ended_at=None).first()
    if found is None:
        raise Refused(rules.NOT_PROTECTED)
    return found


@step
def take_down(standing: Protection, *, first_by: str, by: Actor, decision: str) -> None:
    """壁をおろす — after two people agreed. What is sealed stays sealed; the next file brings the address."""
    standing.ended_at, standing.ended_by, standing.ended_second = clock.now(), first_by, by.code
    standing.decision = decision
    standing.save(update_fields=("ended_at", "ended_by", "ended_second", "decision"))
    Resident.objects.filter(id=standing.resident_id).update(
        protected=False, protected_at=None, digest=_UNKNOWN
    )
