"""期間と年齢の数え方. Every rule by which days are counted, with its examples.

The day of the injection is day zero. All stretches of days include their first and their last day.
"""

import datetime as dt

from sesshu.inside.planning.programme import counting, following
from sesshu.inside.planning.programme.counting import Ages, Span, Unit
from sesshu.inside.planning.programme.lengths import SCHOOL_YEARS, age_rule
from tests.spec.asking import day

title = "数え方 — how days and ages are counted"
chapter = 1


def shown(number: int) -> str:
    return dt.date.fromordinal(number).isoformat()


def span(rule: str) -> Span:
    """「27 days between」「3 weeks」「2 months」「2 months and a half」「6 weeks 3 days」."""
    number, unit, *rest = rule.split()
    if rest == ["between"]:
        return Span(Unit.DAY_BETWEEN, int(number))
    if rest == ["and", "a", "half"]:
        return Span(Unit.HALF_MONTH, int(number))
    return Span(Unit(unit if unit.endswith("s") else unit + "s"), int(number), int(rest[0]) if rest else 0)


def earliest(rule: str, injected: str) -> str:
    return shown(counting.earliest(day(injected).toordinal(), span(rule)))


DAYS_BETWEEN = """
rule            | injected   | answer     | remark                          | source
----------------+------------+------------+---------------------------------+-------
27 days between | 2026-01-05 | 2026-02-02 | 4週間後の同じ曜日               | NATORI
6 days between  | 2026-01-05 | 2026-01-12 | 1週間後の同じ曜日               | NATORI
18 days between | 2021-06-01 | 2021-06-20 | day 19                          | QA36
20 days between | 2021-06-01 | 2021-06-22 | day 21                          | M
55 days between | 2022-11-01 | 2022-12-27 | day 56                          | QA152
13 days between | 2021-06-01 | 2021-06-15 | 新型コロナと他のワクチン        | H171
139 days between | 2026-04-01 | 2026-08-19 | B型肝炎の3回目、1回目から       | KOKA
"""


def test_days_between(spec):
    """「N日以上の間隔」: N full days lie between, so the earliest day is D + N + 1."""
    spec(DAYS_BETWEEN, ask=earliest)


WEEKS = """
rule    | injected   | answer     | source
--------+------------+------------+-------
3 weeks | 2021-06-01 | 2021-06-22 | QA36
4 weeks | 2021-06-01 | 2021-06-29 | MUNYA
"""


def test_weeks(spec):
    """「3週間」(標準): the same weekday."""
    spec(WEEKS, ask=earliest)


MONTHS = """
rule     | injected   | answer     | remark                                   | source
---------+------------+------------+------------------------------------------+-------
3 months | 2026-04-01 | 2026-07-01 | 同じ日                                   | HPV20
3 months | 2025-11-30 | 2026-03-01 | 2月30日がないので翌月1日                 | HPV20
1 months | 2026-01-31 | 2026-03-01 | 2月31日がない                            | NATORI
1 months | 2024-01-29 | 2024-02-29 | うるう年                                 | NATORI
1 months | 2024-01-30 | 2024-03-01 | うるう年にもない日                       | NATORI
2 months | 2026-12-31 | 2027-03-01 | 年をまたぐ                               | NATORI
6 months | 2026-08-31 | 2027-03-01 | 年度もまたぐ                             | NATORI
5 months | 2026-05-31 | 2026-10-31 | 同じ日がある                             | NATORI
"""


def test_months(spec):
    """「n月以上の間隔」: the same day-number; where there is none, the first day of the month after."""
    spec(MONTHS, ask=earliest)


HALF_MONTHS = """
rule                | injected   | answer     | remark                     | source
--------------------+------------+------------+----------------------------+-------
2 months and a half | 2026-04-01 | 2026-06-16 | 6月は30日: 15日            | HPV20
2 months and a half | 2025-12-01 | 2026-02-15 | 2月は28日: 14日            | HPV20
2 months and a half | 2023-12-01 | 2024-02-16 | 2月は29日: 15日            | HPV20
2 months and a half | 2026-05-01 | 2026-07-17 | 7月は31日: 16日            | HPV20
"""


def test_half_months(spec):
    """「n月半」: n months, then half of *that* month: 28 → 14, 29 → 15, 30 → 15, 31 → 16."""
    spec(HALF_MONTHS, ask=earliest)


def last_under(rule: str, injected: str) -> str:
    return shown(counting.last_under(day(injected).toordinal(), span(rule)))


UNDER = """
rule     | injected   | answer     | remark                         | source
---------+------------+------------+--------------------------------+-------
7 months | 2026-04-01 | 2026-10-31 | 11月1日で7月に達する           | ZOS21
7 months | 2026-07-31 | 2027-02-28 | 2月31日がないので3月1日の前日  | ZOS21
"""


def test_under(spec):
    """「7月未満」: up to the day before the length is full."""
    spec(UNDER, ask=last_under)


def first_of_age(age: str, born: str) -> str:
    return shown(counting.age_reached(day(born).toordinal(), span(age)))


FROM_AGE = """
age             | born       | answer     | remark                                 | source
----------------+------------+------------+----------------------------------------+-------
65 years        | 1961-06-10 | 2026-06-09 | 誕生日の前日                           | KOBE
65 years        | 1962-04-01 | 2027-03-31 | 4月1日生まれは年度の最後の日           | KOBE
60 years        | 1964-02-29 | 2024-02-28 | 2月29日生まれ、うるう年                | KOBE
65 years        | 1964-02-29 | 2029-02-28 | 2月29日生まれ、平年                    | KOBE
12 years        | 2009-01-01 | 2020-12-31 | 元日生まれは大みそか                   | KOBE
2 months        | 2026-01-15 | 2026-03-14 | 月も同じ                               | KOBE
2 months        | 2025-12-31 | 2026-02-28 | 同じ日がなければ月の末日               | KOBE
6 weeks         | 2026-01-01 | 2026-02-12 | 出生6週0日: 生まれた日は0日            | KOBE
14 weeks 6 days | 2026-01-01 | 2026-04-15 | 出生14週6日: その日を含む              | KOBE
"""


def test_from_age(spec):
    """「◯歳以上」: an age is reached at 24:00 on the day before the birthday, so that day is the first."""
    spec(FROM_AGE, ask=first_of_age)


def last_of_age(age: str, born: str, strict: str) -> str:
    return shown(counting.age_until(day(born).toordinal(), span(age), strict=strict == "yes"))


UNTIL_AGE = """
age      | born       | strict | answer     | remark                                        | source
---------+------------+--------+------------+-----------------------------------------------+-------
5 years  | 2021-06-10 |        | 2026-06-09 | 「5歳以上」の最初の日と同じ日                 | KOBE
5 years  | 2021-06-10 | yes    | 2026-06-08 | 新型コロナの乳幼児用は前々日まで              | SHIGA
66 years | 1960-06-10 |        | 2026-06-09 | 肺炎球菌: 66歳の誕生日の前日まで              | ISA
1 months | 2026-01-31 |        | 2026-02-28 | 同じ日がなければ月の末日                      | NATORI
12 months | 2025-06-10 |       | 2026-06-09 | 生後12月に至るまで                            | NATORI
24 weeks | 2026-01-01 |        | 2026-06-18 | 出生24週0日まで: その日を含む                 | KOKA
"""


def test_until_age(spec):
    """「◯歳未満」「至るまで」「達するまで」: the day before the birthday is the last day.

    So one day is both 「5歳未満」 and 「5歳以上」. ``strict`` takes that day away.
    """
    spec(UNTIL_AGE, ask=last_of_age)


def first_after(age: str, born: str) -> str:
    rule = age_rule({"kind": "age_on_day", "min": {"years": int(age)}, "from_birthday": True})
    return shown(following.age_days(rule, day(born).toordinal())[0][0])


FROM_BIRTHDAY = """
age | born       | answer     | source
----+------------+------------+-------
60  | 1966-06-10 | 2026-06-10 | NATORI
60  | 1968-02-29 | 2028-02-29 | NATORI
"""


def test_from_birthday(spec):
    """「◯歳に至った日の翌日」: the birthday itself."""
    spec(FROM_BIRTHDAY, ask=first_after)


def age_at_year_end(born: str, fiscal_year: str) -> str:
    return str(counting.fiscal_year_end_age(day(born).toordinal(), int(fiscal_year)))


YEAR_END = """
born       | fiscal year | answer | remark                              | source
-----------+-------------+--------+-------------------------------------+-------
1957-04-01 | 2021        | 65     | 2021年の高齢者の最後の生年月日      | YACHIMATA
1957-04-02 | 2021        | 64     | 一日違い                            | YACHIMATA
1961-04-02 | 2026        | 65     | 帯状疱疹 65歳の最初                 | NOBEOKA
1962-04-01 | 2026        | 65     | 帯状疱疹 65歳の最後                 | NOBEOKA
1962-04-02 | 2026        | 64     |                                     | NOBEOKA
1926-04-02 | 2026        | 100    | 帯状疱疹 100歳の最初                | NOBEOKA
1927-04-01 | 2026        | 100    | 帯状疱疹 100歳の最後                | NOBEOKA
1964-02-29 | 2028        | 65     | 2月29日生まれ                       | NOBEOKA
"""


def test_year_end_age(spec):
    """年度末年齢: the age on 31 March; one cohort is born from 2 April to 1 April."""
    spec(YEAR_END, ask=age_at_year_end)


def school_days(years: str, born: str) -> str:
    first, last = years.split("–")
    days = counting.fiscal_years(day(born).toordinal(), Ages(SCHOOL_YEARS[first], SCHOOL_YEARS[last]))
    return "; ".join(f"{shown(a)}–{shown(b)}" for a, b in days)


SCHOOL = """
years   | born       | answer                | remark                       | source
--------+------------+-----------------------+------------------------------+---------
小6–高1 | 2014-04-02 | 2026-04-01–2031-03-31 | 2026年度に小6                | KUNITACHI
小6–高1 | 2014-04-01 | 2025-04-01–2030-03-31 | 4月1日生まれは一つ上の学年   | KUNITACHI
小6–高1 | 2010-04-02 | 2022-04-01–2027-03-31 | 2026年度に高1                | KUNITACHI
年長–年長 | 2020-10-10 | 2026-04-01–2027-03-31 | 就学前の1年                | M
"""


def test_school_years(spec):
    """学年: whole fiscal years, from 1 April to 31 March, by the age at their end."""
    spec(SCHOOL, ask=school_days)
