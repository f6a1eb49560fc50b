"""Addresses in one form (住所の正規化): what the register writes and what a caller says become the same words.

Two forms: *lot* (町・丁目・番・号) and *full* (with the room). Neither holds the name of a building, because
people leave it out. Inside the form of a register row is hashed, at the desk the form of the caller's words.
A change of this file that changes any form needs a new ADDRESS_FORM_VERSION; all forms are then sent again.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from sesshu.base.jdate import kanji_number
from sesshu.base.text.figures import CHOME, spoken_figures
from sesshu.base.text.folding import DASHES, HIRAGANA_TO_KATAKANA, SMALL_TO_LARGE
from sesshu.base.text.towns import Municipality, municipality

ADDRESS_FORM_VERSION = 1

_KANJI = "〇一二三四五六七八九十百千"
_ALIKE = str.maketrans("ヂヅヲカケ之乃," + DASHES + "、，・/", "ジズオガガノノ " + "-" * len(DASHES) + "  --")
_LONG = re.compile("(?<=[オコソトノホモヨロゴゾドボポユウクスツヌフムルグズブプ])[ウオ]")
_POSTCODE = re.compile(r"〒?\s*\d{3}-?\d{4}(?![\d-])\s*")


def _fold(text: str) -> str:
    """Width, case, kana and dashes folded, one character for one (after NFKC); blanks become one space."""
    text = unicodedata.normalize("NFKC", text).upper().translate(HIRAGANA_TO_KATAKANA)
    text = text.translate(SMALL_TO_LARGE).translate(_ALIKE)
    text = re.sub(rf"(?<=[0-9{_KANJI}A-Z])ー(?=\s*[0-9{_KANJI}A-Z])", "-", text)
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class AddressForms:
    """住所の照合形 — ``lot`` to 番地・号 and ``room``; empty ``lot``: no number, cannot be matched."""

    lot: str
    room: str

    @property
    def full(self) -> str:
        """To the room; differs from ``lot`` even where there is no room."""
        return f"{self.lot}#{self.room}"

    def asked_as(self) -> tuple[str, ...]:
        """What a caller's words are looked up as: with a room the full form (and a row that knows no room),
        without one the lot form, which exists only where it is unique (R-10)."""
        if not self.lot:
            return ()
        return (self.full, f"{self.lot}#") if self.room else (self.lot,)

    def __bool__(self) -> bool:
        return bool(self.lot)

    def __repr__(self) -> str:
        return "<AddressForms hidden>"

    __str__ = __repr__


class AddressBook:
    """町名帳 — knows the towns of one municipality by name and by reading."""

    def __init__(self, place: Municipality, also_called: tuple[str, ...] = ()):
        """``also_called``: further names that callers put before the town."""
        self._prefectures = self._names(place.prefecture, place.prefecture_kana)
        self._cities = self._names(place.city, place.city_kana, *also_called)
        self._towns: dict[str, tuple[str, int]] = {}
        twice = set()
        for town in place.towns:
            entry = (_fold(town.name), 3 if town.chome else 2)
            for name in self._names(town.name, *_readings(town.kana)):
                if self._towns.setdefault(name, entry) != entry:
                    twice.add(name)
        for name in twice:  # one reading, two towns: only the written name tells them apart
            del self._towns[name]
        self._lengths = sorted({len(name) for name in self._towns}, reverse=True)

    @staticmethod
    def _names(*names: str) -> tuple[str, ...]:
        return tuple(sorted({_fold(n) for n in names if n} | {""}, key=len, reverse=True))[:-1]

    def split(self, folded: str) -> tuple[str, int, str]:
        """Town, how many numbers make a lot there, and the rest. Prefecture and city may be named or not."""
        for start in self._starts(folded):
            for length in self._lengths:
                name, rest = folded[start : start + length], folded[start + length :]
                if name in self._towns and (not rest or _AFTER_TOWN.match(rest) or CHOME.match(rest)):
                    return *self._towns[name], rest
        start = self._starts(folded)[0]
        number = re.search(rf"\d|[{_KANJI}]+(?=丁目|番|-|ノ)", folded[start:])
        end = start + number.start() if number else len(folded)
        return folded[start:end].replace(" ", ""), 3, folded[end:]

    def _starts(self, folded: str) -> list[int]:
        """Where the town may begin: after the prefecture and the city, after either, or at once."""
        starts = [0]
        for names in (self._prefectures, self._cities):
            for at in tuple(starts):
                for name in names:
                    if folded.startswith(name, at):
                        after = at + len(name)
                        starts.append(after + folded.startswith(" ", after))
        return sorted(set(starts), reverse=True)


def _readings(kana: str) -> set[str]:
    """The ways a reading is written: ジユウガオカ, ジユーガオカ; 町 read チョウ or マチ."""
    kana = _fold(kana)
    both = {kana}
    for one, other in (("チヨウ", "マチ"), ("マチ", "チヨウ")):
        if kana.endswith(one):
            both.add(kana.removesuffix(one) + other)
    return both | {_LONG.sub("ー", k) for k in both}


_AFTER_TOWN = re.compile(rf"[\s\d{_KANJI}-]|ノ\s*\d")
_NUMBER = re.compile(
    rf"(\d+|[{_KANJI}]+(?=\s*(?:丁目|番|号|ノ|-|チヨウ|バン|ゴウ|$|\s)))(?!\s*(?:号室|号棟|号館|室|棟|階|F\b))"
)
_COUNTER = re.compile(r"\s*(?:丁目|丁|チヨウメ|番地|バンチ|番|バン|号(?![室棟館])|ゴウ(?!シツ))?(?:\s|ノ|-)*")


def _numbers(text: str, most: int) -> tuple[list[str], str]:
    """Up to ``most`` leading numbers (丁目, 番, 号), and the rest."""
    found: list[str] = []
    at = 0
    text = text.lstrip(" -ノ")
    while len(found) < most and (number := _NUMBER.match(text, at)):
        digits = number[1] if number[1].isdigit() and number[1].isascii() else kanji_number(number[1])
        found.append(str(int(digits)))
        counter = _COUNTER.match(text, number.end())
        at = counter.end() if counter else number.end()
        if at == number.end():
            break  # a building follows without a blank
    return found, text[at:]


_KANJI_ROOM = re.compile(rf"[{_KANJI}]+(?=\s*(?:号|室|階|棟|ゴウシツ))|[〇一二三四五六七八九]{{3,}}")
_ROOM = re.compile(
    r"(?:(?P<house>(?<![A-Z])[A-Z]|\d+)(?:号|番)?(?:棟|館)[\s-]*)?"
    r"(?<![第A-Z\d])(?<![A-Z\d]-)(?P<room>(?:[A-Z]-?)?\d{1,5}(?:-\d{1,5})*(?:-?[A-Z](?![A-Z]))?)(?!\d|号?[棟館])"
    r"|(?<=[A-Z])(?P<plain>\d{1,5}(?:-\d{1,5})*(?:-?[A-Z](?![A-Z]))?)(?!\d)"
)
_ROOM_PARTS = re.compile(r"[A-Z]+|\d+")


def _room(text: str) -> str:
    """The room in what follows the lot: A-201, 201号室, 3号棟205, 二〇一号室, 3階; empty where none is named."""
    text = _KANJI_ROOM.sub(lambda m: kanji_number(m[0]), text)
    text = re.sub(r"(?<=\d)\s*ノ\s*(?=\d)", "-", re.sub(r"(?<=\d)\s*(?:階|ガイ)", "F", text))
    named = list(_ROOM.finditer(" " + text.lstrip(" -ノ")))
    if not named:
        return ""
    last = named[-1]
    parts = _ROOM_PARTS.findall(f"{last['house'] or ''} {last['room'] or last['plain']}")
    return "-".join(str(int(p)) if p.isdigit() else p for p in parts)


@lru_cache(maxsize=4096)
def _register_town(town: str, book: AddressBook) -> tuple[str, int, str, tuple[str, ...] | None]:
    """What the 町丁目 column says: town, how many numbers make a lot, the rest, and the rest if it is only numbers."""
    name, most, rest = book.split(_fold(town))
    numbers, after = _numbers(rest, most)
    return name, most, rest, None if after else tuple(numbers)


_WIDE = str.maketrans("０１２３４５６７８９－", "0123456789-")
_PLAIN_LOT = re.compile(r"0*([1-9][0-9]*)(?:番地の|番地|番|-)0*([1-9][0-9]*)号?")


def address_forms(town: str, banchi: str, building: str, book: AddressBook) -> AddressForms:
    """The forms of a register row: 町丁目, 番地, 方書. Columns may be cut anywhere, the town may hold 丁目."""
    name, most, rest, numbers_of_town = _register_town(town, book)
    plain = _PLAIN_LOT.fullmatch(banchi.translate(_WIDE))
    if (
        plain and name and numbers_of_town is not None and len(numbers_of_town) == most - 2
    ):  # nine rows in ten: no need to take them apart
        lot = f"{name}|{'-'.join((*numbers_of_town, plain[1], plain[2]))}"
        return AddressForms(lot, _room(f" {_fold(building)}") if building else "")
    if not name:
        return parse_spoken_address(f"{town}{banchi} {building}", book)
    numbers, rest = _numbers(f"{rest} {_fold(banchi)}", most)
    if not numbers:
        return AddressForms("", "")
    return AddressForms(f"{name}|{'-'.join(numbers)}", _room(f"{rest} {_fold(building)}"))


def parse_spoken_address(text: str, book: AddressBook) -> AddressForms:
    """The forms of what a caller says or a visitor types: with or without prefecture, ward, building; in kana."""
    folded = _fold(text)
    code = _POSTCODE.match(folded)
    name, most, rest = book.split(folded[code.end() :] if code else folded)
    numbers, rest = _numbers(spoken_figures(rest), most)
    if not name or not numbers:
        return AddressForms("", "")
    return AddressForms(f"{name}|{'-'.join(numbers)}", _room(rest))


@lru_cache(maxsize=4)
def address_book(code: str, also_called: tuple[str, ...] = ()) -> AddressBook:
    """The book of a municipality by its 市町村コード (6 digits)."""
    return AddressBook(municipality(code), also_called)
