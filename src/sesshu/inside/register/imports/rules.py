"""What a line of the register file must be, and what a changed line means (取込の規則). Pure.

Layout: 20 columns of an extract by 住民記録システム標準仕様書; a file with one more or one less is refused (C-14).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from sesshu.base.errors import Refusal, refusal

# (field, column of the file). The order is the order of the file.
FIELDS = (
    ("reference_no", "宛名番号"),
    ("household_no", "世帯番号"),
    ("relation", "続柄"),
    ("name", "氏名"),
    ("kana", "氏名カナ"),
    ("latin", "氏名アルファベット"),
    ("common_name", "通称"),
    ("dob_text", "生年月日"),
    ("sex", "性別"),
    ("postcode", "郵便番号"),
    ("town", "町丁目"),
    ("banchi", "番地"),
    ("building", "方書"),
    ("phone", "電話番号"),
    ("resident_from", "住民となった日"),
    ("event", "異動事由"),
    ("event_on", "異動日"),
    ("status", "住民状態"),
    ("foreign", "外国人区分"),
    ("protected", "支援措置区分"),
)
COLUMNS = tuple(column for _, column in FIELDS)
WHEREABOUTS = (
    "household_no",
    "relation",
    "postcode",
    "town",
    "banchi",
    "building",
    "phone",
    "resident_from",
    "event",
)
"""所在情報 — fields that exist only sealed for a protected person (P-01)."""

SEXES = ("男", "女", "不明")


class Status(StrEnum):
    """住民状態 — whether the person is on the register now."""

    PRESENT = "present"  # 現存
    LEFT = "left"  # 転出
    DEAD = "dead"  # 死亡
    REMOVED = "removed"  # 消除


STATUS_WORDS = {
    "現存": Status.PRESENT,
    "転出": Status.LEFT,
    "死亡": Status.DEAD,
    "消除": Status.REMOVED,
}

# 異動事由 — code table of the standard: what was entered, removed, changed.
ENTRIES = frozenset(
    "国内転入 国外転入等 出生 職権記載(帰化等) 職権記載(国籍喪失) 職権記載 改製 再製 異動の取消し(増)".split()
)
REMOVALS = frozenset(
    "国内転出 国外転出 死亡 職権消除(帰化等) 職権消除(国籍喪失) 職権消除 異動の取消し(減)".split()
)
CORRECTIONS = frozenset(
    "転居 軽微な修正 職権修正 誤記修正 個人番号の変更請求 個人番号の職権修正 個人番号の職権記載 "
    "住民票コードの変更請求 住民票コードの職権記載 世帯分離 世帯合併 世帯変更 世帯主変更 "
    "旧氏の記載 旧氏の変更 旧氏の削除 通称の記載 通称の削除 異動の取消し(修正)".split()
)
EVENTS = ENTRIES | REMOVALS | CORRECTIONS
MAY_BE_FUTURE = frozenset(("国内転出", "国外転出"))
"""異動日 may lie in the future only for 転出 (a 転出予定)."""


class Rule(StrEnum):
    """取込で行を受け付けない理由 — why one line is refused. The person keeps the old state and is not gone."""

    CELLS = "R01"
    CHARACTERS = "R02"
    REFERENCE = "R03"
    DOUBLED = "R04"
    HOUSEHOLD = "R05"
    NAME = "R06"
    BIRTH = "R07"
    BIRTH_FUTURE = "R08"
    SEX = "R09"
    POSTCODE = "R10"
    ADDRESS = "R11"
    PHONE = "R12"
    RESIDENT_FROM = "R13"
    EVENT = "R14"
    EVENT_DAY = "R15"
    EVENT_FUTURE = "R16"
    STATUS = "R17"
    FOREIGN = "R18"
    PROTECTED = "R19"


SENTENCES: dict[Rule, Refusal] = {
    rule: refusal(rule.value, sentence, english)
    for rule, sentence, english in (
        (Rule.CELLS, "列の数が合いません。", "the line has more or fewer cells than the header"),
        (Rule.CHARACTERS, "長すぎる値か、改行が入っています。", "too long, or a line end where none may be"),
        (Rule.REFERENCE, "宛名番号が数字15桁以内ではありません。", "reference number is not 1–15 digits"),
        (Rule.DOUBLED, "同じ宛名番号の行が前にもあります。", "the reference number stood in an earlier line"),
        (Rule.HOUSEHOLD, "世帯番号が数字15桁以内ではありません。", "household number is not 1–15 digits"),
        (Rule.NAME, "氏名も氏名アルファベットもありません。", "no name in any script"),
        (Rule.BIRTH, "生年月日を読み取れません。", "birth date has no known form"),
        (Rule.BIRTH_FUTURE, "生年月日が抽出日より後です。", "birth date after the day of the extract"),
        (Rule.SEX, "性別が男・女・不明のどれでもありません。", "sex is none of the three words"),
        (Rule.POSTCODE, "郵便番号が7桁ではありません。", "postal code is not 7 digits"),
        (Rule.ADDRESS, "現存する住民の町丁目か番地がありません。", "a present resident without town or lot"),
        (Rule.PHONE, "電話番号に数字とハイフン以外があります。", "phone number has other signs than digits"),
        (
            Rule.RESIDENT_FROM,
            "住民となった日を読み取れません。",
            "day of becoming a resident has no known form",
        ),
        (Rule.EVENT, "異動事由が決められた語ではありません。", "event is not in the code table"),
        (Rule.EVENT_DAY, "異動日が暦にない日付です。", "day of the event does not exist"),
        (Rule.EVENT_FUTURE, "転出以外の異動日が抽出日より後です。", "future event other than a move out"),
        (Rule.STATUS, "住民状態が決められた語ではありません。", "status is not in the code table"),
        (Rule.FOREIGN, "外国人区分が0か1ではありません。", "flag of foreign residents is not 0 or 1"),
        (
            Rule.PROTECTED,
            "支援措置区分が0か1ではありません。",
            "flag of protection is not 0 or 1; blank is no 0",
        ),
    )
}


class Change(StrEnum):
    """異動の意味 — what one line of the register means for us."""

    NEW = "new"  # 新規
    SAME = "same"  # 変更なし
    SEAL = "seal"  # 支援措置の開始: the wall goes up
    RELEASE_ASKED = "release_asked"  # 支援措置の区分が消えた: the section is told; the wall stays (P-13)
    LEFT = "left"  # 転出
    DIED = "died"  # 死亡
    REMOVED = "removed"  # 消除
    REVIVED = "revived"  # 異動の取消し・再転入
    MOVED = "moved"  # 転居
    RENAMED = "renamed"  # 氏名・通称の変更
    BIRTH_CORRECTED = "birth_corrected"  # 生年月日の修正
    OTHER = "other"  # その他の修正


class Facts(Protocol):
    """What ``decide`` looks at: a ``reader.Row``, or a stored resident with attributes of the same names."""

    name: str
    kana: str
    latin: str
    common_name: str
    dob_key: str
    status: str
    protected: bool


_NAMES = ("name", "kana", "latin", "common_name")
_ADDRESS = ("postcode", "town", "banchi", "building")
_REST = ("sex", "foreign", "event_on")
_ENDS = {Status.LEFT: Change.LEFT, Status.DEAD: Change.DIED, Status.REMOVED: Change.REMOVED}
_COMPARED = (*_NAMES, "dob_key", *WHEREABOUTS, *_REST, "status", "protected")


def changed_fields(old: Facts, new: Facts) -> tuple[str, ...]:
    """Names of the fields that differ, in the order of the layout. Whereabouts of somebody whose record is sealed
    are not compared: the change mark of the letterbox does that."""
    sealed = WHEREABOUTS if old.protected else ()
    return tuple(f for f in _COMPARED if f not in sealed and getattr(old, f) != getattr(new, f))


def decide(old: Facts | None, new: Facts) -> set[Change]:
    """異動の判定 — what one line means, given what is stored. No clock, no database."""
    if old is None:
        return {Change.NEW} | ({Change.SEAL} if new.protected else set())
    differ = set(changed_fields(old, new))
    found = set()
    if new.protected and not old.protected:
        found.add(Change.SEAL)
    if old.protected and not new.protected:
        found.add(Change.RELEASE_ASKED)
    if "status" in differ:
        found.add(_ENDS.get(Status(new.status), Change.REVIVED))
    if differ & set(_ADDRESS):
        found.add(Change.MOVED)
    if differ & set(_NAMES):
        found.add(Change.RENAMED)
    if "dob_key" in differ:
        found.add(Change.BIRTH_CORRECTED)
    if differ and not found:
        found.add(Change.OTHER)
    return found or {Change.SAME}


# --- 保留 ---------------------------------------------------------------------------------------------------

PROTECTED_FELL = refusal(
    "R71",
    "支援措置の人数が前回より大きく減っています。所管課に確かめてください。",
    "held: the count of protected persons fell by more than a tenth and more than two (P-08)",
)
MANY_GONE = refusal(
    "R72",
    "前回いた住民の20人に1人以上がこのファイルにありません。抽出条件を確かめてください。",
    "held: more than 5 % of the residents of the last file are absent",
)
MANY_REFUSED = refusal(
    "R73",
    "受け付けられない行が100行に1行を超えています。ファイルを確かめてください。",
    "held: more than 1 % of the lines (and more than 20) are refused",
)


BIRTH_YEAR_MISSING = refusal(
    "R74",
    "前回いた年度生まれの住民が1人もいません。抽出条件を確かめてください。",
    "held: a fiscal year of birth that had at least five present residents has none (G-03)",
)
PROTECTED_ROSE = refusal(
    "R75",
    "支援措置の人数が前回より大きく増えています。列の対応を確かめてください。",
    "held: the count of protected persons rose by more than a fifth and more than five (P-08)",
)
OLDER = refusal(
    "R76",
    "前回受け付けたファイルより古い抽出日です。ファイルを確かめてください。",
    "held: the day of the extract is before that of the last accepted file",
)
HELD = {
    r.code: r for r in (PROTECTED_FELL, MANY_GONE, MANY_REFUSED, BIRTH_YEAR_MISSING, PROTECTED_ROSE, OLDER)
}
"""保留の理由 by code: an officer may accept despite them by naming each."""
SMALLEST_COHORT = 5


@dataclass(frozen=True, slots=True)
class Totals:
    """取込の件数 — what ``why_held`` compares."""

    lines: int
    refused: int
    protected: int
    gone: int = 0
    as_of: str = ""  # day of the extract, ISO
    births: Mapping[int, int] = field(default_factory=dict, repr=False)  # present residents by fiscal year


def why_held(now: Totals, last: Totals | None) -> tuple[Refusal, ...]:
    """Reasons for which an import waits for an officer's own decision before anybody may accept it."""
    found = []
    if last is not None:
        fell = last.protected - now.protected
        if fell > max(2, last.protected // 10):
            found.append(PROTECTED_FELL)
        if -fell > max(5, last.protected // 5):
            found.append(PROTECTED_ROSE)
        if now.gone * 20 > last.lines - last.refused:
            found.append(MANY_GONE)
        if any(n >= SMALLEST_COHORT and not now.births.get(year) for year, n in last.births.items()):
            found.append(BIRTH_YEAR_MISSING)
        if now.as_of < last.as_of:
            found.append(OLDER)
    if now.refused > max(20, now.lines // 100):
        found.append(MANY_REFUSED)
    return tuple(found)


# --- 承認 ---------------------------------------------------------------------------------------------------

NO_IMPORT = refusal("R80", "その取込はありません。番号を確かめてください。", "no import has this number")
NOT_WAITING = refusal(
    "R81",
    "その取込は承認待ちではありません。取込の一覧を確かめてください。",
    "the import was accepted or withdrawn already",
)
LINES_LOST = refusal(
    "R82",
    "読み取った行が失われました。ファイルをもういちど読み取ってください。",
    "the staged lines are gone (the database was stopped hard): stage the file again",
)
