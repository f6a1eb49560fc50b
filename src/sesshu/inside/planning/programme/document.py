"""A programme document becomes a programme (接種事業の定義): read, checked, made ready for use.

The form is ``schema.json`` beside this file; what the form cannot say is in ``checks``.
"""

import datetime as dt
import json
from functools import cache
from pathlib import Path

from sesshu.inside.planning.programme import checks, refusals
from sesshu.inside.planning.programme.counting import Days, Span, Unit, common, join
from sesshu.inside.planning.programme.lengths import age_rule, length, span, stretch
from sesshu.inside.planning.programme.refusals import BadDocument, Finding
from sesshu.inside.planning.programme.rules import plain_series
from sesshu.inside.planning.programme.terms import (
    AgeRule,
    Counts,
    DoseRule,
    Exclusion,
    Give,
    Group,
    Interval,
    Product,
    Programme,
    Season,
    Series,
    Sex,
    Slot,
    Spacing,
    Wave,
    Who,
)

SHIPPED = Path(__file__).parent / "shipped"
ANY_INTERVAL = Span(Unit.DAY, 1)  # the next day at the earliest, where a row gives no minimum


def read(path: Path) -> dict:
    """The JSON document of a file. Raises BadDocument (G01) for anything that is not a JSON object in UTF-8."""
    return parse(path.read_bytes())


def parse(text: bytes) -> dict:
    """The same from bytes."""
    try:
        document = json.loads(text.decode("utf-8-sig"), object_pairs_hook=_no_doubles)
    except (UnicodeDecodeError, ValueError, RecursionError) as e:
        place = f"/line {e.lineno}" if isinstance(e, json.JSONDecodeError) else ""
        raise BadDocument([Finding(refusals.NOT_JSON, place, str(e)[:80])]) from None
    if not isinstance(document, dict):
        raise BadDocument([Finding(refusals.NOT_JSON, "", "not an object")])
    return document


def _no_doubles(pairs: list[tuple[str, object]]) -> dict:
    made = dict(pairs)
    if len(made) < len(pairs):  # JSON readers keep the last one silently; a rule must not vanish like that
        raise ValueError("a name stands twice in one object")
    return made


def findings(document: dict) -> list[Finding]:
    """Everything that is wrong with a document, in its order; empty where it can be loaded."""
    return checks.form(document) or checks.meaning(document)


def load(document: dict) -> Programme:
    """接種事業 — the programme of a document. Raises BadDocument (a Refused) with all findings."""
    found = findings(document)
    if found:
        raise BadDocument(found)
    products = {p["id"]: Product(p["id"], p["name"], tuple(p.get("also", ()))) for p in document["products"]}
    parts = _Parts()
    series = tuple(parts.series(s) for s in document["series"])
    seasons = tuple(Season(s["id"], s["title"], stretch(s)) for s in document["seasons"])
    waves = tuple(_wave(w) for w in document["waves"])
    return Programme(
        name=document["name"],
        title=document["title"],
        law_class=document["law_class"],
        counts=Counts(document["history"]),
        products=products,
        marks=frozenset(m["id"] for m in document.get("marks", ())),
        seasons=seasons,
        groups=tuple(Group(g["id"], g["title"], _who(g["who"])) for g in document["groups"]),
        waves=waves,
        series=series,
        spacing=tuple(_spacing(s) for s in document.get("spacing", ())),
        exclusions=tuple(
            Exclusion(frozenset(e["products"]), e["doses"]) for e in document.get("exclusions", ())
        ),
        ages=tuple(parts.ages),
        gives=tuple(parts.gives),
        open_days=_open_days(seasons, waves),
        ahead=_ahead(series),
        spelled={word: p.id for p in products.values() for word in (p.id, p.name, *p.also)},
        document=document,
    )


@cache
def shipped(name: str) -> Programme:
    """A programme that comes with the software, by its name (for example ``covid19-2021``)."""
    return load(read(SHIPPED / f"{name}.json"))


def list_shipped() -> list[str]:
    """Names of the programmes that come with the software, in order."""
    return sorted(path.stem for path in SHIPPED.glob("*.json"))


# --- parts ------------------------------------------------------------------------------------------------


def _who(raw: dict) -> Who:
    return Who(
        age=age_rule(raw["age"]) if "age" in raw else None,
        born=stretch(raw["born"]) if "born" in raw else None,
        sex=Sex(raw["sex"]) if "sex" in raw else None,
        mark=raw.get("marked"),
    )


def _wave(raw: dict) -> Wave:
    booking, tickets = raw.get("booking_from"), raw.get("tickets_from")
    return Wave(
        raw["id"],
        raw["title"],
        tuple(raw["groups"]),
        stretch(raw),
        dt.datetime.fromisoformat(booking) if booking else None,
        dt.date.fromisoformat(tickets) if tickets else None,
    )


def _spacing(raw: dict) -> Spacing:
    least = length(raw["min"])
    absolute = span(raw.get("absolute")) or least
    return Spacing(frozenset(raw["after"]), frozenset(raw["give"]), least, absolute, stretch(raw))


def _open_days(seasons: tuple[Season, ...], waves: tuple[Wave, ...]) -> dict[str, list[Days]]:
    """Group → days on which its waves are open within the seasons."""
    within = [season.days for season in seasons]
    waved: dict[str, list[Days]] = {}
    for wave in waves:
        for group in wave.groups:
            waved.setdefault(group, []).append(wave.days)
    return {group: common(join(days), within) for group, days in waved.items()}


class _Parts:
    """Series, and what they share: age rules and rows of products, each held once."""

    def __init__(self) -> None:
        self.ages: list[AgeRule] = []
        self.gives: list[tuple[Give, ...]] = []

    def series(self, raw: dict) -> Series:
        doses = tuple(self._dose(rule) for rule in raw["doses"])
        return Series(raw["id"], raw["title"], raw.get("fallback", False), raw.get("marked"), doses)

    def _dose(self, raw: dict) -> DoseRule:
        gives: dict[str, tuple[Give, ...]] = {}
        for row in raw["give"]:
            made = Give(row["product"], self._age(row.get("age")), stretch(row), row.get("offered", True))
            gives[made.product] = (*gives.get(made.product, ()), made)
        intervals = [_interval(row, raw["dose"] - 1) for row in raw.get("intervals", ())]
        slots = {}
        for product, rows in gives.items():
            rows = tuple(sorted(rows, key=lambda give: give.days))
            slots[product] = Slot(_position(self.gives, rows), product, rows, _back(intervals, product))
        return DoseRule(raw["dose"], slots, tuple(slot for slot in slots.values() if slot.offered))

    def _age(self, raw: dict | None) -> int:
        return -1 if raw is None else _position(self.ages, age_rule(raw))


def _position(held: list, item: object) -> int:
    """Where the item stands in the list; it is put at the end if it is new."""
    if item not in held:
        held.append(item)
    return held.index(item)


def _interval(raw: dict, previous: int) -> Interval:
    least = span(raw.get("min")) or ANY_INTERVAL
    return Interval(
        after_dose=raw.get("after_dose", previous),
        after=frozenset(raw["after"]),
        give=frozenset(raw["give"]),
        min=least,
        absolute=span(raw.get("absolute")) or least,
        standard=span(raw.get("standard")),
        last=span(raw.get("under") or raw.get("max")),
        under="under" in raw,
        days=stretch(raw),
    )


def _back(intervals: list[Interval], product: str) -> tuple[tuple[int, dict[str, tuple[Interval, ...]]], ...]:
    """For one product: (position of the earlier dose, its product → rows), in order of doses."""
    found: dict[int, dict[str, tuple[Interval, ...]]] = {}
    for row in intervals:
        if product in row.give:
            rows = found.setdefault(row.after_dose - 1, {})
            for previous in row.after:
                rows[previous] = (*rows.get(previous, ()), row)
    return tuple(sorted(found.items()))


def _ahead(series: tuple[Series, ...]) -> frozenset[tuple[int, str]]:
    """(dose, previous product) for which the interval table holds: every series says the same about it.

    A dose that looks back further than the previous one (HPV's third) is not among them.
    """
    said: dict[tuple[int, str], set[object]] = {}
    for one in plain_series(series):
        for before, rule in zip(one.doses, one.doses[1:], strict=False):
            for previous in before.slots:
                said.setdefault((rule.number, previous), set()).add(_only_previous(rule, previous))
    return frozenset(pair for pair, rules in said.items() if len(rules) == 1 and None not in rules)


def _only_previous(rule: DoseRule, previous: str) -> object:
    """What a dose asks of the previous one, comparable between series; None where it asks for more."""
    lines = []
    for product, slot in rule.slots.items():
        if len(slot.back) != 1 or slot.back[0][0] != rule.number - 2:
            return None
        rows = tuple((r.min, r.last, r.under, r.days) for r in slot.back[0][1].get(previous, ()))
        lines.append((product, tuple((g.days, g.offered) for g in slot.gives), rows))
    return tuple(sorted(lines))
