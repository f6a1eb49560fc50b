"""Fills the staging table from the register file (取込行の書込み): COPY in constant memory.

Who needs a wall is sealed here, in this process: their line reaches the database as ciphertext. That is who is
flagged, and who is protected already although the file does not say so (P-13).
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import islice

from sesshu.base.jdate import parse_birth_date
from sesshu.db import calls
from sesshu.inside.register.imports.reader import RegisterReader, Row, RowRefused
from sesshu.inside.register.imports.rules import STATUS_WORDS, WHEREABOUTS
from sesshu.inside.register.residents.sealing import Sealed, Sealer

TABLE = "register.staging"
# The file's first 14 columns as they stand, three more, then what is worked out.
COLUMNS = (
    *"reference_no household_no relation name kana latin common_name dob_text sex postcode town banchi building phone".split(),
    *"event is_foreign protected import_id line dob_key dob resident_from event_on status digest".split(),
    *"sealed change_mark address_mark".split(),
)
_HIDDEN = tuple(i for i, name in enumerate(COLUMNS[:15]) if name in WHEREABOUTS)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_NULL = "\\N"
_BLOCK = 500  # lines handed to the driver at once, some 100 KB
_SEGMENT = 20_000  # lines between which refused ones are written
_REMEMBERED = 1 << 16  # texts of dates; a town has at most 40,000


class Staging:
    """取込行 — writes all lines of one import; afterwards ask the reader's tally for what it saw."""

    def __init__(self, import_id: int, sealer: Sealer, walled: Collection[str]):
        """``walled``: reference numbers of residents who are protected now."""
        self._id, self._sealer, self._walled = import_id, sealer, walled
        self._births: dict[str, str] = {}
        self._days: dict[str, str] = {"": _NULL}

    def fill(self, reader: RegisterReader, progress: Callable[[int], None] = lambda lines: None) -> None:
        """Read the file to its end. ``progress`` is told how many lines were read."""
        lines = iter(reader)
        while True:
            refused: list[RowRefused] = []
            segment = _Segment(lines, refused)
            calls.copy_text(TABLE, COLUMNS, self._blocks(segment))
            self._write_refused(refused)
            progress(reader.tally.lines)
            if segment.ended:
                break
        self._seal_exposed()

    def _blocks(self, rows: Iterable[Row]) -> Iterator[bytes]:
        rows = iter(rows)
        while block := list(map(self._line, islice(rows, _BLOCK))):
            yield "".join(block).encode()

    def _line(self, row: Row) -> str:
        cells = row.cells
        if cells[19] == "1" or cells[0] in self._walled:
            sealed = self._sealer.whereabouts(cells[0], {name: getattr(row, name) for name in WHEREABOUTS})
            return self._sealed_line(row, sealed)
        plain = (*cells[:14], cells[15], cells[18], cells[19])
        joined = "\t".join(plain)
        if "\\" in joined or "\n" in joined or "\r" in joined or joined.count("\t") != 16:
            joined = "\t".join(cell.translate(_ESCAPES) for cell in plain)
        since = self._days.get(cells[14]) or self._day(cells[14])
        return f"{joined}\t{self._derived(row)}\t{since}\t{self._end(row)}\t{_NULL}\t{_NULL}\t{_NULL}\n"

    def _sealed_line(self, row: Row, sealed: Sealed) -> str:
        plain = [c.translate(_ESCAPES) for c in (*row.cells[:14], row.cells[15], *row.cells[18:20])]
        for hidden in _HIDDEN:
            plain[hidden] = _NULL
        letters = (sealed.ciphertext, sealed.mark, sealed.address_mark)
        hexed = "\t".join(f"\\\\x{part.hex()}" for part in letters)
        joined = "\t".join(plain)
        return f"{joined}\t{self._derived(row)}\t{_NULL}\t{self._end(row)}\t{hexed}\n"

    def _derived(self, row: Row) -> str:
        birth = self._births.get(row.cells[7])
        if birth is None:
            birth = f"{row.dob_key}\t{row.birth.date or _NULL}"
            _remember(self._births, row.cells[7], birth)
        return f"{self._id}\t{row.line}\t{birth}"

    def _end(self, row: Row) -> str:
        event_on = self._days.get(row.cells[16]) or self._day(row.cells[16])
        return f"{event_on}\t{STATUS_WORDS[row.cells[17]].value}\t\\\\x{row.digest.hex()}"

    def _day(self, text: str) -> str:
        day: dt.date | None = parse_birth_date(text).date
        _remember(self._days, text, str(day or _NULL))
        return self._days[text]

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

    def _seal_exposed(self) -> None:
        """A doubled line may be flagged where the first was not: the first is sealed as well."""
        seal_staged(self._sealer, import_id=self._id, flagged=True)


class _Segment:
    """The good rows among the next lines; the refused ones go to a list. ``ended``: the file has no more."""

    def __init__(self, lines: Iterator[Row | RowRefused], refused: list[RowRefused]):
        self._lines, self._refused, self.ended = lines, refused, False

    def __iter__(self) -> Iterator[Row]:
        taken = 0
        for line in islice(self._lines, _SEGMENT):
            taken += 1
            if isinstance(line, Row):
                yield line
            else:
                self._refused.append(line)
        self.ended = taken < _SEGMENT


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


def _remember(known: dict[str, str], text: str, answer: str) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[text] = answer
