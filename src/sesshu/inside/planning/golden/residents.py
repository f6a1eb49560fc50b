"""Reading the golden residents (見本の住民): persons whose birthdays and doses are counted from a day. Pure."""

import datetime as dt
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sesshu.inside.planning.programme.counting import months_later
from sesshu.inside.planning.programme.terms import Dose, Person, Programme, Sex

SHIPPED = Path(__file__).with_name("residents.json")


@dataclass(frozen=True, slots=True)
class Golden:
    """見本の住民 — one invented person, as the register and the ledger would have them on the day ``anchor``.

    ``doses``: (day, place of the product in the programme, from 1). ``ticket`` False: no number was given yet.
    """

    id: str
    title: str
    person: Person
    doses: tuple[tuple[dt.date, int], ...]
    status: str  # present | left | dead | removed
    protected: bool
    ticket: bool

    @property
    def stands(self) -> bool:
        """On the register and not protected: somebody whom the outside may know."""
        return self.status == "present" and not self.protected

    def history(self, programme: Programme) -> list[Dose]:
        """Their doses, with the products of this programme."""
        products = list(programme.products)
        return [Dose(on, products[min(nth, len(products)) - 1]) for on, nth in self.doses]


def list_residents(anchor: dt.date) -> list[Golden]:
    """All golden residents as they stand on a day, in the order of the file."""
    return [_golden(raw, anchor) for raw in _read()]


@cache
def _read() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(SHIPPED.read_text(encoding="utf-8"))["residents"]
    return found


def _golden(raw: dict[str, Any], anchor: dt.date) -> Golden:
    return Golden(
        raw["id"],
        raw["title"],
        Person(_born(raw["born"], anchor), Sex(raw["sex"])),
        tuple((_given(d, anchor), d["product"]) for d in raw.get("doses", ())),
        raw.get("status", "present"),
        raw.get("protected", False),
        raw.get("ticket", True),
    )


def _born(raw: dict[str, Any] | None, anchor: dt.date) -> dt.date | None:
    if raw is None:
        return None
    if "on" in raw:
        return dt.date.fromisoformat(raw["on"])
    if "cohort_age" in raw:  # 年度末年齢: born from 2 April to 1 April
        month, day = (int(part) for part in raw["month_day"].split("-"))
        year = anchor.year - (anchor.month < 4) - raw["cohort_age"]
        return dt.date(year + ((month, day) < (4, 2)), month, day)
    birthday = anchor + dt.timedelta(days=raw["birthday_in_days"])
    if (birthday.month, birthday.day) == (2, 29):
        birthday -= dt.timedelta(days=1)
    return birthday.replace(year=birthday.year - raw["age"])


def _given(raw: dict[str, Any], anchor: dt.date) -> dt.date:
    months = raw.get("months_ago", 0)
    day = anchor - dt.timedelta(days=raw["days_ago"])
    if not months:
        return day
    total = day.year * 12 + day.month - 1 - months
    first = dt.date(total // 12, total % 12 + 1, 1).toordinal()
    # The last day from which the months have passed by now.
    return max(
        (
            dt.date.fromordinal(first + n)
            for n in range(31)
            if months_later(first + n, months) <= day.toordinal()
        ),
    )
