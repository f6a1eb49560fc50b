"""Lengths and stretches of time as a programme document writes them (定義に書かれた期間・年齢)."""

import datetime as dt

from sesshu.inside.planning.programme.counting import FIRST_DAY, LAST_DAY, Ages, Days, Span, Unit
from sesshu.inside.planning.programme.terms import AgeKind, AgeRule

# 学年 → 年度末年齢
SCHOOL_YEARS = {"年少": 4, "年中": 5, "年長": 6} | {
    f"{school}{i}": first + i
    for school, first, n in (("小", 6, 6), ("中", 12, 3), ("高", 15, 3))
    for i in range(1, n + 1)
}


def day(text: str) -> int:
    """Day number of YYYY-MM-DD."""
    return dt.date.fromisoformat(text).toordinal()


def stretch(row: dict) -> Days:
    """from … until of a row, both included; open ends where it has none."""
    return (
        day(row["from"]) if "from" in row else FIRST_DAY,
        day(row["until"]) if "until" in row else LAST_DAY,
    )


def span(raw: dict | None) -> Span | None:
    """A length of time as the document writes it; None where it writes none."""
    return None if raw is None else length(raw)


def length(raw: dict) -> Span:
    """A length of time as the document writes it."""
    if "weeks" in raw:
        return Span(Unit.WEEK, raw["weeks"], raw.get("days", 0) - raw.get("less_days", 0))
    unit = next(u for u in (Unit.DAY_BETWEEN, Unit.DAY, Unit.MONTH, Unit.YEAR) if u in raw)
    return Span(Unit.HALF_MONTH if raw.get("half") else unit, raw[unit], -raw.get("less_days", 0))


def age_rule(raw: dict) -> AgeRule:
    """An age as the document writes it; a school year becomes a fiscal-year-end age."""
    kind = AgeKind(raw["kind"])
    if kind is not AgeKind.ON_DAY:
        if "ages" in raw:
            ages = Ages(listed=frozenset(raw["ages"]))
        else:
            bounds = {name: raw[key] for name, key in (("low", "from"), ("high", "to")) if key in raw}
            ages = Ages(**{name: SCHOOL_YEARS.get(age, age) for name, age in bounds.items()})
        return AgeRule(kind, ages=ages, fiscal_year=raw.get("fiscal_year"))
    return AgeRule(
        kind,
        min=span(raw.get("min")),
        absolute=span(raw.get("absolute")),
        until=span(raw.get("until")),
        recommended=span(raw.get("recommended")),
        from_birthday=raw.get("from_birthday", False),
        strict=raw.get("strict", False),
    )
