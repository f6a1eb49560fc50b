"""Reads the register file line by line (住民記録ファイルの読込): each line becomes a Row or a refusal.

280,000 lines in seconds, in memory that hardly grows. A line that is the same as in the last accepted file is known
by its digest; nearly all others pass one regular expression; only the rest are examined column by column. All ways
come to the same: a test says so.
"""

import datetime as dt
import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from sesshu.base.errors import Refused
from sesshu.base.jdate import BirthDate, Precision, birth_cohort, dob_key, parse_birth_date
from sesshu.base.numbers import clean_digits
from sesshu.base.tables import TableReader
from sesshu.base.text.folding import keep, wide_kana
from sesshu.base.text.gaiji import GaijiTally, may_hold_gaiji
from sesshu.inside.register.imports.rules import (
    COLUMNS,
    EVENTS,
    FIELDS,
    MAY_BE_FUTURE,
    SEXES,
    STATUS_WORDS,
    Rule,
)

MAX_BYTES = 256 << 20
_AT = {name: place for place, (name, _) in enumerate(FIELDS)}
_GAIJI_COLUMNS = itemgetter(*(_AT[f] for f in ("name", "latin", "common_name", "town", "banchi", "building")))
_LONGEST = {"name": 100, "kana": 100, "latin": 100, "common_name": 100, "building": 200}


def _cell(name: str) -> property:
    at = _AT[name]

    def cell(self: "Row") -> str:
        return self.cells[at]

    return property(cell)


class Row:
    """住民記録の1行 — a good line. Values are personal: it does not print itself.

    ``cells``: the 20 cleaned texts in the order of the layout; ``coded``: the same in UTF-8, U+001F between them;
    ``digest``: 16 keyed bytes over that.
    """

    __slots__ = ("line", "cells", "birth", "coded", "digest")

    def __init__(self, line: int, cells: tuple[str, ...], birth: BirthDate, coded: bytes, digest: bytes):
        self.line, self.cells, self.birth, self.coded, self.digest = line, cells, birth, coded, digest

    reference_no = _cell("reference_no")
    household_no = _cell("household_no")
    relation = _cell("relation")
    name = _cell("name")
    kana = _cell("kana")
    latin = _cell("latin")
    common_name = _cell("common_name")
    dob_text = _cell("dob_text")
    sex = _cell("sex")
    postcode = _cell("postcode")
    town = _cell("town")
    banchi = _cell("banchi")
    building = _cell("building")
    phone = _cell("phone")
    event = _cell("event")

    @property
    def dob_key(self) -> str:
        return dob_key(self.birth)

    @property
    def status(self) -> str:
        return STATUS_WORDS[self.cells[17]].value

    @property
    def foreign(self) -> bool:
        return self.cells[18] == "1"

    @property
    def protected(self) -> bool:
        return self.cells[19] == "1"

    @property
    def resident_from(self) -> dt.date | None:
        """住民となった日, where all of it is known."""
        return _day(self.cells[14])

    @property
    def event_on(self) -> dt.date | None:
        """異動日."""
        return _day(self.cells[16])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and (self.line, self.cells) == (other.line, other.cells)

    def __hash__(self) -> int:
        return hash(self.cells)

    def __repr__(self) -> str:
        return f"<Row line {self.line} hidden>"


class SameRows(list[str]):
    """前回と同じ行 — reference numbers of lines that equal the ones last accepted; nothing more is known of them."""

    def __repr__(self) -> str:
        return f"<{len(self)} SameRows hidden>"


@dataclass(frozen=True, slots=True)
class RowRefused:
    """受け付けない行 — where and why; never the value.

    ``reference_no``: whom to keep as he is (not gone), where it could be read. ``protected``: a refused line still
    says that somebody needs the wall; None where the flag itself is unreadable.
    """

    line: int
    column: str
    rule: Rule
    reference_no: str | None = field(default=None, repr=False)
    protected: bool | None = field(default=None, repr=False)


@dataclass
class Tally:
    """取込の集計 — counts of one pass over the file; no persons."""

    lines: int = 0
    refused: Counter[Rule] = field(default_factory=Counter)
    nameless: int = 0  # refused lines of whom nobody knows whose they are: then nobody may be called gone
    refused_protected: int = 0  # refused lines whose flag still says that somebody needs the wall
    gaiji: GaijiTally = field(default_factory=GaijiTally)
    births: Counter[str] = field(default_factory=Counter, repr=False)
    flags: Counter[tuple[str, ...]] = field(default_factory=Counter)  # 住民状態, 外国人区分, 支援措置区分

    @property
    def good(self) -> int:
        return self.flags.total()

    @property
    def protected(self) -> int:
        return sum(n for (_, _, flag), n in self.flags.items() if flag == "1")

    @property
    def foreign(self) -> int:
        return sum(n for (_, flag, _), n in self.flags.items() if flag == "1")

    @property
    def status(self) -> dict[str, int]:
        """Good lines by 住民状態, in the words of the file."""
        return {word: sum(n for (w, _, _), n in self.flags.items() if w == word) for word in STATUS_WORDS}

    def by_cohort(self) -> dict[int, int]:
        """Present residents by fiscal year of birth (4/2–4/1), for G-03; only days that are known."""
        cohorts: Counter[int] = Counter()
        for text, count in self.births.items():
            if born := _born(text).date:
                cohorts[birth_cohort(born)] += count
        return dict(sorted(cohorts.items()))

    def births_not_known(self) -> int:
        """Present residents whose day of birth is not fully known."""
        return sum(n for text, n in self.births.items() if _born(text).precision is not Precision.DAY)


# The days of a town are at most 40,000 different texts: each is read once.
_births: dict[str, BirthDate] = {}
_REMEMBERED = 1 << 16
_TOGETHER = 5000


def _born(text: str) -> BirthDate:
    """A birth date; what has been read is remembered."""
    known = _births.get(text)
    if known is None:
        if len(_births) >= _REMEMBERED:
            _births.clear()
        known = _births[text] = parse_birth_date(text)
    return known


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> dt.date | None:
    """A day of an event or of becoming a resident, where all of it is known."""
    return parse_birth_date(text).date if text else None


class _Numbers:
    """宛名番号の既出 — numbers seen: a bit each in pages where they lie close together, as serial numbers do."""

    _PAGES = 1024  # of 4 KB; beyond that a set

    def __init__(self) -> None:
        self._pages: dict[int, bytearray] = {}
        self._others: set[int] = set()

    def add(self, number: int) -> bool:
        """False where it was there already."""
        page = self._pages.get(number >> 15)
        if page is None:
            if len(self._pages) == self._PAGES:
                before = len(self._others)
                self._others.add(number)
                return len(self._others) > before
            page = self._pages[number >> 15] = bytearray(4096)
        at, bit = (number & 0x7FFF) >> 3, 1 << (number & 7)
        if page[at] & bit:
            return False
        page[at] |= bit
        return True


def _text(most: int) -> str:
    """A cell of 1 to ``most`` characters without blanks at its ends and without a line end."""
    return rf"(?!\s)[^\x1f\r\n]{{1,{most}}}+(?<!\s)"


_KANA = r"(?:[ァ-ヺー・]+(?:\u3000[ァ-ヺー・]+)*)?"
_QUICK = re.compile(
    "\x1f".join(
        (
            "[1-9][0-9]{0,14}",
            "[1-9][0-9]{0,14}",
            f"(?:{_text(20)})?",
            f"(?:{_text(100)})?",
            rf"(?=.{{0,100}}\x1f){_KANA}",
            r"(?:[!-~]|[!-~][ -~]{0,98}[!-~])?",
            f"(?:{_text(100)})?",
            r"[0-9A-Z./-]{6,10}",
            "(?:" + "|".join(SEXES) + ")",
            r"[0-9]{7}",
            _text(60),
            _text(60),
            f"(?:{_text(200)})?",
            r"(?:[0-9][0-9-]{0,14})?",
            r"[0-9A-Z./-]{0,10}",
            r"[^\x1f]*",
            r"[0-9A-Z./-]{0,10}",
            r"[^\x1f]*",
            "[01]",
            "[01]",
        )
    )
)


class RegisterReader:
    """住民記録ファイル — iterate once: good rows and refused lines in the order of the file, then ask ``tally``.

    Making one refuses the whole file for its encoding or size (TB01, TB02); the first step refuses it for a missing,
    extra or doubled column or an empty table (TB03–TB07). The file is only read.
    """

    def __init__(
        self,
        path: Path,
        *,
        as_of: dt.date,
        mark_key: bytes = b"",
        max_bytes: int = MAX_BYTES,
        known: Sequence[int] = (),
    ):
        """``as_of``: day of the extract. ``mark_key``: keys the digests, so that nobody can try addresses. ``known``:
        digests (their first 8 bytes as a number, sorted) of lines that were accepted before and stand as they are."""
        self._table = TableReader(path, COLUMNS, max_bytes)
        self.checked = self._table.checked
        self.tally = Tally()
        self._as_of, self._known = as_of, known
        self._hash = hashlib.blake2b(digest_size=16, key=mark_key, person=b"register line 1")

    def __iter__(self) -> Iterator[Row | SameRows | RowRefused]:
        """Rows and refusals in the order of the file; lines that stand as they were, some thousands together."""
        seen, same = _Numbers(), SameRows()
        tally, count, digest_of, known = self.tally, self._count, self.digest, self._known
        end = len(known)
        for line, cells in self._table:
            tally.lines += 1
            joined = "\x1f".join(cells)
            coded = joined.encode()
            digest = digest_of(coded)
            head = int.from_bytes(digest[:8], "big")
            at = bisect_left(known, head) if end else 0
            if at < end and known[at] == head:
                if seen.add(int(cells[0])):
                    count(cells, joined)
                    same.append(cells[0])
                    if len(same) == _TOGETHER:
                        yield same
                        same = SameRows()
                    continue
                refused = _refuse(tuple(cells), line, "reference_no", Rule.DOUBLED)
            else:
                row = self._quick(line, cells, joined, coded, digest) or self._examine(line, cells)
                if isinstance(row, RowRefused):
                    refused = row
                elif seen.add(int(row.cells[0])):
                    count(row.cells, joined if row.coded is coded else row.coded.decode())
                    yield row
                    continue
                else:
                    refused = _refuse(row.cells, line, "reference_no", Rule.DOUBLED)
            tally.refused[refused.rule] += 1
            tally.nameless += refused.reference_no is None
            tally.refused_protected += refused.protected is True
            yield refused
        if same:
            yield same

    def digest(self, coded: bytes) -> bytes:
        """要約値 — keyed, over a whole line. A new version of the rules takes another name (``person``)."""
        made = self._hash.copy()
        made.update(coded)
        return made.digest()

    def _count(self, cells: Sequence[str], joined: str) -> None:
        tally = self.tally
        tally.flags[(cells[17], cells[18], cells[19])] += 1
        if cells[17] == "現存":
            tally.births[cells[7]] += 1
        if may_hold_gaiji(joined):
            tally.gaiji.add(_GAIJI_COLUMNS(cells))

    def _quick(self, line: int, cells: list[str], joined: str, coded: bytes, digest: bytes) -> Row | None:
        """The row, if all cells are clean as they stand; None sends the line to ``_examine``."""
        if not _QUICK.fullmatch(joined) or keep(joined) is not joined:
            return None
        try:
            birth = _born(cells[7])
            day = _day(cells[16])
            _day(cells[14])
        except Refused:
            return None
        named = cells[3] or cells[5]
        if not (named and day and day <= self._as_of) or self._unborn(birth):
            return None
        if cells[15] not in EVENTS or cells[17] not in STATUS_WORDS:
            return None
        return Row(line, tuple(cells), birth, coded, digest)

    def _unborn(self, birth: BirthDate) -> bool:
        """Born after the day of the extract, whatever the unknown parts are."""
        earliest = birth.earliest if (birth.year or 0) >= self._as_of.year else None
        return earliest is not None and earliest > self._as_of

    def _examine(self, line: int, cells: list[str]) -> Row | RowRefused:
        """Clean and judge column by column; the first fault is the one that is named."""
        if len(cells) != len(COLUMNS):
            return RowRefused(line, "-", Rule.CELLS, _number(cells[0]))
        clean = tuple(_clean(name, cell) for (name, _), cell in zip(FIELDS, cells, strict=True))
        fault = self._fault(clean)
        if fault:
            return _refuse(clean, line, *fault)
        coded = "\x1f".join(clean).encode()
        return Row(line, clean, _born(clean[7]), coded, self.digest(coded))

    def _fault(self, cells: tuple[str, ...]) -> tuple[str, Rule] | None:
        value = dict(zip(_AT, cells, strict=True))
        for name, text in value.items():
            if len(text) > _LONGEST.get(name, 60) or ("\n" in text and name != "building"):
                return name, Rule.CHARACTERS
        for name, rule in (("reference_no", Rule.REFERENCE), ("household_no", Rule.HOUSEHOLD)):
            if not (value[name].isascii() and value[name].isdigit() and len(value[name]) <= 15):
                return name, rule
        if not value["name"] and not value["latin"]:
            return "name", Rule.NAME
        try:
            birth = _born(value["dob_text"])
        except Refused:
            return "dob_text", Rule.BIRTH
        if self._unborn(birth):
            return "dob_text", Rule.BIRTH_FUTURE
        if value["sex"] not in SEXES:
            return "sex", Rule.SEX
        return self._place_fault(value) or self._event_fault(value)

    def _place_fault(self, value: dict[str, str]) -> tuple[str, Rule] | None:
        present = value["status"] == "現存"
        if not re.fullmatch("[0-9]{7}", value["postcode"]) and (present or value["postcode"]):
            return "postcode", Rule.POSTCODE
        if present and not (value["town"] and value["banchi"]):
            return ("banchi" if value["town"] else "town"), Rule.ADDRESS
        if not re.fullmatch("[0-9-]{0,15}", value["phone"]):
            return "phone", Rule.PHONE
        return None

    def _event_fault(self, value: dict[str, str]) -> tuple[str, Rule] | None:
        try:
            _day(value["resident_from"])
        except Refused:
            return "resident_from", Rule.RESIDENT_FROM
        if value["event"] not in EVENTS:
            return "event", Rule.EVENT
        try:
            day = _day(value["event_on"])
        except Refused:
            day = None
        if day is None:
            return "event_on", Rule.EVENT_DAY
        if day > self._as_of and value["event"] not in MAY_BE_FUTURE:
            return "event_on", Rule.EVENT_FUTURE
        if value["status"] not in STATUS_WORDS:
            return "status", Rule.STATUS
        for name, rule in (("foreign", Rule.FOREIGN), ("protected", Rule.PROTECTED)):
            if value[name] not in ("0", "1"):
                return name, rule
        return None


def _clean(name: str, cell: str) -> str:
    """A cell as it is stored: outer blanks gone, NFC that keeps compatibility forms, numbers in ASCII."""
    text = keep(re.sub("\r\n?", "\n", cell)).strip()
    if name in ("reference_no", "household_no"):
        return _unpadded(clean_digits(text))
    if name in ("postcode", "foreign", "protected"):
        return clean_digits(text)
    if name == "kana":
        return wide_kana(text)
    if name == "phone":
        return text if text.isascii() else clean_digits(text)
    return text


def _refuse(cells: tuple[str, ...], line: int, name: str, rule: Rule) -> RowRefused:
    flag = {"0": False, "1": True}.get(cells[19])
    return RowRefused(line, COLUMNS[_AT[name]], rule, _number(cells[0]), flag)


def _unpadded(number: str) -> str:
    """Without leading zeros: extract programs and spreadsheets put them on and take them off."""
    return number.lstrip("0") or number[:1]


def _number(cell: str) -> str | None:
    number = _unpadded(clean_digits(cell))
    return number if number.isascii() and number.isdigit() and len(number) <= 15 else None
