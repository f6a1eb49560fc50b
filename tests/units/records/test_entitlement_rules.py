"""One stretch of days for each dose, and when booking opens for whom."""

import datetime as dt

import pytest

from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.bookable import one_per_dose
from sesshu.inside.planning.programme.rules import Entitlement, Person
from sesshu.inside.records.entitlements.rules import Facts, Judge

TODAY = dt.date(2026, 11, 24)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def row(dose, first, last, *products, ahead=False) -> Entitlement:
    return Entitlement(dose, day(first), day(last), products, ahead)


TABLE = [
    # what the rules say → what crosses
    ([row(1, "10-01", "12-31", "p", "m")], row(1, "10-01", "12-31", "p", "m")),
    ([row(1, "12-10", "12-31", "m"), row(1, "12-01", "12-31", "p")], row(1, "12-01", "12-31", "p")),
    ([row(1, "10-01", "12-31", "p"), row(1, "11-01", "12-31", "p", "m")], row(1, "11-01", "12-31", "p", "m")),
    ([row(1, "10-01", "11-30", "p"), row(1, "10-05", "12-31", "p")], row(1, "10-05", "12-31", "p")),
    (
        [row(2, "10-01", "12-31", "p", "m", ahead=True), row(2, "12-13", "12-31", "p")],
        row(2, "12-13", "12-31", "p"),
    ),
]


@pytest.mark.parametrize("rows, crosses", TABLE)
def test_the_stretch_that_can_be_used_first_crosses(rows, crosses):
    assert one_per_dose(rows, TODAY) == [crosses]
    assert one_per_dose(rows[::-1], TODAY) == [crosses]


OPENINGS = """
1950-04-01 | 2026-09-28 09:00
1961-10-01 | 2026-09-28 09:00
1962-04-01 | 2026-09-28 09:00
1962-04-02 | 2026-12-07 09:00
1990-05-15 | 2026-12-07 09:00
2014-12-31 | 2026-12-07 09:00
2020-01-01 |
"""


@pytest.mark.parametrize("line", OPENINGS.strip().splitlines())
def test_booking_opens_with_the_first_wave(line):
    """65 within the season: the first wave. The last of them is 65 on the last day of the season."""
    born, opens = (part.strip() for part in line.split("|"))
    judge = Judge(document.shipped("demo-covid19"), TODAY)
    at = judge.opens_at(Person(dt.date.fromisoformat(born)))
    assert (f"{at:%Y-%m-%d %H:%M}" if at else "") == opens


def test_an_unknown_day_of_birth_gives_nothing():
    judge = Judge(document.shipped("demo-covid19"), TODAY)
    assert judge.rows(Facts(1, None, "女", None)) == []
    assert judge.opens_at(Person(None)) is None


def test_after_the_first_dose_only_the_second_with_the_same_product():
    judge = Judge(document.shipped("demo-covid19"), TODAY)
    [two] = judge.rows(Facts(7, dt.date(1950, 4, 1), "女", '[["2026-11-24", "moderna"]]'))
    assert two[:6] == (7, 2, dt.date(2026, 12, 15), dt.date(2027, 3, 31), ["moderna"], False)
