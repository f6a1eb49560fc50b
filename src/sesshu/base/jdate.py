"""Japanese dates: reading what people and register files write, eras, birth dates with unknown parts, ages.

和暦・生年月日・年齢計算. Whether a day lies in the future is the caller's question.
"""

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from sesshu.base.errors import Refused, refusal

NOT_A_DATE = refusal(
    "JD01",
    "日付を読み取れません。「昭和21年4月1日」または「1946年4月1日」のように入力してください。",
    "the text has no form of a date that is known here",
)
NO_SUCH_DAY = refusal(
    "JD02", "暦にない日付です。月と日を確かめてください。", "the month or day does not exist in that year"
)
ERA_MISMATCH = refusal(
    "JD03", "その元号にはない日付です。元号と年を確かめてください。", "the day lies outside the named era"
)
TOO_EARLY = refusal(
    "JD04", "日付が古すぎます。年を確かめてください。", "before 1868, the first year of Meiji"
)

FIRST_YEAR = 1868
ONE_DAY = dt.timedelta(1)

# 元号 — name, letter and digit in files, first day. A boundary day belongs to both eras: 大正15.12.25 = 昭和1.12.25.
_ERAS = (
    ("明治", "M", dt.date(1868, 1, 25)),
    ("大正", "T", dt.date(1912, 7, 30)),
    ("昭和", "S", dt.date(1926, 12, 25)),
    ("平成", "H", dt.date(1989, 1, 8)),
    ("令和", "R", dt.date(2019, 5, 1)),
)
ERA_NAMES = tuple(name for name, _, _ in _ERAS)
_LAST = (*(start for _, _, start in _ERAS[1:]), dt.date.max)
_ERA_OF: dict[str, int] = {}
for _i, (_name, _letter, _) in enumerate(_ERAS):
    _ERA_OF |= dict.fromkeys((_name, _name[0], _letter, str(_i + 1)), _i)
# 昭和64.1.7 and 平成1.1.8 are two days: only Meiji–Taisho and Taisho–Showa share their boundary day.
_SHARED_DAY = (True, True, False, False, False)

_KANJI = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "壱": 1, "弐": 2, "参": 3}
_PLACES = {"十": 10, "百": 100, "千": 1000, "廿": 20}
_KANJI_RUN = re.compile(f"[{''.join(_KANJI)}{''.join(_PLACES)}]+")


def kanji_number(run: str) -> str:
    """A run of kanji figures as ASCII digits: 二十一 → 21, 二一 → 21, 一九四六 → 1946, 〇四 → 04."""
    if not any(c in _PLACES for c in run):
        return "".join(str(_KANJI[c]) for c in run)
    total, figure = 0, None
    for c in run:
        if c == "廿":
            total, figure = total + 20, None
        elif c in _PLACES:
            total, figure = total + (1 if figure is None else figure) * _PLACES[c], None
        else:
            figure = (figure or 0) * 10 + _KANJI[c]
    return str(total + (figure or 0))


def _plain(text: str) -> str:
    """ASCII figures, capitals, no blanks, one kind of separator; kanji figures and 元年 read."""
    text = "".join(unicodedata.normalize("NFKC", text).split()).upper().replace("元年", "1年")
    text = re.sub(r"[‐-―−ー/・．。、,.]", "-", text)
    return _KANJI_RUN.sub(lambda m: kanji_number(m[0]), text)


_ERA = r"(?P<era>明治|大正|昭和|平成|令和|[明大昭平令MTSHR]|西暦)?"
_FORMS = tuple(
    re.compile(p)
    for p in (
        _ERA + r"(?P<y>\d{1,4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?(生(まれ)?)?",
        _ERA + r"-?(?P<y>\d{1,4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})",
        r"(?P<era>[明大昭平令MTSHR]|明治|大正|昭和|平成|令和)(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<era>)(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
    )
)
_REGISTER_FORM = re.compile(r"(?P<era>[1-5])(?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)")  # 3210401 = 昭和21年4月1日


def _year_of(era: str | None, year: int) -> int:
    """The Gregorian year, refused before 1868; an era year is not yet held against the era's days."""
    if era in (None, "", "西暦"):
        if year < 1000:
            raise Refused(NOT_A_DATE)
        if year < FIRST_YEAR:
            raise Refused(TOO_EARLY)
        return year
    if year < 1:
        raise Refused(NOT_A_DATE)
    return _ERAS[_ERA_OF[era]][2].year + year - 1


def _day_of(year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise Refused(NO_SUCH_DAY) from None


def _check_era(era: str | None, first: dt.date, last: dt.date) -> None:
    """Refuse when no day from ``first`` to ``last`` lies in the era (with its shared boundary day)."""
    if era in (None, "", "西暦"):
        return
    which = _ERA_OF[era]
    end = _LAST[which] if _SHARED_DAY[which] else _LAST[which] - dt.timedelta(1)
    if last < _ERAS[which][2] or first > end:
        raise Refused(ERA_MISMATCH)


def parse_date(text: str) -> dt.date:
    """A full date as people write it: 1946-04-01, 19460401, 昭和21年4月1日, S21.4.1, S210401, 元年, kanji figures.

    Raises Refused: no known form, no such day, outside the era, before 1868.
    """
    plain = _plain(text)
    for form in _FORMS:
        if found := form.fullmatch(plain):
            return _date(found["era"], int(found["y"]), int(found["m"]), int(found["d"]))
    raise Refused(NOT_A_DATE)


def parse_parts(era: str, year: str, month: str, day: str) -> dt.date:
    """A date from a form of fields: ``era`` is 明治 … 令和, a letter, 西暦 or empty; ``year`` may be 元."""
    era, numbers = unicodedata.normalize("NFKC", era).strip().upper(), []
    if era and era != "西暦" and era not in _ERA_OF:
        raise Refused(NOT_A_DATE)
    for part in (year, month, day):
        plain = re.sub("[年月日]$", "", _plain(part.replace("元", "1")))
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 4):
            raise Refused(NOT_A_DATE)
        numbers.append(int(plain))
    return _date(era, *numbers)


def _date(era: str | None, year: int, month: int, day: int) -> dt.date:
    made = _day_of(_year_of(era, year), month, day)
    _check_era(era, made, made)
    return made


# --- 生年月日 -----------------------------------------------------------------------------------------------


class Precision(StrEnum):
    """How much of a birth date is known (生年月日の精度)."""

    DAY = "day"  # 年月日
    MONTH = "month"  # 日不詳
    YEAR = "year"  # 月日不詳
    UNKNOWN = "unknown"  # 年月日不詳


@dataclass(frozen=True, slots=True)
class BirthDate:
    """生年月日 — as the register gives it: the original text, and the parts that are known.

    Impossible days (29 February of a common year) and 不詳 are legal in the register and are passed on as
    unknown (住民記録システム標準仕様書 1.0); nothing is invented. A personal value: it does not print itself.
    """

    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @classmethod
    def of(cls, day: dt.date) -> "BirthDate":
        return cls(day.isoformat(), day.year, day.month, day.day)

    @classmethod
    def from_key(cls, key: str) -> "BirthDate":
        """Back from ``dob_key``."""
        year, month, day = (int(p) or None for p in (key[:4], key[4:6], key[6:8]))
        return cls(key, year, month, day)

    @property
    def precision(self) -> Precision:
        if self.day:
            return Precision.DAY
        return Precision.MONTH if self.month else Precision.YEAR if self.year else Precision.UNKNOWN

    @property
    def date(self) -> dt.date | None:
        """The day, where all of it is known."""
        return dt.date(self.year, self.month, self.day) if self.year and self.month and self.day else None

    @property
    def earliest(self) -> dt.date | None:
        """First day it may be; None where the year is unknown."""
        return dt.date(self.year, self.month or 1, self.day or 1) if self.year else None

    @property
    def latest(self) -> dt.date | None:
        """Last day it may be; None where the year is unknown."""
        if not self.year:
            return None
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def japanese(self) -> str:
        """For paper and staff: 昭和21年4月1日, 昭和21年4月日不詳, 昭和21年月日不詳, 年月日不詳."""
        if self.date:
            return japanese(self.date)
        first, last = self.earliest, self.latest
        if not first or not last:
            return "年月日不詳"
        year = japanese_year(last)
        if year != japanese_year(first):
            year = f"{self.year}年"  # two eras share that year
        return f"{year}{self.month}月日不詳" if self.month else f"{year}月日不詳"

    def __repr__(self) -> str:
        return f"<BirthDate {self.precision} hidden>"

    __str__ = __repr__


_UNKNOWN_PART = r"不詳|不明|--|\*\*"
_PARTS = re.compile(
    _ERA + rf"-?(?P<y>\d{{1,4}}|{_UNKNOWN_PART})(年頃?|-)"
    rf"((?P<m>\d{{1,2}}|{_UNKNOWN_PART})(月頃?|-)((?P<d>\d{{1,2}}|{_UNKNOWN_PART})日?頃?)?)?"
    r"(月日不詳|日不詳|頃|春|夏|秋|冬|上旬|中旬|下旬|初旬|初め|末)?(生(まれ)?)?"
)
_QUICK = re.compile(
    r"([MTSHR]?)((?<=[A-Z])\d\d|\d{4})([./-]?)(0[1-9]|1[0-2])\3(0[1-9]|[12]\d|3[01])", re.ASCII
)
_WORDS_UNKNOWN = {
    "",
    "年月日不詳",
    "生年月日不詳",
    "不詳",
    "不明",
    "00000000",
    "99999999",
    "0000000",
    "9999999",
}


def parse_birth_date(text: str) -> BirthDate:
    """生年月日 of a register file: all forms of ``parse_date``, era digit 3210401, unknown and impossible parts.

    Unknown: month or day 00 or 99, 不詳, 頃, 春, 上旬, 推定, ranges. A month of 13 or a day of 32 is refused.
    """
    if quick := _QUICK.fullmatch(text):  # 280,000 rows of a file: nearly all have this form
        return _birth_date(text, quick[1], int(quick[2]), int(quick[4]), int(quick[5]))
    plain = _plain(text)
    if plain in _WORDS_UNKNOWN or set(plain) <= set("0-*9"):
        return BirthDate(text)
    plain = plain.removeprefix("推定")
    if "から" in plain or "~" in plain or "又は" in plain or "または" in plain:
        return BirthDate(text)
    found = next(filter(None, (f.fullmatch(plain) for f in (*_FORMS, _REGISTER_FORM, _PARTS))), None)
    if found is None:
        raise Refused(NOT_A_DATE)
    year, month, day = (_known(found[p]) for p in "ymd")
    if year is None:
        return BirthDate(text)
    return _birth_date(text, found["era"], year, month, day)


def _known(part: str | None) -> int | None:
    return int(part) if part and part.isdigit() and int(part) and part not in ("99", "9999") else None


def _birth_date(text: str, era: str | None, year: int, month: int | None, day: int | None) -> BirthDate:
    year = _year_of(era, year)
    if (month or 1) > 12 or (day or 1) > 31:
        raise Refused(NO_SUCH_DAY)
    if month is None:
        day = None
    elif day and day > calendar.monthrange(year, month)[1]:
        day = None  # an impossible day is legal in the register and counts as unknown
    made = BirthDate(text, year, month, day)
    if made.earliest and made.latest:
        _check_era(era, made.earliest, made.latest)
    return made


def dob_key(birth: BirthDate) -> str:
    """The 8 characters that are hashed: YYYYMMDD, unknown parts as zeros, wholly unknown 00000000."""
    return f"{birth.year or 0:04d}{birth.month or 0:02d}{birth.day or 0:02d}"


# --- 表示 ---------------------------------------------------------------------------------------------------

_WEEKDAYS = "月火水木金土日"


def _era_of_day(day: dt.date) -> tuple[int, int]:
    """Index of the era (the later one on a boundary day) and the year within it."""
    for which in range(len(_ERAS) - 1, -1, -1):
        if day >= _ERAS[which][2]:
            return which, day.year - _ERAS[which][2].year + 1
    return -1, day.year


def japanese_year(day: dt.date) -> str:
    """昭和21年, 令和元年; 西暦 before Meiji."""
    which, year = _era_of_day(day)
    if which < 0:
        return f"{year}年"
    return f"{ERA_NAMES[which]}{'元' if year == 1 else year}年"


def japanese(day: dt.date) -> str:
    """昭和21年4月1日."""
    return f"{japanese_year(day)}{day.month}月{day.day}日"


def era_short(day: dt.date) -> str:
    """As register files write it: S21.04.01."""
    which, year = _era_of_day(day)
    if which < 0:
        return day.isoformat()
    return f"{_ERAS[which][1]}{year:02d}.{day.month:02d}.{day.day:02d}"


def weekday(day: dt.date) -> str:
    """曜日 — one character: 木."""
    return _WEEKDAYS[day.weekday()]


def day_and_weekday(day: dt.date) -> str:
    """6月10日（木） — for slots and letters."""
    return f"{day.month}月{day.day}日（{weekday(day)}）"


def full_day(day: dt.date) -> str:
    """令和3年6月10日（木）."""
    return f"{japanese(day)}（{weekday(day)}）"


# --- 年齢 ---------------------------------------------------------------------------------------------------


def age_reached_on(birth: dt.date, age: int) -> dt.date:
    """Day at whose end an age is reached: the day before the birthday (年齢計算ニ関する法律).

    Born on 29 February: 28 February in every year.
    """
    year = birth.year + age
    if birth.day == 29 and birth.month == 2:
        return dt.date(year, 2, 28)
    return birth.replace(year=year) - ONE_DAY


def age_for_rules(birth: dt.date, on: dt.date) -> int:
    """Age for 「◯歳以上」: counts from the day before the birthday."""
    age = on.year - birth.year + 1
    while age_reached_on(birth, age) > on:
        age -= 1
    return age


def age_on(birth: dt.date, on: dt.date) -> int:
    """Age in daily speech (満年齢), counting from the birthday itself; negative before birth."""
    return age_for_rules(birth, on - dt.timedelta(1))


def fiscal_year(day: dt.date) -> int:
    """年度 — 1 April to 31 March, named by the year of its start."""
    return day.year - (day.month < 4)


def fiscal_year_end(year: int) -> dt.date:
    """Last day of a 年度: 31 March of the next year."""
    return dt.date(year + 1, 3, 31)


def fiscal_year_end_age(birth: dt.date, year: int) -> int:
    """年度末年齢 — one cohort is born from 2 April to 1 April of the next year."""
    return age_for_rules(birth, fiscal_year_end(year))


def birth_cohort(birth: dt.date) -> int:
    """学年・年度の生まれ — fiscal year of birth for cohorts; 1 April belongs to the older one."""
    return fiscal_year(birth - dt.timedelta(1))


def school_grade(birth: dt.date, year: int) -> int | None:
    """学年 in a 年度: 1–6 = 小1–小6, 7–9 = 中1–中3, 10–12 = 高1–高3; None outside."""
    grade = fiscal_year_end_age(birth, year) - 6
    return grade if 1 <= grade <= 12 else None


def school_grade_name(grade: int) -> str:
    """小6, 中1, 高1."""
    school, first = ("小", 0) if grade <= 6 else ("中", 6) if grade <= 9 else ("高", 9)
    return f"{school}{grade - first}"
