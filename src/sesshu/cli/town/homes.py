"""Homes of nobody (架空の住所): real town names and postal codes of a ward, lots that do not exist.

番 begins at 61, where the ward has none. Flats are filled building by building, so that many share one lot.
"""

import random
from dataclasses import dataclass, replace

from sesshu.base.text.towns import Municipality

_WIDE = str.maketrans("0123456789-", "０１２３４５６７８９－")
_CHOME = "〇一二三四五"
_KIND = "コーポ ハイツ メゾン グリーン サニー パーク ヴィラ シャトー フォレスト ロイヤル".split()
_WORD = "見本 架空 青空 若草 みどり さくら けやき かえで 千草 若葉 日の出 富士見".split()
_END = "荘 マンション レジデンス 館 ビル テラス コート ハウス".split()
_INSTITUTIONS = ("特別養護老人ホーム見本の里", "見本学生寮", "架空ケアホーム", "グループホームあおぞら")


@dataclass(frozen=True, slots=True)
class Home:
    """住所 — one home: the four columns of the register."""

    postcode: str
    town: str
    banchi: str
    building: str


@dataclass(slots=True)
class _Building:
    lot: Home
    name: str
    left: list[int]


class Homes:
    """Draws homes; keeps no more than two hundred buildings open."""

    def __init__(self, rng: random.Random, place: Municipality):
        self._rng, self._place = rng, place
        self._open: list[_Building] = []

    def lot(self) -> Home:
        """A lot without a building, written in one of the register's ways."""
        rng = self._rng
        town, chome = rng.choice(self._place.towns), rng.randint(1, 5)
        ban, go = rng.randint(61, 99), rng.randint(1, 30)
        name = town.name
        if town.chome:
            name += f"{_CHOME[chome]}丁目" if rng.random() < 0.8 else f"{chome}丁目".translate(_WIDE)
        way = rng.random()
        if way < 0.6:
            banchi = f"{ban}番{go}号".translate(_WIDE)
        elif way < 0.9:
            banchi = f"{ban}番{go}号"
        else:
            banchi = f"{ban}-{go}"
        return Home(town.postcode, name, banchi, "")

    def building_name(self) -> str:
        rng = self._rng
        way = rng.random()
        if way < 0.4:
            return rng.choice(_KIND) + rng.choice(_WORD)
        if way < 0.8:
            return rng.choice(_WORD) + rng.choice(_END)
        return f"第{rng.randint(1, 5)}{rng.choice(_WORD)}{rng.choice(_END)}"

    def flat(self) -> Home:
        """A room of a building that has rooms left."""
        rng = self._rng
        if len(self._open) < 200:
            floors, per_floor = rng.choice(((2, 3), (2, 4), (3, 3), (4, 4), (5, 6), (8, 8), (12, 10)))
            rooms = [f * 100 + r for f in range(1, floors + 1) for r in range(1, per_floor + 1)]
            rng.shuffle(rooms)
            self._open.append(_Building(self.lot(), self.building_name(), rooms))
        which = rng.randrange(len(self._open))
        block = self._open[which]
        room = block.left.pop()
        if not block.left:
            self._open[which] = self._open[-1]
            self._open.pop()
        return self.room(block.lot, block.name, str(room))

    def room(self, lot: Home, name: str, room: str) -> Home:
        """How a room is written: mostly 「…　２０１号室」, sometimes in the 番地."""
        way = self._rng.random()
        if way < 0.45:
            return replace(lot, building=f"{name}　{room}号室".translate(_WIDE))
        if way < 0.75:
            return replace(lot, building=f"{name}{room}")
        if way < 0.95:
            return replace(lot, building=f"{name} {room}号")
        if lot.banchi.endswith("号"):
            return replace(lot, banchi=f"{lot.banchi[:-1]}-{room}号")
        return replace(lot, building=f"{name}-{room}")

    def home(self) -> Home:
        """A home as a ward has them: two thirds in flats, some in institutions, some c/o another family."""
        way = self._rng.random()
        if way < 0.66:
            return self.flat()
        if way < 0.97:
            return self.lot()
        if way < 0.985:
            return replace(self.lot(), building=self._rng.choice(_INSTITUTIONS))
        return replace(self.lot(), building=f"{self._rng.choice(_WORD)}方")
