"""Reads the register file line by line (住民記録ファイルの読込): each line becomes a Row or a refusal.

280,000 lines in seconds and in constant memory (but for the set of reference numbers seen). Nearly all lines pass
one regular expression; only the others are examined column by column. Both ways give the same Row: a test says so.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from sesshu.base.errors import Refused
from sesshu.base.jdate import BirthDate, Precision, birth_cohort, dob_key, parse_birth_date
from sesshu.base.numbers import clean_digits
from sesshu.base.tables import TableReader
from sesshu.base.text.folding import keep, wide_kana
from sesshu.base.text.gaiji import GaijiTally
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

    ``cells``: the 20 cleaned texts in the order of the layout; ``digest``: 16 bytes over all of them.
    """

    __slots__ = ("line", "cells", "birth", "digest")

    def __init__(self, line: int, cells: tuple[str, ...], birth: BirthDate, digest: bytes):
        self.line, self.cells, self.birth, self.digest = line, cells, birth, digest

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
            if born := _loose_day(text).date:
                cohorts[birth_cohort(born)] += count
        return dict(sorted(cohorts.items()))

    def births_not_known(self) -> int:
        """Present residents whose day of birth is not fully known."""
        return sum(n for text, n in self.births.items() if _loose_day(text).precision is not Precision.DAY)


# The days of a town are at most 40,000 different texts: each is read once.
_loose_day = lru_cache(maxsize=1 << 16)(parse_birth_date)


@lru_cache(maxsize=1 << 16)
def _born(text: str) -> tuple[BirthDate, dt.date]:
    """A birth date, and the first day that it may be."""
    born = _loose_day(text)
    return born, born.earliest or dt.date.min


@lru_cache(maxsize=1 << 14)
def _day(text: str) -> dt.date | None:
    """A day of an event, where all of it is known."""
    return _loose_day(text).date if text else None


_ANY = r"(?:[^\x1f\s]|[^\x1f\s][^\x1f\r\n]{0,%d}[^\x1f\s])"
_KANA = r"(?:[ァ-ヺー・]+(?:\u3000[ァ-ヺー・]+)*)?"
_QUICK = re.compile(
    "\x1f".join(
        (
            "[1-9][0-9]{0,14}",
            "[1-9][0-9]{0,14}",
            f"(?:{_ANY % 18})?",
            f"(?:{_ANY % 98})?",
            rf"(?=.{{0,100}}\x1f){_KANA}",
            r"(?:[!-~]|[!-~][ -~]{0,98}[!-~])?",
            f"(?:{_ANY % 98})?",
            r"[0-9A-Z./-]{6,10}",
            "(?:" + "|".join(SEXES) + ")",
            r"[0-9]{7}",
            _ANY % 58,
            _ANY % 58,
            f"(?:{_ANY % 198})?",
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

    def __init__(self, path: Path, *, as_of: dt.date, mark_key: bytes = b"", max_bytes: int = MAX_BYTES):
        """``as_of``: day of the extract. ``mark_key``: keys the digests, so that nobody can try addresses."""
        self._table = TableReader(path, COLUMNS, max_bytes)
        self.checked = self._table.checked
        self.tally = Tally()
        self._as_of, self._key = as_of, mark_key

    def __iter__(self) -> Iterator[Row | RowRefused]:
        seen: set[int] = set()
        tally, quick, examine = self.tally, self._quick, self._examine
        flags, births, gaiji = tally.flags, tally.births, tally.gaiji.add
        for line, given in self._table:
            tally.lines += 1
            row = quick(line, given) or examine(line, given)
            if isinstance(row, Row):
                cells = row.cells
                number = int(cells[0])
                if number not in seen:
                    seen.add(number)
                    flags[cells[17:]] += 1
                    if cells[17] == "現存":
                        births[cells[7]] += 1
                    gaiji(_GAIJI_COLUMNS(cells))
                    yield row
                    continue
                row = _refuse(cells, line, "reference_no", Rule.DOUBLED)
            tally.refused[row.rule] += 1
            tally.nameless += row.reference_no is None
            tally.refused_protected += row.protected is True
            yield row

    def _quick(self, line: int, cells: list[str]) -> Row | None:
        """The row, if all cells are clean as they stand; None sends the line to ``_examine``."""
        joined = "\x1f".join(cells)
        if not _QUICK.fullmatch(joined) or keep(joined) is not joined:
            return None
        try:
            birth, earliest = _born(cells[7])
            day = _day(cells[16])
            if cells[14]:
                _loose_day(cells[14])
        except Refused:
            return None
        named = cells[3] or cells[5]
        if not (named and day and day <= self._as_of and earliest <= self._as_of):
            return None
        if cells[15] not in EVENTS or cells[17] not in STATUS_WORDS:
            return None
        digest = hashlib.blake2b(joined.encode(), digest_size=16, key=self._key).digest()
        return Row(line, tuple(cells), birth, digest)

    def _examine(self, line: int, cells: list[str]) -> Row | RowRefused:
        """Clean and judge column by column; the first fault is the one that is named."""
        if len(cells) != len(COLUMNS):
            return RowRefused(line, "-", Rule.CELLS, _number(cells[0]))
        clean = tuple(_clean(name, cell) for (name, _), cell in zip(FIELDS, cells, strict=True))
        fault = self._fault(clean)
        if fault:
            return _refuse(clean, line, *fault)
        joined = "\x1f".join(clean)
        digest = hashlib.blake2b(joined.encode(), digest_size=16, key=self._key).digest()
        return Row(line, clean, _loose_day(clean[7]), digest)

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
            _, earliest = _born(value["dob_text"])
        except Refused:
            return "dob_text", Rule.BIRTH
        if earliest > self._as_of:
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
            if value["resident_from"]:
                _loose_day(value["resident_from"])
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
