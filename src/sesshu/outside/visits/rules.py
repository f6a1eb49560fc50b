"""Refusals and closed lists of a hall's work (会場の決まり). The SQL functions answer with these codes."""

from enum import StrEnum

from sesshu.base.errors import refusal

NO_BOOKING_HERE = refusal(
    "C01",
    "この会場の本日の予約はありません。会場と日付を案内し、必要なら「予約のない方」へ進んでください。",
    "the person has no active booking in this hall today",
)
NOBODY = refusal(
    "C02",
    "一致しませんでした。券と生年月日をもういちど確かめ、それでも一致しないときはコールセンターへ案内してください。",
    "no subject has this ticket number and birth date; the same for dead and unknown numbers",
)
RECEIVED_ALREADY = refusal(
    "C03", "すでに受付が済んでいます。整理番号を確かめてください。", "there is a visit of this person today"
)
WRONG_STATE = refusal(
    "C04",
    "この整理番号では、いまこの操作はできません。状態を確かめてください。",
    "the visit is not in a state from which this step leads on",
)
BAD_OUTCOME = refusal(
    "C05", "予診の結果と理由を選んでください。", "go needs no reason, no_go needs one of the closed list"
)
NO_PREVIOUS = refusal(
    "C06",
    "前の回の接種の記録がまだないか、間隔が足りません。接種券と接種済証で前回の日を確かめ、責任者に伝えてください。",
    "the dose before has no record here, or the interval after it does not hold today",
)
OTHER_PERSON = refusal(
    "D01",
    "この整理番号の方と、券または生年月日が一致しません。接種をいったん止めて、ご本人を確かめてください。",
    "ticket and birth date belong to another subject than the visit",
)
OTHER_PRODUCT = refusal(
    "D02",
    "このロットは、予約のワクチンと種類が違います。トレイを確かめてください。",
    "the lot's product is not the visit's product",
)
LOT_UNUSABLE = refusal(
    "D03",
    "このロットは使えません（期限切れ、使用中止、または未登録）。別のロットを選んでください。",
    "the lot is unknown, recalled, used up or past its expiry on that day",
)
NONE_LEFT = refusal(
    "D04",
    "このロットの残りは0です。納入の記録とトレイを確かめてください。",
    "given and wasted doses equal what was delivered",
)
WRONG_TIME = refusal(
    "D05",
    "接種した時刻は、来場した日の、いまより前の時刻にしてください。",
    "given_at lies in the future or on another day than the visit",
)
SAME_TWICE = refusal(
    "D06",
    "同じ券が続けて読み取られました。同じ方で間違いないときは、確認の印を付けて、もういちど記録してください。",
    "the same ticket and birth date twice in a row at this place (H-01): confirm",
)
NOT_EXAMINED = refusal(
    "D07",
    "予診で「接種できる」となった方だけを記録できます。予診の結果を確かめてください。",
    "the visit is not in state go",
)


class Reason(StrEnum):
    """予診のみの理由 — why a person was examined and not injected (closed list; no free text outside)."""

    FEVER = "fever"
    ILLNESS = "illness"
    ALLERGY = "allergy"
    INTERVAL = "interval"
    DECLINED = "declined"
    OTHER = "other"


REASON_WORDS = {
    Reason.FEVER: "37.5℃以上の発熱",
    Reason.ILLNESS: "急性の疾患など体調による",
    Reason.ALLERGY: "成分への過敏症の既往",
    Reason.INTERVAL: "接種間隔・年齢が合わない",
    Reason.DECLINED: "ご本人が辞退",
    Reason.OTHER: "その他（医師の判断）",
}


class Site(StrEnum):
    """接種部位."""

    LEFT_ARM = "left_arm"
    RIGHT_ARM = "right_arm"
    LEFT_THIGH = "left_thigh"
    RIGHT_THIGH = "right_thigh"


SITE_WORDS = {
    Site.LEFT_ARM: "左上腕",
    Site.RIGHT_ARM: "右上腕",
    Site.LEFT_THIGH: "左大腿",
    Site.RIGHT_THIGH: "右大腿",
}

STATE_WORDS = {
    "received": "予診待ち",
    "go": "接種待ち",
    "no_go": "予診のみ",
    "given": "接種済",
    "cancelled": "受付取消",
}
