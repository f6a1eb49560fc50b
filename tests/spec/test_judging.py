"""接種の判定. How a history is read, shown on a made-up programme: 2 doses of ワクチンA or B, 20日以上, in 2026."""

from sesshu.inside.planning.programme.document import load
from tests.spec.asking import bookable, standing
from tests.spec.samples import doses, give, interval, sample

title = "判定のしかた — how a history is judged"
chapter = 2

ANSWERS = ("each dose", "answer", "why")

ORDER = """
born       | given                                                        | asked on   | each dose                 | answer                 | why         | remark
-----------+--------------------------------------------------------------+------------+---------------------------+------------------------+-------------+-------
1990-01-01 |                                                              | 2026-06-01 |                           | dose 1 from 2026-01-01 |             | 期間が続いていれば過去の日になる
1990-01-01 | 2026-05-22 ワクチンA, 2026-05-01 ワクチンA                   | 2026-06-01 | counts, counts            | complete               |             | 順不同でよい
1990-01-01 | 2026-05-01 ワクチンA, 2026-05-01 ワクチンA                   | 2026-06-01 | counts, not valid         | dose 2 from 2026-05-22 | J04         | 同じ日の二重記録
1990-01-01 | 2026-05-01 ワクチンA, 2026-05-10 ワクチンA, 2026-05-22 ワクチンA | 2026-06-01 | counts, not valid, not valid | dose 2 from 2026-06-12 | J04 J11  | 数えない接種からも間隔をあける
1990-01-01 | 2026-05-01 ワクチンC, 2026-05-02 ワクチンA                   | 2026-06-01 | not valid, counts         | dose 2 from 2026-05-23 | J01         | 使わないワクチン
1990-01-01 | 2025-05-01 ワクチンA, 2025-06-01 ワクチンA                   | 2026-06-01 | counts, counts            | complete               |             | 実施前の接種も数える
1990-01-01 | 2026-05-01 ワクチンA                                         | 2027-01-01 | counts                    | not eligible           | J12         | 事業の終了後
"""


def test_order_and_doubles(spec):
    """Doses are read in order of their days; one that does not count still keeps its distance."""
    spec(ORDER, ask=standing(load(sample())), answers=ANSWERS)


GRACE = load(
    sample(
        series=doses(
            {
                "dose": 1,
                "give": [
                    give(
                        "a",
                        age={
                            "kind": "age_on_day",
                            "min": {"months": 12},
                            "absolute": {"months": 12, "less_days": 4},
                            "from_birthday": True,
                            "recommended": {"months": 15},
                        },
                    ),
                    give("b", offered=False),
                ],
            },
            {
                "dose": 2,
                "give": [give("a")],
                "intervals": [
                    interval(
                        "a b",
                        "a",
                        min={"days": 28},
                        absolute={"days": 28, "less_days": 4},
                        standard={"months": 2},
                    )
                ],
            },
        )
    )
)

FOREIGN = """
born       | given                                      | asked on   | each dose         | answer                                    | why     | remark
-----------+--------------------------------------------+------------+-------------------+-------------------------------------------+---------+-------
2025-06-10 |                                            | 2026-06-10 |                   | dose 1 from 2026-06-10, better 2026-09-10 |         | 12 months on the birthday itself
2025-06-10 | 2026-06-06 ワクチンA                       | 2026-06-30 | counts            | dose 2 from 2026-07-04, better 2026-08-06 | J11     | four days of grace
2025-06-10 | 2026-06-05 ワクチンA                       | 2026-06-30 | not valid         | dose 1 from 2026-06-10, better 2026-09-10 | J02     | five days early
2025-06-10 | 2026-07-01 ワクチンA, 2026-07-25 ワクチンA | 2026-08-30 | counts, counts    | complete                                  |         | 24 days: within the grace
2025-06-10 | 2026-07-01 ワクチンA, 2026-07-24 ワクチンA | 2026-08-01 | counts, not valid | dose 2 from 2026-08-21, better 2026-09-01 | J04 J11 | 23 days
2025-06-10 | 2026-07-01 ワクチンB, 2026-07-29 ワクチンA | 2026-08-01 | counts, counts    | complete                                  |         | allowable, but not offered
2026-01-31 |                                            | 2026-06-10 |                   | not eligible                              | J12     | twelve months after the season's end
"""


def test_absolute_minimum(spec):
    """Schedules of other countries: a minimum for planning, an absolute minimum with grace, allowable products."""
    spec(FOREIGN, ask=standing(GRACE), answers=ANSWERS)


ONE_OR_TWO = load(
    sample(
        series=[
            {"id": "one", "title": "ワクチンCを1回", "doses": [{"dose": 1, "give": [give("c")]}]},
            *doses(
                {"dose": 1, "give": [give("a")]},
                {
                    "dose": 2,
                    "give": [give("a"), give("c")],
                    "intervals": [interval("a", "a c", min={"weeks": 4})],
                },
            ),
        ]
    )
)

BY_PRODUCT = """
born       | given                                      | asked on   | each dose         | answer                 | why
-----------+--------------------------------------------+------------+-------------------+------------------------+----
1990-01-01 | 2026-05-01 ワクチンC                       | 2026-06-01 | counts            | complete               |
1990-01-01 | 2026-05-01 ワクチンA                       | 2026-06-01 | counts            | dose 2 from 2026-05-29 |
1990-01-01 | 2026-05-01 ワクチンA, 2026-05-29 ワクチンC | 2026-06-01 | counts, counts    | complete               |
1990-01-01 | 2026-05-01 ワクチンA, 2026-05-08 ワクチンC | 2026-06-01 | not valid, counts | complete               | J01
1990-01-01 | 2026-05-01 ワクチンC, 2026-05-29 ワクチンA | 2026-06-01 | counts, beside    | complete               | J07
"""


def test_series_by_product(spec):
    """The series that fits best is followed: complete before incomplete, then the most doses that count."""
    spec(BY_PRODUCT, ask=standing(ONE_OR_TWO), answers=ANSWERS)


NEAR = load(
    sample(
        spacing=[
            {"after": ["c"], "give": ["a", "b"], "min": {"days_between": 27}},
            {"after": ["b"], "give": ["b"], "min": {"days_between": 90}, "until": "2026-06-30"},
        ]
    )
)

SPACING = """
born       | given                                      | asked on   | each dose            | answer                 | why         | remark
-----------+--------------------------------------------+------------+----------------------+------------------------+-------------+-------
1990-01-01 | 2026-05-01 ワクチンC                       | 2026-05-02 | not valid            | dose 1 from 2026-05-29 | J01 J11     | 生ワクチンの間: 27日以上
1990-01-01 | 2026-05-01 ワクチンC, 2026-05-28 ワクチンA | 2026-05-28 | not valid, not valid | dose 1 from 2026-05-29 | J01 J09 J11 | 一日早い
1990-01-01 | 2026-05-01 ワクチンC, 2026-05-29 ワクチンA | 2026-05-29 | not valid, counts    | dose 2 from 2026-06-19 | J01 J11     | 28日後
1990-01-01 | 2026-05-01 ワクチンB                       | 2026-05-02 | counts               | dose 2 from 2026-07-01 | J11         | 90日の規定は6月30日の接種まで
"""


def test_other_vaccines(spec):
    """他の接種との間隔: a distance from any dose of some products, in force for injections on certain days."""
    spec(SPACING, ask=standing(NEAR), answers=ANSWERS)


EXCEPTIONS = """
born       | asked on   | given                                          | answer
-----------+------------+------------------------------------------------+-------
1990-01-01 | 2026-06-01 |                                                | 1: 2026-01-01–2026-12-31 ワクチンA・ワクチンB; 2*: 2026-01-01–2026-12-31 ワクチンA・ワクチンB
1990-01-01 | 2026-06-01 | 2026-05-01 ワクチンA                           | 2: 2026-05-22–2026-12-31 ワクチンA
1990-01-01 | 2026-06-01 | 2026-07-01 ワクチンA                           | 1: 2026-01-01–2026-12-31 ワクチンA・ワクチンB; 2*: 2026-01-01–2026-12-31 ワクチンA・ワクチンB
1990-01-01 | 2027-01-01 |                                                | nothing
"""


def test_what_may_be_booked(spec):
    """予約資格: records dated later than the day asked about are not yet known; what is over is left out."""
    spec(EXCEPTIONS, ask=bookable(load(sample())))
