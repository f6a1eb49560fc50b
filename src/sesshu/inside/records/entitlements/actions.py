"""Recomputing entitlements, of everybody or of those about whom something changed (予約資格の再計算)."""

from collections.abc import Iterable
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.entitlements.queries import list_births, list_dosed
from sesshu.inside.records.entitlements.rules import Facts, Judge
from sesshu.inside.tickets.rules import PROGRAMME_CLOSED
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

COLUMNS = ("resident_id", "dose", "from_on", "until_on", "products", "after_previous", "opens_at")


@dataclass(frozen=True, slots=True)
class Recomputed:
    """再計算の結果 — residents looked at, residents with entitlements, residents for whom something changed."""

    residents: int
    entitled: int
    changed: int


@action("entitlement.recompute")
def recompute(*, by: Actor, programme: str) -> Recomputed:
    """予約資格の再計算 — everybody, by the version in force; all or nothing. What changed crosses by the worker.

    The rules are asked once for each birth date, and for each resident who had a dose; what they say is copied and
    compared in one statement. Somebody whose dose arrives meanwhile is looked at again. Refuses L04, T05.
    """
    if programme not in planning.list_open():
        raise Refused(PROGRAMME_CLOSED)
    return recompute_all(programme)


@step
def recompute_all(programme: str) -> Recomputed:
    """The same within another act."""
    rules = planning.get_rules(programme)
    judge = Judge(rules, clock.today())
    calls.scalar("records.lock_v1", p_programme=programme)
    residents, entitled = _stage_births(judge, programme)
    for batch in list_dosed(programme):
        residents += len(batch)
        entitled += _stage(judge, batch)
    changed = calls.scalar("records.take_entitlements_v1", p_programme=programme)
    tell(case=programme, fields=("entitlement",))
    return Recomputed(residents, entitled, changed)


@step
def recompute_some(programme: str, residents: list[int]) -> int:
    """Some residents, by name. Says how many changed. The caller holds the programme's lock."""
    judge = Judge(planning.get_rules(programme), clock.today())
    facts = calls.many(
        "records.list_facts_v1",
        Facts,
        p_programme=programme,
        p_after=0,
        p_limit=len(residents),
        p_residents=residents,
    )
    _stage(judge, facts)
    return calls.scalar("records.take_entitlements_v1", p_programme=programme, p_residents=residents)


def _stage_births(judge: Judge, programme: str) -> tuple[int, int]:
    """The same for everybody without a dose: the rules are asked once for each birth date. Residents, entitled ones."""
    rows, residents, entitled = [], 0, 0
    for b in list_births(programme, by_sex=judge.programme.asks_sex):
        found = judge.rows(Facts(0, b.dob, b.sex or "", None))
        residents += b.n
        entitled += b.n * bool(found)
        rows += [(b.dob, b.sex, *row[1:]) for row in found]
    if rows:
        calls.copy_in("records.births_in", ("dob", "sex", *COLUMNS[1:]), rows)
    return residents, entitled


def _stage(judge: Judge, batch: Iterable[Facts]) -> int:
    """Copy the entitlements of a batch beside the table. Says how many residents have any."""
    rows, entitled = [], 0
    for facts in batch:
        found = judge.rows(facts)
        entitled += bool(found)
        rows += found
    if rows:
        calls.copy_in("records.entitlement_in", COLUMNS, rows)
    return entitled
