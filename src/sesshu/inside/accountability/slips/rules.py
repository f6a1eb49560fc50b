"""The life of a slip inside, and what is refused (引継票の決まり). Pure."""

from enum import StrEnum

from sesshu.base.errors import refusal
from sesshu.base.lifecycle import Lifecycle


class State(StrEnum):
    """引継票の状態."""

    NEW = "new"  # 未対応
    TAKEN = "taken"  # 対応中
    DONE = "done"  # 済
    HANDED = "handed"  # 所管課へ


SLIP_LIFE = Lifecycle(
    State.NEW,
    {
        (State.NEW, "take"): State.TAKEN,
        (State.TAKEN, "close"): State.DONE,
        (State.NEW, "hand_on"): State.HANDED,
        (State.TAKEN, "hand_on"): State.HANDED,
    },
)
STATE_WORDS = {State.NEW: "未対応", State.TAKEN: "対応中", State.DONE: "済", State.HANDED: "所管課へ引継"}
OUTCOMES = {
    "reissued": "接種券を再発行した",
    "called_back": "折り返し電話した",
    "sent": "書類を送った",
    "no_answer": "3回かけたがつながらない",
    "other": "その他",
}

NO_SLIP = refusal(
    "HS01", "この引継票はありません。一覧から選びなおしてください。", "there is no slip of this number"
)
WRONG_STEP = refusal(
    "HS02",
    "この引継票は、ほかの職員が進めています。一覧を開きなおして状態を確かめてください。",
    "the slip's state has no such step, or somebody else took it",
)
NO_OUTCOME = refusal("HS03", "対応の結果を選んでください。", "the outcome is not in the closed list")
