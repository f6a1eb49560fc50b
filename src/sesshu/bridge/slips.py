"""The content of a hand-off slip (引継票): what a caller asked for, as the desk seals it and the office opens it.

Pure. Part of the published language: the only free text that crosses, and it crosses as ciphertext to the inside's
key, bound to the number of its case, so that nobody with write access can put one slip in place of another.
"""

import json
from dataclasses import dataclass
from enum import StrEnum

from sesshu.base.crypto import KeyRing, seal, unseal
from sesshu.base.crypto.envelopes import K04
from sesshu.base.errors import Refused

VERSION = 1
_BLOCK = 256  # bytes: the length of the ciphertext says little about the length of the words


class SlipKind(StrEnum):
    """用件の種類 — what kind of wish the slip carries; decides where it goes in the office."""

    REISSUE = "reissue"
    NOT_ARRIVED = "not_arrived"
    IDENTITY = "identity"
    BOOKING = "booking"
    RECORD = "record"
    CHANGE = "change"
    SUPPORT = "support"
    COMPLAINT = "complaint"
    OTHER = "other"


KIND_WORDS = {
    SlipKind.REISSUE: "接種券の再発行",
    SlipKind.NOT_ARRIVED: "接種券が届かない",
    SlipKind.IDENTITY: "電話では確認できなかった方への折り返し",
    SlipKind.BOOKING: "予約番号がわからない予約の確認・変更・取消",
    SlipKind.RECORD: "接種の記録・接種済証",
    SlipKind.CHANGE: "住所・氏名の変更、引っ越し",
    SlipKind.SUPPORT: "車いす・通訳・付き添いなどの配慮",
    SlipKind.COMPLAINT: "ご意見・苦情",
    SlipKind.OTHER: "その他",
}


@dataclass(frozen=True, slots=True, repr=False)
class Slip:
    """引継票の中身 — name and call-back number as the caller said them, kind of wish, words. Never printed."""

    kind: SlipKind
    name: str
    phone: str
    words: str


def _about(case: int) -> str:
    return f"slip of case {case}"


def seal_slip(slip: Slip, recipient: str, case: int) -> bytes:
    """封をする — to the inside's age key (``age1…``), bound to the number of the case."""
    fields = {
        "version": VERSION,
        "kind": slip.kind.value,
        "name": slip.name,
        "phone": slip.phone,
        "words": slip.words,
    }
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    plain += b" " * (-len(plain) % _BLOCK)
    return seal(plain, recipient, about=_about(case))


def open_slip(ciphertext: bytes, ring: KeyRing, case: int) -> Slip:
    """封を開ける — inside only. Raises Refused K04: another key, damaged, or the slip of another case."""
    plain = unseal(ciphertext, ring, about=_about(case))
    try:
        fields = json.loads(plain)
        known = fields["version"] == VERSION
        slip = Slip(SlipKind(fields["kind"]), str(fields["name"]), str(fields["phone"]), str(fields["words"]))
    except (ValueError, KeyError, TypeError):
        raise Refused(K04) from None
    if not known:
        raise Refused(K04)
    return slip
