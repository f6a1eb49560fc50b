"""Who crosses, with which hashes, and what differs from what was sent (庁外へ渡る人の判定). Pure; keys come from outside.

R-10: address and birth date may mean several people. A form of an address crosses only where everybody whom its words
mean crosses, too: otherwise the words of one resident would find another.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from sesshu.base.text.addresses import ADDRESS_FORM_VERSION, AddressBook, AddressForms, address_forms


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """渡る人の現状 — one resident, with what is to cross and what did. Does not print itself.

    ``present``: on the register and not protected. ``entitlements``: [[dose, from, until, products, after
    previous, opens at], …].
    """

    resident_id: int
    dob_key: str
    present: bool
    town: str | None
    banchi: str | None
    building: str | None
    former_town: str | None
    former_banchi: str | None
    former_building: str | None
    ticket: str | None
    try_hash: bytes | None
    subject_id: UUID | None
    sent_key: str | None
    sent_digest: bytes | None
    entitlements: str | None  # JSON

    @property
    def crosses(self) -> bool:
        """Present, not protected, with a live ticket."""
        return self.present and self.ticket is not None

    def __repr__(self) -> str:
        return "<Standing hidden>"


@dataclass(frozen=True, slots=True)
class Crossing:
    """渡るもの — everything that the outside is to know of one resident."""

    act: bytes
    try_: bytes
    ask_full: bytes | None
    ask_lot: bytes | None
    ask_former: bytes | None
    entitlements: tuple[tuple, ...]  # (dose, from, until, products, after previous, opens at)

    def digest(self) -> bytes:
        """控え — tells whether anything differs from what was last sent; 32 bytes."""
        h = hashlib.sha256(b"sesshu/subject/1")
        for part in (self.act, self.try_, self.ask_full, self.ask_lot, self.ask_former):
            h.update(part if part is not None else b"-" * 32)
        h.update(repr((ADDRESS_FORM_VERSION, self.entitlements)).encode())
        return h.digest()


@dataclass(frozen=True, slots=True)
class Hashers:
    """鍵付きハッシュ — the keyed functions that the hashes are made with."""

    act: Callable[[str, str], bytes]
    ask: Callable[[str, str], bytes]


def crossings(
    people: Iterable[Standing], book: AddressBook, hashers: Hashers
) -> Iterator[tuple[Standing, Crossing | None]]:
    """What is to cross of each; None: nothing (any more). ``people`` hold whole birth dates, in their order."""
    for _, group in groupby(people, key=lambda s: s.dob_key):
        yield from _same_birth_date(list(group), book, hashers)


def _same_birth_date(
    people: list[Standing], book: AddressBook, hashers: Hashers
) -> Iterator[tuple[Standing, Crossing | None]]:
    forms: dict[int, AddressForms] = {
        s.resident_id: address_forms(s.town, s.banchi, s.building or "", book)
        for s in people
        if s.present and s.town is not None and s.banchi is not None
    }
    live_there = Counter(f.lot for f in forms.values() if f)
    held_back = {
        forms[s.resident_id].full for s in people if s.resident_id in forms and not s.crosses
    }  # lives there, does not cross
    for s in people:
        if not s.crosses or s.ticket is None or s.try_hash is None:
            yield s, None
            continue
        here = forms.get(s.resident_id)
        full = here.full if here and here.full not in held_back else None
        lot = here.lot if here and live_there[here.lot] == 1 else None
        former = _former(s, book)
        yield (
            s,
            Crossing(
                act=hashers.act(s.ticket, s.dob_key),
                try_=bytes(s.try_hash),
                ask_full=hashers.ask(full, s.dob_key) if full else None,
                ask_lot=hashers.ask(lot, s.dob_key) if lot else None,
                ask_former=hashers.ask(former, s.dob_key) if former else None,
                entitlements=_entitlements(s.entitlements),
            ),
        )


def _former(s: Standing, book: AddressBook) -> str | None:
    """The form in which somebody would say the former address: with the room where there is one."""
    if s.former_town is None or s.former_banchi is None:
        return None
    asked = address_forms(s.former_town, s.former_banchi, s.former_building or "", book).asked_as()
    return asked[0] if asked else None


def _entitlements(text: str | None) -> tuple[tuple, ...]:
    return tuple((e[0], e[1], e[2], tuple(e[3]), e[4], e[5]) for e in json.loads(text)) if text else ()
