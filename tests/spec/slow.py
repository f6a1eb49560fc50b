"""The same rules a second time, slow and obvious: every day is tried, one after the other.

Nothing of the engine is used; only the document is read. For one series without marks.
"""

import datetime as dt
from functools import cache

ONE = dt.timedelta(days=1)


@cache
def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def in_force(row: dict, day: dt.date) -> bool:
    return ("from" not in row or date(row["from"]) <= day) and (
        "until" not in row or day <= date(row["until"])
    )


# --- lengths ----------------------------------------------------------------------------------------------


def whole_months(birth: dt.date, day: dt.date) -> int:
    """Months of age in daily speech."""
    return (day.year - birth.year) * 12 + day.month - birth.month - (day.day < birth.day)


def is_aged(birth: dt.date, length: dict, day: dt.date) -> bool:
    """Has the age been reached on the day? By law it is reached at the end of the day before."""
    day += length.get("less_days", 0) * ONE
    if "weeks" in length or "days" in length:
        return (day - birth).days >= length.get("weeks", 0) * 7 + length.get("days", 0)
    months = length["years"] * 12 if "years" in length else length["months"]
    return whole_months(birth, day + ONE) >= months


def is_under(birth: dt.date, length: dict, day: dt.date) -> bool:
    """「至るまで」: the day on which the age is reached is the last one."""
    return not is_aged(birth, length, day - ONE)


@cache
def month_day(start: dt.date, months: int) -> dt.date:
    """The day with the same number, found by walking; the first of the month after where there is none."""
    day = start
    while True:
        passed = (day.year - start.year) * 12 + day.month - start.month
        if (passed == months and day.day == start.day) or passed > months:
            return day
        day += ONE


def has_passed(start: dt.date, length: dict, day: dt.date) -> bool:
    """Has the interval passed since the injection?"""
    day += length.get("less_days", 0) * ONE
    if "days_between" in length:
        return (day - start).days - 1 >= length["days_between"]
    if "weeks" in length or "days" in length:
        return (day - start).days >= length.get("weeks", 0) * 7 + length.get("days", 0)
    reached = month_day(start, length["months"] if "months" in length else length["years"] * 12)
    if length.get("half"):
        reached += {28: 14, 29: 15, 30: 15, 31: 16}[days_of_month(reached)] * ONE
    return day >= reached


@cache
def days_of_month(day: dt.date) -> int:
    day = day.replace(day=28)
    while (day + ONE).month == day.month:
        day += ONE
    return day.day


def within(start: dt.date, row: dict, day: dt.date) -> bool:
    """Has the upper bound not been passed?"""
    if "under" in row:
        return not has_passed(start, row["under"], day)
    return "max" not in row or not has_passed(start, row["max"], day - ONE)


# --- persons ----------------------------------------------------------------------------------------------


def age_holds(rule: dict | None, birth: dt.date, day: dt.date, *, counting: bool) -> bool:
    if rule is None:
        return True
    if rule["kind"] == "fy_end_age":
        year = rule.get("fiscal_year", day.year if day.month >= 4 else day.year - 1)
        age = whole_months(birth, dt.date(year + 1, 4, 1)) // 12
        return rule.get("from", 0) <= age <= rule.get("to", 150)
    least = rule.get("absolute", rule.get("min")) if counting else rule.get("min")
    if least and not is_aged(birth, least, day - ONE if rule.get("from_birthday") else day):
        return False
    return "until" not in rule or is_under(birth, rule["until"], day + ONE if rule.get("strict") else day)


def is_eligible(document: dict, birth: dt.date, day: dt.date) -> bool:
    open_groups = {g for wave in document["waves"] if in_force(wave, day) for g in wave["groups"]}
    return (
        day >= birth
        and any(in_force(season, day) for season in document["seasons"])
        and any(
            group["id"] in open_groups and age_holds(group["who"].get("age"), birth, day, counting=False)
            for group in document["groups"]
        )
    )


# --- doses ------------------------------------------------------------------------------------------------


def counts_as(document: dict, birth: dt.date, sofar: list, last: dt.date | None, day: dt.date, product: str, every: list, *, counting: bool) -> bool:  # fmt: skip
    """May this injection be the next dose? ``counting``: does it count; else: would it be offered?"""
    rules = document["series"][0]["doses"]
    rule = rules[len(sofar)]
    if not any(
        row["product"] == product
        and in_force(row, day)
        and (counting or row.get("offered", True))
        and age_holds(row.get("age"), birth, day, counting=counting)
        for row in rule["give"]
    ):
        return False
    looked_at = {
        row.get("after_dose", rule["dose"] - 1) for row in rule.get("intervals", ()) if product in row["give"]
    }
    for number in looked_at:
        start, before = sofar[number - 1]
        rows = [
            row
            for row in rule["intervals"]
            if row.get("after_dose", rule["dose"] - 1) == number
            and before in row["after"]
            and product in row["give"]
            and in_force(row, day)
        ]
        if not any(
            interval_holds(row, start, last, number == rule["dose"] - 1, day, counting) for row in rows
        ):
            return False
    for space in document.get("spacing", ()):
        if product in space["give"] and in_force(space, day):
            least = space.get("absolute", space["min"]) if counting else space["min"]
            for earlier, its_product in every:
                near = earlier < day if counting else earlier <= day
                if its_product in space["after"] and near and not has_passed(earlier, least, day):
                    return False
    return True


def interval_holds(row: dict, start: dt.date, last: dt.date | None, previous: bool, day: dt.date, counting: bool) -> bool:  # fmt: skip
    least = row.get("min", {"days": 1})
    if counting:
        least = row.get("absolute", least)
    starts = [start, last] if previous and last else [start]
    return all(has_passed(s, least, day) for s in starts) and within(start, row, day)


def replay(
    document: dict, birth: dt.date, given: list, every: list
) -> tuple[list[str], list, dt.date | None]:
    """The verdict of each injection, the doses that count, the day of the last injection."""
    size = len(document["series"][0]["doses"])
    verdicts, sofar, last = [], [], None
    for day, product in given:
        if len(sofar) == size:
            verdicts.append("extraneous")
            continue
        good = counts_as(document, birth, sofar, last, day, product, every, counting=True)
        verdicts.append("valid" if good else "not_valid")
        if good:
            sofar.append((day, product))
        last = day
    return verdicts, sofar, last


def open_days(
    document: dict, birth: dt.date, sofar: list, last: dt.date | None, product: str, every: list
) -> set:
    """Every day on which the next dose would be offered with the product."""
    days, day = set(), date(document["seasons"][0]["from"])
    while day <= date(document["seasons"][-1]["until"]):
        if is_eligible(document, birth, day) and counts_as(
            document, birth, sofar, last, day, product, every, counting=False
        ):
            days.add(day)
        day += ONE
    return days


def stretches(days: set) -> list[tuple[dt.date, dt.date]]:
    """The same days as (first, last), both included."""
    firsts = sorted(day for day in days if day - ONE not in days)
    lasts = sorted(day for day in days if day + ONE not in days)
    return list(zip(firsts, lasts, strict=True))
