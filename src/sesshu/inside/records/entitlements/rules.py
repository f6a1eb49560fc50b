"""From the rules of a programme to what is kept of one resident (予約資格の判定). Pure."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass

from sesshu.base.clock import TOKYO
from sesshu.inside.planning.programme.counting import common
from sesshu.inside.planning.programme.following import belongs
from sesshu.inside.planning.programme.rules import Dose, Entitlement, Person, Sex, entitlements
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


class Judge:
    """判定 — the rules of one programme on one day, with a memory of equal birth dates."""

    def __init__(self, programme: Programme, today: dt.date):
        self.programme, self.today = programme, today
        self._opens: dict[tuple[int, Sex], dt.datetime | None] = {}
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
        """予約受付の開始 — when the first wave that asks this person takes bookings; None: no moment is set."""
        sex = person.sex if self.programme.asks_sex else Sex.UNKNOWN
        born = person.born_on
        if born is None:
            return None
        key = (born.toordinal(), sex)
        if key not in self._opens:
            self._opens[key] = _first_opening(self.programme, born.toordinal(), sex, self.today.toordinal())
        return self._opens[key]


def one_per_dose(rows: Iterable[Entitlement], today: dt.date) -> list[Entitlement]:
    """What the outside can hold: one stretch of days for each dose.

    Where products have different days, the stretch that can be used first crosses, and of those the one with more
    products; the nightly recomputation moves on to the next.
    """
    best: dict[int, Entitlement] = {}
    for row in rows:
        held = best.get(row.dose)
        if held is None or _rank(row, today) < _rank(held, today):
            best[row.dose] = row
    return [best[dose] for dose in sorted(best)]


def _rank(row: Entitlement, today: dt.date) -> tuple:
    return row.after_previous, max(row.from_on, today), -len(row.products), row.until_on.toordinal() * -1


def _first_opening(programme: Programme, birth: int, sex: Sex, today: int) -> dt.datetime | None:
    moments: list[dt.datetime | None] = []
    who = {group.id: group.who for group in programme.groups}
    for wave in programme.waves:
        for g in wave.groups:
            days = common(belongs(who[g], birth, sex, frozenset()), programme.open_days[g])
            if any(last >= today for _, last in common(days, [wave.days])):
                moments.append(wave.booking_from)
    if not moments or None in moments:
        return None
    return min(m if m.tzinfo else m.replace(tzinfo=TOKYO) for m in moments if m)
