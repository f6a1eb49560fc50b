"""帯状疱疹予防接種（2026年度）. Live vaccine once, or recombinant vaccine twice, 2月以上7月未満 apart."""

from sesshu.inside.planning.programme.document import shipped
from tests.spec.asking import after, bookable, standing

title = "帯状疱疹予防接種 2026年度"
chapter = 12
programme = "zoster-2026"

ANSWERS = ("each dose", "answer", "why")

COHORTS = """
born       | asked on   | marks  | answer                 | why | remark
-----------+------------+--------+------------------------+-----+-------
1961-04-01 | 2026-04-01 |        | not eligible           | J10 | 年度末に66歳
1961-04-02 | 2026-04-01 |        | dose 1 from 2026-04-01 |     | 65歳の最初
1962-04-01 | 2026-04-01 |        | dose 1 from 2026-04-01 |     | 65歳の最後: まだ64歳でも年度の初めから
1962-04-02 | 2026-04-01 |        | not eligible           | J10 | 年度末に64歳
1956-04-02 | 2027-03-31 |        | dose 1 from 2026-04-01 |     | 70歳、年度の最後の日
1926-04-02 | 2026-06-01 |        | dose 1 from 2026-04-01 |     | 100歳
1925-04-02 | 2026-06-01 |        | not eligible           | J10 | 101歳以上は2025年度まで
1965-01-01 | 2026-06-01 |        | not eligible           | J10 | 登録のない61歳
1965-01-01 | 2026-06-01 | hiv60  | dose 1 from 2026-04-01 |     | 登録のある61歳
"""


def test_cohorts(spec):
    """年度末年齢: 65, 70 … 100 at the end of the fiscal year, the whole year through."""
    spec(COHORTS, ask=standing(shipped(programme)), answers=("answer", "why"))


HISTORIES = """
born       | given                                                 | asked on   | marks            | each dose         | answer                 | why | remark
-----------+-------------------------------------------------------+------------+------------------+-------------------+------------------------+-----+-------
1961-06-01 | 2026-05-01 生ワクチン                                 | 2026-06-01 |                  | counts            | complete               |     | 1回で完了
1961-06-01 | 2019-05-01 ビケン                                     | 2026-06-01 |                  | counts            | complete               |     | 以前に受けた方は対象外
1961-06-01 | 2026-05-01 組換えワクチン                             | 2026-07-01 |                  | counts            | dose 2 from 2026-07-01 |     | 2月後の同じ日
1961-06-01 | 2026-05-01 組換えワクチン, 2026-06-30 シングリックス  | 2026-07-01 |                  | counts, not valid | dose 2 from 2026-08-30 | J04 J11 | 一日早い
1961-06-01 | 2026-05-01 組換えワクチン, 2026-11-30 組換えワクチン  | 2026-12-01 |                  | counts, counts    | complete               |     | 7月に達する前日
1961-06-01 | 2026-05-01 組換えワクチン, 2026-12-01 組換えワクチン  | 2026-12-02 |                  | counts, not valid | not eligible           | J05 J12 | 7月に達した日: 定期接種にならない
1961-06-01 | 2026-05-01 組換えワクチン                             | 2026-12-01 |                  | counts            | not eligible           | J12 | 上限を過ぎた
1961-06-01 | 2026-05-01 組換えワクチン                             | 2026-06-01 | immunocompromised | counts           | dose 2 from 2026-06-01 |     | 医師の判断で1月以上
1961-06-01 | 2026-05-01 組換えワクチン, 2026-07-15 生ワクチン      | 2026-08-01 |                  | not valid, counts | complete               | J01 | 生ワクチンで完了
"""


def test_histories(spec):
    """Which series a history belongs to, and its interval on both sides."""
    spec(HISTORIES, ask=standing(shipped(programme)), answers=ANSWERS)


BOOKABLE = """
born       | given                     | asked on   | answer
-----------+---------------------------+------------+-------
1961-06-01 |                           | 2026-05-01 | 1: 2026-04-01–2027-03-31 生ワクチン・組換えワクチン; 2*: 2026-04-01–2027-03-31 組換えワクチン
1961-06-01 | 2026-05-01 組換えワクチン | 2026-05-02 | 2: 2026-07-01–2026-11-30 組換えワクチン
1961-06-01 | 2026-12-31 組換えワクチン | 2027-01-01 | 2: 2027-03-01–2027-03-31 組換えワクチン
1961-06-01 | 2027-02-01 組換えワクチン | 2027-02-02 | nothing
"""


def test_what_may_be_booked(spec):
    """予約資格. ``*``: the interval table is asked as well. The year ends on 31 March for both doses."""
    spec(BOOKABLE, ask=bookable(shipped(programme)))


TABLE = """
dose | previous       | on         | answer
-----+----------------+------------+-------
2    | 組換えワクチン | 2026-05-01 | 2026-07-01–2026-11-30 組換えワクチン
2    | 組換えワクチン | 2026-07-31 | 2026-10-01–2027-02-28 組換えワクチン
2    | 組換えワクチン | 2026-12-31 | 2027-03-01–2027-03-31 組換えワクチン
2    | 組換えワクチン | 2027-02-01 | nothing
2    | 生ワクチン     | 2026-05-01 | nothing
"""


def test_interval_table(spec):
    """間隔表: it holds months and the upper bound."""
    spec(TABLE, ask=after(shipped(programme)))
