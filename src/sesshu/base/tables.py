"""Tables that come in and go out as CSV (表の入出力): read as a stream, strictly; written so that no cell acts.

In: CP932 (user-defined characters become U+E000–U+E757), UTF-8, UTF-8 with BOM, any line end. The whole file is
refused when one byte cannot be read; a refusal names line and column, never a value. Memory does not grow.
"""

import codecs
import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from sesshu.base.errors import Refused, refusal

WRONG_ENCODING = refusal(
    "TB01",
    "文字コードが正しくありません。Shift_JIS(CP932)またはUTF-8のCSVで出し直してください。",
    "a byte is neither UTF-8 nor CP932, or a control character stands in the text",
)
TOO_LARGE = refusal("TB02", "ファイルが大きすぎます。", "the file is larger than the limit")
EMPTY = refusal("TB03", "ファイルが空です。", "no header, or no line after it")
BROKEN_QUOTES = refusal(
    "TB04", "CSVの引用符の使い方が正しくありません。", "a quote is not closed, or a cell has no end"
)
MISSING_COLUMN = refusal(
    "TB05", "必要な列がありません。ファイルを作り直してください。", "a column of the agreed layout is absent"
)
EXTRA_COLUMN = refusal(
    "TB06",
    "取り決めにない列があります。余分な列を除いて作り直してください。",
    "a column that was not agreed; data that are not needed are not taken in (C-14)",
)
DOUBLED_COLUMN = refusal("TB07", "同じ名前の列が二つあります。", "two columns have the same name")

_CHUNK = 1 << 18
# NUL and other control characters, and the single bytes 80, A0, FD–FF that CP932 does not define.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80\xa0\uf8f0-\uf8f3\ufffe\uffff]")
_FORBIDDEN_UTF8 = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Checked:
    """What one look at the whole file says: encoding, size in bytes, SHA-256."""

    encoding: str  # cp932, utf-8 or utf-8-sig
    size: int
    sha256: str


def check_file(path: Path, max_bytes: int) -> Checked:
    """Find the encoding of a file and make sure that all of it can be read; refuses with the line if not."""
    size = path.stat().st_size
    if size > max_bytes:
        raise Refused(TOO_LARGE)
    with path.open("rb") as file:
        start = file.read(4)
        if not start:
            raise Refused(EMPTY)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        bom = start.startswith(codecs.BOM_UTF8)
        candidates = ("utf-8-sig",) if bom else ("utf-8", "cp932")
        for encoding in candidates:
            if _readable(_rewound(file), encoding):
                return Checked(encoding, size, digest)
        raise Refused(WRONG_ENCODING, line=_first_bad_line(_rewound(file), candidates), column="-")


def _rewound(file: BinaryIO) -> BinaryIO:
    file.seek(0)
    return file


def _forbidden(encoding: str) -> re.Pattern[str]:
    return _FORBIDDEN if encoding == "cp932" else _FORBIDDEN_UTF8


def _readable(file: BinaryIO, encoding: str) -> bool:
    decoder, forbidden = codecs.getincrementaldecoder(encoding)(), _forbidden(encoding)
    try:
        while chunk := file.read(_CHUNK):
            if forbidden.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _first_bad_line(file: BinaryIO, candidates: Sequence[str]) -> int:
    """The line at which the last encoding that could be meant breaks; the trail bytes of CP932 hold no line end."""
    number, alive = 1, set(candidates)
    for number, line in enumerate(file, 1):  # noqa: B007
        for encoding in tuple(alive):
            try:
                text = line.decode(encoding.replace("-sig", ""))
                bad = bool(_forbidden(encoding).search(text))
            except UnicodeDecodeError:
                bad = True
            if bad:
                alive.discard(encoding)
        if not alive:
            break
    return number


class TableReader:
    """表の読込 — the lines of a checked CSV file, one after the other, with their line numbers.

    Iterating gives ``(line, cells)``: the physical line at which the record starts, and its cells in the order
    of ``columns``. A record with another number of cells comes as it is: the caller refuses that line.
    """

    def __init__(self, path: Path, columns: Sequence[str], max_bytes: int):
        self.checked = check_file(path, max_bytes)
        self._path, self.columns = path, tuple(columns)

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        with self._path.open(encoding=self.checked.encoding, newline="") as file:
            records = csv.reader(file, strict=True)
            try:
                order = self._order(next(records, []))
                line, any_line = records.line_num + 1, False
                for cells in records:
                    if cells:
                        any_line = True
                        if order and len(cells) == len(order):
                            cells = [cells[i] for i in order]
                        yield line, cells
                    line = records.line_num + 1
                if not any_line:
                    raise Refused(EMPTY)
            except csv.Error:
                raise Refused(BROKEN_QUOTES, line=records.line_num, column="-") from None

    def _order(self, header: list[str]) -> list[int] | None:
        """Where each agreed column stands; None where the file has them in the agreed order."""
        names = [name.strip() for name in header]
        if not any(names):
            raise Refused(EMPTY)
        for name in self.columns:
            if name not in names:
                raise Refused(MISSING_COLUMN, line=1, column=name)
            if names.count(name) > 1:
                raise Refused(DOUBLED_COLUMN, line=1, column=name)
        for place, name in enumerate(names, 1):
            if name not in self.columns:  # its place, not its name: a file without header has a person there
                raise Refused(EXTRA_COLUMN, line=1, column=f"{place}列目")
        return None if names == list(self.columns) else [names.index(name) for name in self.columns]


# --- going out ---------------------------------------------------------------------------------------------

_ACTS = re.compile(r"^[\s\u3000]*[=+\-@\t\r＝＋－＠−]")


def inert(cell: object) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before = + - @ tab and full-width ＝."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if _ACTS.match(text) else text


@dataclass
class Written:
    """What was written: rows, bytes, SHA-256, and each character that the encoding lacks with its count."""

    rows: int = 0
    size: int = 0
    sha256: str = ""
    substituted: Counter[str] = field(default_factory=Counter)


class _Counting(io.RawIOBase):
    def __init__(self, file: BinaryIO):
        self._file, self.size, self.hash = file, 0, hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        self.size += len(data)
        self.hash.update(data)
        self._file.write(data)
        return len(data)


def write_table(
    file: BinaryIO, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str = "utf-8"
) -> Written:
    """Write a CSV (CRLF, minimal quotes), every cell inert. A character that ``encoding`` lacks becomes 〓 and is
    counted in the answer by its code point: never in silence."""
    done = Written()
    sink = _Counting(file)
    text = io.TextIOWrapper(io.BufferedWriter(sink, _CHUNK), encoding=encoding, newline="")
    lossy = not encoding.startswith("utf")

    def encodable(cell: object) -> str:
        out = inert(cell)
        if lossy:
            try:
                out.encode(encoding)
            except UnicodeEncodeError:
                out = "".join(_or_geta(char, encoding, done.substituted) for char in out)
        return out

    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([encodable(cell) for cell in header])
    for row in rows:
        writer.writerow([encodable(cell) for cell in row])
        done.rows += 1
    text.flush()
    text.detach()
    done.size, done.sha256 = sink.size, sink.hash.hexdigest()
    return done


def _or_geta(char: str, encoding: str, missing: Counter[str]) -> str:
    try:
        char.encode(encoding)
    except UnicodeEncodeError:
        missing[f"U+{ord(char):04X}"] += 1
        return "〓"
    return char
