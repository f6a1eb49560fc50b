"""新型コロナ定期接種・高齢者インフルエンザ・高齢者肺炎球菌（2026年度）. One dose; ages on the day of the injection."""

from sesshu.inside.planning.programme.document import shipped
from tests.spec.asking import bookable, standing

title = "高齢者の1回接種 2026年度"
chapter = 14
programmes = ("covid19-2026", "influenza-2026", "pneumococcal-2026")

ANSWERS = ("each dose", "answer", "why")

COVID = """
born       | given                   | marks      | asked on   | each dose | answer                 | why     | remark
-----------+-------------------------+------------+------------+-----------+------------------------+---------+-------
1961-11-25 |                         |            | 2026-11-24 |           | dose 1 from 2026-11-24 |         | 65歳の誕生日の前日から
1961-11-26 |                         |            | 2026-11-24 |           | dose 1 from 2026-11-25 | J11     | 明日から
1962-04-02 |                         |            | 2026-11-24 |           | not eligible           | J10     | 期間中に65歳にならない
1962-04-01 |                         |            | 2026-11-24 |           | dose 1 from 2027-03-31 | J11     | 最後の日に65歳に達する
1963-01-01 |                         | disabled60 | 2026-11-24 |           | dose 1 from 2026-10-01 |         | 60–64歳で障害のある方
1940-01-01 | 2025-11-01 コミナティ   |            | 2026-11-24 | beside    | dose 1 from 2026-10-01 | J06     | 前のシーズンの接種は数えない
1940-01-01 | 2026-10-10 ダイチロナ   |            | 2026-11-24 | counts    | complete               |         | 期間中に1回
1940-01-01 | 2026-10-10 ダイチロナ, 2027-02-01 コミナティ | | 2027-02-02 | counts, beside | complete     | J07     | 2回目は対象外
"""


def test_covid19(spec):
    """新型コロナ（B類）: once in the season."""
    spec(COVID, ask=standing(shipped("covid19-2026")), answers=ANSWERS)


INFLUENZA = """
born       | given                             | asked on   | each dose | answer                 | why     | remark
-----------+-----------------------------------+------------+-----------+------------------------+---------+-------
1962-02-01 |                                   | 2026-11-24 |           | dose 1 from 2027-01-31 | J11     | 最後の日に65歳に達する
1962-02-02 |                                   | 2026-11-24 |           | not eligible           | J10     | 一日違い
1940-01-01 | 2026-11-01 インフルエンザHAワクチン | 2026-11-24 | counts  | complete               |         | 1回
1940-01-01 |                                   | 2027-02-01 |           | not eligible           | J12     | 期間の後
"""


def test_influenza(spec):
    """高齢者インフルエンザ（B類）: once, from October to January."""
    spec(INFLUENZA, ask=standing(shipped("influenza-2026")), answers=ANSWERS)


PNEUMOCOCCAL = """
born       | given             | asked on   | each dose | answer                 | why     | remark
-----------+-------------------+------------+-----------+------------------------+---------+-------
1961-06-10 |                   | 2026-06-09 |           | dose 1 from 2026-06-09 |         | 65歳の誕生日の前日から
1960-06-10 |                   | 2026-06-09 |           | dose 1 from 2026-04-01 |         | 66歳の誕生日の前日まで
1960-06-10 |                   | 2026-06-10 |           | not eligible           | J12     | 66歳の誕生日
1961-06-10 | 2024-05-01 PPSV23 | 2026-07-01 | not valid | not eligible           | J01 J13 | すでに受けた方
1961-06-10 | 2026-06-20 PCV20  | 2026-07-01 | counts    | complete               |         | 1回
"""


def test_pneumococcal(spec):
    """高齢者肺炎球菌（B類）: PCV20 once at 65; not for those who have had PPSV23."""
    spec(PNEUMOCOCCAL, ask=standing(shipped("pneumococcal-2026")), answers=ANSWERS)


BOOKABLE = """
born       | asked on   | answer
-----------+------------+-------
1961-11-26 | 2026-11-24 | 1: 2026-11-25–2027-03-31 コミナティ・スパイクバックス・ダイチロナ・ヌバキソビッド・コスタイベ
1962-04-02 | 2026-11-24 | nothing
"""


def test_what_may_be_booked(spec):
    """予約資格（新型コロナ）."""
    spec(BOOKABLE, ask=bookable(shipped("covid19-2026")))
