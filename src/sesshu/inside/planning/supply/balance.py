"""Second doses in balance with first doses, deliveries and places (1回目・2回目と供給のつり合い). Pure; numbers only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sesshu.inside.planning.programme.counting import earliest
from sesshu.inside.planning.programme.rules import plain_series
from sesshu.inside.planning.programme.terms import Programme


@dataclass(frozen=True, slots=True)
class Supply:
    """週の供給 — what is known of one week (its Monday) and product: doses delivered, given, booked, and places."""

    week: dt.date
    product: str
    delivered: int = 0
    given_first: int = 0
    given_later: int = 0
    booked_first: int = 0
    booked_later: int = 0
    places: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """2回目がまだの人数 — first doses of a day and product, given or booked, whose second is not booked yet."""

    on_date: dt.date
    product: str
    n: int


@dataclass(frozen=True, slots=True)
class Week:
    """週のつり合い — needs beside doses and places. ``stock``: doses left at the end of the week if all comes so."""

    supply: Supply
    due_later: int  # second doses that will be asked for in this week by the usual interval
    stock: int

    @property
    def needed(self) -> int:
        """Injections booked or still to be booked."""
        s = self.supply
        return s.booked_first + s.booked_later + self.due_later

    @property
    def short_doses(self) -> int:
        return max(0, -self.stock)

    @property
    def short_places(self) -> int:
        return max(0, self.needed - self.supply.places)


def second_on(programme: Programme, product: str, first: dt.date) -> dt.date | None:
    """2回目の目安 — the usual day of the second dose of a product; None where one dose is enough."""
    for series in plain_series(programme.series):
        if len(series.doses) < 2 or product not in series.doses[0].slots:
            continue
        slot = series.doses[1].slots.get(product)
        for _, rows in slot.back if slot else ():
            for row in rows.get(product, ()):
                day = earliest(first.toordinal(), row.standard or row.min)
                if row.days[0] <= day <= row.days[1]:
                    return dt.date.fromordinal(day)
    return None


def balance(
    programme: Programme, supplies: Iterable[Supply], opens: Iterable[Open], today: dt.date
) -> list[Week]:
    """つり合い — every week from the first to the last with anything in it, by product. A second dose that should
    have been asked for already counts in this week."""
    known = {(s.product, s.week): s for s in supplies}
    due: dict[tuple[str, dt.date], int] = {}
    for o in opens:
        day = second_on(programme, o.product, o.on_date)
        if day:
            key = (o.product, monday(max(day, today)))
            due[key] = due.get(key, 0) + o.n
    found = []
    for product in sorted({p for p, _ in (*known, *due)}, key=list(programme.products).index):
        weeks = [w for p, w in (*known, *due) if p == product]
        stock, week = 0, min(weeks)
        while week <= max(weeks):
            s = known.get((product, week), Supply(week, product))
            later = due.get((product, week), 0)
            stock += s.delivered - s.given_first - s.given_later - s.booked_first - s.booked_later - later
            found.append(Week(replace(s), later, stock))
            week += dt.timedelta(days=7)
    return found


def monday(day: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return day - dt.timedelta(days=day.weekday())
