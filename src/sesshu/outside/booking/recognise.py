"""Turns what people type into keyed hashes, and requests into receipt codes (照合の鍵と予約番号).

Ticket numbers, birth dates and receipt codes end here: only hashes go on to the database.
"""

import ipaddress
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from sesshu.base import jdate, numbers
from sesshu.base.crypto import (
    KeyRing,
    hash_act,
    hash_network,
    hash_receipt,
    hash_try,
    load_keys,
    receipt_bytes,
)
from sesshu.base.machine import machine
from sesshu.base.personal import Personal


@dataclass(frozen=True, slots=True)
class Recognised:
    """照合の鍵 — ``act``: ticket and birth date; ``try_``: the ticket alone, for budgets and tripwires. 32 bytes each."""

    act: bytes
    try_: bytes


@cache
def keys() -> KeyRing:
    """The key ring of this outside process. Raises Refused K02/K03 where a key is missing or open to others."""
    return load_keys(machine().keys_dir, need=("act.hmac", "try.hmac", "receipt.hmac"))


def recognise(ticket: Personal[str], born: Personal[jdate.BirthDate]) -> Recognised:
    """The hashes of a ticket number and a birth date."""
    number = ticket.open()
    return Recognised(hash_act(keys(), number, jdate.dob_key(born.open())), hash_try(keys(), number))


def network_mark(address: str) -> bytes | None:
    """A hash of the visitor's network (IPv4 /24, IPv6 /56), for the budget of failures; None where unknown."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return None
    wide = ipaddress.ip_network((known, 24 if known.version == 4 else 56), strict=False)
    return hash_network(keys(), str(wide))


def receipt_code(request: UUID, nth: int = 1) -> str:
    """予約番号 of the ``nth`` booking of a request: the same request always gives the same code; it is stored nowhere."""
    return numbers.receipt_from_bytes(receipt_bytes(keys(), request, nth))


def receipt_mark(code: str) -> bytes:
    """What the database holds of a receipt code (cleaned, 8 letters): a keyed hash."""
    return hash_receipt(keys(), code)
