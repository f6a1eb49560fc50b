"""What may be wrong with a programme document (接種事業の定義の誤り): codes G01–G21, each with its place; G22–G30: of its versions."""

from dataclasses import dataclass

from sesshu.base.errors import Refusal, Refused, refusal

NOT_JSON = refusal(
    "G01", "定義ファイルをJSONとして読み取れません。文字コードはUTF-8です。", "the file is not JSON in UTF-8"
)
WRONG_FORM = refusal(
    "G02",
    "定義の項目が決められた形に合いません。示した箇所を直してください。",
    "the document does not fit schema.json",
)
UNKNOWN_PRODUCT = refusal(
    "G03",
    "登録のないワクチンが使われています。productsに加えるか名称を直してください。",
    "a rule names an unknown product",
)
TWICE = refusal("G04", "同じ記号または名称が二度使われています。", "an id, name or spelling is used twice")
DOSE_GAP = refusal(
    "G05",
    "接種回がつながっていません。抜けている回または間隔の規定を加えてください。",
    "dose numbers have a gap, or no interval leads from a product to the next dose",
)
TIME_GAP = refusal(
    "G06",
    "規定の有効期間に空きがあります。前の規定の翌日から始めてください。",
    "days without a rule between two rows",
)
TIME_TWICE = refusal(
    "G07",
    "規定の有効期間が重なっています。どちらか一方にしてください。",
    "two rows of one rule are in force on a day",
)
TOO_LONG = refusal(
    "G08",
    "最短の間隔が実施期間より長く、次の回を接種できる日がありません。",
    "an interval longer than the season",
)
INTERVAL_CROSSED = refusal(
    "G09", "間隔の上限または標準が最短の間隔より短くなっています。", "an interval ends before it begins"
)
AGE_CROSSED = refusal(
    "G10", "年齢の終わりが始まりより前になっています。", "an age end lies before its beginning"
)
GROUP_WITHOUT_WAVE = refusal(
    "G11", "どの受付区分にも入っていない対象区分があります。", "a group that no wave opens for"
)
UNKNOWN_GROUP = refusal("G12", "登録のない対象区分が使われています。", "a wave names an unknown group")
DATES_CROSSED = refusal(
    "G13", "期間の終わりが始まりより前になっています。", "a stretch of days ends before it begins"
)
NO_DAY = refusal("G14", "実在しない日付・時刻です。", "a date or time that does not exist")
OUTSIDE_SEASON = refusal(
    "G15", "受付区分の期間が実施期間に一日もかかっていません。", "a wave opens on no day of any season"
)
UNKNOWN_SOURCE = refusal(
    "G16", "登録のない根拠が示されています。sourcesに加えてください。", "a rule cites an unknown source"
)
UNKNOWN_MARK = refusal("G17", "登録のない登録区分が使われています。", "a rule names an unknown mark")
SAME_HAND = refusal("G18", "作成者と確認者は別の人にしてください。", "the same person wrote and checked")
NEVER_GIVEN = refusal(
    "G19",
    "間隔の規定に、その回では接種しないワクチンが含まれています。",
    "an interval names a product never given there",
)
OPENS_BEFORE_LETTER = refusal(
    "G20",
    "予約の受付が、接種券が届くより前に始まります。発送の翌日より後にしてください。",
    "booking opens before the letters of the wave can have arrived (L-10)",
)
OPENS_AFTER_END = refusal(
    "G21",
    "予約の受付開始が、受付区分の最後の接種日より後です。",
    "booking opens after the last day of the wave",
)

# --- versions ---------------------------------------------------------------------------------------------
STARTS_IN_PAST = refusal(
    "G22", "施行日が過ぎています。今日以後の日にしてください。", "a version that starts in the past"
)
BEFORE_ANOTHER = refusal(
    "G23",
    "後から始まる承認済みの版があります。先にその版を取り下げるか、施行日を合わせてください。",
    "it would start before a version that is approved already, and be lost on that day",
)
TAKES_BOOKED = refusal(
    "G24",
    "予約済みの方の資格がなくなります。一覧の方への連絡を決めてから承認してください。",
    "the version takes an entitlement from somebody who has booked",
)
GOLDEN_CHANGED = refusal(
    "G25",
    "見本の住民の答えが変わります。変わる答えを2人で確かめてください。",
    "an answer to a golden resident changes; it needs two signatures (G-01)",
)
COHORT_LOST = refusal(
    "G26",
    "生まれ年の一つが、まるごと対象から外れます。年齢の条件を確かめてください。",
    "everybody of a year of birth loses every entitlement (G-03)",
)
NO_VERSION = refusal(
    "G27", "その版はありません。版の一覧で番号を確かめてください。", "no such version of this programme"
)
NOT_WAITING = refusal(
    "G28",
    "この版はもう承認されたか取り下げられています。新しい案を作ってください。",
    "the version is not a draft, or has taken effect",
)
NAME_TAKEN = refusal(
    "G29",
    "その名前の接種事業はすでにあります。別の名前にするか、その事業の案を作ってください。",
    "a new programme has the name of one that is there",
)
NOT_TRIED = refusal(
    "G30",
    "先に試算してください。何人が変わり、だれの答えが変わるかを見てから承認します。",
    "a version is approved after its dry run was looked at",
)
HOLDS = {r.code: r for r in (TAKES_BOOKED, GOLDEN_CHANGED, COHORT_LOST)}
"""承認の前に確かめる理由 — both people name each that applies."""


@dataclass(frozen=True, slots=True)
class Finding:
    """指摘 — one thing that is wrong: which refusal, the place as a JSON pointer, a detail of the document."""

    refusal: Refusal
    place: str
    detail: str = ""


class BadDocument(Refused):
    """定義の誤り — a document was refused. ``findings`` holds everything found; ``column`` the first place."""

    def __init__(self, findings: list[Finding]):
        self.findings = findings
        super().__init__(findings[0].refusal, line=1, column=findings[0].place or "/")
