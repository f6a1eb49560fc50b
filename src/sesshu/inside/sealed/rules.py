"""When a sealed record may be opened (開封の決まり, P-09). Pure."""

import datetime as dt

from sesshu.base.errors import refusal

SECOND_WITHIN = dt.timedelta(minutes=10)  # after asking, and again after the second person until the look
ON_SCREEN_SECONDS = 120
SHORTEST_REASON = 5

NO_RECORD = refusal(
    "E01",
    "この番号の封じた記録はありません。番号を確かめてください。",
    "no protected resident has this reference number",
)
NO_REASON = refusal(
    "E02", "開封の理由を書いてください（5文字以上）。", "opening a sealed record needs a reason"
)
NO_OPENING = refusal(
    "E03", "この申出はありません。一覧から選びなおしてください。", "there is no such opening"
)
TOO_LATE = refusal(
    "E04",
    "10分を過ぎたため、申出は無効になりました。もういちど申し出てください。",
    "the second person or the look came more than ten minutes later",
)
NOT_YOURS = refusal("E05", "申し出た本人だけが見られます。", "somebody else asked for this opening")
SEEN_ALREADY = refusal(
    "E06",
    "この申出の記録は、すでに一度表示しました。もういちど見るには新しく申し出てください。",
    "an opening shows its record once",
)
NOT_APPROVED = refusal("E07", "まだ2人目の承認がありません。", "the second person has not approved")
