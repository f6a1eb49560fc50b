"""Slots made from a pattern (予約枠の型). Pure."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sesshu.base.errors import Refused, refusal

WRONG_HOURS = refusal(
    "L01",
    "開設時間の終わりは始まりより後にしてください。",
    "a session must close after it opens",
)
WRONG_PATTERN = refusal(
    "L02",
    "予約枠の間隔は1分から240分まで、席の数は0から1000までにしてください。",
    "minutes between slots or places of a slot are out of range",
)
UNKNOWN_VENUE = refusal(
    "L03", "その会場は登録されていません。会場の一覧で確かめてください。", "no such venue"
)
UNKNOWN_PROGRAMME = refusal(
    "L04",
    "その接種事業は登録されていません。先に事業を登録してください。",
    "no such programme",
)
UNKNOWN_PRODUCT = refusal(
    "L05",
    "そのワクチンはこの接種事業で使われていません。",
    "the product is not one of the programme",
)
MOST_PLACES = 1000
LONGEST_MINUTES = 240


@dataclass(frozen=True, slots=True)
class Pattern:
    """予約枠の型 — a slot every so many minutes, each with its places for web, telephone and section."""

    minutes: int
    web: int
    phone: int
    section: int = 0

    def __post_init__(self) -> None:
        places = (self.web, self.phone, self.section)
        if not 1 <= self.minutes <= LONGEST_MINUTES or not all(0 <= p <= MOST_PLACES for p in places):
            raise Refused(WRONG_PATTERN)


def slot_times(opens_at: dt.time, closes_at: dt.time, minutes: int) -> Iterator[dt.time]:
    """Beginnings of slots from opening on; the last one begins before closing. Refuses L01."""
    first, last = (t.hour * 60 + t.minute for t in (opens_at, closes_at))
    if first >= last:
        raise Refused(WRONG_HOURS)
    for at in range(first, last, minutes):
        yield dt.time(at // 60, at % 60)


def days_open(
    first: dt.date, last: dt.date, weekdays: frozenset[int], closed: frozenset[dt.date] = frozenset()
) -> Iterator[dt.date]:
    """Days from first to last, both included, on the given weekdays (0 = Monday), without the closed ones."""
    for n in range((last - first).days + 1):
        day = first + dt.timedelta(days=n)
        if day.weekday() in weekdays and day not in closed:
            yield day
