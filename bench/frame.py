"""What every speed claim has in common: subject and baseline in turns, one line for people, one for machines, the table.

A file of ``bench/`` has a function ``rows()`` that yields a ``Row`` for each claim. Only ratios of one run are claims:
machines drift by a factor of two, so subject and baseline take turns and the median of the rounds counts.
"""

import contextlib
import hashlib
import json
import re
import statistics
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import psycopg

from sesshu.cli.place import Place
from sesshu.db.install import TableFileChanged
from tests.support import place as support

README = support.ROOT / "README.md"
BEGIN = re.compile(r"<!-- bench:begin(?: sha256:(?P<digest>[0-9a-f]{64}))? -->\n")
END = "<!-- bench:end -->"
HEAD = "| what | subject | baseline | ratio | goal |\n|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Row:
    """速さの主張 — one claim. ``goal`` says what the ratio should be: '≥ 0.80', '≤ 3'."""

    name: str
    what: str
    subject: float
    baseline: float
    ratio: float
    unit: str
    goal: str
    more: dict = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """True where the ratio keeps its goal."""
        sign, _, number = self.goal.partition(" ")
        return self.ratio >= float(number) if sign == "≥" else self.ratio <= float(number)

    def line(self) -> str:
        """For people."""
        miss = "" if self.kept else f"  (goal: {self.goal})"
        return f"{self.name}: {number(self.subject)} {self.unit}, {number(self.baseline)} {self.unit}, {self.ratio:.2f}{miss}"

    def json(self) -> str:
        """For machines."""
        return json.dumps(asdict(self) | {"kept": self.kept}, ensure_ascii=False)

    def cells(self) -> str:
        """A line of the README's table."""
        cells = (
            f"{self.what} (`{self.name}`)",
            f"{number(self.subject)} {self.unit}",
            f"{number(self.baseline)} {self.unit}",
        )
        return "| " + " | ".join((*cells, f"{self.ratio:.2f}", self.goal)) + " |\n"


def number(value: float) -> str:
    """Three digits that mean something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def in_turns(runs: dict[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure all of them in each round, beginning with another one each time."""
    names, found = list(runs), {name: [] for name in runs}
    for r in range(rounds):
        for name in names[r % len(names) :] + names[: r % len(names)]:
            found[name].append(runs[name]())
    return found


def row(
    name: str, what: str, subject: list[float], baseline: list[float], unit: str, goal: str, **more
) -> Row:
    """A row of two series of the same rounds; the ratio is the median of the rounds' ratios."""
    ratio = statistics.median(s / b for s, b in zip(subject, baseline, strict=True))
    return Row(
        name, what, statistics.median(subject), statistics.median(baseline), round(ratio, 3), unit, goal, more
    )


@contextlib.contextmanager
def standing() -> Iterator[Place]:
    """Both databases in ``.pg/bench``, installed as in real running: durable, with the real clock. Stopped afterwards."""
    place = Place(support.ROOT / ".pg" / "bench", base_port=8400)
    try:
        place.prepare(test_clock=False)
    except TableFileChanged:  # left by an older checkout
        support.drop(place)
        place.prepare(test_clock=False)
    try:
        yield place
    finally:
        place.cluster.stop()


def empty(admin: str, *tables: str) -> None:
    """Empty tables and write a checkpoint, so that every round begins alike."""
    with psycopg.connect(admin, autocommit=True) as c:
        c.execute("SET session_replication_role = replica")
        c.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        c.execute("CHECKPOINT")


# --- The table of the README ----------------------------------------------------------------------------------


def digest(table: str) -> str:
    return hashlib.sha256(table.encode()).hexdigest()


def table_of(text: str) -> tuple[str, str, str, str | None]:
    """A text as (before, table, after, digest); raises ValueError where it has no markers."""
    begin = BEGIN.search(text)
    if not begin or END not in text[begin.end() :]:
        raise ValueError(f"no markers: {BEGIN.pattern} … {END}")
    end = text.index(END, begin.end())
    return text[: begin.start()], text[begin.end() : end], text[end:], begin["digest"]


def with_rows(text: str, rows: list[Row]) -> str:
    """The text with these rows in its table; rows of other claims stay as they were measured."""
    before, table, after, _ = table_of(text)
    kept = {m[1]: m[0] for m in re.finditer(r"^\|[^\n]*\(`([^`]+)`\)[^\n]*\n", table, re.MULTILINE)}
    kept |= {r.name: r.cells() for r in rows}
    table = HEAD + "".join(kept[name] for name in sorted(kept))
    return f"{before}<!-- bench:begin sha256:{digest(table)} -->\n{table}{after}"


def written_by_hand(text: str) -> bool:
    """True where somebody edited the table: its digest does not fit."""
    _, table, _, known = table_of(text)
    return bool(table.strip() or known) and known != digest(table)


def write(rows: list[Row], readme: Path = README) -> None:
    """Put the rows into the README's table."""
    readme.write_text(with_rows(readme.read_text(), rows))
