"""Persons and households of nobody (架空の住民・世帯), with the age pyramid of a Tokyo ward."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sesshu.base.jdate import era_short
from sesshu.base.numbers import addressee_check_digit
from sesshu.base.text.towns import Municipality
from sesshu.cli.town import names
from sesshu.cli.town.homes import Home, Homes


@dataclass(slots=True)
class Person:
    """One line of the register file, in the order of its columns, and the birth date it was made from."""

    reference_no: str
    household_no: str
    relation: str
    name: str
    kana: str
    latin: str
    common_name: str
    dob_text: str
    sex: str
    postcode: str
    town: str
    banchi: str
    building: str
    phone: str
    resident_from: str
    event: str
    event_on: str
    status: str
    foreign: str
    protected: str
    born: dt.date | None = None  # None where the register does not know the day

    def cells(self) -> list[str]:
        return [
            self.reference_no,
            self.household_no,
            self.relation,
            self.name,
            self.kana,
            self.latin,
            self.common_name,
            self.dob_text,
            self.sex,
            self.postcode,
            self.town,
            self.banchi,
            self.building,
            self.phone,
            self.resident_from,
            self.event,
            self.event_on,
            self.status,
            self.foreign,
            self.protected,
        ]

    def at(self, home: Home) -> "Person":
        """The same person at another home."""
        return replace(
            self, postcode=home.postcode, town=home.town, banchi=home.banchi, building=home.building
        )


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that a correct import refuses: which rule, in which column, and how the cells are spoilt."""

    rule: str
    column: str
    spoil: Callable[[list[str]], list[str]]


@dataclass(slots=True)
class Pair:
    """A person in the first file and in the second, one month later; None where there is no line.

    ``kinds``: what the second line means, by the names of ``rules.Change``; ``tags``: for town.json.
    """

    before: Person | None
    after: Person | None
    kinds: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    before_fault: Fault | None = None
    after_fault: Fault | None = None


@dataclass(slots=True)
class Tokens:
    """試験用の印 — words that stand nowhere else: in whereabouts of protected persons (canaries), in names and
    buildings of ordinary residents. Fish stand for the protected, birds for all others."""

    rng: random.Random
    canaries: list[str] = field(default_factory=list)
    later_canaries: list[str] = field(default_factory=list)  # of those who are protected by the second file
    names: list[str] = field(default_factory=list)

    _FISH = "鮴鰤鱸鯰鰆鯛鰹鮎鱒鰯鯖鯉鮒鱈鰈鮃鰭鰊鮭鯱"
    _BIRDS = "鷸鷦鷯鶺鴒鶫鵯鴫鵤鶸鷭鶚鵲鶇鴟鵐"

    def __post_init__(self) -> None:
        while len(self.names) < 24:
            word = "".join(self.rng.sample(self._BIRDS, 3))
            if word not in self.names:
                self.names.append(word)

    def canary(self, later: bool = False) -> tuple[str, str]:
        """A new building name and a new phone number of nobody (070-0 is not given out)."""
        while True:
            word = "".join(self.rng.sample(self._FISH, 4))
            phone = f"0700{self.rng.randrange(10**7):07d}"
            known = self.canaries + self.later_canaries
            if word not in known and phone not in known:
                (self.later_canaries if later else self.canaries).extend((word, phone))
                return f"{word}荘", phone

    def name(self) -> str:
        return self.rng.choice(self.names[:12])

    def building(self) -> str:
        return self.rng.choice(self.names[12:])


class Maker:
    """Makes persons and households; all chance comes from one seeded generator."""

    def __init__(
        self, rng: random.Random, as_of: dt.date, place: Municipality, tokens: Tokens, ivs: bool = False
    ):
        self.rng, self.as_of, self.tokens, self._ivs = rng, as_of, tokens, ivs
        self.homes = Homes(rng, place)
        self._references = self._households = 100_000

    def reference(self) -> str:
        """宛名番号 — rising, with a check digit; one old number in two hundred has a wrong one."""
        self._references += self.rng.randint(1, 3)
        return self._checked(self._references)

    def household(self) -> str:
        """世帯番号."""
        self._households += self.rng.randint(1, 2)
        return self._checked(self._households)

    def _checked(self, serial: int) -> str:
        check = int(addressee_check_digit(str(serial)))
        return f"{serial}{(check + 1) % 10 if self.rng.random() < 0.005 else check}"

    def born(self, low: int, high: int, mode: float | None = None) -> dt.date:
        """A birth date of somebody who is ``low`` to ``high`` years old."""
        age = self.rng.triangular(low, high + 0.99, mode)
        return self.as_of - dt.timedelta(int(age * 365.2425) + 1)

    def day_since(self, first: dt.date, last: dt.date | None = None) -> dt.date:
        """A day between two days, both included."""
        span = ((last or self.as_of) - first).days
        return first + dt.timedelta(self.rng.randint(0, max(span, 0)))

    def surname(self) -> tuple[str, str]:
        return names.surname(self.rng, self._ivs)

    def person(
        self, household: str, relation: str, surname: tuple[str, str], sex: str, born: dt.date, home: Home
    ) -> Person:
        """A Japanese resident who came or was born here."""
        rng = self.rng
        given = names.given_name(rng, sex, born.year)
        since = self._since(born)
        native = since == born
        space = "　" if rng.random() < 0.97 else " "
        return Person(
            self.reference(),
            household,
            relation,
            f"{surname[0]}{space}{given[0]}",
            f"{surname[1]}　{given[1]}",
            "",
            "",
            era_short(born),
            sex,
            home.postcode,
            home.town,
            home.banchi,
            home.building,
            self.phone(),
            era_short(since),
            "出生" if native else rng.choice(("国内転入",) * 8 + ("国外転入等", "転居")),
            era_short(since),
            "現存",
            "0",
            "0",
            born,
        )

    def _since(self, born: dt.date) -> dt.date:
        if self.rng.random() < 0.22:
            return born
        return self.day_since(max(born, self.as_of - dt.timedelta(int(self.rng.expovariate(1 / 4000)))))

    def phone(self) -> str:
        """A number of nobody, or none: two in three have given one."""
        return f"03-0000-{self.rng.randrange(10_000):04d}" if self.rng.random() < 0.66 else ""

    def foreigner(self, household: str, relation: str, sex: str, born: dt.date, home: Home) -> Person:
        """A foreign resident: Latin name, mostly no kana; some with kanji, some with a 通称. Born in 西暦."""
        rng = self.rng
        person = self.person(household, relation, ("", ""), sex, born, home)
        person.latin = f"{rng.choice(names.LATIN_FAMILY)} {rng.choice(names.LATIN_GIVEN)}"
        person.name = person.kana = ""
        way = rng.random()
        if way < 0.35:
            family, given = rng.choice(names.HANZI_FAMILY), rng.choice(names.HANZI_GIVEN)
            person.name, person.kana = f"{family[0]}　{given[0]}", f"{family[1]}　{given[1]}"
        if way > 0.85:
            family, given = self.surname(), names.given_name(rng, sex, born.year)
            person.common_name = f"{family[0]}　{given[0]}"
        person.dob_text, person.foreign = f"{born:%Y/%m/%d}", "1"
        if person.event == "国内転入" and rng.random() < 0.7:
            person.event = "国外転入等"
        return person

    # --- households ----------------------------------------------------------------------------------------

    def ordinary(self) -> list[Person]:
        """One household as a Tokyo ward has them: half of them single; mean age about 45."""
        make = self.rng.choices(_KINDS, _WEIGHTS)[0]
        people = make(self, self.household(), self.surname(), self.homes.home())
        if self.rng.random() < 0.03:
            self._mark(people)
        if self.rng.random() < 0.01:
            self._leave(people)
        return people

    def _mark(self, people: list[Person]) -> None:
        """Plant a token in the name of one, and in the building of all, of an ordinary household."""
        head = people[0]
        head.name = f"{head.name or '架空'}{self.tokens.name()}"
        building = f"{self.tokens.building()}ハイツ　{self.rng.randint(1, 9)}0{self.rng.randint(1, 9)}号室"
        people[:] = [replace(p, building=building) for p in people]

    def _leave(self, people: list[Person]) -> None:
        """Somebody of the household has died, or all have moved out lately."""
        rng = self.rng
        if people[0].born and people[0].born.year < self.as_of.year - 70 and rng.random() < 0.6:
            status, event, who = "死亡", "死亡", [rng.choice(people)]
        else:
            status, event, who = "転出", rng.choice(("国内転出",) * 9 + ("国外転出",)), people
        day = era_short(self.day_since(self.as_of - dt.timedelta(300)))
        for person in who:
            person.status, person.event, person.event_on = status, event, day

    def single(self, low: int, high: int, mode: float | None = None):
        def make(household: str, surname: tuple[str, str], home: Home) -> list[Person]:
            sex = self.rng.choice("男女" if high < 65 else "男女女")
            return [self.person(household, "世帯主", surname, sex, self.born(low, high, mode), home)]

        return make

    def couple(self, household: str, surname: tuple[str, str], home: Home, born: dt.date) -> list[Person]:
        head = self.person(household, "世帯主", surname, "男", born, home)
        other = min(born + dt.timedelta(self.rng.randint(-1500, 2500)), self.as_of - dt.timedelta(7000))
        return [head, self.person(household, "妻", surname, "女", other, home)]

    def children(self, parents: list[Person], household: str, surname, home: Home, most: int) -> list[Person]:
        """Children of a couple or of one parent; one birth in ninety is a pair of twins."""
        mother = parents[-1].born or self.as_of
        found = []
        for _ in range(self.rng.choices((1, 2, 3), (55, 38, 7))[0] if most > 1 else 1):
            born = mother + dt.timedelta(self.rng.randint(24 * 365, 42 * 365))
            if born < self.as_of and (self.as_of - born).days < 24 * 365:
                for _ in range(2 if self.rng.random() < 0.011 else 1):
                    sex = self.rng.choice("男女")
                    found.append(self.person(household, "子", surname, sex, born, home))
        return found


def _single_young(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    return maker.single(19, 38, 26)(household, surname, home)


def _single_middle(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    return maker.single(35, 64)(household, surname, home)


def _single_old(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    return maker.single(65, 103, 76)(household, surname, home)


def _couple(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    return maker.couple(household, surname, home, maker.born(25, 64, 38))


def _old_couple(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    return maker.couple(household, surname, home, maker.born(65, 97, 73))


def _family(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    parents = maker.couple(household, surname, home, maker.born(27, 58, 41))
    return parents + maker.children(parents, household, surname, home, 3)


def _one_parent(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    sex = maker.rng.choice("女女女女男")
    parent = [maker.person(household, "世帯主", surname, sex, maker.born(27, 56, 42), home)]
    return parent + maker.children(parent, household, surname, home, 2)


def _three_generations(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    people = _family(maker, household, surname, home)
    old = maker.person(household, "母", surname, "女", maker.born(66, 99, 78), home)
    return [*people, old]


def _foreign(maker: Maker, household: str, surname, home: Home) -> list[Person]:
    head = maker.foreigner(household, "世帯主", maker.rng.choice("男女"), maker.born(20, 62, 30), home)
    if maker.rng.random() < 0.55:
        return [head]
    sex = "女" if head.sex == "男" else "男"
    return [head, maker.foreigner(household, "配偶者", sex, maker.born(20, 62, 31), home)]


_KINDS = (
    _single_young,
    _single_middle,
    _single_old,
    _couple,
    _old_couple,
    _family,
    _one_parent,
    _three_generations,
    _foreign,
)
_WEIGHTS = (21, 15, 14.5, 12, 11, 18, 4.5, 1.5, 4.5)
