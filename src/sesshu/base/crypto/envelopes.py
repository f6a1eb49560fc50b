"""Envelopes (封緘): text closed to one receiver's key (age), so that the place that stores it cannot read it.

FX-02: closed in the sender's process; P-01: whereabouts of protected persons; 引継票: what a caller asked for.
"""

import pyrage
from pyrage import x25519

from sesshu.base.crypto.keys import KeyRing
from sesshu.base.errors import Refused, refusal

K04 = refusal(
    "K04",
    "この封緘は開けませんでした。宛先の鍵が違うか、内容が壊れています。",
    "An envelope cannot be opened: other receiver, damaged, or meant for another row.",
)


def seal(content: str | bytes, recipient: str, *, about: str = "") -> bytes:
    """封をする — ciphertext (age, binary) that only ``recipient`` (``age1…``) can open.

    ``about`` names the row it belongs to (``resident:17``): age has no associated data, so without it somebody with
    write access could put one person's envelope on another's row. The same ``about`` must be given to open it.
    """
    plain = content.encode() if isinstance(content, str) else content
    if about:
        name = about.encode()
        plain = len(name).to_bytes(2, "big") + name + plain
    return pyrage.encrypt(plain, [x25519.Recipient.from_str(recipient)])


def unseal(envelope: bytes, ring: KeyRing, *, about: str = "") -> bytes:
    """封を開ける — the bytes that were sealed to this place. Raises Refused K04."""
    try:
        plain = pyrage.decrypt(envelope, [ring.identity])
    except pyrage.DecryptError:
        raise Refused(K04) from None
    if not about:
        return plain
    name = about.encode()
    head = len(name).to_bytes(2, "big") + name
    if not plain.startswith(head):
        raise Refused(K04)
    return plain[len(head) :]


def unseal_text(envelope: bytes, ring: KeyRing, *, about: str = "") -> str:
    """封を開ける — as text (UTF-8)."""
    return unseal(envelope, ring, about=about).decode()


def is_recipient(text: str) -> bool:
    """True for an age public key (``age1…``)."""
    try:
        x25519.Recipient.from_str(text)
    except Exception:  # pyrage raises a bare Exception subclass per fault
        return False
    return True
