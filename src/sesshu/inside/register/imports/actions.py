"""What staff do with a register file (取込): stage it, accept it by two persons, withdraw it.

Nothing of a file is half taken: staging and accepting are one transaction each. The sender's file is only read; no
plain copy of it is made. Callers of ``accept`` give the act that walls people in (``records.protection``): what a
protection must remove lies in rooms above this one.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from sesshu.base import clock
from sesshu.base.crypto import KeyRing, load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.db import calls
from sesshu.inside.register.imports import queries, rules
from sesshu.inside.register.imports.models import Import, ImportBirthYear, ImportGaiji
from sesshu.inside.register.imports.queries import ImportReport
from sesshu.inside.register.imports.reader import RegisterReader, Tally
from sesshu.inside.register.imports.staging import Staging, standing_lines
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.sealing import Sealer
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve

Protect = Callable[..., Any]
"""``protect(resident_ids, *, by, source)``: a step that walls these residents in, whatever room knows of them."""


@cache
def keys(folder: str) -> KeyRing:
    """The inside's keys."""
    return load_keys(folder, need=("mark.hmac", "sealed-age.pub"))


# --- 読取 ---------------------------------------------------------------------------------------------------


@action("import.stage")
def stage(
    *,
    by: Actor,
    path: Path,
    as_of: dt.date,
    full: bool = True,
    progress: Callable[[int], None] = lambda lines: None,
) -> ImportReport:
    """取込の読取 — read a register file into staging and compare it with the register. Changes no resident.

    ``as_of``: day of the extract; ``full``: it holds all residents, so who is absent is gone; ``progress`` is told
    how many lines were read. Raises Refused TB01–TB07 for a file that is refused as a whole: nothing stays of it.
    """
    ring = keys(machine().keys_dir)
    calls.run("register.lock_imports_v1")
    # What was accepted before needs no second look, unless the file is older than that.
    last = queries.last_accepted()
    known = standing_lines() if last is not None and last.as_of <= as_of else ()
    reader = RegisterReader(path, as_of=as_of, mark_key=ring.secret("mark"), known=known)
    made = Import.objects.create(
        sha256=bytes.fromhex(reader.checked.sha256),
        as_of=as_of,
        is_full=full,
        staged_at=clock.now(),
        staged_by=by.code,
    )
    sealer = Sealer(ring)
    Staging(made.id, sealer, residents.walled_numbers()).fill(reader, progress)
    _write_lists(made, reader.tally)
    made.counts = _count(made, reader.tally, sealer) | {"encoding": reader.checked.encoding}
    made.held = _held(made)
    made.save(update_fields=("counts", "held"))
    tell(case=f"import {made.id}", fields=("file",))
    return queries.get_import(made.id)


def _may_be_gone(full: bool, nameless: int) -> bool:
    """抽出にない人を「いない」とみなせるか — not where a refused line could be anybody's."""
    return full and nameless == 0


def _write_lists(made: Import, tally: Tally) -> None:
    characters = tally.gaiji.characters.items()
    ImportGaiji.objects.bulk_create(
        [ImportGaiji(source=made, code_point=point, n=n) for point, n in sorted(characters)]
    )
    last = queries.last_accepted() if made.is_full else None
    before = dict(last.birth_years.values_list("fiscal_year", "n")) if last else {}
    now = tally.by_cohort()
    ImportBirthYear.objects.bulk_create(
        [
            ImportBirthYear(source=made, fiscal_year=year, n=now.get(year, 0), before=before.get(year, 0))
            for year in sorted(now.keys() | before.keys())
        ]
    )


def _count(made: Import, tally: Tally, sealer: Sealer) -> dict[str, Any]:
    may_be_gone = _may_be_gone(made.is_full, tally.nameless)
    # Django leaves jsonb of a plain cursor as text.
    found = json.loads(calls.scalar("register.compare_v1", p_import=made.id, p_may_be_gone=may_be_gone))
    if moved := _moved_behind_a_wall(made.id, sealer):
        found["kinds"]["moved"] = found["kinds"].get("moved", 0) + moved
    return found | {
        "lines": tally.lines,
        "unchanged": tally.good - found["new"] - found["changed"],
        "refused_lines": tally.refused.total(),
        "refused_by_rule": {str(rule): n for rule, n in sorted(tally.refused.items())},
        "refused_protected": tally.refused_protected,
        "nameless": tally.nameless,
        "protected": tally.protected,
        "foreign": tally.foreign,
        "status": {word: n for word, n in sorted(tally.status.items()) if n},
        "birth_not_known": tally.births_not_known(),
        "gaiji_rows": tally.gaiji.rows,
        "gaiji_new": calls.scalar("register.new_gaiji_v1", p_import=made.id),
    }


def _moved_behind_a_wall(import_id: int, sealer: Sealer) -> int:
    """転居した新たな支援措置対象者の数 — the new address is sealed, so marks are compared."""
    columns = ("resident_id", "reference_no", "postcode", "town", "banchi", "building", "mark")
    rows = (
        dict(zip(columns, row, strict=True))
        for row in calls.stream("register.flagged_v1", p_import=import_id)
    )
    return sum(
        row["mark"] is not None and sealer.address_mark(row["reference_no"], row) != bytes(row["mark"])
        for row in rows
    )


def _held(made: Import) -> list[str]:
    last = queries.last_accepted() if made.is_full else None
    found = rules.why_held(queries.totals_of(made), queries.totals_of(last) if last else None)
    return [reason.code for reason in found]


# --- 承認 ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Accepted:
    """承認の結果 — ``complete`` False: the first person's approval is noted and another person is awaited."""

    import_id: int
    complete: bool
    added: int = 0
    changed: int = 0
    gone: int = 0
    protected: int = 0  # people around whom a wall was built


@action("import.accept")
def accept(
    *, by: Actor, import_id: int, protect: Protect, despite: Collection[str] = frozenset()
) -> Accepted:
    """取込の承認 — the first person's approval is noted; a second one within ten minutes makes the file the register.

    ``protect``: ``records.protection.actions.protect``, run in the same transaction for everybody whose line is
    newly flagged, before anything else changes. ``despite``: codes of the reasons to wait that this officer has
    checked; both persons name them. Raises Refused R80–R82, a reason that was not named (R71–R76), A03 for the
    same person twice.
    """
    calls.run("register.lock_imports_v1")
    waiting = _waiting(import_id)
    for code in waiting.held:
        if code not in despite:
            raise Refused(rules.HELD[code])
    case = f"import {import_id}"
    approval = approve("import.accept", case, by=by)
    purpose = " ".join(("despite", *waiting.held)) if waiting.held else ""
    tell(case=case, purpose=purpose)
    waiting.first_by, waiting.first_at = approval.first_by, approval.first_at
    if not approval.complete:
        waiting.save(update_fields=("first_by", "first_at"))
        return Accepted(import_id, complete=False)
    waiting.second_by, waiting.second_at = by.code, clock.now()
    waiting.save(update_fields=("first_by", "first_at", "second_by", "second_at"))
    for ids in _batches(_newly_flagged(import_id), 500):
        protect(ids, by=by, source=case)
    done = calls.one(
        "register.apply_v1",
        _Applied,
        p_import=import_id,
        p_by=by.code,
        p_may_be_gone=_may_be_gone(waiting.is_full, waiting.counts["nameless"]),
        p_request=by.request_id,
    )
    return Accepted(import_id, True, done.added, done.altered, done.gone, residents.count_walls(case))


@dataclass(frozen=True, slots=True)
class _Applied:
    added: int
    altered: int
    gone: int


def _waiting(import_id: int) -> Import:
    """The import that waits for approval. Raises Refused R80, R81, R82."""
    found = Import.objects.select_for_update().filter(id=import_id).first()
    if found is None:
        raise Refused(rules.NO_IMPORT)
    if found.state != "staged":
        raise Refused(rules.NOT_WAITING)
    if calls.scalar("register.count_staged_v1", p_import=import_id) != found.counts["good"]:
        raise Refused(rules.LINES_LOST)
    return found


def _newly_flagged(import_id: int) -> list[int]:
    return [row[0] for row in calls.stream("register.flagged_v1", p_import=import_id)]


def _batches(ids: Sequence[int], size: int) -> Iterator[list[int]]:
    rest = iter(ids)
    while batch := list(islice(rest, size)):
        yield batch


# --- 取下げ -------------------------------------------------------------------------------------------------


@action("import.withdraw")
def withdraw(*, by: Actor, import_id: int) -> None:
    """取込の取下げ — the staged lines are destroyed; the register stays as it is. Raises Refused R80, R81."""
    calls.run("register.lock_imports_v1")
    found = Import.objects.select_for_update().filter(id=import_id).first()
    if found is None:
        raise Refused(rules.NO_IMPORT)
    if found.state != "staged":
        raise Refused(rules.NOT_WAITING)
    calls.run("register.empty_staging_v1", p_import=import_id)
    found.state, found.ended_at, found.ended_by = "withdrawn", clock.now(), by.code
    found.save(update_fields=("state", "ended_at", "ended_by"))
    tell(case=f"import {import_id}")
