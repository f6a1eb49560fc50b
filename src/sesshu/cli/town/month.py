"""One month in a town (1か月の異動): births, deaths, moves, names, new protections. Per household, by chance."""

import datetime as dt
from dataclasses import replace

from sesshu.base.jdate import era_short
from sesshu.cli.town.homes import Home
from sesshu.cli.town.people import Maker, Pair, Person


def unchanged(people: list[Person], *tags: str) -> list[Pair]:
    return [Pair(p, p, ("same",), tags) for p in people]


class Month:
    """What happens between the two files. Rates per month are near those of a ward of 280,000."""

    def __init__(self, maker: Maker, until: dt.date):
        self.maker, self.rng, self.until = maker, maker.rng, until

    def day(self) -> str:
        """A day of the month, as the file writes it."""
        return era_short(self.maker.day_since(self.maker.as_of + dt.timedelta(1), self.until))

    def happens(self, people: list[Person]) -> list[Pair]:
        """Most households live on; some move, one dies, a child is born, a name changes."""
        rng = self.rng
        if any(p.status != "現存" for p in people):
            # Records of people who left are dropped from the extract after a while.
            gone = rng.random() < 0.03
            return [Pair(p, None, ("gone",)) for p in people] if gone else unchanged(people)
        chance = rng.random()
        if chance < 0.0065:
            return self.move_out(people)
        if chance < 0.0100:
            return self.move_within(people)
        if chance < 0.0108 and people[0].foreign == "0":
            return self.rename(people)
        if chance < 0.0118:
            return [self.other(people[0]), *unchanged(people[1:])]
        pairs = [self.die(p) if self._dies(p) else Pair(p, p, ("same",)) for p in people]
        mother = next((p for p in people if p.relation == "妻"), None)
        if mother and self._bears(mother):
            pairs.append(self.birth(people))
        return pairs

    def _dies(self, person: Person) -> bool:
        years = (self.until - person.born).days / 365.25 if person.born else 50
        return self.rng.random() < (0.00003 if years < 60 else 0.0000025 * 1.11 ** (years - 20))

    def _bears(self, mother: Person) -> bool:
        years = (self.until - mother.born).days / 365.25 if mother.born else 60
        return 22 < years < 43 and self.rng.random() < 0.011

    # --- what can happen ---------------------------------------------------------------------------------

    def move_out(self, people: list[Person], future: bool = False) -> list[Pair]:
        """転出; with ``future`` as a 転出予定, the only event that may lie ahead."""
        day = era_short(self.until + dt.timedelta(12)) if future else self.day()
        event = self.rng.choice(("国内転出",) * 9 + ("国外転出",))
        return [Pair(p, replace(p, status="転出", event=event, event_on=day), ("left",)) for p in people]

    def move_within(self, people: list[Person], home: Home | None = None) -> list[Pair]:
        """転居."""
        day, old = self.day(), people[0]
        while home is None or (home.town, home.banchi) == (old.town, old.banchi):
            home = self.maker.homes.lot()
        return [
            Pair(p, replace(p, event="転居", event_on=day).at(home), ("moved",), ("moved_within",))
            for p in people
        ]

    def rename(self, people: list[Person]) -> list[Pair]:
        """氏名の変更 of the whole household, such as after an adoption of the name before marriage."""
        family, day = self.maker.surname(), self.day()
        pairs = []
        for p in people:
            given, kana = p.name.split()[-1:] or ["見本"], p.kana.split()[-1:] or ["ミホン"]
            name = f"{family[0]}　{given[0]}"
            if name == p.name:
                pairs.append(Pair(p, p, ("same",)))
                continue
            new = replace(p, name=name, kana=f"{family[1]}　{kana[0]}", event="軽微な修正", event_on=day)
            pairs.append(Pair(p, new, ("renamed",)))
        return pairs

    def other(self, person: Person) -> Pair:
        """Only the phone number is another."""
        number = "03-0000-0000" if person.phone != "03-0000-0000" else ""
        return Pair(person, replace(person, phone=number), ("other",))

    def die(self, person: Person) -> Pair:
        """死亡."""
        return Pair(person, replace(person, status="死亡", event="死亡", event_on=self.day()), ("died",))

    def birth(self, people: list[Person]) -> Pair:
        """出生 — a new line of an old household."""
        head = people[0]
        home = Home(head.postcode, head.town, head.banchi, head.building)
        born = self.maker.day_since(self.maker.as_of + dt.timedelta(1), self.until)
        family, reading = ((text.split() or ["架空"])[0] for text in (head.name, head.kana))
        child = self.maker.person(
            head.household_no, "子", (family, reading), self.rng.choice("男女"), born, home
        )
        child.resident_from = child.event_on = era_short(born)
        child.event, child.phone = "出生", ""
        return Pair(None, child, ("new",), ("born_in_month",))

    def move_in(self) -> list[Pair]:
        """転入 — a new household."""
        day = self.day()
        people = self.maker.ordinary()
        for p in people:
            p.status, p.event, p.event_on, p.resident_from = "現存", "国内転入", day, day
        return [Pair(None, p, ("new",)) for p in people]
