"""Fills the staging tables from the register file (取込行の書込み): COPY in constant memory.

Who needs a wall is sealed here, in this process: their line reaches the database as ciphertext. That is who is
flagged, and who is protected already although the file does not say so (P-13). Of a line that stands as it was
accepted before only the reference number is written.
"""

import sys
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from sesshu.base.jdate import parse_birth_date
from sesshu.db import calls
from sesshu.inside.register.imports.reader import RegisterReader, Row, RowRefused, SameRows
from sesshu.inside.register.imports.rules import STATUS_WORDS, WHEREABOUTS
from sesshu.inside.register.residents.sealing import Sealer

# The 20 columns of the file as they stand, then what is worked out.
COLUMNS = (
    *"reference_no household_no relation name kana latin common_name dob_text sex postcode town banchi building".split(),
    *"phone resident_from_text event event_on_text status_text is_foreign protected".split(),
    *"import_id line dob_key resident_from event_on status digest sealed change_mark address_mark".split(),
)
_HIDDEN = tuple(i for i, name in enumerate(COLUMNS[:20]) if name.removesuffix("_text") in WHEREABOUTS)
_BETWEEN = "\x1f"
_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
_BLOCK = 500  # lines handed to the driver at once, some 100 KB
_SEGMENT = 20_000  # lines between which the two narrow tables are written


def standing_lines() -> Sequence[int]:
    """前回のままの行 — for the reader's ``known``: digests of lines that were accepted, of residents without a wall."""
    heads = array("Q", bytes(calls.scalar("register.list_standing_v1")))
    if sys.byteorder == "little":
        heads.byteswap()
    return heads


class Staging:
    """取込行 — writes all lines of one import; afterwards ask the reader's tally for what it saw."""

    def __init__(self, import_id: int, sealer: Sealer, walled: Collection[str]):
        """``walled``: reference numbers of residents who are protected now."""
        self._id, self._sealer, self._walled = import_id, sealer, walled

    def fill(self, reader: RegisterReader, progress: Callable[[int], None] = lambda lines: None) -> None:
        """Read the file to its end. ``progress`` is told how many lines were read."""
        lines = iter(reader)
        while True:
            segment = _Segment(lines)
            calls.copy_text("register.staging", COLUMNS, self._blocks(segment), _BETWEEN)
            self._write_same(segment.same)
            self._write_refused(segment.refused)
            progress(reader.tally.lines)
            if segment.ended:
                break
        # A doubled line may be flagged where the first was not: the first is sealed as well.
        seal_staged(self._sealer, import_id=self._id, flagged=True)

    def _blocks(self, segment: "_Segment") -> Iterator[bytes]:
        rows = iter(segment)
        while block := b"".join(map(self._line, islice(rows, _BLOCK))):
            yield block

    def _line(self, row: Row) -> bytes:
        cells, coded, letters = row.cells, row.coded, f"{_NULL}\x1f{_NULL}\x1f{_NULL}"
        since = _day(cells[14])
        if cells[19] == "1" or cells[0] in self._walled:
            coded, since, letters = self._hide(row), _NULL, self._seal(row)
        elif b"\\" in coded or b"\n" in coded or b"\r" in coded:
            coded = coded.decode().translate(_ESCAPES).encode()
        worked_out = (
            f"\x1f{self._id}\x1f{row.line}\x1f{row.dob_key}\x1f{since}\x1f{_day(cells[16])}"
            f"\x1f{STATUS_WORDS[cells[17]].value}\x1f\\\\x{row.digest.hex()}\x1f{letters}\n"
        )
        return coded + worked_out.encode()

    def _hide(self, row: Row) -> bytes:
        cells = [cell.translate(_ESCAPES) for cell in row.cells]
        for hidden in _HIDDEN:
            cells[hidden] = _NULL
        return _BETWEEN.join(cells).encode()

    def _seal(self, row: Row) -> str:
        values = {name: getattr(row, name) for name in WHEREABOUTS}
        sealed = self._sealer.whereabouts(row.reference_no, values)
        letters = (sealed.ciphertext, sealed.mark, sealed.address_mark)
        return _BETWEEN.join(f"\\\\x{letter.hex()}" for letter in letters)

    def _write_same(self, same: list[str]) -> None:
        """Reference numbers are digits, so they need no escapes."""
        if same:
            lines = (f"{self._id}\t{reference_no}\n" for reference_no in same)
            calls.copy_text("register.staging_same", ("import_id", "reference_no"), ["".join(lines).encode()])

    def _write_refused(self, refused: list[RowRefused]) -> None:
        if not refused:
            return
        columns = ("import_id", "line", "column_name", "rule")
        calls.copy_in(
            "register.import_refusal", columns, ((self._id, r.line, r.column, r.rule.value) for r in refused)
        )
        columns = ("import_id", "line", "reference_no", "protected")
        known = ((self._id, r.line, r.reference_no, r.protected) for r in refused if r.reference_no)
        calls.copy_in("register.staging_refused", columns, known)


class _Segment:
    """The good rows among the next lines; the same and the refused ones go to lists. ``ended``: no more lines."""

    def __init__(self, lines: Iterator[Row | SameRows | RowRefused]):
        self._lines, self.ended = lines, False
        self.same: list[str] = []
        self.refused: list[RowRefused] = []

    def __iter__(self) -> Iterator[Row]:
        for _ in range(_SEGMENT):
            line = next(self._lines, None)
            if line is None:
                self.ended = True
                break
            if isinstance(line, Row):
                yield line
            elif isinstance(line, SameRows):
                self.same += line
                break  # the list does not grow: it is written now
            else:
                self.refused.append(line)


def seal_staged(
    sealer: Sealer, *, import_id: int | None = None, references: Collection[str] = (), flagged: bool
) -> int:
    """Seal staged lines that stand there in plain: of these people, or (``import_id``) of doubled flagged ones."""
    found = list(calls.stream("register.exposed_v1", p_import=import_id, p_references=list(references)))
    for values in (dict(zip(_EXPOSED, row, strict=True)) for row in found):
        sealed = sealer.whereabouts(values["reference_no"], values)
        calls.run(
            "register.seal_staged_v1",
            p_import=values["import_id"],
            p_reference=values["reference_no"],
            p_sealed=sealed.ciphertext,
            p_mark=sealed.mark,
            p_address_mark=sealed.address_mark,
            p_flagged=flagged,
        )
    return len(found)


_EXPOSED = "import_id reference_no household_no relation postcode town banchi building phone resident_from event".split()


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> str:
    """A day as COPY takes it; NULL where not all of it is known."""
    return str((parse_birth_date(text).date if text else None) or _NULL)
