"""What somebody may book (予約できる接種): one stretch of days for each dose, and the moment at which booking opens. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sesshu.base.clock import TOKYO
from sesshu.inside.planning.programme.counting import Days, common
from sesshu.inside.planning.programme.following import belongs
from sesshu.inside.planning.programme.rules import entitlements
from sesshu.inside.planning.programme.terms import Dose, Entitlement, Person, Programme, Sex, Wave


@dataclass(frozen=True, slots=True)
class Bookable:
    """予約できる接種 — a dose with its days (both included), its products, and since when booking is open.

    ``opens_at`` None: no moment is set, it is open. ``after_previous``: the interval table is asked as well.
    """

    dose: int
    from_on: dt.date
    until_on: dt.date
    products: tuple[str, ...]
    after_previous: bool
    opens_at: dt.datetime | None


def bookable(programme: Programme, person: Person, history: Iterable[Dose], today: dt.date) -> list[Bookable]:
    """予約資格の判定 — everything a person may book, seen from ``today``, in order of doses."""
    found = one_per_dose(entitlements(programme, person, history, today), today)
    opens_at = first_opening(programme, person, today) if found else None
    return [Bookable(e.dose, e.from_on, e.until_on, e.products, e.after_previous, opens_at) for e in found]


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


def first_opening(programme: Programme, person: Person, today: dt.date) -> dt.datetime | None:
    """予約受付の開始 — when the first wave that asks this person takes bookings; None: no moment is set."""
    moments = [wave.booking_from for wave, _ in asking_waves(programme, person, today)]
    known = [moment_of(m) for m in moments if m]
    return min(known) if known and len(known) == len(moments) else None


def asking_waves(programme: Programme, person: Person, today: dt.date) -> list[tuple[Wave, Days]]:
    """受付区分 — the waves that ask this person on ``today`` or later, each with the first such stretch of days."""
    born = person.born_on
    if born is None:
        return []
    birth, sex = born.toordinal(), person.sex if programme.asks_sex else Sex.UNKNOWN
    who = {group.id: group.who for group in programme.groups}
    found = []
    for wave in programme.waves:
        days = []
        for g in wave.groups:
            asked = common(belongs(who[g], birth, sex, person.marks), programme.open_days[g])
            days += [d for d in common(asked, [wave.days]) if d[1] >= today.toordinal()]
        if days:
            found.append((wave, min(days)))
    return found


def moment_of(moment: dt.datetime) -> dt.datetime:
    """A moment of a document; without a zone it is meant in Japan."""
    return moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)
