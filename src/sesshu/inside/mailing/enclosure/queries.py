"""Questions about the enclosure check (封入照合の照会)."""

import datetime as dt
from dataclasses import dataclass

from sesshu.db import calls
from sesshu.inside.mailing.batches.rules import PieceState
from sesshu.inside.mailing.enclosure.rules import (
    FOUND_SENTENCES,
    MAY_END,
    NEXT_STEPS,
    Kind,
    Known,
    Resolution,
)
from sesshu.inside.mailing.models import Difference, Scan, ScanLog


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """差の一行 — code and place, what was found, what is done next."""

    id: int
    kind: Kind
    code: str
    box: str
    position: int | None
    measure: int | None
    found_at: dt.datetime
    open: bool
    resolution: str
    piece_id: int | None

    @property
    def sentence(self) -> str:
        return FOUND_SENTENCES[self.kind].sentence

    @property
    def refusal_code(self) -> str:
        return FOUND_SENTENCES[self.kind].code

    @property
    def next_step(self) -> str:
        return NEXT_STEPS[self.kind]

    @property
    def may_end(self) -> list[Resolution]:
        return sorted(MAY_END[self.kind])


@dataclass(frozen=True, slots=True)
class StationBox:
    """窓口の箱 — what was read in a box at the station so far: how many, and the last code."""

    box: str
    lines: int
    last_code: str
    last_serial: int | None


@dataclass(frozen=True, slots=True)
class _KnownRow:
    serial: int
    state: str
    pull_asked: bool
    enclosed: bool


def list_differences(batch_id: int, *, open_only: bool = False, limit: int = 500) -> list[DifferenceRow]:
    """照合の差, the open ones first, in the order in which they lie."""
    found = Difference.objects.filter(batch_id=batch_id)
    if open_only:
        found = found.filter(state="open")
    return [row_of(d) for d in found.order_by("state", "box", "position", "id")[:limit]]


def row_of(d: Difference) -> DifferenceRow:
    """One difference as a page shows it."""
    return DifferenceRow(
        d.pk,
        Kind(d.kind),
        d.code,
        d.box,
        d.position,
        d.measure,
        d.found_at,
        d.state == "open",
        d.resolution or "",
        d.piece_id,
    )


def known(batch_id: int, first: int | None = None, last: int | None = None) -> dict[int, Known]:
    """What the batch knows of its pieces, by serial number; of all, or of a stretch."""
    rows = calls.many("mailing.list_known_v1", _KnownRow, p_batch=batch_id, p_from=first, p_until=last)
    return {r.serial: Known(PieceState(r.state), r.pull_asked, r.enclosed) for r in rows}


def list_logs(batch_id: int) -> list[ScanLog]:
    """読取記録 of a batch, the newest first."""
    return list(ScanLog.objects.filter(batch_id=batch_id).order_by("-id"))


def show_box(batch_id: int, box: str) -> StationBox:
    """What was read at the station in one box."""
    log = ScanLog.objects.filter(batch_id=batch_id, box=box).first()
    if log is None:
        return StationBox(box, 0, "", None)
    last = Scan.objects.filter(log=log).order_by("-line").first()
    right = Scan.objects.filter(log=log, serial__isnull=False).order_by("-line").first()
    return StationBox(box, log.lines, last.code if last else "", right.serial if right else None)


def count_open_at(batch_id: int, box: str) -> int:
    """Open differences that the station found in a box: it stops at the first."""
    return Difference.objects.filter(batch_id=batch_id, state="open", log__box=box).count()


def find_batch(difference_id: int) -> int | None:
    """The batch of a difference, open or not."""
    return Difference.objects.filter(pk=difference_id).values_list("batch_id", flat=True).first()
