"""What a scan log means: which envelopes are right, and what is wrong with the others (封入照合の判定). Pure.

A log is a row of boxes; in a box the envelopes lie in the order in which they were printed. A piece that is expected
and not read is missing, one that lies elsewhere is out of order, two people's papers in one envelope are swapped.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sesshu.base.errors import Refusal, refusal
from sesshu.inside.mailing.batches.rules import PieceState, parse_code


class Kind(StrEnum):
    """差の種類 — what the check can find."""

    MISSING = "missing"  # 読取なし
    DOUBLE = "double"  # 二度読み
    SWAPPED = "swapped"  # 入れ違い
    ORDER = "order"  # 順序違い
    FOREIGN = "foreign"  # 知らないコード
    OTHER_BATCH = "other_batch"  # 別の発送
    WINDOW = "window"  # 厚さ・重さ
    PULLED = "pulled"  # 引抜対象
    DEAD = "dead"  # 処理済みのコード


class Resolution(StrEnum):
    """差の処理 — how a difference was settled."""

    CHECKED = "checked"  # 開封して確かめ、正しかった
    REPRINTED = "reprinted"  # 抜いて刷り直す
    REMOVED = "removed"  # 抜いて、破棄した・元の発送へ戻した・引き抜いた
    FOUND = "found"  # 見つかった: read later


FOUND_SENTENCES: Mapping[Kind, Refusal] = {
    Kind.MISSING: refusal(
        "SC11",
        "続き番号の途中で読み取られていません。",
        "a printed piece between two read ones was not read",
    ),
    Kind.DOUBLE: refusal("SC12", "同じコードが二度読み取られました。", "the code was read before"),
    Kind.SWAPPED: refusal(
        "SC13",
        "別の人の書類と同じ封筒に入っています（入れ違い）。",
        "two management codes in one envelope",
    ),
    Kind.ORDER: refusal(
        "SC14", "箱の中の順序が違います。", "the piece lies outside the order in which it was printed"
    ),
    Kind.FOREIGN: refusal(
        "SC15",
        "この発送にない、または読み取れないコードです。",
        "not a code, wrong check character, or no such piece",
    ),
    Kind.OTHER_BATCH: refusal("SC16", "別の発送の封書です。", "a piece of another batch"),
    Kind.WINDOW: refusal(
        "SC17", "厚さ（重さ）が範囲の外です。", "thickness or weight outside the window, or not measured"
    ),
    Kind.PULLED: refusal(
        "SC18", "引抜一覧にある封書が封入されています。", "a piece on the pull list was enclosed"
    ),
    Kind.DEAD: refusal(
        "SC19",
        "刷損じまたは引抜の済んだコードです。",
        "a code that was spoiled, pulled or is not released yet",
    ),
}
NEXT_STEPS: Mapping[Kind, str] = {
    Kind.MISSING: "探して読み取る。見当たらなければ刷り直す",
    Kind.DOUBLE: "2通あるか確かめる。2通あれば抜いて刷り直す",
    Kind.SWAPPED: "2通を抜き、刷り直す",
    Kind.ORDER: "開封して確かめる",
    Kind.FOREIGN: "抜いて、何の書類か確かめる",
    Kind.OTHER_BATCH: "抜いて、元の発送へ戻す",
    Kind.WINDOW: "開封して確かめる",
    Kind.PULLED: "抜いて、引抜で読み取る",
    Kind.DEAD: "抜いて破棄する",
}
MAY_END: Mapping[Kind, frozenset[Resolution]] = {
    Kind.MISSING: frozenset({Resolution.REPRINTED}),
    Kind.DOUBLE: frozenset({Resolution.CHECKED, Resolution.REPRINTED}),
    Kind.SWAPPED: frozenset({Resolution.REPRINTED}),
    Kind.ORDER: frozenset({Resolution.CHECKED, Resolution.REPRINTED}),
    Kind.FOREIGN: frozenset({Resolution.REMOVED}),
    Kind.OTHER_BATCH: frozenset({Resolution.REMOVED}),
    Kind.WINDOW: frozenset({Resolution.CHECKED, Resolution.REPRINTED}),
    Kind.PULLED: frozenset(),  # ends when its code is read at the pull list
    Kind.DEAD: frozenset({Resolution.REMOVED}),
}
"""What an officer may say; FOUND comes by reading, never by saying so."""

CANNOT_END_SO = refusal(
    "SC21",
    "この差は、その処理では終えられません。書いてある「次にすること」に沿って処理してください。",
    "this kind of difference has no such resolution",
)
NO_DIFFERENCE = refusal(
    "SC22",
    "この差はありません。すでに処理済みかもしれません。画面を開きなおしてください。",
    "no open difference has this number",
)
STOPPED = refusal(
    "SC23",
    "差が出ています。その封書を処理してから、次を読み取ってください。",
    "the station stops at the first difference until it is resolved",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """読取 — one envelope of a log: box, position in it, its code, the code of what was put in, thickness or weight.

    ``line``: of the file, for people. ``insert``: empty where the envelope holds one sheet.
    """

    line: int
    box: str
    position: int
    code: str
    insert: str = ""
    measure: int | None = None


@dataclass(slots=True)
class Known:
    """発送の側の記録 — what the batch knows of one piece."""

    state: PieceState
    pull_asked: bool = False
    enclosed: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """範囲 — thickness or weight of a right envelope, both ends included."""

    low: int
    high: int

    def holds(self, measure: int | None) -> bool:
        return measure is not None and self.low <= measure <= self.high


@dataclass(frozen=True, slots=True)
class Finding:
    """差 — what is wrong, with which piece (None: not one of this batch), and where."""

    kind: Kind
    serial: int | None
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """照合の結果 — right envelopes as (reading, serial), and what was found."""

    right: tuple[tuple[Reading, int], ...]
    findings: tuple[Finding, ...]


def compare(
    batch: int, known: Mapping[int, Known], readings: Iterable[Reading], window: Window | None
) -> Compared:
    """One log against the batch. ``known``: every piece of the batch by its serial number."""
    right: list[tuple[Reading, int]] = []
    findings: list[Finding] = []
    seen: set[int] = set()  # read as an envelope
    inside: set[int] = set()  # seen in somebody else's envelope
    spans: list[tuple[int, int]] = []
    for _, box in groupby(readings, lambda r: r.box):
        in_order: list[tuple[Reading, int]] = []
        wrong: set[int] = set()
        for reading in box:
            found = [
                f
                for f in judge(batch, known, reading, window, seen)
                if not (f.kind is Kind.SWAPPED and f.serial in inside)
            ]
            findings += found
            inside.update(f.serial for f in found if f.kind is Kind.SWAPPED and f.serial is not None)
            serial = _serial(batch, known, reading)
            if serial is None or any(f.kind in (Kind.DOUBLE, Kind.DEAD) for f in found):
                continue
            seen.add(serial)
            in_order.append((reading, serial))
            if found or serial in inside:
                wrong.add(serial)
        kept = _longest_run([serial for _, serial in in_order])
        for reading, serial in in_order:
            if serial not in kept:
                findings.append(Finding(Kind.ORDER, serial, reading))
            elif serial not in wrong:
                right.append((reading, serial))
        if kept:
            spans.append((min(kept), max(kept)))
    findings += (Finding(Kind.MISSING, serial) for serial in sorted(_missing(known, spans, seen | inside)))
    right = [(reading, serial) for reading, serial in right if serial not in inside]
    return Compared(tuple(right), tuple(findings))


def judge(
    batch: int, known: Mapping[int, Known], reading: Reading, window: Window | None, seen: set[int]
) -> list[Finding]:
    """What is wrong with one envelope by itself; ``seen``: pieces read before in the same log."""
    code = parse_code(reading.code)
    if code is None:
        return [Finding(Kind.FOREIGN, None, reading)]
    if code.batch != batch:
        return [Finding(Kind.OTHER_BATCH, None, reading)]
    piece = known.get(code.serial)
    if piece is None:
        return [Finding(Kind.FOREIGN, None, reading)]
    if piece.state is not PieceState.PRINTED:
        return [Finding(Kind.DEAD, code.serial, reading)]
    if piece.enclosed or code.serial in seen:
        return [Finding(Kind.DOUBLE, code.serial, reading)]
    if reading.insert and (inside := parse_code(reading.insert)) != code:
        swapped = [Finding(Kind.SWAPPED, code.serial, reading)]
        other = known.get(inside.serial) if inside and inside.batch == batch else None
        if inside and other and other.state is PieceState.PRINTED and inside.serial not in seen:
            swapped.append(Finding(Kind.SWAPPED, inside.serial, reading))
        return swapped
    if piece.pull_asked:
        return [Finding(Kind.PULLED, code.serial, reading)]
    if window and not window.holds(reading.measure):
        return [Finding(Kind.WINDOW, code.serial, reading)]
    return []


MOST_SKIPPED = 20
"""At the station: more pieces than this between two readings is another place, not so many missing ones."""


def judge_next(
    batch: int, known: Mapping[int, Known], last: int | None, reading: Reading, window: Window | None
) -> list[Finding]:
    """照合の窓口 — one envelope after the other; ``last``: the serial read before it in this box, if any."""
    found = judge(batch, known, reading, window, set())
    serial = _serial(batch, known, reading)
    if serial is None or last is None or any(f.kind in (Kind.DOUBLE, Kind.DEAD) for f in found):
        return found
    if serial < last:
        return [*found, Finding(Kind.ORDER, serial, reading)]
    skipped = sorted(_missing(known, [(last, serial)], {last, serial}))
    if len(skipped) > MOST_SKIPPED:
        return [*found, Finding(Kind.ORDER, serial, reading)]
    return [*found, *(Finding(Kind.MISSING, n, reading) for n in skipped)]


def _serial(batch: int, known: Mapping[int, Known], reading: Reading) -> int | None:
    code = parse_code(reading.code)
    return code.serial if code and code.batch == batch and code.serial in known else None


def _missing(known: Mapping[int, Known], spans: Iterable[tuple[int, int]], seen: set[int]) -> Iterator[int]:
    """Pieces that should lie between the first and the last of a box and were not read anywhere."""
    told: set[int] = set()
    for first, last in spans:
        for serial in range(first, last + 1):
            piece = known.get(serial)
            if (
                piece
                and piece.state is PieceState.PRINTED
                and not piece.enclosed
                and not piece.pull_asked
                and serial not in seen
                and serial not in told
            ):
                told.add(serial)
                yield serial


def _longest_run(serials: Sequence[int]) -> set[int]:
    """The members of a longest rising row: everything else lies out of order."""
    tails: list[int] = []  # last serial of the best row of each length
    places: list[int] = []  # where it stands
    before: list[int] = [-1] * len(serials)
    for at, serial in enumerate(serials):
        length = bisect_left(tails, serial)
        before[at] = places[length - 1] if length else -1
        if length == len(tails):
            tails.append(serial)
            places.append(at)
        else:
            tails[length] = serial
            places[length] = at
    kept, at = set(), places[-1] if places else -1
    while at >= 0:
        kept.add(serials[at])
        at = before[at]
    return kept
