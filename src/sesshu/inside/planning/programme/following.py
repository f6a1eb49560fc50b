"""Where a person stands (接種の進み具合): eligible days, which doses counted, when the next may be given.

Pure. Days are day numbers, stretches include both ends. ``given`` is (day, product id), in order of days.
"""

from dataclasses import dataclass

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
MOST_PROFILES = 200_000  # a memory of equal birth dates, not of persons


@dataclass(slots=True, eq=False)
class Profile:
    """対象要件の当てはめ — what the birth date, sex and marks alone decide; shared by all who have the same."""

    birth: int
    eligible: list[Days]  # by groups, waves and seasons
    series: tuple[Series, ...]
    valid: list[list[Days]]  # per Programme.gives: days on which a dose counts, as far as the age decides
    open: list[list[Days]]  # the same: days on which the dose is offered
    advised: list[int]  # the same: first day of the recommended age; 0 for none
    fresh: tuple | None = None  # what follows for somebody without any dose


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


@dataclass(slots=True, eq=False)
class Opening:
    """接種できる期間 — days on which the next dose may be given with a product, and the advised first day."""

    first: int
    last: int
    product: str
    number: int
    advised: int


# --- what the birth date decides --------------------------------------------------------------------------


def profile_of(programme: Programme, person: Person) -> Profile | None:
    """The person's profile; None where no birth date is known and none was chosen."""
    born = person.born_on
    if born is None:
        return None
    return profile_for(programme, born.toordinal(), person.sex, person.marks)


def profile_for(programme: Programme, birth: int, sex: Sex, marks: frozenset[str]) -> Profile:
    """The profile of a birth date, sex and marks; remembered, since many persons share one."""
    if not programme.asks_sex:
        sex = Sex.UNKNOWN
    key = (birth, sex, marks)
    found = programme.profiles.get(key)
    if found is None:
        if len(programme.profiles) >= MOST_PROFILES:
            programme.profiles.clear()
        found = programme.profiles[key] = _make_profile(programme, birth, sex, marks)
    return found


def _make_profile(programme: Programme, birth: int, sex: Sex, marks: frozenset[str]) -> Profile:
    days: list[Days] = []
    for group in programme.groups:
        days += common(belongs(group.who, birth, sex, marks), programme.open_days[group.id])
    made = Profile(birth, common(join(days), [(birth, LAST_DAY)]), (), [], [], [])
    made.series = tuple(s for s in programme.series if s.mark is None or s.mark in marks)
    offered = [*(age_days(rule, birth) for rule in programme.ages), ALWAYS]
    counting = offered
    if any(rule.absolute for rule in programme.ages):
        counting = [*(age_days(rule, birth, counting=True) for rule in programme.ages), ALWAYS]
    for gives in programme.gives:
        made.valid.append(join([d for g in gives for d in common(counting[g.age], [g.days])]))
        ages = join([d for g in gives if g.offered for d in common(offered[g.age], [g.days])])
        made.open.append(common(ages, made.eligible))
        made.advised.append(max([_recommended(programme, g.age, birth) for g in gives]))
    return made


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
    made = Progress(series, [], [], 0)
    for day, product in given:
        if len(made.valid) == len(series.doses):
            made.said.append(why.NOT_NEEDED.code)
            continue
        rule = series.doses[len(made.valid)]
        fault = _fault(rule, profile, made, day, product)
        if fault is None and programme.spacing and _too_near(programme, everything, day, product):
            fault = why.OTHER_TOO_NEAR.code
        made.said.append(fault)
        if fault is None:
            made.valid.append((day, product))
        made.last = day
    return made


def _fault(rule: DoseRule, profile: Profile, sofar: Progress, day: int, product: str) -> str | None:
    """Why an injection is not this dose; None where it is."""
    slot = rule.slots.get(product)
    if slot is None:
        return why.WRONG_PRODUCT.code
    for first, last in profile.valid[slot.at]:
        if first <= day <= last:
            break
    else:
        return _wrong_age(slot, profile, day)
    for position, rows in slot.back:
        earlier, its_product = sofar.valid[position]
        row = next((r for r in rows.get(its_product, ()) if r.days[0] <= day <= r.days[1]), None)
        if row is None:
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
    later = [first for first, _ in profile.valid[slot.at] if first > day]
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
    if progress.complete:
        return []
    rule, found = progress.series.doses[len(progress.valid)], []
    for slot in rule.offers:
        days = profile.open[slot.at]
        if not days:
            continue
        advised = profile.advised[slot.at]
        if slot.back:
            between, standard = _interval_days(rule, slot, progress)
            days, advised = common(days, between), max(advised, standard)
        for space in programme.spacing:
            if slot.product in space.give:
                days = keep_off(days, space, everything)
        for first, last in common(days, [within]):
            found.append(
                Opening(first, last, slot.product, rule.number, advised if first < advised <= last else first)
            )
    return found


def _interval_days(rule: DoseRule, slot: Slot, progress: Progress) -> tuple[list[Days], int]:
    """Days allowed by the intervals since the earlier doses, and the advised first day (0 for none)."""
    days, standard = ALWAYS, 0
    for position, rows in slot.back:
        earlier, its_product = progress.valid[position]
        again = progress.last if position == rule.number - 2 and progress.last > earlier else 0
        allowed: list[Days] = []
        for row in rows.get(its_product, ()):
            first = earliest(earlier, row.min)
            if again:  # an injection that did not count also keeps its distance
                first = max(first, earliest(again, row.min))
            allowed.append((max(first, row.days[0]), min(last_day(earlier, row), row.days[1])))
            if row.standard:
                standard = max(standard, earliest(earlier, row.standard))
        days = common(days, join(allowed))
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
