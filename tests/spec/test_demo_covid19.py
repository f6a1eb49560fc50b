"""新型コロナワクチン接種（見本）. The programme of the made-up town: the rules of 2021, in the autumn of 2026."""

from sesshu.inside.planning.programme.document import shipped
from tests.spec.asking import after, bookable, standing

title = "新型コロナワクチン接種（見本）"
chapter = 19
programme = "demo-covid19"

WHO = """
born       | given               | asked on   | answer                                    | why | remark
-----------+---------------------+------------+-------------------------------------------+-----+-------
1961-11-25 |                     | 2026-11-24 | dose 1 from 2026-11-24                    |     | 今日65歳に達する
1961-11-26 |                     | 2026-11-24 | dose 1 from 2026-11-25                    | J11 | 明日から
1980-01-01 |                     | 2026-11-24 | dose 1 from 2026-12-14                    | J11 | 第2期
2014-12-20 |                     | 2026-11-24 | dose 1 from 2026-12-19                    | J11 | 12歳の誕生日の前日
2015-04-02 |                     | 2026-11-24 | not eligible                              | J10 | 期間中に12歳にならない
1950-01-01 | 2026-11-01 モデルナ | 2026-11-24 | dose 2 from 2026-11-22, better 2026-11-29 |     | 2回目の時期
"""


def test_who_and_when(spec):
    """65 and over from October, others from 12 on from 14 December."""
    spec(WHO, ask=standing(shipped(programme)), answers=("answer", "why"))


BOOKABLE = """
born       | given                 | asked on   | answer
-----------+-----------------------+------------+-------
1950-01-01 |                       | 2026-11-24 | 1: 2026-10-01–2027-03-31 ファイザー・モデルナ; 2*: 2026-10-01–2027-03-31 ファイザー・モデルナ
1980-01-01 |                       | 2026-11-24 | 1: 2026-12-14–2027-03-31 ファイザー・モデルナ; 2*: 2026-12-14–2027-03-31 ファイザー・モデルナ
1950-01-01 | 2026-11-24 ファイザー | 2026-11-24 | 2: 2026-12-13–2027-03-31 ファイザー
"""


def test_what_may_be_booked(spec):
    """予約資格. ``*``: the interval table is asked as well."""
    spec(BOOKABLE, ask=bookable(shipped(programme)))


TABLE = """
dose | previous   | on         | answer
-----+------------+------------+-------
2    | ファイザー | 2026-11-24 | 2026-12-13–2027-03-31 ファイザー
2    | モデルナ   | 2026-11-24 | 2026-12-15–2027-03-31 モデルナ
"""


def test_interval_table(spec):
    """間隔表."""
    spec(TABLE, ask=after(shipped(programme)))
