"""Keys, keyed hashes and envelopes (暗号): what is only a thin, named layer over kept libraries.

Ed25519 from ``cryptography``, age from ``pyrage``, HMAC-SHA-256 from the standard library. Nothing is invented here.
"""

from sesshu.base.crypto.envelopes import is_recipient, seal, unseal, unseal_text
from sesshu.base.crypto.hashes import (
    act_hasher,
    ask_hasher,
    change_mark,
    hash_act,
    hash_ask,
    hash_network,
    hash_receipt,
    hash_try,
    receipt_bytes,
    try_hasher,
)
from sesshu.base.crypto.keys import KeyRing, KeyStatus, load_keys, make_keys, status

__all__ = [
    "KeyRing",
    "KeyStatus",
    "act_hasher",
    "ask_hasher",
    "change_mark",
    "hash_act",
    "hash_ask",
    "hash_network",
    "hash_receipt",
    "hash_try",
    "is_recipient",
    "load_keys",
    "make_keys",
    "receipt_bytes",
    "seal",
    "status",
    "try_hasher",
    "unseal",
    "unseal_text",
]
