"""The life of a ticket, and the reasons of a new one (接種券の発行・無効化・再発行). Pure."""

from enum import StrEnum

from sesshu.base.errors import refusal
from sesshu.base.lifecycle import Lifecycle


class State(StrEnum):
    """接種券の状態 — a number is good or dead; what happens to the paper is the mailing's matter."""

    ISSUED = "issued"  # 有効
    VOID = "void"  # 無効: a tripwire from now on


LIFE = Lifecycle(State.ISSUED, {(State.ISSUED, "void"): State.VOID})
"""券番号の一生 — a dead number never comes back and is never given again."""


class Reason(StrEnum):
    """発行・再発行の理由 — the city's own list (field 1.7); it is kept on the ticket that dies."""

    MOVED_IN = "moved_in"  # 転入
    LOST = "lost"  # 紛失・破損
    NOT_RECEIVED = "not_received"  # 対象者だが届いていない
    USED_AS_EXAMINED = "used_as_examined"  # 予診のみに使用
    DOSED_ABROAD = "dosed_abroad"  # 海外で接種
    AIRPORT = "airport"  # 海外在留邦人等向けの接種事業
    US_FORCES = "us_forces"  # 在日米軍従業員の接種
    TRIAL = "trial"  # 治験


class Ending(StrEnum):
    """無効化の理由 — why a number dies without a new one."""

    MOVED = "moved"  # 転出
    DECEASED = "deceased"  # 死亡
    REMOVED = "removed"  # 職権消除等
    PROTECTED = "protected"  # 支援措置
    MISISSUED = "misissued"  # 誤発行


REASON_WORDS = {
    Reason.MOVED_IN: "転入",
    Reason.LOST: "紛失・破損",
    Reason.NOT_RECEIVED: "届いていない",
    Reason.USED_AS_EXAMINED: "予診のみに使用",
    Reason.DOSED_ABROAD: "海外で接種",
    Reason.AIRPORT: "空港での接種事業",
    Reason.US_FORCES: "在日米軍従業員の接種",
    Reason.TRIAL: "治験",
    Ending.MOVED: "転出",
    Ending.DECEASED: "死亡",
    Ending.REMOVED: "消除",
    Ending.PROTECTED: "無効",  # the page of a resident says no more (P-05)
    Ending.MISISSUED: "誤発行",
}
"""For pages and lists of the office."""


def reason_word(code: str) -> str:
    """理由 — the word for a reason kept on a ticket; empty where it has none."""
    return {str(reason): word for reason, word in REASON_WORDS.items()}.get(code, code)


TICKET_LIVE = refusal(
    "T01",
    "この方にはすでに有効な接種券があります。再発行の手続をしてください。",
    "the resident has a live ticket of this programme",
)
NOBODY = refusal(
    "T02",
    "この方に発行できる接種券はありません。住民記録を確かめてください。",
    "no such resident, or not present any more",
)
HANDED_ON = refusal(
    "T03",
    "この手続は担当課で行います。所管課へ引き継いでください。",
    "a protected resident: the responsible section issues, nobody else (P-05)",
)
TICKET_DEAD = refusal(
    "T04", "この接種券はすでに無効です。", "the ticket is void already, or there is no such ticket"
)
PROGRAMME_CLOSED = refusal(
    "T05",
    "この接種事業は受け付けていません。事業の状態を確かめてください。",
    "no such programme, or it is closed",
)
NOT_ENTITLED = refusal(
    "T06",
    "この方はこの接種事業の対象ではありません。生年月日と事業の対象を確かめてください。",
    "the resident has no entitlement in this programme",
)
