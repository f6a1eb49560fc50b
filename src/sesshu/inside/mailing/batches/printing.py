"""Making the print files of a sealed batch (印刷ファイルの作成): two processes, one file each; a killed run goes on.

A file is a part of the batch. It counts when it is written, read back and noted; until then it is made anew. The
pieces of a part are fixed before, so no run, however often it is killed, can make a second sheet of one piece.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing import get_context

from sesshu.base import clock
from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.db import calls
from sesshu.inside.mailing.batches import files, queries, rules
from sesshu.inside.mailing.batches.actions import lock
from sesshu.inside.mailing.batches.rules import BatchState, PartState
from sesshu.inside.mailing.models import Batch, Part, Withheld
from sesshu.inside.mailing.sheets.actions import letter_for
from sesshu.inside.mailing.sheets.gate import Fault
from sesshu.inside.mailing.sheets.run import Pressed, Row, Run, press_part
from sesshu.inside.planning import queries as planning
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

PROCESSES = 2
TURNS = 3
"""How often a file is made anew because somebody in it was pulled while it was made."""


@dataclass(frozen=True, slots=True)
class Progress:
    """進み具合 — sheets done of all, and how many seconds the rest will take (None: not known yet)."""

    done: int
    total: int
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Made:
    """作った印刷ファイル — files and pages made now, sheets read back of those sampled, pieces withheld."""

    files: int
    pages: int
    sampled: int
    read_back: int
    withheld: int


class GateFailed(Refused):
    """ML09 with what was wrong: management codes and kinds, never a value."""

    def __init__(self, faults: tuple[Fault, ...]):
        super().__init__(rules.GATE)
        self.faults = faults


@dataclass(frozen=True, slots=True)
class _Work:
    part_id: int
    number: int
    batch_id: int
    run: Run
    rows: tuple[Row, ...]
    read_at: dt.datetime
    turn: int = 1


@action("mailing.sheets")
def ask_for_files(*, by: Actor, batch_id: int) -> None:
    """シートの作成を頼む — the worker makes the files of this batch next. Refuses ML01, ML02."""
    batch = lock(batch_id)
    if batch.state not in (BatchState.SEALED, BatchState.RELEASED):
        raise Refused(rules.WRONG_STATE)
    batch.sheets_asked = clock.now()
    batch.save(update_fields=("sheets_asked",))
    tell(case=f"batch {batch_id}")


def make_files(
    *, by: Actor, batch_id: int, processes: int = PROCESSES, most: int | None = None,
    progress: Callable[[Progress], None] = lambda p: None,
) -> Made:  # fmt: skip
    """シートを作る — every file of the batch that is not made, or was made void. Refuses ML01, ML02, ML09, ML19.

    One short transaction per file. ``most``: so many files at most, the rest another time; ``progress`` is told
    after each file.
    """
    batch = queries.get_batch(batch_id)
    waiting = queries.list_to_print(batch_id)
    total = sum(pieces for _, pieces in waiting)
    began, done = clock.now(), 0
    made: list[Pressed] = []
    for work, pressed in _press_all(by, batch, [part for part, _ in waiting[:most]], processes):
        made.append(pressed)
        done += len(work.rows)
        seconds = (clock.now() - began).total_seconds()
        progress(Progress(done, total, seconds / done * (total - done) if done else None))
    if batch.sheets_asked and not queries.list_to_print(batch_id):
        _done(by=by, batch_id=batch_id)
    return Made(
        sum(bool(p.serials) for p in made),
        sum(len(p.serials) for p in made),
        sum(p.sampled for p in made),
        sum(p.read_back for p in made),
        sum(len({w.serial for w in p.withheld}) for p in made),
    )


def _press_all(by: Actor, batch: Batch, parts: list[Part], processes: int) -> Iterator[tuple[_Work, Pressed]]:
    """Each part, made and noted. At most one part more than there are processes is held in memory."""
    queue = list(reversed(parts))
    if not queue:
        return
    if processes < 2 or len(queue) == 1:
        while queue:
            work = _read(by=by, batch_id=batch.pk, part_id=queue.pop().pk)
            yield _noted(by, work, press_part(work.run, work.rows, _path(work)))
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        running: dict[Future[Pressed], _Work] = {}
        while queue or running:
            while queue and len(running) <= processes:
                work = _read(by=by, batch_id=batch.pk, part_id=queue.pop().pk)
                running[pool.submit(press_part, work.run, work.rows, _path(work))] = work
            finished, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                work = running.pop(future)
                yield _noted(by, work, future.result())


def _path(work: _Work):
    return files.part_path(work.batch_id, work.number)


def _noted(by: Actor, work: _Work, pressed: Pressed) -> tuple[_Work, Pressed]:
    """Note a file that passed the gate; one whose people changed meanwhile is made again, here and now."""
    while True:
        if pressed.faults:
            raise GateFailed(pressed.faults)
        if _put(by=by, work=work, pressed=pressed):
            return work, pressed
        if work.turn == TURNS:
            raise Refused(rules.CHANGED_MEANWHILE)
        again = _read(by=by, batch_id=work.batch_id, part_id=work.part_id, turn=work.turn + 1)
        work, pressed = again, press_part(again.run, again.rows, _path(again))


@action("mailing.sheets")
def _read(*, by: Actor, batch_id: int, part_id: int, turn: int = 1) -> _Work:
    """The words of one part as the register has them now; no import is half done while they are read."""
    calls.run("register.lock_imports_v1")
    batch = queries.get_batch(batch_id)
    if batch.state not in (BatchState.SEALED, BatchState.RELEASED):
        raise Refused(rules.WRONG_STATE)
    part = Part.objects.get(pk=part_id, batch_id=batch_id)
    read_at = clock.now()
    rows = tuple(calls.many("mailing.list_sheets_v1", Row, p_part=part_id))
    tell(case=f"batch {batch_id} part {part.number}", fields=("name", "dob", "address", "ticket"))
    return _Work(part_id, part.number, batch_id, _run(batch), rows, read_at, turn)


def _run(batch: Batch) -> Run:
    m, programme = machine(), planning.get_rules(batch.programme)
    return Run(
        batch=batch.pk,
        letter=letter_for(programme, batch.dose),
        prefecture=m.prefecture,
        municipality=m.municipality,
        products={product.id: product.name for product in programme.products.values()},
        venues={venue.pk: venue.name for venue in planning.list_venues()},
        recipient=load_keys(m.keys_dir).recipient("inside"),
    )


@action("mailing.sheets")
def _put(*, by: Actor, work: _Work, pressed: Pressed) -> bool:
    """Note the file of one part. False: somebody in it was pulled or changed since its words were read."""
    calls.run("register.lock_imports_v1")
    lock(work.batch_id)
    serials = [w.serial for w in pressed.withheld]
    good = calls.scalar(
        "mailing.put_part_v1",
        p_part=work.part_id,
        p_read_at=work.read_at,
        p_serials=list(pressed.serials),
        p_withheld=sorted(set(serials)),
        p_size=pressed.size,
        p_sha256=bytes.fromhex(pressed.sha256),
        p_sampled=pressed.sampled,
        p_read_back=pressed.read_back,
        p_by=by.code,
    )
    if good and serials:
        ids = queries.pieces_by_serial(work.batch_id, serials)
        Withheld.objects.bulk_create(
            [
                Withheld(piece_id=ids[w.serial], field=w.field, code_points=list(w.code_points))
                for w in pressed.withheld
            ],
            ignore_conflicts=True,
        )
    tell(case=f"batch {work.batch_id} part {work.number}")
    return good


@action("mailing.sheets")
def _done(*, by: Actor, batch_id: int) -> None:
    batch = lock(batch_id)
    batch.sheets_asked = None
    batch.save(update_fields=("sheets_asked",))


def tidy(*, by: Actor) -> int:
    """定時の片付け — files that must not leave are destroyed (P-15); of those that officers asked for one is made.

    One at a time, so that the worker's other work does not wait.
    """
    done = 0
    for batch_id in files.list_batch_ids():
        passed = {p.number for p in queries.list_parts(batch_id) if p.state == PartState.PASSED}
        stale = files.list_part_numbers(batch_id) - passed
        files.remove_parts(batch_id, stale)
        done += len(stale)
    asked = Batch.objects.filter(sheets_asked__isnull=False).order_by("sheets_asked").first()
    if asked is not None:
        done += make_files(by=by, batch_id=asked.pk, processes=1, most=1).files
    return done
