"""From the rules of a programme to what is kept of one resident (予約資格の判定). Pure."""

import datetime as dt
import json
from dataclasses import dataclass

from sesshu.inside.planning.programme.bookable import first_opening, one_per_dose
from sesshu.inside.planning.programme.rules import Dose, Person, Sex, entitlements
from sesshu.inside.planning.programme.terms import Programme

SEX_WORDS = {"男": Sex.MALE, "女": Sex.FEMALE}
"""性別 — as the register writes it; anything else is unknown."""


@dataclass(frozen=True, slots=True)
class Facts:
    """判定の材料 — what decides about one resident; ``dob`` None: unknown, or not a resident any more."""

    resident_id: int
    dob: dt.date | None
    sex: str
    doses: str | None  # JSON: [[day, product], …] of the valid records, in order


@dataclass(frozen=True, slots=True)
class Births:
    """同じ生年月日の人 — how many residents without a dose share a birth date (and sex; None: it is not asked)."""

    dob: dt.date | None
    sex: str | None
    n: int


class Judge:
    """判定 — the rules of one programme on one day, with a memory of equal birth dates."""

    def __init__(self, programme: Programme, today: dt.date):
        self.programme, self.today = programme, today
        self._opens: dict[tuple[dt.date | None, Sex], dt.datetime | None] = {}
        self._fresh: dict[tuple[dt.date, str], list[tuple]] = {}

    def rows(self, facts: Facts) -> list[tuple]:
        """(resident, dose, from, until, products, after previous, opens at) for each dose that may be booked."""
        if facts.dob is None:
            return []
        if facts.doses:
            given = [Dose(dt.date.fromisoformat(day), product) for day, product in json.loads(facts.doses)]
            found = self._judged(facts.dob, facts.sex, given)
        else:  # nearly everybody at first: all who have the same birth date may book the same
            key = (facts.dob, facts.sex if self.programme.asks_sex else "")
            if key not in self._fresh:
                self._fresh[key] = self._judged(facts.dob, facts.sex, [])
            found = self._fresh[key]
        return [(facts.resident_id, *row) for row in found]

    def _judged(self, dob: dt.date, sex: str, given: list[Dose]) -> list[tuple]:
        person = Person(dob, SEX_WORDS.get(sex, Sex.UNKNOWN))
        found = one_per_dose(entitlements(self.programme, person, given, self.today), self.today)
        opens = self.opens_at(person) if found else None
        return [(e.dose, e.from_on, e.until_on, list(e.products), e.after_previous, opens) for e in found]

    def opens_at(self, person: Person) -> dt.datetime | None:
        """予約受付の開始 — remembered, since many persons share a birth date."""
        key = (person.born_on, person.sex if self.programme.asks_sex else Sex.UNKNOWN)
        if key not in self._opens:
            self._opens[key] = first_opening(self.programme, person, self.today)
        return self._opens[key]
