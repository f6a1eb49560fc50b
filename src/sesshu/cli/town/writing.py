"""Writes a made-up town: two register files, a UTF-8 variant, and what a correct import finds in them."""

import csv
import datetime as dt
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from sesshu.base.jdate import birth_cohort
from sesshu.base.text.gaiji import code_points
from sesshu.base.text.towns import Municipality
from sesshu.cli.town.month import Month
from sesshu.cli.town.names import GAIJI
from sesshu.cli.town.people import Fault, Maker, Pair, Person, Tokens
from sesshu.cli.town.traps import Traps
from sesshu.inside.register.imports.rules import COLUMNS

SMALLEST = 500
VARIANT_RESIDENTS = 300
_GAIJI_FIRST = frozenset(char[0] for char in GAIJI if len(char) == 1) | {char[-1] for char in GAIJI}


@dataclass
class Expected:
    """What a correct import of one file finds. ``line`` counts physical lines, the header being line 1."""

    encoding: str
    as_of: str
    lines: int = 0
    good: int = 0
    refused: list[dict] = field(default_factory=list)
    refused_protected: int = 0
    protected: int = 0
    foreign: int = 0
    status: Counter = field(default_factory=Counter)
    birth_fiscal_year: Counter = field(default_factory=Counter)
    birth_not_known: int = 0
    gaiji: Counter = field(default_factory=Counter)
    gaiji_rows: int = 0
    kinds: Counter = field(default_factory=Counter)
    changed: int = 0
    next_line: int = 2

    def add(self, person: Person, fault: Fault | None) -> list[str]:
        """Count one line, and give its cells."""
        cells = person.cells()
        self.lines += 1
        if fault:
            self.refused.append({"line": self.next_line, "column": fault.column, "rule": fault.rule})
            self.refused_protected += person.protected == "1" and fault.rule not in ("R01", "R19")
            cells = fault.spoil(cells)
        else:
            self._count(person)
        self.next_line += 1 + sum(cell.count("\n") for cell in cells)
        return cells

    def _count(self, person: Person) -> None:
        self.good += 1
        self.protected += person.protected == "1"
        self.foreign += person.foreign == "1"
        self.status[person.status] += 1
        if person.status == "現存":
            if person.born:
                self.birth_fiscal_year[birth_cohort(person.born)] += 1
            else:
                self.birth_not_known += 1
        text = f"{person.name}\n{person.common_name}\n{person.building}"
        if not _GAIJI_FIRST.isdisjoint(text):
            self.gaiji_rows += 1
            for char in GAIJI:
                if found := text.count(char):
                    self.gaiji[code_points(char)] += found

    def report(self, before: "Expected | None") -> dict:
        kinds = dict(sorted(self.kinds.items()))
        return {
            "encoding": self.encoding,
            "as_of": self.as_of,
            "lines": self.lines,
            "new": kinds.get("new", 0) if before else self.good,
            "changed": self.changed,
            "gone": kinds.get("gone", 0),
            "unchanged": kinds.get("same", 0) if before else 0,
            "kept": kinds.get("kept", 0),
            "kinds": {k: n for k, n in kinds.items() if k not in ("same", "gone", "kept")} if before else {},
            "refused": self.refused,
            "refused_protected": self.refused_protected,
            "protected": self.protected,
            "foreign": self.foreign,
            "status": dict(sorted(self.status.items())),
            "birth_fiscal_year": {str(y): n for y, n in sorted(self.birth_fiscal_year.items())},
            "birth_not_known": self.birth_not_known,
            "gaiji": {"rows": self.gaiji_rows, "characters": dict(sorted(self.gaiji.items()))},
        }


class Town:
    """架空の町 — everything from one seed: equal seeds give equal bytes."""

    def __init__(self, residents: int, seed: int, as_of: dt.date, place: Municipality, encoding: str):
        self.residents, self.seed, self.as_of, self.place = residents, seed, as_of, place
        self.encoding = encoding
        self.until = _a_month_later(as_of)
        self.tokens = Tokens(random.Random(f"tokens {seed}"))
        self.people: defaultdict[str, list[str]] = defaultdict(list)

    def write(self, folder: Path, progress: Callable[[int], None] = lambda made: None) -> dict:
        """Write all files into ``folder``; gives the content of expected.json."""
        folder.mkdir(parents=True, exist_ok=True)
        first = Expected(self.encoding, self.as_of.isoformat())
        second = Expected(self.encoding, self.until.isoformat())
        with ExitStack() as files:
            one, two = (
                files.enter_context(_csv(folder / name, self.encoding))
                for name in ("register-1.csv", "register-2.csv")
            )
            for pairs in self._pairs(self._maker(self.seed), self.residents, later=True):
                for pair in pairs:
                    self._put(pair, first, one.writer, second, two.writer)
                progress(first.good)
        variant = self._variant(folder)
        expected = {
            "residents": self.residents,
            "seed": self.seed,
            "register-1.csv": first.report(None),
            "register-2.csv": second.report(first),
            "register-utf8.csv": variant.report(None),
        }
        _json(folder / "expected.json", expected)
        _json(folder / "town.json", self._about())
        return expected

    def _maker(self, seed: int, ivs: bool = False) -> Maker:
        return Maker(random.Random(f"town {seed}"), self.as_of, self.place, self.tokens, ivs)

    def _put(self, pair: Pair, first: Expected, one, second: Expected, two) -> None:
        before, after = pair.before, pair.after
        if before:
            one.writerow(first.add(before, pair.before_fault))
        if after:
            two.writerow(second.add(after, pair.after_fault))
        second.kinds.update(pair.kinds)
        if before and after and not pair.before_fault and not pair.after_fault:
            second.changed += "same" not in pair.kinds
        for tag in pair.tags:
            if person := before or after:
                self.people[tag].append(person.reference_no)

    def _variant(self, folder: Path) -> Expected:
        """A small UTF-8 file with variation sequences, which CP932 cannot hold."""
        found = Expected("utf-8-sig", self.as_of.isoformat())
        with _csv(folder / "register-utf8.csv", "utf-8-sig") as file:
            tokens, self.tokens = self.tokens, Tokens(random.Random(f"variant {self.seed}"))
            for pairs in self._pairs(self._maker(self.seed + 1, ivs=True), VARIANT_RESIDENTS, later=False):
                for pair in pairs:
                    if pair.before:
                        file.writer.writerow(found.add(pair.before, pair.before_fault))
            self.tokens = tokens
        return found

    def _pairs(self, maker: Maker, residents: int, later: bool) -> Iterator[list[Pair]]:
        """Ordinary households with the traps spread among them, until the first file has ``residents`` good lines;
        then, for the second file, who moved in."""
        month, good = Month(maker, self.until), 0
        traps = Traps(maker, month, later).all(residents)
        every = max(1, int((residents - 2 * len(traps)) / 1.9 / len(traps)))

        def counted(pairs: list[Pair]) -> list[Pair]:
            nonlocal good
            good += sum(bool(p.before and not p.before_fault) for p in pairs)
            return pairs

        for trap in traps:
            yield counted(trap())
            for _ in range(every):
                if good < residents - 4 * len(traps):
                    yield counted(self._household(maker, month, later))
        while good < residents:
            yield counted(self._household(maker, month, later, residents - good))
        for _ in range(max(2, residents // 280) if later else 0):
            yield month.move_in()

    def _household(self, maker: Maker, month: Month, later: bool, most: int = 99) -> list[Pair]:
        people = maker.ordinary()[:most]
        return month.happens(people) if later else [Pair(p, p) for p in people]

    def _about(self) -> dict:
        return {
            "seed": self.seed,
            "residents": self.residents,
            "ward": {
                "code": self.place.code,
                "prefecture": self.place.prefecture,
                "city": self.place.city,
            },
            "as_of": [self.as_of.isoformat(), self.until.isoformat()],
            "canaries": self.tokens.canaries,
            "canaries_after_register_2": self.tokens.later_canaries,
            "names": self.tokens.names,
            "people": dict(sorted(self.people.items())),
        }


class _csv:
    def __init__(self, path: Path, encoding: str):
        self._file = path.open("w", encoding=encoding, newline="", buffering=1 << 18)
        self.writer = csv.writer(self._file, lineterminator="\r\n")
        self.writer.writerow(COLUMNS)

    def __enter__(self) -> "_csv":
        return self

    def __exit__(self, *_) -> None:
        self._file.close()


def _json(path: Path, content: dict) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _a_month_later(day: dt.date) -> dt.date:
    year, month = (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)
    return dt.date(year, month, min(day.day, 28))
