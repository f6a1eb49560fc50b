"""Why a dose did not count and why none is due (判定理由): codes J01–J15; J21–J27 for lines that cannot be judged."""

from sesshu.base.errors import refusal

# --- one dose ---------------------------------------------------------------------------------------------
WRONG_PRODUCT = refusal(
    "J01",
    "この接種回に使えるワクチンではありません。",
    "the product does not belong to this dose on that day",
)
TOO_YOUNG = refusal("J02", "接種できる年齢に達する前の接種です。", "given before the least age")
TOO_OLD = refusal("J03", "接種できる年齢を過ぎた接種です。", "given after the last age")
TOO_SOON = refusal("J04", "前回からの間隔が足りない接種です。", "given before the interval had passed")
TOO_LATE = refusal("J05", "前回からの間隔の上限を過ぎた接種です。", "given after the interval had run out")
OTHER_SEASON = refusal(
    "J06", "この実施期間の接種ではありません。", "a dose outside the season that is asked about"
)
NOT_NEEDED = refusal("J07", "必要な回数が済んだ後の接種です。", "given after the series was complete")
NO_MIX = refusal(
    "J08", "前回と組み合わせられないワクチンです。", "no rule allows this product after that one"
)
OTHER_TOO_NEAR = refusal(
    "J09", "ほかの接種との間隔が足りない接種です。", "given too near to another vaccination"
)

# --- the person -------------------------------------------------------------------------------------------
NO_GROUP = refusal(
    "J10", "接種の対象となる年齢・要件に当てはまりません。", "the person belongs to no group on any day"
)
NOT_YET = refusal(
    "J11", "接種できる日がまだ来ていません。", "the first day of the next dose lies after the day asked about"
)
OVER = refusal("J12", "接種できる期間が終わりました。", "no day is left on which the next dose may be given")
EXCLUDED = refusal("J13", "すでに同じ病気の接種を受けているため対象外です。", "excluded by doses had before")
NO_BIRTH_DATE = refusal(
    "J14", "生年月日が確定していません。資格判定用の生年月日を決めてください。", "no birth date to count from"
)

# --- a line that cannot be judged -------------------------------------------------------------------------
NOT_JSON = refusal("J21", "この行はJSONとして読み取れません。", "the line is not a JSON object")
MISSING = refusal(
    "J22",
    "必要な項目がないか、形が違います。項目名と型を確かめてください。",
    "a field is missing or has the wrong type",
)
NO_DATE = refusal(
    "J23",
    "日付を読み取れません。実在する日をYYYY-MM-DDの形で書いてください。",
    "a date is not a real YYYY-MM-DD",
)
UNKNOWN_PRODUCT = refusal(
    "J24", "この接種事業に登録のないワクチン名です。", "the programme does not know the product"
)
WRONG_ORDER = refusal(
    "J25",
    "日付の前後が合いません。出生前または判定日より後の日付があります。",
    "a date before birth or after asof",
)
UNKNOWN_SEX = refusal(
    "J26", "性別は female、male、unknown のいずれかで書いてください。", "sex is none of the known words"
)
UNKNOWN_MARK = refusal(
    "J27", "この接種事業に登録のない登録区分です。", "the programme does not know the mark"
)
