"""Turns the address and birth date that a caller says into keyed hashes (住所による照合の鍵).

The words end here: neither the address nor its form is kept, logged or sent on; only hashes go to the database.
"""

from sesshu.base import jdate
from sesshu.base.crypto import hash_ask
from sesshu.base.machine import machine
from sesshu.base.personal import Personal
from sesshu.base.text.addresses import (
    ADDRESS_FORM_VERSION,
    AddressBook,
    AddressForms,
    address_book,
    parse_spoken_address,
)
from sesshu.outside.booking.recognise import keys


def book() -> AddressBook:
    """町名帳 of this municipality; made once in a process."""
    return address_book(machine().municipality_code)


def hear_address(said: str) -> Personal[AddressForms] | None:
    """The forms of an address as it was said; None where no town and number can be made out of it."""
    forms = parse_spoken_address(said, book())
    return Personal(forms) if forms else None


def recognise_address(said: Personal[AddressForms], born: Personal[jdate.BirthDate]) -> tuple[bytes, ...]:
    """照合の鍵 — 32 bytes for each form in which the register may know the address (R-10)."""
    day = jdate.dob_key(born.open())
    return tuple(hash_ask(keys(), form, day, ADDRESS_FORM_VERSION) for form in said.open().asked_as())
