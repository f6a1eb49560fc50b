"""How days are counted (期間・年齢の数え方): intervals between doses, ages, fiscal years.

Pure arithmetic on day numbers (``date.toordinal()``). Every stretch of days is written (first, last),
both days included. Source of each rule: the row of docs/spec/counting.md.
"""

import calendar
import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from sesshu.base import jdate

Days = tuple[int, int]  # first and last day number of a stretch, both included

FIRST_DAY = 1
LAST_DAY = dt.date(9000, 1, 1).toordinal()  # leaves room for adding years
OLDEST = 150  # an age that nobody passes


class Unit(StrEnum):
    """期間の単位 — what a length of time is counted in."""

    DAY_BETWEEN = "days_between"  # N日以上の間隔: N full days lie between, so D + N + 1
    DAY = "days"
    WEEK = "weeks"  # same weekday
    MONTH = "months"  # same day-number
    HALF_MONTH = "half_months"  # n月半: n months, then half of that month
    YEAR = "years"


DAY_BETWEEN, DAY, WEEK, HALF_MONTH, YEAR = (
    Unit.DAY_BETWEEN,
    Unit.DAY,
    Unit.WEEK,
    Unit.HALF_MONTH,
    Unit.YEAR,
)


@dataclass(frozen=True, slots=True)
class Span:
    """期間 — a length of time as a rule writes it; ``plus_days`` may be negative (a grace)."""

    unit: Unit
    value: int
    plus_days: int = 0


def months_later(day: int, months: int) -> int:
    """Same day-number ``months`` later; if there is none, the first of the month after (30 Nov + 3 → 1 Mar)."""
    start = dt.date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if start.day > 28 and start.day > calendar.monthrange(year, month + 1)[1]:
        year, month = divmod(year * 12 + month + 1, 12)
        return dt.date(year, month + 1, 1).toordinal()
    return dt.date(year, month + 1, start.day).toordinal()


def half_months_later(day: int, months: int) -> int:
    """n月半 — ``months`` later and half of that month: 28 → 14, 29 → 15, 30 → 15, 31 → 16 days."""
    reached = months_later(day, months)
    that = dt.date.fromordinal(reached)
    return reached + (calendar.monthrange(that.year, that.month)[1] + 1) // 2


def earliest(day: int, span: Span) -> int:
    """First day on which the interval has passed since an injection on ``day`` (接種間隔を満たす最初の日)."""
    unit, value = span.unit, span.value
    if unit is DAY_BETWEEN:
        return day + value + 1 + span.plus_days
    if unit is DAY:
        return day + value + span.plus_days
    if unit is WEEK:
        return day + 7 * value + span.plus_days
    if unit is HALF_MONTH:
        return half_months_later(day, value) + span.plus_days
    return months_later(day, value * 12 if unit is YEAR else value) + span.plus_days


def last_under(day: int, span: Span) -> int:
    """Last day of 「7月未満」 since an injection on ``day``: the day before the length is full."""
    return earliest(day, span) - 1


def age_reached(birth: int, span: Span) -> int:
    """First day of 「◯歳以上」: an age is reached at the end of the day before (年齢計算ニ関する法律).

    Weeks and days count from the day of birth as 0: that very day. A month without the day-number: its last day.
    """
    unit, value = span.unit, span.value
    if unit is YEAR:
        return jdate.age_reached_on(dt.date.fromordinal(birth), value).toordinal() + span.plus_days
    if unit is Unit.MONTH:
        # "first of the month after" is the day after the month's last day, so one rule serves both cases
        return months_later(birth, value) - 1 + span.plus_days
    if unit is WEEK:
        return birth + 7 * value + span.plus_days
    if unit is DAY:
        return birth + value + span.plus_days
    raise ValueError(f"an age is not counted in {unit}")


def age_until(birth: int, span: Span, *, strict: bool = False) -> int:
    """Last day of 「◯歳未満」「至るまで」: the day before the birthday, which is also the first of 「以上」.

    ``strict``: one day earlier, so that the two do not share a day (as COVID-19 was practised).
    """
    return age_reached(birth, span) - strict


def fiscal_years(birth: int, allowed: "Ages") -> list[Days]:
    """Fiscal years (4/1–3/31) at whose end the age (年度末年齢) is an allowed one; one cohort is 4/2–4/1."""
    cohort = jdate.birth_cohort(dt.date.fromordinal(birth))
    if allowed.listed:
        return join([_fiscal_days(cohort + age, cohort + age) for age in allowed.listed])
    return [_fiscal_days(cohort + allowed.low, cohort + min(allowed.high, OLDEST))]


def _fiscal_days(first_year: int, last_year: int) -> Days:
    return jdate.fiscal_year_end(first_year - 1).toordinal() + 1, jdate.fiscal_year_end(last_year).toordinal()


def fiscal_year_end_age(birth: int, year: int) -> int:
    """年度末年齢 — age on 31 March at the end of the fiscal year."""
    return year - jdate.birth_cohort(dt.date.fromordinal(birth))


@dataclass(frozen=True, slots=True)
class Ages:
    """年齢の集合 — whole ages: a list, or from–to (both included)."""

    low: int = 0
    high: int = OLDEST
    listed: frozenset[int] = frozenset()

    def holds(self, age: int) -> bool:
        return age in self.listed if self.listed else self.low <= age <= self.high


# --- stretches of days ----------------------------------------------------------------------------------


def join(stretches: list[Days]) -> list[Days]:
    """The same days in as few stretches as possible, in order; empty ones are dropped."""
    if len(stretches) == 1:
        return stretches if stretches[0][0] <= stretches[0][1] else []
    made: list[Days] = []
    for first, last in sorted(s for s in stretches if s[0] <= s[1]):
        if made and first <= made[-1][1] + 1:
            if last > made[-1][1]:
                made[-1] = (made[-1][0], last)
        else:
            made.append((first, last))
    return made


def common(one: list[Days], other: list[Days]) -> list[Days]:
    """Days that lie in both."""
    if len(one) == 1 and len(other) == 1:  # nearly always
        (a, b), (c, d) = one[0], other[0]
        first, last = a if a > c else c, b if b < d else d
        return [(first, last)] if first <= last else []
    if not one or not other:
        return []
    if len(other) == 1:  # parts of stretches that lie apart lie apart
        c, d = other[0]
        return [(a if a > c else c, b if b < d else d) for a, b in one if a <= d and c <= b]
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in other if a <= d and c <= b]
    return found if len(found) < 2 else join(found)


def without(stretches: list[Days], hole: Days) -> list[Days]:
    """Days that do not lie in the hole."""
    first, last = hole
    left = [(a, min(b, first - 1)) for a, b in stretches] + [(max(a, last + 1), b) for a, b in stretches]
    return join(left) if first <= last else stretches
