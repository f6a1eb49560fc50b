"""Japanese dates as people write them, birth dates as registers hold them, ages as the law counts them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base import jdate as j
from sesshu.base.errors import Refused
from sesshu.base.jdate import BirthDate, Precision, parse_birth_date, parse_date, parse_parts

D = dt.date
DAYS = st.dates(min_value=D(1873, 1, 1), max_value=D(2060, 12, 31))
KANJI = str.maketrans("0123456789", "〇一二三四五六七八九")

ONE_DAY = """
1946-04-01 1946/4/1 1946.4.1 19460401 1946年4月1日 西暦1946年4月1日 1946年4月1日生まれ １９４６／０４／０１
昭和21年4月1日 昭和21年04月01日 昭21.4.1 S21.4.1 s21.4.1 S21.04.01 S210401 Ｓ２１．４．１ ㍼21年4月1日
昭和二十一年四月一日 昭和二一年四月一日 一九四六年四月一日 昭和２１年４月１日 S21-4-1 昭和21ー4ー1 昭和廿一年四月一日
"""


@pytest.mark.parametrize("text", ONE_DAY.split())
def test_one_day_in_many_forms(text):
    assert parse_date(text) == D(1946, 4, 1)
    assert parse_birth_date(text).date == D(1946, 4, 1)


def test_blanks_and_first_years():
    assert parse_date(" 昭和 21 年 4 月 1 日 ") == D(1946, 4, 1)
    assert parse_date("令和元年5月1日") == parse_date("R1.5.1") == D(2019, 5, 1)
    assert parse_date("昭和三十年十二月三十一日") == D(1955, 12, 31)


BOUNDARIES = """
明治45年7月30日 1912-07-30
大正元年7月30日 1912-07-30
大正15年12月25日 1926-12-25
昭和元年12月25日 1926-12-25
昭和64年1月7日 1989-01-07
平成元年1月8日 1989-01-08
平成31年4月30日 2019-04-30
明治6年1月1日 1873-01-01
明治45年7月31日 JD03
大正元年7月29日 JD03
大正15年12月26日 JD03
昭和元年12月24日 JD03
昭和64年1月8日 JD03
平成元年1月7日 JD03
平成31年5月1日 JD03
令和元年4月30日 JD03
昭和0年1月1日 JD01
1867-12-31 JD04
2021-02-29 JD02
2021-13-01 JD02
2021-04-31 JD02
210401 JD01
1460401 JD01
あした JD01
² JD01
"""


@pytest.mark.parametrize("line", BOUNDARIES.strip().splitlines())
def test_eras_and_refusals(line):
    text, answer = line.split()
    if answer.startswith("JD"):
        with pytest.raises(Refused) as said:
            parse_date(text)
        assert said.value.refusal.code == answer and text not in str(said.value)
    else:
        assert parse_date(text) == D.fromisoformat(answer)


@given(DAYS)
def test_what_is_written_is_read(day):
    era, kanji = j.japanese(day), j.japanese(day).translate(KANJI)
    for text in (era, kanji, day.isoformat(), f"{day:%Y%m%d}", j.era_short(day)):
        assert parse_date(text) == day
        assert parse_birth_date(text).date == day


def test_parts_of_a_form():
    assert parse_parts("昭和", "21", "4", "1") == parse_parts("s", "２１", "４", "１") == D(1946, 4, 1)
    assert parse_parts("", "1946", "04", "01") == parse_parts("西暦", "1946年", "4月", "1日") == D(1946, 4, 1)
    assert parse_parts("令和", "元", "5", "1") == D(2019, 5, 1)
    for parts, code in {
        ("昭和", "", "4", "1"): "JD01",
        ("", "21", "4", "1"): "JD01",
        ("皇紀", "2600", "4", "1"): "JD01",
        ("昭和", "65", "4", "1"): "JD03",
        ("", "2021", "2", "29"): "JD02",
        ("", "2021", "2", "x"): "JD01",
    }.items():
        with pytest.raises(Refused) as said:
            parse_parts(*parts)
        assert said.value.refusal.code == code


UNKNOWN = """
19300000           19300000 year    昭和5年月日不詳
1930-00-00         19300000 year    昭和5年月日不詳
19309999           19300000 year    昭和5年月日不詳
S05.00.00          19300000 year    昭和5年月日不詳
1930年頃           19300000 year    昭和5年月日不詳
1930年             19300000 year    昭和5年月日不詳
昭和5年春          19300000 year    昭和5年月日不詳
昭和5年月日不詳    19300000 year    昭和5年月日不詳
昭和5年不詳月不詳日 19300000 year   昭和5年月日不詳
1989年             19890000 year    1989年月日不詳
S05.04.00          19300400 month   昭和5年4月日不詳
昭和5年4月日不詳   19300400 month   昭和5年4月日不詳
昭和5年4月上旬     19300400 month   昭和5年4月日不詳
推定昭和5年4月     19300400 month   昭和5年4月日不詳
3050499            19300400 month   昭和5年4月日不詳
S06.02.29          19310200 month   昭和6年2月日不詳
19310431           19310400 month   昭和6年4月日不詳
年月日不詳         00000000 unknown 年月日不詳
不詳               00000000 unknown 年月日不詳
00000000           00000000 unknown 年月日不詳
99999999           00000000 unknown 年月日不詳
1930年頃から1931年頃 00000000 unknown 年月日不詳
不詳年4月1日       00000000 unknown 年月日不詳
3050401            19300401 day     昭和5年4月1日
S07.02.29          19320229 day     昭和7年2月29日
"""


@pytest.mark.parametrize("line", UNKNOWN.strip().splitlines())
def test_unknown_and_impossible_birth_dates(line):
    """年月日不詳 — the text stays, nothing is invented, unknown parts are zeros in the key."""
    text, key, precision, shown = line.split()
    born = parse_birth_date(text)
    assert (born.text, j.dob_key(born), born.precision, born.japanese()) == (text, key, precision, shown)
    assert BirthDate.from_key(key) == BirthDate(key, born.year, born.month, born.day)
    assert (born.date is not None) == (born.precision is Precision.DAY)


def test_bounds_of_a_birth_date():
    born = parse_birth_date("19310229")
    assert (born.earliest, born.latest) == (D(1931, 2, 1), D(1931, 2, 28))
    assert parse_birth_date("不詳").earliest is parse_birth_date("不詳").latest is None
    assert BirthDate.of(D(1946, 4, 1)).latest == D(1946, 4, 1)


@pytest.mark.parametrize("text", ["19301301", "19300132", "S65.00.00", "1867年", "abc", "M45.07.31"])
def test_refused_birth_dates(text):
    with pytest.raises(Refused):
        parse_birth_date(text)


def test_a_birth_date_does_not_print_itself():
    born = parse_birth_date("昭和21年4月1日")
    assert "21" not in f"{born} {born!r} {[born]}"


def test_shown():
    assert j.day_and_weekday(D(2021, 6, 10)) == "6月10日（木）"
    assert j.full_day(D(2021, 6, 10)) == "令和3年6月10日（木）"
    assert j.japanese(D(2019, 5, 1)) == "令和元年5月1日"
    assert j.japanese(D(1867, 5, 1)) == "1867年5月1日" and j.era_short(D(1867, 5, 1)) == "1867-05-01"


AGES = """
born       | on         | rules | speech
1956-04-01 | 2021-03-30 | 64    | 64
1956-04-01 | 2021-03-31 | 65    | 64
1956-04-01 | 2021-04-01 | 65    | 65
2000-02-29 | 2021-02-27 | 20    | 20
2000-02-29 | 2021-02-28 | 21    | 20
2000-02-29 | 2021-03-01 | 21    | 21
2000-02-29 | 2020-02-28 | 20    | 19
2000-02-29 | 2020-02-29 | 20    | 20
2016-01-01 | 2020-12-31 | 5     | 4
2021-06-10 | 2021-06-09 | 0     | -1
"""


@pytest.mark.parametrize("line", AGES.strip().splitlines()[1:])
def test_ages(line):
    """年齢計算ニ関する法律 — an age is reached at the end of the day before the birthday."""
    born, on, rules, speech = (part.strip() for part in line.split("|"))
    born, on = D.fromisoformat(born), D.fromisoformat(on)
    assert (j.age_for_rules(born, on), j.age_on(born, on)) == (int(rules), int(speech))


@given(DAYS, st.integers(0, 120))
def test_the_day_an_age_is_reached(born, age):
    reached = j.age_reached_on(born, age)
    assert j.age_for_rules(born, reached) == age == j.age_for_rules(born, reached - dt.timedelta(1)) + 1


def test_fiscal_years_and_grades():
    """The elderly of 2021: born on or before 1957-04-01.  HPV: 小6–高1."""
    assert j.fiscal_year(D(2021, 3, 31)) == 2020 and j.fiscal_year(D(2021, 4, 1)) == 2021
    assert j.fiscal_year_end_age(D(1957, 4, 1), 2021) == 65
    assert j.fiscal_year_end_age(D(1957, 4, 2), 2021) == 64
    assert j.birth_cohort(D(2015, 4, 1)) == 2014 and j.birth_cohort(D(2015, 4, 2)) == 2015
    assert j.school_grade(D(2014, 4, 2), 2021) == j.school_grade(D(2015, 4, 1), 2021) == 1
    assert j.school_grade(D(2015, 4, 2), 2021) is None and j.school_grade(D(2002, 4, 2), 2021) is None
    assert [j.school_grade_name(g) for g in (1, 6, 7, 9, 10, 12)] == [
        "小1",
        "小6",
        "中1",
        "中3",
        "高1",
        "高3",
    ]


def test_kanji_numbers():
    runs = {"二十一": "21", "十": "10", "百二": "102", "千九百四十六": "1946", "〇四": "04", "廿三": "23"}
    assert {run: j.kanji_number(run) for run in runs} == runs
