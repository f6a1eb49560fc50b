"""Why mail comes back, and what is done next (返戻の理由と次の手続). Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Reason(StrEnum):
    """返戻の理由 — as the carrier writes it on the envelope."""

    UNKNOWN = "unknown"  # あて所に尋ねあたりません
    MOVED = "moved"  # 転居先不明・転送期間経過
    KEPT = "kept"  # 保管期間経過
    REFUSED = "refused"  # 受取拒否
    INCOMPLETE = "incomplete"  # あて名不完全
    OTHER = "other"


REASON_WORDS = {
    Reason.UNKNOWN: "あて所に尋ねあたりません",
    Reason.MOVED: "転居先不明・転送期間経過",
    Reason.KEPT: "保管期間経過",
    Reason.REFUSED: "受取拒否",
    Reason.INCOMPLETE: "あて名不完全",
    Reason.OTHER: "その他",
}


class Next(StrEnum):
    """次の手続 — what is proposed for a returned piece."""

    HAND_ON = "hand_on"  # 所管課へ渡す
    DESTROY = "destroy"  # 破棄する
    NEW_ADDRESS = "new_address"  # 今の住所へ送りなおす
    COMPLETE = "complete"  # 方書を確かめて送りなおす
    SEND_AGAIN = "send_again"  # 同じ住所へもう一度送る
    ASK_REGISTER = "ask_register"  # 住民記録担当に居住の確認を頼む
    KEEP = "keep"  # 保管して本人の連絡を待つ
    SEED = "seed"  # 監視用の封書


NEXT_WORDS = {
    Next.HAND_ON: "開けずに所管課へ渡す",
    Next.DESTROY: "破棄する（接種券は無効になっています）",
    Next.NEW_ADDRESS: "今の住所へ送りなおす（次の発送で刷る）",
    Next.COMPLETE: "方書・部屋番号を確かめて送りなおす",
    Next.SEND_AGAIN: "保管し、同じ住所へもう一度送る",
    Next.ASK_REGISTER: "保管し、住民記録担当に居住の確認を頼む",
    Next.KEEP: "保管し、本人の連絡を待つ",
    Next.SEED: "監視用の封書です。監視先の住所を確かめる",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """今の状況 — what the register and the ticket say when a piece comes back.

    ``known`` False: the piece leads to nobody here any more (its person became protected, P-15).
    """

    known: bool
    seed: bool = False
    gone: bool = False  # 死亡・転出・消除
    ticket_void: bool = False
    changed: bool = False  # 住所・氏名が発送のあとに変わった


def next_step(reason: Reason, now: Standing) -> Next:
    """The next step: by what is known now, and only then by what the carrier wrote."""
    if now.seed:
        return Next.SEED
    if not now.known:
        return Next.HAND_ON
    if now.gone or now.ticket_void:
        return Next.DESTROY
    if now.changed:
        return Next.NEW_ADDRESS
    return {
        Reason.INCOMPLETE: Next.COMPLETE,
        Reason.KEPT: Next.SEND_AGAIN,
        Reason.UNKNOWN: Next.ASK_REGISTER,
        Reason.MOVED: Next.ASK_REGISTER,
    }.get(reason, Next.KEEP)
