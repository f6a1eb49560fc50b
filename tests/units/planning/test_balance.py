"""Second doses beside deliveries and places, week by week."""

import datetime as dt

from sesshu.inside.planning.programme import document
from sesshu.inside.planning.supply.balance import Open, Supply, balance, monday, second_on

DEMO = document.shipped("demo-covid19")
TODAY = dt.date(2026, 11, 24)


def d(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def test_the_usual_day_of_the_second_dose():
    assert second_on(DEMO, "pfizer", d("11-24")) == d("12-15")
    assert second_on(DEMO, "moderna", d("11-24")) == d("12-22")
    zoster = document.shipped("zoster-2026")
    assert (
        second_on(zoster, "recombinant", d("04-10")) == d("06-10")
        and second_on(zoster, "live", d("04-10")) is None
    )


def test_needs_run_ahead_of_doses():
    """60 delivered, 40 first doses given three weeks ago: their seconds leave nothing for the 30 first doses booked."""
    supplies = [
        Supply(monday(d("11-03")), "pfizer", delivered=60, given_first=40, places=80),
        Supply(monday(d("11-26")), "pfizer", booked_first=30, places=20),
    ]
    weeks = balance(DEMO, supplies, [Open(d("11-03"), "pfizer", 40)], TODAY)
    assert [(w.supply.week, w.stock) for w in weeks] == [
        (d("11-02"), 20), (d("11-09"), 20), (d("11-16"), 20), (d("11-23"), -50),
    ]  # fmt: skip
    last = weeks[-1]
    assert (last.due_later, last.needed, last.short_doses, last.short_places) == (40, 70, 50, 50)
    assert all(not w.short_doses and not w.short_places for w in weeks[:-1])


def test_a_second_dose_that_is_overdue_counts_now():
    [week] = balance(DEMO, [], [Open(d("10-01"), "pfizer", 7)], TODAY)
    assert (week.supply.week, week.due_later) == (monday(TODAY), 7)


def test_products_do_not_mix():
    supplies = [Supply(monday(TODAY), "moderna", delivered=5), Supply(monday(TODAY), "pfizer", delivered=9)]
    assert [(w.supply.product, w.stock) for w in balance(DEMO, supplies, [], TODAY)] == [
        ("pfizer", 9),
        ("moderna", 5),
    ]
    assert balance(DEMO, [], [], TODAY) == []
