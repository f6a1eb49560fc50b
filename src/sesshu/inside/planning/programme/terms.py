"""The words of a programme (接種事業の用語): products, ages, intervals, groups, waves, persons, answers.

``document.load`` makes a ``Programme`` from JSON; nothing here decides anything. Days are day numbers
(``date.toordinal()``); stretches of days include both ends.
"""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from sesshu.base.jdate import BirthDate
from sesshu.inside.planning.programme.counting import Ages, Days, Span


class Sex(StrEnum):
    """性別 — as far as a rule may ask for it."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


class AgeKind(StrEnum):
    """年齢の数え方 — the three kinds of age a programme may mean."""

    ON_DAY = "age_on_day"  # 接種日の年齢
    FISCAL_YEAR_END = "fy_end_age"  # 年度末年齢
    SCHOOL_YEAR = "school_year"  # 学年: a fiscal-year-end age by the name of the school year


class Counts(StrEnum):
    """数える接種歴 — which earlier doses count."""

    ALL = "all"  # every dose of a lifetime
    SEASON = "season"  # only doses of the same season


@dataclass(frozen=True, slots=True)
class AgeRule:
    """年齢要件 — an age with its way of counting.

    ``min``: offered from; ``absolute``: a dose counts from (default: min); ``until``: last age (未満・至るまで).
    """

    kind: AgeKind
    min: Span | None = None
    absolute: Span | None = None
    until: Span | None = None
    recommended: Span | None = None
    from_birthday: bool = False  # ◯歳に至った日の翌日: the birthday itself
    strict: bool = False  # the last day is two days before the birthday
    ages: Ages | None = None
    fiscal_year: int | None = None  # a fixed year: who belongs, belongs on every day


@dataclass(frozen=True, slots=True)
class Who:
    """対象要件 — conditions that must all hold."""

    age: AgeRule | None = None
    born: Days | None = None
    sex: Sex | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """優先接種対象 — people who are asked at the same time."""

    id: str
    title: str
    who: Who


@dataclass(frozen=True, slots=True)
class Wave:
    """受付区分 — when which groups may be injected; booking and tickets may begin earlier."""

    id: str
    title: str
    groups: tuple[str, ...]
    days: Days  # days of injection
    booking_from: dt.datetime | None = None
    tickets_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Season:
    """実施期間 — days on which injections are given."""

    id: str
    title: str
    days: Days


@dataclass(frozen=True, slots=True)
class Product:
    """ワクチン — a product; ``also`` holds other spellings in files."""

    id: str
    name: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Give:
    """接種できるワクチン — a product for one dose, with its age, within days of injection."""

    product: str
    age: int  # position in Programme.ages; -1 for any age
    days: Days  # days of injection for which the row is in force
    offered: bool  # False: counts where it was given, but is not offered


@dataclass(frozen=True, slots=True)
class Interval:
    """接種間隔 — from an earlier dose to this one, within days of injection."""

    after_dose: int  # number of the earlier dose
    after: frozenset[str]
    give: frozenset[str]
    min: Span
    absolute: Span
    standard: Span | None
    last: Span | None
    under: bool  # last is 「未満」, not 「以内」
    days: Days


@dataclass(frozen=True, slots=True)
class Slot:
    """接種回とワクチンの組 — one product as one dose: its rows, and how far it looks back.

    ``back``: (position of the earlier dose in the series, its product → rows of intervals).
    """

    at: int  # position of its rows in Programme.gives
    product: str
    gives: tuple[Give, ...]
    back: tuple[tuple[int, dict[str, tuple[Interval, ...]]], ...]

    @property
    def offered(self) -> bool:
        return any(give.offered for give in self.gives)


@dataclass(frozen=True, slots=True)
class DoseRule:
    """接種回 — one dose of a series, by product."""

    number: int
    slots: dict[str, Slot]
    offers: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """接種の系列 — doses that together complete. A ``fallback`` is followed only by a history that needs it."""

    id: str
    title: str
    fallback: bool
    mark: str | None
    doses: tuple[DoseRule, ...]


@dataclass(frozen=True, slots=True)
class Spacing:
    """他の接種との間隔 — days that must lie after any dose of some products, whatever it was for."""

    after: frozenset[str]
    give: frozenset[str]
    min: Span
    absolute: Span
    days: Days


@dataclass(frozen=True, slots=True)
class Exclusion:
    """対象外 — who has had so many doses of these is no longer asked."""

    products: frozenset[str]
    doses: int


@dataclass(slots=True, eq=False)
class Programme:
    """接種事業 — a whole programme, checked and ready for use. Made by ``document.load`` only."""

    name: str
    title: str
    law_class: str
    counts: Counts
    products: dict[str, Product]
    marks: frozenset[str]
    seasons: tuple[Season, ...]
    groups: tuple[Group, ...]
    waves: tuple[Wave, ...]
    series: tuple[Series, ...]
    spacing: tuple[Spacing, ...]
    exclusions: tuple[Exclusion, ...]
    ages: tuple[AgeRule, ...]  # every age rule of a product once
    gives: tuple[tuple[Give, ...], ...]  # every set of rows of one product as one dose, once
    open_days: dict[str, list[Days]]  # group → days of its waves within the seasons
    ahead: frozenset[tuple[int, str]]  # (dose, previous product) that the previous dose alone decides
    spelled: dict[str, str]  # every id, name and other spelling → product id
    document: dict = field(repr=False)
    profiles: dict = field(default_factory=dict, repr=False)

    asked: dict = field(
        default_factory=dict, repr=False
    )  # days of whole cohorts, as far as birth dates do not matter

    asks_sex: bool = field(init=False, repr=False)
    asks_day: bool = field(init=False, repr=False)  # a group asks more of the birth date than its fiscal year
    counts_as_offered: bool = field(init=False, repr=False)  # a dose counts on the very days it is offered
    recommends: bool = field(init=False, repr=False)
    some_absolute: bool = field(init=False, repr=False)

    marked_series: bool = field(init=False, repr=False)
    by_season: bool = field(init=False, repr=False)
    whole: Days = field(
        init=False, repr=False
    )  # from the first day of the first season to the last of the last

    def __post_init__(self) -> None:
        self.by_season = self.counts is Counts.SEASON
        self.marked_series = any(series.mark for series in self.series)
        self.whole = self.seasons[0].days[0], self.seasons[-1].days[1]
        self.asks_sex = any(group.who.sex for group in self.groups)
        self.asks_day = any(
            group.who.born or (group.who.age and group.who.age.ages is None) for group in self.groups
        )
        self.recommends = any(rule.recommended for rule in self.ages)
        self.some_absolute = any(rule.absolute for rule in self.ages)
        self.counts_as_offered = not self.some_absolute and all(
            give.offered for gives in self.gives for give in gives
        )

    @property
    def first_day(self) -> int:
        return self.whole[0]

    @property
    def last_day(self) -> int:
        return self.whole[1]


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """一人の住民 — what the rules ask of a person. Does not print itself.

    ``eligibility_on`` (資格判定用の生年月日) is the birth date staff chose, with a reason, where the register
    has none or an impossible one; ages are then counted from it. ``marks`` are given by application or lists.
    """

    dob: BirthDate | dt.date | None
    sex: Sex = Sex.UNKNOWN
    marks: frozenset[str] = frozenset()
    eligibility_on: dt.date | None = None

    @property
    def born_on(self) -> dt.date | None:
        """The day ages are counted from; None where nobody has chosen one."""
        if self.eligibility_on is not None:
            return self.eligibility_on
        return self.dob.date if isinstance(self.dob, BirthDate) else self.dob

    def __repr__(self) -> str:
        return "<Person hidden>"


@dataclass(frozen=True, slots=True)
class Dose:
    """接種歴の一件 — one injection: its day and its product's id."""

    on: dt.date
    product: str


@dataclass(frozen=True, slots=True)
class Entitlement:
    """予約資格 — a dose may be given on the days from_on … until_on, both included, with these products.

    ``after_previous``: the days also depend on the previous dose; ask the interval table with its day.
    """

    dose: int
    from_on: dt.date
    until_on: dt.date
    products: tuple[str, ...]
    after_previous: bool


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """間隔表の一行 — after ``previous_product`` on ``previous_on`` the dose may be given from_on … until_on."""

    dose: int
    previous_product: str
    previous_on: dt.date
    from_on: dt.date
    until_on: dt.date
    products: tuple[str, ...]
