"""Refusals of booking, moving and cancelling (予約できない理由). The SQL functions answer with these codes."""

from sesshu.base.errors import Refusal, refusal

TOO_EARLY = refusal(
    "B01",
    "前回の接種からの間隔が足りません。もう少しあとの日を選んでください。",
    "the slot's day lies before the first day of the entitlement or of the interval",
)
FULL = refusal(
    "B02",
    "選んだ時間は満席になりました。ほかの時間を選んでください。",
    "no place is left in the share of this channel",
)
NOT_ENTITLED = refusal(
    "B03",
    "この日時では予約できません。ほかの日時を選ぶか、お電話ください。",
    "no entitlement for this dose, day and product; also the answer for tickets that never were",
)
HAS_BOOKING = refusal(
    "B04",
    "すでに予約があります。変えるときは「予約を見る・変える・取り消す」へお進みください。",
    "the subject has an active booking for this dose",
)
OTHER_CONTENT = refusal(
    "B05",
    "同じ手続が別の内容で送られました。はじめからやり直してください。",
    "the request id was used before with another content",
)
CLOSED = refusal(
    "B06",
    "選んだ時間の受付は終わりました。ほかの時間を選んでください。",
    "the slot is closed, over, or unknown",
)
EXPIRED = refusal(
    "B07",
    "時間がたったため、手続を終了しました。はじめからやり直してください。",
    "the draft, case or match has ended",
)
PAIR_BROKEN = refusal(
    "B08",
    "その日に変えると、2回目の予約との間隔が合わなくなります。2回目もいっしょに変えてください。",
    "the second dose's booking would no longer fit its interval",
)
NOT_YOURS = refusal(
    "B09",
    "この予約は、すでに変更されたか取り消されています。",
    "no active booking has this receipt code",
)
AT_THE_HALL = refusal(
    "B10",
    "会場で受付が済んでいるため、ここでは変えられません。会場の係員にお声がけください。",
    "a visit is open for this booking",
)
UNDO_OVER = refusal(
    "B11",
    "取消を元に戻せる時間が過ぎました。もういちど予約してください。",
    "more than ten minutes since the cancellation, or the place went back",
)
BELOW_TAKEN = refusal(
    "B12",
    "すでに入っている予約より少ない枠数にはできません。",
    "a capacity below what is taken, refused and told to the inside",
)
NOT_OPEN = refusal(
    "B13",
    "予約の受付はまだ始まっていません。受付開始の日時になってから、もういちどお進みください。",
    "the entitlement is there, and booking opens for it at a later moment (G-02)",
)

CHOOSE_AGAIN = frozenset(r.code for r in (TOO_EARLY, FULL, NOT_ENTITLED, CLOSED, PAIR_BROKEN))
"""Refusals after which another day or hour helps; the others need another way."""

ALL: tuple[Refusal, ...] = (
    TOO_EARLY,
    FULL,
    NOT_ENTITLED,
    HAS_BOOKING,
    OTHER_CONTENT,
    CLOSED,
    EXPIRED,
    PAIR_BROKEN,
    NOT_YOURS,
    AT_THE_HALL,
    UNDO_OVER,
    BELOW_TAKEN,
    NOT_OPEN,
)

PRODUCT_WORDS = {"pfizer": "ファイザー", "moderna": "モデルナ"}
"""Names of the products of the shipped programmes; the outside gets codes only."""


def product_word(code: str) -> str:
    """The name of a product; a code without a name is shown as it is."""
    return PRODUCT_WORDS.get(code, code)
