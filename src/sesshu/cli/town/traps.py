"""The traps of a register file (見落としやすい事例): one household each, with what becomes of it a month later.

The list follows the experience of offices: twins, unknown days, gaiji, sealed persons, lines that must be refused.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from sesshu.base.jdate import era_short
from sesshu.cli.town.faults import FAULTS, LATER_FAULTS
from sesshu.cli.town.homes import Home
from sesshu.cli.town.month import Month, unchanged
from sesshu.cli.town.people import Fault, Maker, Pair, Person


class Traps:
    """Makes the trap households in a fixed order; the town spreads them among the ordinary ones."""

    def __init__(self, maker: Maker, month: Month, later: bool):
        """``later``: whether things may differ in a second file (the UTF-8 variant has only one)."""
        self.maker, self.month, self.later, self.rng = maker, month, later, maker.rng

    def all(self, residents: int) -> list[Callable[[], list[Pair]]]:
        """All traps for a town of that size; protected persons are one in a thousand, at least sixteen."""
        protected = max(16, residents // 1000)
        made = [
            self.twins,
            self.twins,
            self.same_flats_same_birth,
            self.namesakes,
            *(lambda b=b: self.born_on(*b) for b in self._birthdays()),
            *(lambda t=t: self.birth_text(t) for t in _UNKNOWN_JAPANESE),
            *(lambda t=t: self.birth_text(t, foreign=True) for t in ("1950/00/00", "1948/07/00", "19580000")),
            self.boundary_day,
            self.birth_corrected,
            *(lambda b=b: self.building(b) for b in _BUILDINGS),
            *(lambda n=n: self.token_bearer(n) for n in range(12)),
            self.half_width,
            self.zero_padded,
            self.last_gaiji,
            self.latin_only,
            self.latin_only,
            self.common_name,
            self.common_name_entered,
            self.naturalised,
            self.dead,
            self.dead,
            self.moved_out,
            self.moved_out,
            self.will_move_out,
            self.removed,
            self.dies,
            self.dies,
            self.moves_out,
            self.moves_out,
            self.moves_out_later,
            self.moves_within,
            self.moves_within,
            self.renames,
            self.comes_back,
            self.is_removed,
            self.drops_out,
            *(self.protected,) * protected,
            self.protected_with_child,
            self.protected_in_household,
            self.protected_moves,
            self.protected_vanishes,
            self.protected_released,
            self.protected_released,
            *(self.newly_protected,) * 3,
            self.newly_protected_household,
            *(lambda f=f: self.refused(f) for f in FAULTS),
            self.doubled,
            *(lambda f=f: self.refused_later(f) for f in LATER_FAULTS),
            self.refused_protected,
        ]
        return made

    # --- helpers -----------------------------------------------------------------------------------------

    def _one(self, low: int = 25, high: int = 85, home: Home | None = None) -> Person:
        maker = self.maker
        sex = self.rng.choice("男女")
        home = home or maker.homes.home()
        return maker.person(maker.household(), "世帯主", maker.surname(), sex, maker.born(low, high), home)

    def _family(self, low: int = 28, high: int = 45) -> list[Person]:
        maker = self.maker
        household, surname, home = maker.household(), maker.surname(), maker.homes.home()
        parents = maker.couple(household, surname, home, maker.born(low, high))
        child = maker.person(household, "子", surname, "女", maker.born(4, 8), home)
        return [*parents, child]

    def _then(self, pairs: list[Pair], people: list[Person], *tags: str) -> list[Pair]:
        """The pairs where there is a second file, else the people as they are."""
        if self.later:
            return [replace(pair, tags=(*pair.tags, *tags)) for pair in pairs]
        return unchanged(people, *tags)

    def _whole_years(self, month: int, day: int, years: int) -> dt.date:
        year = self.maker.as_of.year - years
        while (month, day) == (2, 29) and year % 4:
            year -= 1
        return dt.date(year, month, day)

    # --- births ------------------------------------------------------------------------------------------

    def _birthdays(self) -> list[tuple[dt.date, str]]:
        """1 April is the older school year, 2 April the younger; 29 February; around 65 and 12; yesterday."""
        days = [(self._whole_years(4, 1, y), "april_first") for y in (6, 12, 65, 75)]
        days += [(self._whole_years(4, 2, y), "april_second") for y in (6, 12, 65)]
        days += [(self._whole_years(2, 29, y), "leap_day") for y in (10, 30, 66, 82)]
        for years in (5, 12, 16, 65, 75):
            turns = self.maker.as_of.replace(year=self.maker.as_of.year - years) + dt.timedelta(20)
            days.append((turns, "birthday_soon"))
        days.append((self.maker.as_of - dt.timedelta(1), "newborn"))
        days.append((dt.date(self.maker.as_of.year - 104, 5, 5), "oldest"))
        return days

    def born_on(self, born: dt.date, tag: str) -> list[Pair]:
        maker = self.maker
        grown = (maker.as_of - born).days > 18 * 366
        if grown:
            person = replace(self._one(), born=born, dob_text=era_short(born), resident_from="", event="転居")
            return unchanged([person], tag)
        household, surname, home = maker.household(), maker.surname(), maker.homes.home()
        parents = maker.couple(household, surname, home, maker.born(30, 44))
        child = maker.person(household, "子", surname, self.rng.choice("男女"), born, home)
        return [*unchanged(parents), *unchanged([child], tag)]

    def boundary_day(self) -> list[Pair]:
        """大正15.12.25 is also 昭和元.12.25: a day of two eras, and known."""
        born = dt.date(1926, 12, 25)
        return unchanged([replace(self._one(), dob_text="T15.12.25", born=born)], "boundary_day")

    def birth_text(self, text: str, foreign: bool = False) -> list[Pair]:
        """Unknown and impossible days, as a register may hold them."""
        maker = self.maker
        if foreign:
            home = maker.homes.home()
            person = maker.foreigner(maker.household(), "世帯主", "男", maker.born(70, 75), home)
        else:
            person = self._one(75, 95)
        return unchanged([replace(person, dob_text=text, born=None)], "unknown_birth")

    def birth_corrected(self) -> list[Pair]:
        """Unknown until now; a month later the register knows the day."""
        person = replace(self._one(75, 90), dob_text="S15.00.00", born=None)
        born = dt.date(1940, 9, 9)
        day = self.month.day()
        new = replace(person, dob_text=era_short(born), born=born, event="職権修正", event_on=day)
        one_off = self.maker.born(40, 60)
        known = replace(self._one(40, 60), dob_text=era_short(one_off), born=one_off)
        right = one_off + dt.timedelta(1)
        better = replace(known, dob_text=era_short(right), born=right)
        pairs = [Pair(person, new, ("birth_corrected",)), Pair(known, better, ("birth_corrected",))]
        return self._then(pairs, [person, known], "birth_corrected")

    def twins(self) -> list[Pair]:
        """Same household, same birth date: address and birth date alone cannot tell them apart (R-10)."""
        maker = self.maker
        household, surname, home = maker.household(), maker.surname(), maker.homes.home()
        parents = maker.couple(household, surname, home, maker.born(32, 46))
        born = maker.born(5, 15)
        children = [maker.person(household, "子", surname, sex, born, home) for sex in "男女"]
        return [*unchanged(parents), *unchanged(children, "twins")]

    def same_flats_same_birth(self) -> list[Pair]:
        """Two rooms of one building, one birth date: the room decides."""
        lot, name = self.maker.homes.lot(), self.maker.homes.building_name()
        people = [self._one(home=replace(lot, building=f"{name}　{room}号室")) for room in (101, 202)]
        same = replace(people[1], dob_text=people[0].dob_text, born=people[0].born)
        return unchanged([people[0], same], "same_lot_same_birth")

    def namesakes(self) -> list[Pair]:
        """Same name and birth date, different persons, different homes."""
        one, two = self._one(), self._one()
        two = replace(two, name=one.name, kana=one.kana, sex=one.sex, dob_text=one.dob_text, born=one.born)
        return unchanged([one, two], "namesakes")

    def token_bearer(self, which: int) -> list[Pair]:
        """An ordinary adult with one token in the name and one in the building: neither may be found outside."""
        name, building = self.maker.tokens.names[which], self.maker.tokens.names[12 + which]
        person = self._one(20, 89, self.maker.homes.lot())
        person = replace(person, name=f"{person.name}{name}", building=f"{building}ハイツ　{which + 1}01号室")
        return unchanged([person], "token_bearer")

    # --- characters --------------------------------------------------------------------------------------

    def building(self, building: str) -> list[Pair]:
        """Comma, quote, line end and full-width figures in the 方書."""
        return unchanged([replace(self._one(), building=building)], "odd_building")

    def half_width(self) -> list[Pair]:
        """Half-width kana, hyphens and full-width figures where a clean file would have none."""
        person = replace(self._one(), kana="ﾐﾎﾝ ﾊﾝｶｸ", phone="０３－００００－００１２")
        return unchanged(
            [replace(person, postcode=f"{person.postcode[:3]}-{person.postcode[3:]}")], "unclean"
        )

    def zero_padded(self) -> list[Pair]:
        """A month later another extract program pads the number: the same person."""
        person = self._one()
        padded = replace(person, reference_no=person.reference_no.zfill(10))
        return self._then([Pair(person, padded, ("same",))], [person], "zero_padded")

    def last_gaiji(self) -> list[Pair]:
        """The first and the last user-defined code point, in name and 方書; in the UTF-8 variant an IVS."""
        name, building = (
            ("\ue757\ue000　一郎", "\ue001荘") if self.later else ("邉\U000e0102　一郎", "辻\U000e0100荘")
        )
        return unchanged([replace(self._one(), name=name, building=building)], "gaiji")

    def latin_only(self) -> list[Pair]:
        """A foreign resident with a Latin name and nothing else."""
        person = self._foreigner()
        return unchanged([replace(person, name="", kana="", common_name="")], "latin_only")

    def common_name(self) -> list[Pair]:
        """A foreign resident with a 通称."""
        return unchanged([replace(self._foreigner(), common_name="見本　愛")], "common_name")

    def common_name_entered(self) -> list[Pair]:
        """A 通称 is entered in the month."""
        person = replace(self._foreigner(), common_name="")
        new = replace(person, common_name="架空　望", event="通称の記載", event_on=self.month.day())
        return self._then([Pair(person, new, ("renamed",))], [person])

    def naturalised(self) -> list[Pair]:
        """帰化: a removal and an entry of the same person, under one 宛名番号 here."""
        person = self._foreigner()
        new = replace(
            person,
            name="見本　光",
            kana="ミホン　ヒカル",
            latin="",
            common_name="",
            dob_text=era_short(person.born or self.maker.as_of),
            foreign="0",
            event="職権記載(帰化等)",
            event_on=self.month.day(),
        )
        return self._then([Pair(person, new, ("renamed",))], [person], "naturalised")

    def _foreigner(self) -> Person:
        maker = self.maker
        return maker.foreigner(maker.household(), "世帯主", "女", maker.born(25, 60), maker.homes.home())

    # --- comings and goings --------------------------------------------------------------------------------

    def _ended(self, status: str, event: str, day: dt.date) -> Person:
        return replace(self._one(), status=status, event=event, event_on=era_short(day))

    def dead(self) -> list[Pair]:
        return unchanged([self._ended("死亡", "死亡", self.maker.as_of - dt.timedelta(40))], "dead")

    def moved_out(self) -> list[Pair]:
        day = self.maker.as_of - dt.timedelta(30)
        return unchanged([self._ended("転出", "国内転出", day)], "moved_out")

    def will_move_out(self) -> list[Pair]:
        """転出予定 that is not carried out: a month later the person is present again."""
        person = self._ended("転出", "国内転出", self.maker.as_of + dt.timedelta(9))
        back = replace(person, status="現存", event="異動の取消し(増)", event_on=self.month.day())
        return self._then([Pair(person, back, ("revived",))], [person], "will_move_out")

    def removed(self) -> list[Pair]:
        day = self.maker.as_of - dt.timedelta(99)
        return unchanged([self._ended("消除", "職権消除", day)], "removed")

    def dies(self) -> list[Pair]:
        person = self._one(70, 99)
        return self._then([self.month.die(person)], [person], "dies")

    def moves_out(self) -> list[Pair]:
        people = self._family()
        return self._then(self.month.move_out(people), people, "moves_out")

    def moves_out_later(self) -> list[Pair]:
        people = [self._one()]
        return self._then(self.month.move_out(people, future=True), people, "moves_out_later")

    def moves_within(self) -> list[Pair]:
        people = self._family()
        return self._then(self.month.move_within(people, self.maker.homes.flat()), people)

    def renames(self) -> list[Pair]:
        person = replace(self._one(), name="旧姓　花子", kana="キュウセイ　ハナコ")
        new = replace(
            person, name="新姓　花子", kana="シンセイ　ハナコ", event="軽微な修正", event_on=self.month.day()
        )
        return self._then([Pair(person, new, ("renamed",))], [person], "renames")

    def comes_back(self) -> list[Pair]:
        """Moved out, and back into the ward under the same 宛名番号, to another home."""
        person = self._ended("転出", "国内転出", self.maker.as_of - dt.timedelta(200))
        day = self.month.day()
        back = replace(person, status="現存", event="国内転入", event_on=day, resident_from=day)
        back = back.at(self.maker.homes.lot())
        return self._then([Pair(person, back, ("revived", "moved"))], [person], "comes_back")

    def is_removed(self) -> list[Pair]:
        person = self._one()
        new = replace(person, status="消除", event="職権消除", event_on=self.month.day())
        return self._then([Pair(person, new, ("removed",))], [person])

    def drops_out(self) -> list[Pair]:
        """Not in the second file at all."""
        people = [self._ended("転出", "国内転出", self.maker.as_of - dt.timedelta(290)), self._one()]
        return self._then([Pair(p, None, ("gone",)) for p in people], people, "drops_out")

    # --- 支援措置 --------------------------------------------------------------------------------------------

    def _sealed(self, person: Person, later: bool = False) -> Person:
        """Whereabouts with a canary; protected from the first file, or (``later``) by the second."""
        building, phone = self.maker.tokens.canary(later)
        return replace(person, building=building, phone=phone, protected="0" if later else "1")

    def protected(self) -> list[Pair]:
        return unchanged([self._sealed(self._one())], "protected")

    def protected_with_child(self) -> list[Pair]:
        """A person and a child who is protected with them."""
        maker = self.maker
        household, surname, home = maker.household(), maker.surname(), maker.homes.home()
        mother = self._sealed(maker.person(household, "世帯主", surname, "女", maker.born(25, 45), home))
        child = maker.person(household, "子", surname, "男", maker.born(3, 15), home)
        child = replace(child, building=mother.building, phone=mother.phone, protected="1")
        return unchanged([mother, child], "protected", "protected_household")

    def protected_in_household(self) -> list[Pair]:
        """One member protected, the others not: no household-wide output (P-08)."""
        head, wife, child = self._family()
        wife = self._sealed(wife)
        return [*unchanged([wife], "protected", "protected_in_household"), *unchanged([head, child], "kin")]

    def protected_moves(self) -> list[Pair]:
        """Moves in the month; the stored record cannot tell, only its change mark."""
        person = self._sealed(self._one())
        building, phone = self.maker.tokens.canary()
        new = replace(person.at(self.maker.homes.lot()), building=building, phone=phone)
        return self._then([Pair(person, new, ("sealed_changed",))], [person], "protected", "protected_moves")

    def protected_vanishes(self) -> list[Pair]:
        """The line itself is missing in the second file."""
        person = self._sealed(self._one())
        return self._then([Pair(person, None, ("gone",))], [person], "protected", "protected_vanishes")

    def protected_released(self) -> list[Pair]:
        """The flag is 0 in the second file: the section is asked, the wall stays (P-13)."""
        person = self._sealed(self._one())
        new = replace(person, protected="0")
        pairs = [Pair(person, new, ("release_asked",))]
        return self._then(pairs, [person], "protected", "protected_released")

    def newly_protected(self) -> list[Pair]:
        person = self._sealed(self._one(), later=True)
        pairs = [Pair(person, replace(person, protected="1"), ("seal",))]
        return self._then(pairs, [person], "newly_protected")

    def newly_protected_household(self) -> list[Pair]:
        """Protected and moved away from the rest of the household in one month."""
        head, wife, child = self._family()
        building, phone = self.maker.tokens.canary(later=True)
        new = replace(wife.at(self.maker.homes.lot()), building=building, phone=phone, protected="1")
        pairs = [Pair(wife, new, ("seal", "moved"))]
        return [*self._then(pairs, [wife], "newly_protected"), *unchanged([head, child])]

    # --- lines to refuse -------------------------------------------------------------------------------------

    def refused(self, fault: Fault) -> list[Pair]:
        """A broken line in the first file; in the second it is mended and the person is new."""
        person = self._one()
        return [Pair(person, person, ("new",), before_fault=fault)]

    def doubled(self) -> list[Pair]:
        """The same 宛名番号 twice: the second line is refused, also when it says something else."""
        one, two = self._one(), self._one()
        two.reference_no = one.reference_no
        fault = Fault("R04", "宛名番号", lambda cells: cells)
        return [*unchanged([one], "doubled"), Pair(two, two, (), before_fault=fault, after_fault=fault)]

    def refused_later(self, fault: Fault) -> list[Pair]:
        """Good at first, broken in the second file: the person keeps the old state and is not gone."""
        person = self._one()
        return self._then([Pair(person, person, ("kept",), ("kept",), after_fault=fault)], [person])

    def refused_protected(self) -> list[Pair]:
        """A broken line of somebody who is protected, and one that would newly protect: the flag still counts."""
        old, new = self._sealed(self._one()), self._sealed(self._one(), later=True)
        flagged, fault = replace(new, protected="1"), LATER_FAULTS[1]
        pairs = [
            Pair(old, old, ("kept",), ("protected",), after_fault=fault),
            Pair(new, flagged, ("kept",), ("newly_protected_on_a_refused_line",), after_fault=fault),
        ]
        return self._then(pairs, [old, new])


_UNKNOWN_JAPANESE = (
    "S05.00.00",
    "S12.03.00",
    "昭和10年月日不詳",
    "昭和8年春",
    "年月日不詳",
    "S06.02.29",
    "大正14年頃",
)
_BUILDINGS = (
    'コーポ"見本",２０１号室',
    "見本団地3号棟205号室",
    "見本荘\n管理人方",
    "架空ビル\r\n３階",
    "",
)
