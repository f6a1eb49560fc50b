"""HPVワクチン定期接種（9価・2026年度）. Girls from 小6 to 高1; two doses if begun before 15, else three."""

from sesshu.inside.planning.programme.document import shipped
from tests.spec.asking import bookable, standing

title = "HPVワクチン定期接種"
chapter = 13
programme = "hpv"

ANSWERS = ("each dose", "answer", "why")

WHO = """
born       | sex     | asked on   | answer                 | why | remark
-----------+---------+------------+------------------------+-----+-------
2014-04-02 | female  | 2026-04-01 | dose 1 from 2026-04-01 |     | 小6
2015-04-01 | female  | 2026-04-01 | dose 1 from 2026-04-01 |     | 小6の最後
2015-04-02 | female  | 2026-04-01 | not eligible           | J10 | 小5
2010-04-02 | female  | 2027-03-31 | dose 1 from 2026-04-01 |     | 高1、最後の日
2010-04-01 | female  | 2026-04-01 | not eligible           | J10 | 高2
2013-05-05 | male    | 2026-04-01 | not eligible           | J10 | 男子
2013-05-05 | unknown | 2026-04-01 | not eligible           | J10 | 性別不明は職員が確かめる
"""


def test_who(spec):
    """学年: from the beginning of the year in which 小6 to the end of the year in which 高1."""
    spec(WHO, ask=standing(shipped(programme)), answers=("answer", "why"))


DOSES = """
born       | sex    | given                                          | asked on   | each dose                | answer                                    | why | remark
-----------+--------+------------------------------------------------+------------+--------------------------+-------------------------------------------+-----+-------
2013-05-05 | female | 2026-05-01 シルガード9                         | 2026-06-01 | counts                   | dose 2 from 2026-10-01, better 2026-11-01 | J11 | 15歳未満: 5月以上、標準6月
2013-05-05 | female | 2026-05-01 シルガード9, 2026-10-01 シルガード9 | 2026-10-02 | counts, counts           | complete                                  |     | 2回で完了
2013-05-05 | female | 2026-05-01 シルガード9, 2026-09-30 シルガード9 | 2026-10-02 | counts, counts           | dose 3 from 2026-12-30                    | J11 | 5月未満: 3回目が必要、3月以上
2013-05-05 | female | 2026-05-01 シルガード9, 2026-05-31 シルガード9 | 2026-06-02 | counts, not valid        | dose 2 from 2026-10-31, better 2026-11-01 | J04 J11 | 1月未満は数えない
2011-05-05 | female | 2026-05-04 シルガード9                         | 2026-05-05 | counts                   | dose 2 from 2026-06-04, better 2026-07-04 | J11 | 15歳の誕生日の前日: 両方の規定に当たる
2011-05-05 | female | 2026-05-05 シルガード9                         | 2026-05-06 | counts                   | dose 2 from 2026-06-05, better 2026-07-05 | J11 | 15歳以上: 1月以上、標準2月
2011-05-05 | female | 2026-05-05 シルガード9, 2026-07-05 シルガード9 | 2026-07-06 | counts, counts           | dose 3 from 2026-10-05, better 2026-11-05 | J11 | 2回目から3月以上、標準は1回目から6月
"""


def test_doses(spec):
    """The age at the first dose decides between two and three doses."""
    spec(DOSES, ask=standing(shipped(programme)), answers=ANSWERS)


BOOKABLE = """
born       | sex    | given                  | asked on   | answer                              | remark
-----------+--------+------------------------+------------+-------------------------------------+-------
2013-05-05 | female |                        | 2026-05-01 | 1: 2026-04-01–2027-03-31 9価HPVワクチン | 2回目の日は1回目の年齢にもよるので、1回目の記録の後に
2013-05-05 | female | 2026-05-01 シルガード9 | 2026-06-01 | 2: 2026-10-01–2027-03-31 9価HPVワクチン |
"""


def test_what_may_be_booked(spec):
    """予約資格: the second dose depends on more than the day of the first, so it is not booked ahead."""
    spec(BOOKABLE, ask=bookable(shipped(programme)))
