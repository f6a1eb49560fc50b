"""What a new version would change, before it does (試算): how many gain, lose, shift, and whose booking would not hold.

Reads, writes nothing. Both versions are asked about the same day, so that only the change of rules shows.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sesshu.base import clock
from sesshu.db import calls
from sesshu.inside.planning.programme.rules import Dose, Person, Sex, entitlements
from sesshu.inside.planning.programme.terms import Programme
from sesshu.inside.records.entitlements.queries import list_births, list_dosed
from sesshu.inside.records.entitlements.rules import SEX_WORDS, Facts, Judge


@dataclass(slots=True)
class Year:
    """生まれ年ごとの人数 — residents, and how many of them may book anything by the old and by the new rules."""

    residents: int = 0
    before: int = 0
    after: int = 0


@dataclass(slots=True)
class Look:
    """試算の結果 — numbers of residents; ``takes``: bookings that the new rules would not allow any more."""

    on: dt.date
    gain: int = 0  # 新たに予約できる
    lose: int = 0  # できなくなる
    shift: int = 0  # 日・ワクチン・受付開始が変わる
    same: int = 0
    years: dict[int, Year] = field(default_factory=dict)  # 0: no birth date
    takes: list[int] = field(default_factory=list)

    @property
    def lost_years(self) -> list[int]:
        """Years of birth in which everybody would lose everything."""
        return [year for year, y in sorted(self.years.items()) if y.before and not y.after]

    def as_json(self) -> dict[str, Any]:
        """For the version's row and the page; numbers only."""
        return {
            "on": self.on.isoformat(),
            "made_at": clock.now().isoformat(timespec="minutes"),
            "gain": self.gain,
            "lose": self.lose,
            "shift": self.shift,
            "same": self.same,
            "booked": len(self.takes),
            "years": {str(k): [y.residents, y.before, y.after] for k, y in sorted(self.years.items())},
        }


@dataclass(frozen=True, slots=True)
class Booked:
    """予約済みの方 — one active booking, and what decides whether it is allowed."""

    booking_id: int
    resident_id: int
    dob: dt.date | None
    sex: str
    doses: str | None
    dose: int
    on_date: dt.date
    product: str


def look(old: Programme | None, new: Programme, on: dt.date) -> Look:
    """試算 — everybody by both versions, seen from the day ``on``."""
    found = Look(on)
    before, after = (Judge(old, on) if old else None), Judge(new, on)
    by_sex = new.asks_sex or (old is not None and old.asks_sex)
    for b in list_births(new.name, by_sex=by_sex):
        _count(found, before, after, Facts(0, b.dob, b.sex or "", None), b.n)
    for batch in list_dosed(new.name):
        for facts in batch:
            _count(found, before, after, facts, 1)
    if old:
        booked = calls.many("records.list_booked_v1", Booked, p_programme=new.name)
        found.takes = taken(old, new, booked)
    return found


def _count(found: Look, before: Judge | None, after: Judge, facts: Facts, n: int) -> None:
    was, is_now = before.rows(facts) if before else [], after.rows(facts)
    year = found.years.setdefault(facts.dob.year if facts.dob else 0, Year())
    year.residents += n
    year.before += n * bool(was)
    year.after += n * bool(is_now)
    if was == is_now:
        found.same += n
    elif not was:
        found.gain += n
    elif not is_now:
        found.lose += n
    else:
        found.shift += n


def taken(old: Programme, new: Programme, booked: Iterable[Booked]) -> list[int]:
    """影響のある予約 — bookings that the old rules allow and the new ones do not. In the order of residents and doses."""
    found = []
    for _, of_one in groupby(booked, key=lambda b: b.resident_id):
        earlier: list[Dose] = []  # what is booked before counts as given: a pair stands or falls together
        for b in of_one:
            if not _allows(new, b, earlier) and _allows(old, b, earlier):
                found.append(b.booking_id)
            earlier.append(Dose(b.on_date, b.product))
    return found


def _allows(programme: Programme, b: Booked, earlier: list[Dose]) -> bool:
    given = [Dose(dt.date.fromisoformat(day), product) for day, product in json.loads(b.doses or "[]")]
    person = Person(b.dob, SEX_WORDS.get(b.sex, Sex.UNKNOWN))
    return any(
        row.dose == b.dose
        and not row.after_previous
        and row.from_on <= b.on_date <= row.until_on
        and b.product in row.products
        for row in entitlements(programme, person, [*given, *earlier], b.on_date)
    )
