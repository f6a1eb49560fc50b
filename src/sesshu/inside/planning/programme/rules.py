"""Who may be given which dose, when (接種資格の判定): entitlements and the interval table. Pure.

All days and stretches of days include both ends. A programme comes from ``document.load``.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from sesshu.inside.planning.programme.counting import Days, common, earliest, join
from sesshu.inside.planning.programme.following import (
    Given,
    Opening,
    Profile,
    Progress,
    excluded,
    keep_off,
    last_day,
    next_openings,
    profile_of,
    stand,
)
from sesshu.inside.planning.programme.terms import (
    Counts,
    Dose,
    DoseRule,
    Entitlement,
    IntervalRow,
    Person,
    Programme,
    Series,
    Sex,
    Slot,
)

__all__ = [
    "Dose",
    "Entitlement",
    "IntervalRow",
    "Person",
    "Sex",
    "entitlements",
    "interval_table",
    "one_row_each",
]

Row = TypeVar("Row", Entitlement, IntervalRow)
Windows = dict[tuple[int, bool], dict[str, list[Days]]]  # (dose, after previous) → product → days


def entitlements(
    programme: Programme, person: Person, history: Iterable[Dose], asof: dt.date
) -> list[Entitlement]:
    """予約資格 — what a person may book, on days from_on … until_on, both included.

    The next dose comes with its exact days. The dose after it comes with ``after_previous`` where the previous
    dose alone decides its days, so it can be booked before the record of the previous one has arrived here.
    There may be several rows for one dose: other days for other products. Doses after ``asof`` and rows that
    ended before it are left out; apart from that the answer does not depend on ``asof``.
    """
    profile = profile_of(programme, person)
    if profile is None or not profile.eligible:
        return []
    today = asof.toordinal()
    everything = tuple(sorted((d.on.toordinal(), d.product) for d in history if d.on <= asof))
    if not everything:
        if profile.fresh is None:
            profile.fresh = _all_rows(programme, profile, ())
        rows = profile.fresh
    elif excluded(programme, everything):
        return []
    else:
        rows = _all_rows(programme, profile, everything)
    return [row for until, row in rows if until >= today]


def one_row_each(rows: Iterable[Row]) -> list[Row]:
    """One row per dose (and previous dose), for receivers that hold only one: never more than the rows allow.

    Keeps the longest stretch and, with it, every product that is open on all of its days.
    """
    together: dict[tuple, list[Row]] = {}
    for row in rows:
        key = (
            (row.dose, row.previous_product, row.previous_on) if isinstance(row, IntervalRow) else (row.dose,)
        )
        together.setdefault(key, []).append(row)
    return [same[0] if len(same) == 1 else _narrowed(same) for same in together.values()]


def _narrowed(same: list[Row]) -> Row:
    longest = max(same, key=lambda row: (row.until_on - row.from_on, len(row.products)))
    products = list(longest.products)
    for row in same:
        if row.from_on <= longest.from_on and longest.until_on <= row.until_on:
            products += [product for product in row.products if product not in products]
    return replace(longest, products=tuple(products))


def scopes(programme: Programme, everything: Given) -> list[tuple[Days, Given]]:
    """The stretches in which doses are counted, each with the doses that count there."""
    if programme.counts is Counts.ALL:
        return [((programme.first_day, programme.last_day), everything)]
    return [
        (season.days, tuple(g for g in everything if season.days[0] <= g[0] <= season.days[1]))
        for season in programme.seasons
    ]


def _all_rows(
    programme: Programme, profile: Profile, everything: Given
) -> tuple[tuple[int, Entitlement], ...]:
    found: Windows = {}
    for within, given in scopes(programme, everything):
        for progress in stand(programme, profile, given, everything):
            openings = next_openings(programme, profile, progress, everything, within)
            for first, last, product, number, _ in openings:
                found.setdefault((number, False), {}).setdefault(product, []).append((first, last))
            if openings:
                _ahead(programme, profile, progress, openings, within, found)
    order = {product: i for i, product in enumerate(programme.products)}
    rows = []
    for (dose, after_previous), by_product in sorted(found.items()):
        together: dict[Days, list[str]] = {}
        for product in sorted(by_product, key=order.__getitem__):
            for days in join(by_product[product]):
                together.setdefault(days, []).append(product)
        for (first, last), products in sorted(together.items()):
            made = Entitlement(
                dose, dt.date.fromordinal(first), dt.date.fromordinal(last), tuple(products), after_previous
            )
            rows.append((last, made))
    return tuple(rows)


def _ahead(
    programme: Programme,
    profile: Profile,
    progress: Progress,
    openings: list[Opening],
    within: Days,
    found: Windows,
) -> None:
    """The dose after the next, on all days it is offered; which of them follow the previous, the table says."""
    position = len(progress.valid) + 1
    if position >= len(progress.series.doses) or not plain_series([progress.series]):
        return
    rule = progress.series.doses[position]
    for first, last, product, _, _ in openings:
        if (rule.number, product) not in programme.ahead:
            continue
        for slot in rule.offers:
            days = common(profile.open(slot.at), [within])
            if common(days, _reach(slot, product, first, last)):
                found.setdefault((rule.number, True), {}).setdefault(slot.product, []).extend(days)


def _reach(slot: Slot, previous: str, first: int, last: int) -> list[Days]:
    """Days on which a product may follow a previous dose given on some day from first to last."""
    return join(
        [
            (max(earliest(first, row.min), row.days[0]), min(last_day(last, row), row.days[1]))
            for _, rows in slot.back
            for row in rows.get(previous, ())
        ]
    )


def interval_table(
    programme: Programme, first: dt.date | None = None, last: dt.date | None = None
) -> Iterator[IntervalRow]:
    """間隔表 — for every day and product of a previous dose, when the next dose may be given.

    One row per day of the seasons (or of first … last, both included) and previous product, in order of dose,
    product and day; more where products or days differ, none where no day is left. Holds only doses that the
    previous dose alone decides (``programme.ahead``). Days are both included.
    """
    start = programme.first_day if first is None else max(first.toordinal(), programme.first_day)
    end = programme.last_day if last is None else min(last.toordinal(), programme.last_day)
    for number, previous, before, rule in _followed(programme):
        for day in range(start, end + 1):
            if not any(holds(give.days, day) for give in before.slots[previous].gives):
                continue
            open_days = [
                s.days for s in programme.seasons if programme.counts is Counts.ALL or holds(s.days, day)
            ]
            together: dict[Days, list[str]] = {}
            for slot in rule.offers:
                for days in common(_row_days(programme, slot, previous, day), open_days):
                    together.setdefault(days, []).append(slot.product)
            for days, products in sorted(together.items()):
                yield IntervalRow(
                    number,
                    previous,
                    dt.date.fromordinal(day),
                    dt.date.fromordinal(days[0]),
                    dt.date.fromordinal(days[1]),
                    tuple(products),
                )


def holds(days: Days, day: int) -> bool:
    return days[0] <= day <= days[1]


def _followed(programme: Programme) -> list[tuple[int, str, DoseRule, DoseRule]]:
    """(dose, previous product, rule of the previous dose, rule of the dose) for each pair booked ahead."""
    found: dict[tuple[int, str], tuple[int, str, DoseRule, DoseRule]] = {}
    for series in plain_series(programme.series):
        for before, rule in zip(series.doses, series.doses[1:], strict=False):
            for product in before.slots:
                if (rule.number, product) in programme.ahead:
                    found.setdefault((rule.number, product), (rule.number, product, before, rule))
    return list(found.values())


def plain_series(series: Iterable[Series]) -> list[Series]:
    """The series everybody is invited to: neither a fallback nor one for marked persons."""
    return [s for s in series if not s.fallback and s.mark is None]


def _row_days(programme: Programme, slot: Slot, previous: str, day: int) -> list[Days]:
    """As ``_reach`` for one day, within the days of injection for which the product is in force."""
    days = common(_reach(slot, previous, day, day), join([g.days for g in slot.gives if g.offered]))
    for space in programme.spacing:
        if slot.product in space.give:
            days = keep_off(days, space, ((day, previous),))
    return days
