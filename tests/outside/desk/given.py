"""Given-steps of the desk: residents of nobody with real hashes, as the inside would send them."""

import datetime as dt
import uuid
from dataclasses import dataclass

from sesshu.base import jdate
from sesshu.base.crypto import hash_act, hash_ask, hash_try, load_keys
from sesshu.base.numbers import draw_ticket_numbers
from sesshu.base.text.addresses import ADDRESS_FORM_VERSION, address_book, address_forms
from tests.support import outside as o
from tests.support import place as p

ENTITLED = [
    {"dose": 1, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": list(o.PRODUCTS), "after_previous": False},
    {"dose": 2, "from_on": "2026-10-01", "until_on": "2027-03-31", "products": list(o.PRODUCTS), "after_previous": True},
]  # fmt: skip
NEVER_ISSUED = "8410927365"


@dataclass(frozen=True)
class Resident:
    """Of nobody: what a caller would know of themselves."""

    id: uuid.UUID
    ticket: str
    born: str  # as typed
    address: str  # as said


@dataclass
class Town:
    alone: Resident  # a house
    flat: Resident  # room 201 of a block
    neighbour: Resident  # room 305 of the same block, born on the same day
    twin: Resident
    other_twin: Resident  # the same flat, the same day
    slots: list[int]


def keys():
    return load_keys(p.place().keys / "outside")


def _resident(
    n: int, ticket: str, born: dt.date, town: str, banchi: str, building: str, *, lot: bool, entitled=ENTITLED
):
    book = address_book(p.place_code())
    forms = address_forms(town, banchi, building, book)
    day = jdate.dob_key(jdate.BirthDate.of(born))

    def ask(form: str) -> str:
        return hash_ask(keys(), form, day, ADDRESS_FORM_VERSION).hex()

    subject = uuid.UUID(int=n)
    o.arrive("subject.put", {
        "id": str(subject), "programme": o.PROGRAMME, "act": hash_act(keys(), ticket, day).hex(), "try": hash_try(keys(), ticket).hex(),
        "ask_full": ask(forms.full), "ask_lot": ask(forms.lot) if lot else None, "ask_former": None,
        "form_version": ADDRESS_FORM_VERSION, "entitlements": entitled,
    })  # fmt: skip
    return Resident(subject, ticket, jdate.japanese(born), f"{town}{banchi} {building}".strip())


def town(**options) -> Town:
    """Two halls, 32 days from 26 November, three slots a day, five residents."""
    made = o.town(subjects=0, **({"days": 32} | options))
    import random

    t = draw_ticket_numbers(5, rng=random.Random(20261124))
    old, young = dt.date(1946, 4, 1), dt.date(1988, 2, 29)
    return Town(
        alone=_resident(101, t[0], old, "中央町一丁目", "3番12号", "", lot=True),
        flat=_resident(102, t[1], old, "南三丁目", "5番6号", "架空荘201", lot=False),
        neighbour=_resident(103, t[2], old, "南三丁目", "5番6号", "架空荘305", lot=False),
        twin=_resident(104, t[3], young, "八雲五丁目", "1番2号", "見本ハイツ101", lot=False),
        other_twin=_resident(105, t[4], young, "八雲五丁目", "1番2号", "見本ハイツ101", lot=False),
        slots=made.slots,
    )


def withdrawn(resident: Resident) -> None:
    """The inside withdraws a subject: moved away, dead, protected; the outside cannot tell which."""
    o.arrive("subject.withdraw", {"id": str(resident.id)})
