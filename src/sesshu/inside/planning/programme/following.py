"""Where a person stands (接種の進み具合): eligible days, which doses counted, when the next may be given.

Pure. Days are day numbers, stretches include both ends. ``given`` is (day, product id), in order of days.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sesshu.base import jdate
from sesshu.inside.planning.programme import why
from sesshu.inside.planning.programme.counting import (
    FIRST_DAY,
    LAST_DAY,
    Days,
    age_reached,
    age_until,
    common,
    earliest,
    fiscal_year_end_age,
    fiscal_years,
    join,
    last_under,
    without,
)
from sesshu.inside.planning.programme.terms import (
    AgeRule,
    DoseRule,
    Give,
    Interval,
    Person,
    Programme,
    Series,
    Sex,
    Slot,
    Spacing,
    Who,
)

Given = tuple[tuple[int, str], ...]
ALWAYS: list[Days] = [(FIRST_DAY, LAST_DAY)]
NOT_NEEDED, OTHER_TOO_NEAR = why.NOT_NEEDED.code, why.OTHER_TOO_NEAR.code
MOST_PROFILES = 200_000  # a memory of equal birth dates, not of persons


class Profile:
    """対象要件の当てはめ — what the birth date, sex and marks alone decide; shared by all who have the same.

    ``eligible``: days by groups, waves and seasons. What a product adds is worked out when somebody asks for it.
    """

    __slots__ = ("birth", "eligible", "series", "fresh", "days_valid", "_programme", "_ages", "_open")

    def __init__(self, programme: Programme, birth: int, eligible: list[Days], series: tuple[Series, ...]):
        self.birth, self.eligible, self.series, self._programme = birth, eligible, series, programme
        self.fresh: tuple | None = None  # what follows for somebody without any dose
        self._ages: dict[int, list[Days]] = {-1: ALWAYS}
        self.days_valid: dict[int, list[Days]] = {}  # what ``valid`` has been asked so far
        self._open: dict[int, list[Days]] = {}

    def valid(self, at: int) -> list[Days]:
        """Days on which a dose by the rows ``Programme.gives[at]`` counts, as far as the age decides."""
        found = self.days_valid.get(at)
        if found is None:
            rows = self._programme.gives[at]
            if self._programme.some_absolute:
                found = self._in_force(rows, {-1: ALWAYS}, counting=True)
            else:
                found = self._in_force(rows, self._ages)
            self.days_valid[at] = found
        return found

    def open(self, at: int) -> list[Days]:
        """The same: days on which the dose is offered to somebody who is asked."""
        found = self._open.get(at)
        if found is None:
            if self._programme.counts_as_offered:
                ages = self.valid(at)
            else:
                ages = self._in_force([g for g in self._programme.gives[at] if g.offered], self._ages)
            found = self._open[at] = common(ages, self.eligible)
        return found

    def advised(self, at: int) -> int:
        """The same: first day of the recommended age; 0 for none."""
        if not self._programme.recommends:
            return 0
        return max(_recommended(self._programme, g.age, self.birth) for g in self._programme.gives[at])

    def _in_force(
        self, rows: Sequence[Give], ages: dict[int, list[Days]], *, counting: bool = False
    ) -> list[Days]:
        """Days on which one of the rows is in force and its age holds. Rows stand in order of days."""
        found: list[Days] = []
        end = 0
        for give in rows:
            of_age = ages.get(give.age)
            if of_age is None:
                of_age = age_days(self._programme.ages[give.age], self.birth, counting=counting)
                ages[give.age] = of_age
            first, last = give.days
            for a, b in of_age:
                if a < first:
                    a = first
                if b > last:
                    b = last
                if a <= b:
                    if found and a <= end + 1:
                        found[-1] = (found[-1][0], b)
                    else:
                        found.append((a, b))
                    end = b
        return found


@dataclass(slots=True, eq=False)
class Progress:
    """進み具合 — a history seen by one series: what each dose was (None = it counts) and what counts."""

    series: Series
    said: list[str | None]
    valid: list[tuple[int, str]]
    last: int  # day of the last injection, counted or not; 0 for none

    @property
    def complete(self) -> bool:
        return len(self.valid) == len(self.series.doses)


# 接種できる期間 — days on which the next dose may be given: (first, last, product, dose number, first advised day).
# A plain tuple: it is made for every case.
Opening = tuple[int, int, str, int, int]


# --- what the birth date decides --------------------------------------------------------------------------


def profile_of(programme: Programme, person: Person) -> Profile | None:
    """The person's profile; None where no birth date is known and none was chosen."""
    born = person.born_on
    if born is None:
        return None
    return profile_for(programme, born.toordinal(), person.sex, person.marks)


def profile_for(programme: Programme, birth: int, sex: Sex, marks: frozenset[str]) -> Profile:
    """The profile of a birth date, sex and marks; remembered, since many persons share one."""
    # An enum and a set are slow to hash, and nearly every programme asks the birth date alone.
    key = (birth, sex if programme.asks_sex else None, marks) if marks or programme.asks_sex else birth
    found = programme.profiles.get(key)
    if found is None:
        if len(programme.profiles) >= MOST_PROFILES:
            programme.profiles.clear()
        found = programme.profiles[key] = _make_profile(programme, birth, sex, marks)
    return found


def _make_profile(programme: Programme, birth: int, sex: Sex, marks: frozenset[str]) -> Profile:
    eligible = _eligible(programme, birth, sex, marks)
    if eligible and eligible[0][0] < birth:  # nobody before their birth
        eligible = common(eligible, [(birth, LAST_DAY)])
    series = programme.series
    if programme.marked_series:
        series = tuple(s for s in series if s.mark is None or s.mark in marks)
    return Profile(programme, birth, eligible, series)


def _eligible(programme: Programme, birth: int, sex: Sex, marks: frozenset[str]) -> list[Days]:
    """Days on which somebody is asked; the same for a whole cohort where only the fiscal year of birth matters."""
    key = None
    if not programme.asks_day:
        key = (jdate.fiscal_year(dt.date.fromordinal(birth - 1)), sex, marks)
        if key in programme.asked:
            return programme.asked[key]
    days: list[Days] = []
    for group in programme.groups:
        days += common(belongs(group.who, birth, sex, marks), programme.open_days[group.id])
    days = join(days)
    if key is not None:
        programme.asked[key] = days
    return days


def _recommended(programme: Programme, age: int, birth: int) -> int:
    rule = programme.ages[age] if age >= 0 else None
    return age_reached(birth, rule.recommended) + rule.from_birthday if rule and rule.recommended else 0


def belongs(who: Who, birth: int, sex: Sex, marks: frozenset[str]) -> list[Days]:
    """Days on which the conditions of a group hold."""
    if who.sex is not None and who.sex != sex:
        return []
    if who.mark is not None and who.mark not in marks:
        return []
    if who.born is not None and not who.born[0] <= birth <= who.born[1]:
        return []
    return age_days(who.age, birth)


def age_days(rule: AgeRule | None, birth: int, *, counting: bool = False) -> list[Days]:
    """Days on which an age rule holds; ``counting``: by the absolute minimum, with which a dose still counts."""
    if rule is None:
        return ALWAYS
    if rule.ages is not None:  # 年度末年齢・学年
        if rule.fiscal_year is None:
            return fiscal_years(birth, rule.ages)
        return ALWAYS if rule.ages.holds(fiscal_year_end_age(birth, rule.fiscal_year)) else []
    low = rule.absolute if counting and rule.absolute else rule.min
    first = age_reached(birth, low) + rule.from_birthday if low else birth
    last = age_until(birth, rule.until, strict=rule.strict) if rule.until else LAST_DAY
    return [(first, last)] if first <= last else []


# --- what the history decides -----------------------------------------------------------------------------


def follow(
    programme: Programme, series: Series, profile: Profile, given: Given, everything: Given
) -> Progress:
    """Judge each dose in turn. ``everything`` also holds the doses that do not count here (spacing)."""
    said: list[str | None] = []
    valid: list[tuple[int, str]] = []
    made = Progress(series, said, valid, 0)
    doses = series.doses
    for dose in given:
        if len(valid) == len(doses):
            said.append(NOT_NEEDED)
            continue
        day, product = dose
        fault = _fault(doses[len(valid)], profile, made, day, product)
        if fault is None and programme.spacing and _too_near(programme, everything, day, product):
            fault = OTHER_TOO_NEAR
        said.append(fault)
        if fault is None:
            valid.append(dose)
        made.last = day
    return made


def _fault(rule: DoseRule, profile: Profile, sofar: Progress, day: int, product: str) -> str | None:
    """Why an injection is not this dose; None where it is."""
    slot = rule.slots.get(product)
    if slot is None:
        return why.WRONG_PRODUCT.code
    for first, last in profile.days_valid.get(slot.at) or profile.valid(slot.at):
        if first <= day <= last:
            break
    else:
        return _wrong_age(slot, profile, day)
    for position, rows in slot.back:
        earlier, its_product = sofar.valid[position]
        for row in rows.get(its_product, ()):
            if row.days[0] <= day <= row.days[1]:
                break
        else:
            return why.NO_MIX.code
        if day < earliest(earlier, row.absolute):
            return why.TOO_SOON.code
        if sofar.last > earlier and position == rule.number - 2 and day < earliest(sofar.last, row.absolute):
            return why.TOO_SOON.code
        if row.last and day > last_day(earlier, row):
            return why.TOO_LATE.code
    return None


def _wrong_age(slot: Slot, profile: Profile, day: int) -> str:
    """The product was not in force on the day, or the person too young or too old for it."""
    if not any(give.days[0] <= day <= give.days[1] for give in slot.gives):
        return why.WRONG_PRODUCT.code
    later = [first for first, _ in profile.valid(slot.at) if first > day]
    return why.TOO_YOUNG.code if later else why.TOO_OLD.code


def last_day(earlier: int, row: Interval) -> int:
    """Last day the interval allows."""
    if row.last is None:
        return LAST_DAY
    return last_under(earlier, row.last) if row.under else earliest(earlier, row.last)


def _too_near(programme: Programme, everything: Given, day: int, product: str) -> bool:
    return any(
        product in space.give
        and space.days[0] <= day <= space.days[1]
        and any(d < day < earliest(d, space.absolute) for d, p in everything if p in space.after)
        for space in programme.spacing
    )


def stand(programme: Programme, profile: Profile, given: Given, everything: Given) -> list[Progress]:
    """The series that fit the history best: complete before incomplete, then most counted doses.

    Several may fit equally (nothing given yet); a fallback series counts only where no other fits as well.
    """
    found = [follow(programme, s, profile, given, everything) for s in profile.series]
    if len(found) < 2:
        return found
    best = max((p.complete, len(p.valid)) for p in found)
    fitting = [p for p in found if (p.complete, len(p.valid)) == best]
    return [p for p in fitting if not p.series.fallback] or fitting


def next_openings(
    programme: Programme, profile: Profile, progress: Progress, everything: Given, within: Days
) -> list[Opening]:
    """Days on which the next dose of a series may be given, by product; empty where it is complete or over."""
    if len(progress.valid) == len(progress.series.doses):
        return []
    found: list[Opening] = []
    rule = progress.series.doses[len(progress.valid)]
    window = [within]
    for slot in rule.offers:
        standard, between = 0, ALWAYS
        if slot.back:
            between, standard = _interval_days(rule, slot, progress)
            if not between:
                continue
        days = profile.open(slot.at)
        if not days:
            continue
        advised = max(profile.advised(slot.at), standard)
        if between is not ALWAYS:
            days = common(days, between)
        for space in programme.spacing:
            if slot.product in space.give:
                days = keep_off(days, space, everything)
        for first, last in common(days, window):
            found.append(
                (first, last, slot.product, rule.number, advised if first < advised <= last else first)
            )
    return found


def _interval_days(rule: DoseRule, slot: Slot, progress: Progress) -> tuple[list[Days], int]:
    """Days allowed by the intervals since the earlier doses, and the advised first day (0 for none)."""
    days, standard = ALWAYS, 0
    for position, rows in slot.back:
        earlier, its_product = progress.valid[position]
        if its_product not in rows:
            return [], 0
        again = progress.last if position == rule.number - 2 and progress.last > earlier else 0
        allowed: list[Days] = []
        for row in rows[its_product]:
            first, last = row.days
            due = earliest(earlier, row.min)
            if again:  # an injection that did not count also keeps its distance
                due = max(due, earliest(again, row.min))
            if due > first:
                first = due
            if row.last is not None:
                last = min(last, last_day(earlier, row))
            allowed.append((first, last))
            if row.standard:
                standard = max(standard, earliest(earlier, row.standard))
        allowed = join(allowed)
        days = allowed if days is ALWAYS else common(days, allowed)
    return days, standard


def keep_off(days: list[Days], space: Spacing, everything: Given) -> list[Days]:
    """The days without those that lie too near to an injection of the listed products."""
    for day, product in everything:
        if product in space.after:
            blocked = (max(day, space.days[0]), min(earliest(day, space.min) - 1, space.days[1]))
            days = without(days, blocked)
    return days


def excluded(programme: Programme, everything: Given) -> bool:
    """True where so many doses of a listed product were given that the person is no longer asked."""
    return any(sum(p in e.products for _, p in everything) >= e.doses for e in programme.exclusions)
