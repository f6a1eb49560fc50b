"""Entitlements and the interval table, apart from what the tables of tests/spec say."""

import datetime as dt
import random

import pytest

from sesshu.base.jdate import BirthDate, parse_birth_date
from sesshu.inside.planning.programme.document import list_shipped, load, shipped
from sesshu.inside.planning.programme.rules import (
    Dose,
    Entitlement,
    IntervalRow,
    Person,
    entitlements,
    interval_table,
    one_row_each,
)
from tests.spec.samples import doses, give, interval, sample

D = dt.date
TODAY = D(2026, 11, 24)
DEMO = shipped("demo-covid19")


def test_a_birth_date_may_come_as_the_register_holds_it():
    as_date = entitlements(DEMO, Person(D(1950, 5, 5)), [], TODAY)
    assert as_date == entitlements(DEMO, Person(BirthDate.of(D(1950, 5, 5))), [], TODAY)
    assert [row.dose for row in as_date] == [1, 2]


@pytest.mark.parametrize("text", ["昭和25年月日不詳", "1950-02-29", "年月日不詳"])
def test_an_unknown_or_impossible_birth_date_needs_a_chosen_one(text):
    born = parse_birth_date(text)
    assert entitlements(DEMO, Person(born), [], TODAY) == []
    assert entitlements(DEMO, Person(born, eligibility_on=D(1950, 5, 5)), [], TODAY) != []


def test_a_person_does_not_print():
    assert "1950" not in repr(Person(D(1950, 5, 5))) and "1950" not in str(Person(D(1950, 5, 5)))


def test_the_second_dose_is_there_beforehand_and_exact_after_the_record():
    before = entitlements(DEMO, Person(D(1950, 5, 5)), [], TODAY)
    assert [(r.dose, r.after_previous) for r in before] == [(1, False), (2, True)]
    (after,) = entitlements(DEMO, Person(D(1950, 5, 5)), [Dose(D(2026, 11, 1), "moderna")], TODAY)
    assert after == Entitlement(2, D(2026, 11, 22), D(2027, 3, 31), ("moderna",), False)


def test_an_unknown_product_counts_for_nothing_and_breaks_nothing():
    rows = entitlements(DEMO, Person(D(1950, 5, 5)), [Dose(D(2026, 11, 1), "elsewhere")], TODAY)
    assert [(r.dose, r.after_previous) for r in rows] == [(1, False), (2, True)]


def test_the_answer_depends_on_the_day_only_by_what_is_over():
    person = Person(D(1950, 5, 5))
    assert entitlements(DEMO, person, [], D(2026, 1, 1)) == entitlements(DEMO, person, [], D(2027, 3, 31))
    assert entitlements(DEMO, person, [], D(2027, 4, 1)) == []


@pytest.mark.parametrize("name", list_shipped())
def test_the_interval_table_agrees_with_the_record(name):
    """Booked ahead by the table, or exactly after the record: the same days."""
    programme = shipped(name)
    born = {"zoster-2026": D(1961, 6, 1)}.get(name, D(1950, 5, 5))
    table = list(interval_table(programme))
    rng = random.Random(1)
    for row in rng.sample(table, min(60, len(table))):
        after = entitlements(
            programme, Person(born), [Dose(row.previous_on, row.previous_product)], row.previous_on
        )
        exact = [
            (e.from_on, e.until_on, e.products) for e in after if e.dose == row.dose and not e.after_previous
        ]
        assert (max(row.from_on, exact[0][0]), row.until_on, row.products) in exact


def test_a_row_of_the_table_for_every_day_and_product():
    rows = list(interval_table(DEMO))
    keys = {(r.dose, r.previous_product, r.previous_on) for r in rows}
    assert len(keys) == len(rows) == 2 * 182 - 19 - 21
    assert rows == sorted(
        rows, key=lambda r: (r.dose, ["pfizer", "moderna"].index(r.previous_product), r.previous_on)
    )
    week = list(interval_table(DEMO, D(2026, 11, 24), D(2026, 11, 30)))
    assert len(week) == 14 and week == [
        r for r in rows if D(2026, 11, 24) <= r.previous_on <= D(2026, 11, 30)
    ]


def test_products_that_may_follow_share_a_row_where_their_days_are_equal():
    mixed = load(
        sample(
            series=doses(
                {"dose": 1, "give": [give("a")]},
                {
                    "dose": 2,
                    "give": [give("a"), give("b"), give("c")],
                    "intervals": [
                        interval("a", "a b", min={"weeks": 3}),
                        interval("a", "c", min={"weeks": 4}),
                    ],
                },
            )
        )
    )
    rows = list(interval_table(mixed, D(2026, 5, 1), D(2026, 5, 1)))
    assert [(r.from_on, r.products) for r in rows] == [(D(2026, 5, 22), ("a", "b")), (D(2026, 5, 29), ("c",))]
    assert one_row_each(rows) == [rows[0]]


def test_one_row_each_never_allows_more():
    def row(first: int, last: int, *products: str) -> Entitlement:
        return Entitlement(1, D(2026, 1, first), D(2026, 1, last), products, False)

    assert one_row_each([row(1, 20, "a"), row(5, 20, "b")]) == [row(1, 20, "a")]
    assert one_row_each([row(5, 10, "a"), row(1, 20, "b"), row(4, 20, "c")]) == [row(1, 20, "b")]
    assert one_row_each([row(1, 20, "b"), row(1, 20, "c")]) == [row(1, 20, "b", "c")]
    twin = [IntervalRow(2, "a", D(2026, 1, n), D(2026, 2, n), D(2026, 3, 1), ("a",)) for n in (1, 2)]
    assert one_row_each(twin) == twin


def test_a_season_counts_only_its_own_doses():
    seasons = [
        {"id": "one", "title": "春", "from": "2026-04-01", "until": "2026-06-30"},
        {"id": "two", "title": "秋", "from": "2026-10-01", "until": "2026-12-31"},
    ]
    once = load(sample(history="season", seasons=seasons, series=doses({"dose": 1, "give": [give("a")]})))
    person = Person(D(1950, 5, 5))
    assert [r.from_on for r in entitlements(once, person, [], D(2026, 4, 1))] == [
        D(2026, 4, 1),
        D(2026, 10, 1),
    ]
    (left,) = entitlements(once, person, [Dose(D(2026, 5, 1), "a")], D(2026, 5, 2))
    assert (left.from_on, left.until_on) == (D(2026, 10, 1), D(2026, 12, 31))
