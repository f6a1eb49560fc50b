"""新型コロナワクチン接種（2021年・初回接種）. Two products, two doses of the same one, opened in waves.

In the tables: asked on = 判定日; each dose = 接種ごとの判定; better = 標準的な間隔による日.
"""

from sesshu.inside.planning.programme.document import shipped
from tests.spec.asking import after, bookable, standing

title = "新型コロナワクチン接種 2021年"
chapter = 10
programme = "covid19-2021"

ANSWERS = ("each dose", "answer", "why")

WHO = """
born       | asked on   | marks      | answer                            | why | remark                                    | source
-----------+------------+------------+-----------------------------------+-----+-------------------------------------------+-------
1957-04-01 | 2021-05-06 |            | dose 1 from 2021-05-06            |     | 高齢者の最後の生年月日                    | YACHIMATA
1957-04-02 | 2021-05-06 |            | dose 1 from 2021-06-25            | J11 | 一日違いで60–64歳                         | YACHIMATA
1962-04-01 | 2021-05-06 |            | dose 1 from 2021-06-25            | J11 | 年度末に60歳                              | MATSUDO
1962-04-02 | 2021-05-06 |            | dose 1 from 2021-07-19            | J11 | 年度末に59歳                              | MEGURO-2021
1972-04-02 | 2021-05-06 |            | dose 1 from 2021-07-27            | J11 | 年度末に49歳                              | MEGURO-2021
1990-05-05 | 2021-02-17 | medical    | dose 1 from 2021-02-17            |     | 医療従事者等                              | MATSUDO
1990-05-05 | 2021-07-01 | underlying | dose 1 from 2021-06-25            |     | 基礎疾患のある方                          | MATSUDO
2009-07-28 | 2021-07-27 |            | dose 1 from 2021-07-27            |     | 12歳の誕生日の前日                        | KOBE
2009-07-29 | 2021-07-27 |            | dose 1 from 2021-07-28            | J11 | 一日違い                                  | KOBE
2009-12-01 | 2021-07-27 |            | dose 1 from 2021-11-30            | J11 | 誕生日の前日から                          | KOBE
1930-01-01 | 2024-04-01 |            | not eligible                      | J12 | 事業の終了後                              | NAGANO
"""


def test_who_and_when(spec):
    """Who belongs to which wave, on the day before and the day after the border."""
    spec(WHO, ask=standing(shipped(programme)), answers=("answer", "why"))


DOSE_TWO = """
born       | given                                           | asked on   | each dose         | answer                                    | why     | remark
-----------+-------------------------------------------------+------------+-------------------+-------------------------------------------+---------+-------
1950-05-05 | 2021-06-01 ファイザー                           | 2021-06-10 | counts            | dose 2 from 2021-06-20, better 2021-06-22 | J11     | 18日以上: 19日後から
1950-05-05 | 2021-06-01 モデルナ                             | 2021-06-10 | counts            | dose 2 from 2021-06-22, better 2021-06-29 | J11     | 20日以上: 21日後から
1950-05-05 | 2021-06-01 ファイザー, 2021-06-20 ファイザー    | 2021-07-01 | counts, counts    | complete                                  |         | ちょうど19日後
1950-05-05 | 2021-06-01 ファイザー, 2021-06-19 ファイザー    | 2021-06-30 | counts, not valid | dose 2 from 2021-07-08                    | J04 J11 | 一日早い: 打ち直しもその日から18日以上
1950-05-05 | 2021-06-01 ファイザー, 2021-06-29 モデルナ      | 2021-06-30 | counts, not valid | dose 2 from 2021-07-18                    | J08 J11 | 別のワクチン
1950-05-05 | 2021-06-01 ファイザー, 2023-06-01 ファイザー    | 2023-07-01 | counts, counts    | complete                                  |         | 上限はない
1950-05-05 | 2021-06-01 コミナティ, 2021-06-22 ファイザー    | 2021-07-01 | counts, counts    | complete                                  |         | 別の表記
1950-05-05 | 2021-06-01 武田/モデルナ, 2021-06-29 モデルナ, 2021-12-01 モデルナ | 2022-01-01 | counts, counts, beside | complete             | J07     | 初回接種の後の接種
"""


def test_second_dose(spec):
    """前回からの間隔: the day of the injection counts as day zero; no mixing; no upper limit."""
    spec(DOSE_TWO, ask=standing(shipped(programme)), answers=ANSWERS)


AGES = """
born       | given                 | asked on   | each dose | answer                                    | why     | remark
-----------+-----------------------+------------+-----------+-------------------------------------------+---------+-------
2005-06-02 | 2021-05-31 ファイザー | 2021-07-01 | not valid | dose 1 from 2021-07-27                    | J02 J11 | 16歳の前々日
2005-06-01 | 2021-05-31 ファイザー | 2021-07-01 | counts    | dose 2 from 2021-07-27                    | J11     | 16歳の前日
2009-06-02 | 2021-06-01 ファイザー | 2021-07-01 | counts    | dose 2 from 2021-07-27                    | J11     | 6月1日から12歳以上
2005-07-01 | 2021-07-31 モデルナ   | 2021-08-01 | not valid | dose 1 from 2021-07-27                    | J02     | モデルナは7月まで18歳以上
2005-07-01 | 2021-08-01 モデルナ   | 2021-08-02 | counts    | dose 2 from 2021-08-22, better 2021-08-29 | J11     | 8月から12歳以上
"""


def test_ages_by_day_of_injection(spec):
    """The age that held on the day of the injection decides, also after the rule has changed."""
    spec(AGES, ask=standing(shipped(programme)), answers=ANSWERS)


BOOKABLE = """
born       | given                 | asked on   | answer
-----------+-----------------------+------------+-------
1950-05-05 |                       | 2021-05-01 | 1: 2021-05-06–2024-03-31 ファイザー・モデルナ; 2*: 2021-05-06–2024-03-31 ファイザー・モデルナ
1950-05-05 | 2021-06-01 ファイザー | 2021-06-02 | 2: 2021-06-20–2024-03-31 ファイザー
2005-05-05 |                       | 2021-05-01 | 1: 2021-07-27–2024-03-31 ファイザー; 1: 2021-08-01–2024-03-31 モデルナ; 2*: 2021-07-27–2024-03-31 ファイザー; 2*: 2021-08-01–2024-03-31 モデルナ
1950-05-05 | 2021-06-01 ファイザー, 2021-06-22 ファイザー | 2021-06-23 | nothing
"""


def test_what_may_be_booked(spec):
    """予約資格. ``*``: the interval table is asked as well, so the second dose can be booked beforehand."""
    spec(BOOKABLE, ask=bookable(shipped(programme)))


TABLE = """
dose | previous   | on         | answer
-----+------------+------------+-------
2    | ファイザー | 2021-06-01 | 2021-06-20–2024-03-31 ファイザー
2    | モデルナ   | 2021-06-01 | 2021-06-22–2024-03-31 モデルナ
2    | ファイザー | 2024-03-12 | 2024-03-31–2024-03-31 ファイザー
2    | ファイザー | 2024-03-13 | nothing
"""


def test_interval_table(spec):
    """間隔表: after which product on which day the second dose may be given."""
    spec(TABLE, ask=after(shipped(programme)))
