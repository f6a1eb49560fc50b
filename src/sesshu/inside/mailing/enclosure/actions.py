"""Checking what was enclosed (封入照合), settling differences, pulling and spoiling pieces.

A log is taken in whole or not at all. A difference is never deleted: it is resolved, by whom and how.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.inside.mailing.batches import queries as batches
from sesshu.inside.mailing.batches import rules as life
from sesshu.inside.mailing.batches.actions import lock
from sesshu.inside.mailing.batches.rules import BatchState, PieceState, Pull, Spoil, parse_code
from sesshu.inside.mailing.enclosure import queries, rules
from sesshu.inside.mailing.enclosure.rules import Finding, Kind, Reading, Resolution, Window
from sesshu.inside.mailing.enclosure.scanlog import ALL_OTHER, TWICE, read_log
from sesshu.inside.mailing.models import Batch, Difference, Piece, ScanLog
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

SCAN_COLUMNS = ("log_id", "line", "box", "position", "code", "insert_code", "measure", "serial", "at")


@dataclass(frozen=True, slots=True)
class Reconciled:
    """照合の結果 — envelopes in the log, right ones, missing ones found again, new differences by kind."""

    log_id: int
    envelopes: int
    enclosed: int
    found: int
    differences: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Checked:
    """窓口の判定 — ``findings`` empty: right, read the next one."""

    position: int
    code: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Enclosed:
    enclosed: int
    seen_again: int


@dataclass(frozen=True, slots=True)
class _New:
    piece_id: int
    serial: int


# --- 読取記録 -----------------------------------------------------------------------------------------------


@action("mailing.scan")
def reconcile(*, by: Actor, batch_id: int, path: Path) -> Reconciled:
    """読取記録を取り込む — compared with what was printed; what is wrong becomes a difference.

    Refuses ML01, ML02, TB01–TB07, SC01–SC04; then nothing of the file is kept.
    """
    batch = _checking(batch_id)
    readings, sha256 = read_log(path)
    if ScanLog.objects.filter(sha256=bytes.fromhex(sha256)).exists():
        raise Refused(TWICE)
    if not any(_ours(batch_id, r) for r in readings):
        raise Refused(ALL_OTHER)
    done = rules.compare(batch_id, queries.known(batch_id), readings, window_of(batch))
    log = ScanLog.objects.create(
        batch=batch, sha256=bytes.fromhex(sha256), lines=len(readings), made_at=clock.now(), made_by=by.code
    )
    serial_of = {reading.line: serial for reading, serial in done.right}
    _write_scans(log, readings, serial_of)
    _write_differences(log, done.findings)
    enclosed = calls.one("mailing.enclose_v1", _Enclosed, p_log=log.pk, p_by=by.code)
    tell(case=f"batch {batch_id} log {log.pk}")
    kinds = Counter(str(f.kind) for f in done.findings)
    return Reconciled(
        log.pk, len(readings), enclosed.enclosed, enclosed.seen_again, dict(sorted(kinds.items()))
    )


@action("mailing.scan")
def check_next(
    *, by: Actor, batch_id: int, box: str, code: str, insert: str = "", measure: int | None = None
) -> Checked:  # fmt: skip
    """照合の窓口 — one envelope; stops at the first difference until it is resolved. Refuses ML01, ML02, SC23."""
    batch = _checking(batch_id)
    if queries.count_open_at(batch_id, box):
        raise Refused(rules.STOPPED)
    log, _ = ScanLog.objects.get_or_create(
        batch=batch, box=box, defaults={"made_at": clock.now(), "made_by": by.code}
    )
    last = queries.show_box(batch_id, box).last_serial
    reading = Reading(log.lines + 1, box, log.lines + 1, code[:20], insert[:20], measure)
    known = queries.known(batch_id, *_stretch(batch_id, reading, last))
    findings = rules.judge_next(batch_id, known, last, reading, window_of(batch))
    of_itself = [f for f in findings if f.kind is not Kind.MISSING]
    parsed = parse_code(code)
    serial_of = {reading.line: parsed.serial} if parsed and not of_itself else {}
    log.lines += 1
    log.save(update_fields=("lines",))
    _write_scans(log, [reading], serial_of)
    _write_differences(log, findings)
    calls.one("mailing.enclose_v1", _Enclosed, p_log=log.pk, p_by=by.code)
    tell(case=f"batch {batch_id} box {box}")
    return Checked(reading.position, str(parsed or code[:20]), tuple(findings))


def window_of(batch: Batch) -> Window | None:
    """範囲 — thickness or weight of a right envelope of this batch."""
    if batch.measure_low is None or batch.measure_high is None:
        return None
    return Window(batch.measure_low, batch.measure_high)


@step
def _checking(batch_id: int) -> Batch:
    batch = lock(batch_id)
    if batch.state != BatchState.RELEASED:
        raise Refused(life.WRONG_STATE)
    return batch


def _ours(batch_id: int, reading: Reading) -> bool:
    code = parse_code(reading.code)
    return bool(code and code.batch == batch_id)


def _stretch(batch_id: int, reading: Reading, last: int | None) -> tuple[int, int]:
    """The serials that can matter for one reading."""
    found = [c.serial for c in map(parse_code, (reading.code, reading.insert)) if c and c.batch == batch_id]
    found += [last] if last else []
    return (min(found), max(found)) if found else (1, 1)


def _write_scans(log: ScanLog, readings: Iterable[Reading], serial_of: Mapping[int, int]) -> None:
    now = clock.now()
    calls.copy_in(
        "mailing.scan",
        SCAN_COLUMNS,
        (
            (log.pk, r.line, r.box, r.position, r.code, r.insert, r.measure, serial_of.get(r.line), now)
            for r in readings
        ),
    )


def _write_differences(log: ScanLog, findings: Sequence[Finding]) -> None:
    ids = batches.pieces_by_serial(log.batch_id, (f.serial for f in findings if f.serial is not None))
    Difference.objects.bulk_create(
        [
            Difference(
                batch_id=log.batch_id,
                log=log,
                kind=str(f.kind),
                piece_id=ids.get(f.serial) if f.serial is not None else None,
                code=_code_of(log.batch_id, f),
                box=f.reading.box if f.reading and f.kind is not Kind.MISSING else log.box or "",
                position=f.reading.position if f.reading and f.kind is not Kind.MISSING else None,
                measure=f.reading.measure if f.reading and f.kind is Kind.WINDOW else None,
                found_at=clock.now(),
            )
            for f in findings
        ]
    )


def _code_of(batch_id: int, finding: Finding) -> str:
    if finding.serial is not None:
        return str(life.Code(batch_id, finding.serial))
    return finding.reading.code if finding.reading else ""


# --- 差の処理 -----------------------------------------------------------------------------------------------


@action("mailing.resolve")
def resolve(*, by: Actor, difference_id: int, resolution: Resolution) -> str | None:
    """差を処理する — opened and right, taken out and printed again, or taken out. Gives the new code of a reprint.

    Refuses SC21, SC22, ML02, ML17.
    """
    held = Difference.objects.filter(pk=difference_id).values_list("batch_id", flat=True).first()
    if held is None:
        raise Refused(rules.NO_DIFFERENCE)
    _checking(held)
    found = Difference.objects.select_related("piece").filter(pk=difference_id, state="open").first()
    if found is None:
        raise Refused(rules.NO_DIFFERENCE)
    if resolution not in rules.MAY_END[Kind(found.kind)]:
        raise Refused(rules.CANNOT_END_SO)
    tell(case=f"batch {held} difference {difference_id}", purpose=str(resolution))
    if resolution is Resolution.REPRINTED and found.piece is not None:
        why = Spoil.LOST if found.kind == Kind.MISSING else Spoil.WRONG
        return _spoil(by, found.piece, why)
    _end([found], resolution, by)
    if resolution is Resolution.CHECKED and found.piece is not None:
        _enclose_by_hand(found)
    return None


def _enclose_by_hand(found: Difference) -> None:
    """Opened and right: the envelope counts as enclosed, where nothing else speaks against it."""
    piece = found.piece
    still = Difference.objects.filter(piece=piece, state="open").exists()
    if piece and not still and piece.state == PieceState.PRINTED and piece.enclosed_at is None:
        Piece.objects.filter(pk=piece.pk).update(
            enclosed_at=clock.now(), box=found.box or None, position=found.position
        )


@action("mailing.resolve")
def spoil(*, by: Actor, batch_id: int, codes: Sequence[str], reason: Spoil) -> dict[str, str | None]:
    """刷損じ — these pieces are destroyed and printed again under new codes. All or none.

    Gives old code → new code (None: nobody is to get it any more). Refuses ML01, ML02, ML15, ML17.
    """
    _checking(batch_id)
    again: dict[str, str | None] = {}
    for typed in codes:
        piece = batches.get_piece(typed)
        if piece.batch_id != batch_id:
            raise Refused(life.NO_PIECE)
        again[str(life.Code(batch_id, piece.serial))] = _spoil(by, piece, reason)
    tell(case=f"batch {batch_id}", purpose=f"spoil {reason}")
    return again


def _spoil(by: Actor, piece: Piece, reason: Spoil) -> str | None:
    """One piece becomes waste; its open differences end with it. Gives the code of its reprint."""
    if piece.state != PieceState.PRINTED:
        raise Refused(life.NOT_PRINTED)
    Piece.objects.filter(pk=piece.pk).update(
        state=PieceState.SPOILED, spoil_reason=str(reason), ended_at=clock.now(), ended_by=by.code
    )
    _end(Difference.objects.filter(piece=piece, state="open"), Resolution.REPRINTED, by)
    if piece.pull_asked_at is not None or (piece.resident_id is None and piece.seed_id is None):
        return None  # it was to be pulled: nobody is to get it again
    return _reprint(piece)


def _reprint(piece: Piece) -> str:
    made = calls.one("mailing.reprint_v1", _New, p_piece=piece.pk)
    return str(life.Code(piece.batch_id, made.serial))


def _end(found: Iterable[Difference], resolution: Resolution, by: Actor) -> None:
    Difference.objects.filter(pk__in=[d.pk for d in found]).update(
        state="resolved", resolution=str(resolution), resolved_at=clock.now(), resolved_by=by.code
    )


# --- 引抜 ---------------------------------------------------------------------------------------------------


@action("mailing.pull")
def put_on_list(*, by: Actor, code: str) -> None:
    """引抜一覧に加える — an officer's own decision about one printed piece. Refuses ML02, ML15, ML17."""
    piece = batches.get_piece(code)
    _checking(piece.batch_id)
    if piece.state != PieceState.PRINTED:
        raise Refused(life.NOT_PRINTED)
    calls.run("mailing.pull_v1", p_pieces=[piece.pk], p_reason=str(Pull.OTHER), p_by=by.code)
    tell(case=f"piece {life.Code(piece.batch_id, piece.serial)}", resident=piece.resident_id, purpose="asked")


@action("mailing.pull")
def pull(*, by: Actor, batch_id: int, code: str) -> str | None:
    """抜いて読み取る — the piece is out, and its code was read to prove it. Gives the code of the piece that goes
    instead (changed name or address), or None. Refuses ML01, ML02, ML15, ML16.
    """
    _checking(batch_id)
    piece = batches.get_piece(code)
    if piece.batch_id != batch_id:
        raise Refused(life.NO_PIECE)
    if piece.state != PieceState.PRINTED or piece.pull_asked_at is None:
        raise Refused(life.NOT_ON_LIST)
    Piece.objects.filter(pk=piece.pk).update(state=PieceState.PULLED, ended_at=clock.now(), ended_by=by.code)
    _end(Difference.objects.filter(piece=piece, state="open"), Resolution.REMOVED, by)
    tell(
        case=f"piece {life.Code(batch_id, piece.serial)}",
        resident=piece.resident_id,
        purpose=piece.pull_reason or "",
    )
    return _reprint(piece) if piece.pull_reason == Pull.CHANGED else None
