"""What a sealed letter about a resident holds (封緘する内容), and when a protection may end. Pure."""

import datetime as dt
import json
from collections.abc import Mapping
from enum import StrEnum

from sesshu.base.errors import Refused, refusal
from sesshu.inside.register.imports.rules import WHEREABOUTS

NO_RESIDENT = refusal("R90", "その住民は登録されていません。", "no resident has this number")
ALREADY_PROTECTED = refusal("R91", "すでに支援措置対象者です。", "the resident has a wall already")
NOT_PROTECTED = refusal("R92", "支援措置対象者ではありません。", "the resident has no wall")
NO_DECISION = refusal(
    "R93",
    "終了の決定(文書の番号など)を入力してください。",
    "a release names the decision it rests on (P-13)",
)
PROTECTED_SINCE = refusal(
    "R94",
    "決定の日より後に支援措置が始まっています。所管課に知らせました。新しい決定が必要です。",
    "the protection began after the day of the decision to end it: an old list does not release (P-13)",
)


class ProtectedSince(Refused):
    """R94 with the day since when the person is protected again."""

    def __init__(self, since: dt.date):
        super().__init__(PROTECTED_SINCE)
        self.since = since


class Letter(StrEnum):
    """封書の種類 — kinds of ciphertext in the letterbox. The content of each is JSON."""

    WHEREABOUTS = "whereabouts"  # the nine fields of WHEREABOUTS; the newest letter counts
    HISTORY = (
        "history"  # {"history": [rows as they were], "former": {town, banchi, building, until_on} or null}
    )
    RECORD = "record"  # one row of the ledger
    BOOKING = "booking"  # one booking with its day, time, venue and visits
    SUBJECT = "subject"  # {"id", "programme"}: which pseudonym it was
    SLIP = "slip"  # a hand-off slip, re-sealed


_ADDRESS = ("postcode", "town", "banchi", "building")


def letter_about(kind: str, reference_no: str) -> str:
    """The row that an envelope belongs to: ``whereabouts:100000019``. Give the same to ``unseal``."""
    return f"{kind}:{reference_no}"


def whereabouts_text(values: Mapping[str, object]) -> str:
    """The content of a letter ``whereabouts``: the nine fields, dates as ISO, in the order of the layout."""
    return _json({name: values[name] for name in WHEREABOUTS})


def address_text(values: Mapping[str, object]) -> str:
    """Of the whereabouts the address alone: what tells a move from a new phone number."""
    return _json({name: values[name] for name in _ADDRESS})


def _json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)


def refuse_release(began_on: dt.date, decided_on: dt.date, decision: str) -> None:
    """Raises Refused R93 without a decision, R94 where the protection began after the day it was decided to end it."""
    if not decision.strip():
        raise Refused(NO_DECISION)
    if began_on > decided_on:
        raise ProtectedSince(began_on)
