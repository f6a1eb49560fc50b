"""Keyed hashes (鍵付きハッシュ): how the outside recognises somebody whom it does not know.

HMAC-SHA-256 with three keys. ``act`` = ticket ‖ birth date, ``ask`` = address form ‖ birth date, ``try`` = ticket
alone (budgets, locks and tripwires only). Each value says first what it is (domain separation) and each part says
how long it is, so that no two different inputs meet in one hash. 32 bytes each.
"""

from collections.abc import Callable
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from sesshu.base.crypto.keys import KeyRing

_LENGTHS = [n.to_bytes(4, "big") for n in range(1024)]  # of the usual parts, made once


def _part(text: str) -> bytes:
    """One part with its length before it, so that parts cannot slide into each other."""
    data = text.encode()
    size = len(data)
    return (_LENGTHS[size] if size < 1024 else size.to_bytes(4, "big")) + data


def _prepared(key: bytes, domain: str) -> HMAC:
    """A hash that has read key and domain already; ``copy()`` of it costs a third of a new one."""
    h = HMAC(key, SHA256())
    h.update(_part(domain))
    return h


def act_hasher(ring: KeyRing) -> Callable[[str, str], bytes]:
    """The bulk form of ``hash_act``: a function of (ticket, dob_key), about a million values a second."""
    copy, part = _prepared(ring.secret("act"), "sesshu/act/1").copy, _part

    def act(ticket: str, dob_key: str) -> bytes:
        h = copy()
        h.update(part(ticket) + part(dob_key))
        return h.finalize()

    return act


def ask_hasher(ring: KeyRing, form_version: int) -> Callable[[str, str], bytes]:
    """The bulk form of ``hash_ask``: a function of (address_form, dob_key) for one version of the normaliser."""
    copy, part = _prepared(ring.secret("ask"), f"sesshu/ask/1/{form_version:d}").copy, _part

    def ask(address_form: str, dob_key: str) -> bytes:
        h = copy()
        h.update(part(address_form) + part(dob_key))
        return h.finalize()

    return ask


def try_hasher(ring: KeyRing) -> Callable[[str], bytes]:
    """The bulk form of ``hash_try``: a function of (ticket)."""
    copy, part = _prepared(ring.secret("try"), "sesshu/try/1").copy, _part

    def try_(ticket: str) -> bytes:
        h = copy()
        h.update(part(ticket))
        return h.finalize()

    return try_


def hash_act(ring: KeyRing, ticket: str, dob_key: str) -> bytes:
    """接種券番号と生年月日 — who may act. ``ticket``: 10 digits as printed; ``dob_key``: 8 characters (YYYYMMDD)."""
    return act_hasher(ring)(ticket, dob_key)


def hash_ask(ring: KeyRing, address_form: str, dob_key: str, form_version: int) -> bytes:
    """住所と生年月日 — whom a caller means. ``address_form``: as ``base.text`` normalised it, in that version."""
    return ask_hasher(ring, form_version)(address_form, dob_key)


def hash_try(ring: KeyRing, ticket: str) -> bytes:
    """接種券番号のみ — counts tries of a number, known or not; gives access to nothing."""
    return try_hasher(ring)(ticket)


def change_mark(ring: KeyRing, text: str) -> bytes:
    """変更印 — tells whether sealed whereabouts changed since the last file, without opening them. 32 bytes."""
    h = _prepared(ring.secret("mark"), "sesshu/mark/1")
    h.update(_part(text))
    return h.finalize()


def receipt_bytes(ring: KeyRing, request_id: UUID, nth: int) -> bytes:
    """予約番号の種 — 32 bytes from which the receipt code of the ``nth`` booking of one request is spelt.

    The same request gives the same code for ever, so that an accepted request can be answered alike again.
    """
    h = _prepared(ring.secret("receipt"), "sesshu/receipt/1")
    h.update(_part(str(request_id)) + _part(str(nth)))
    return h.finalize()


def hash_receipt(ring: KeyRing, code: str) -> bytes:
    """予約番号の照合値 — what is stored of a receipt code (8 letters, cleaned): 39 bits need a key, not a plain hash."""
    h = _prepared(ring.secret("receipt"), "sesshu/receipt-code/1")
    h.update(_part(code))
    return h.finalize()


def hash_network(ring: KeyRing, network: str) -> bytes:
    """接続元の照合値 — a visitor's shortened network address, for the budget of failures; the address is not kept."""
    h = _prepared(ring.secret("try"), "sesshu/network/1")
    h.update(_part(network))
    return h.finalize()
