"""Correcting the ledger: the old line stays, marked; a new one names it (接種記録の訂正). Pure."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum

from sesshu.base.errors import Refused, refusal
from sesshu.base.lifecycle import Lifecycle


class State(StrEnum):
    """記録の状態 — whether a line counts."""

    VALID = "valid"  # 有効
    UNATTRIBUTED = "unattributed"  # 帰属未定: it came, and leads to nobody yet
    CORRECTED = "corrected"  # 訂正済: stays to be read, counts no more


LIFE = Lifecycle(
    State.VALID,
    {
        (State.VALID, "correct"): State.CORRECTED,
        (State.UNATTRIBUTED, "correct"): State.CORRECTED,
    },
)


class Reason(StrEnum):
    """訂正の理由 — the errors that are found (field 2.4)."""

    WRONG_LOT = "wrong_lot"  # ロット番号の誤り
    WRONG_PRODUCT = "wrong_product"  # ワクチンの取違え
    WRONG_DAY = "wrong_day"  # 接種日の誤り
    WRONG_DOSE = "wrong_dose"  # 回数の誤り
    WRONG_PERSON = "wrong_person"  # 別の方の記録
    NOT_GIVEN = "not_given"  # 接種していない
    ATTRIBUTED = "attributed"  # 帰属が分かった


WITHOUT_NEW_LINE = frozenset({Reason.NOT_GIVEN, Reason.WRONG_PERSON})
"""The line is taken back and no other takes its place."""

NO_RECORD = refusal(
    "RC01",
    "訂正できる接種記録がありません。すでに訂正されていないか確かめてください。",
    "no such record, or it was corrected already",
)
WRONG_DAY = refusal(
    "RC02",
    "接種日は本日以前の、生年月日より後の日にしてください。",
    "the day of injection lies in the future or before birth",
)
WRONG_DOSE = refusal("RC03", "回数は1から9までにしてください。", "the number of the dose is not 1 to 9")
TAKEN = refusal(
    "RC04",
    "その回の有効な記録がすでにあります。先にそちらを訂正してください。",
    "the resident has another valid record of this dose",
)
NOTHING_CHANGED = refusal("RC05", "記録と同じ内容です。訂正する項目を確かめてください。", "nothing differs")
SEALED = refusal(
    "RC06",
    "この手続は担当課で行います。所管課へ引き継いでください。",
    "a protected resident: the responsible section keeps this ledger",
)


@dataclass(frozen=True, slots=True)
class Correction:
    """訂正の内容 — what the line should say; the rest stays as it was."""

    product: str
    dose: int
    lot_no: str
    given_on: dt.date


def refuse(new: Correction, old: Correction, *, today: dt.date, born: dt.date | None) -> None:
    """Raises Refused RC02, RC03, RC05."""
    if new == old:
        raise Refused(NOTHING_CHANGED)
    if not 1 <= new.dose <= 9:
        raise Refused(WRONG_DOSE)
    if new.given_on > today or (born is not None and new.given_on < born):
        raise Refused(WRONG_DAY)


def approval_target(record_id: object, reason: Reason, change: object) -> str:
    """What the second person agrees to: this record and exactly this change; no value is written out."""
    said = hashlib.sha256(repr((str(reason), change)).encode()).hexdigest()[:16]
    return f"record {record_id} {said}"
