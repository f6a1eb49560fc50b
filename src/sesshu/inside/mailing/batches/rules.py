"""The life of a mailing batch, its pieces and print files; management codes; the equation at its end. Pure.

発送単位・封書・印刷ファイルの状態遷移、管理コード、通数の式.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from sesshu.base import jdate
from sesshu.base.errors import refusal
from sesshu.base.lifecycle import Lifecycle

# --- 状態 ---------------------------------------------------------------------------------------------------


class BatchState(StrEnum):
    """発送単位の状態."""

    DRAFT = "draft"  # 抽出条件: the question and its counts
    BUILT = "built"  # 作成: pieces with codes
    SEALED = "sealed"  # 封緘: exclusions asked again; the list only gets shorter from here
    RELEASED = "released"  # 引渡し: the files are with the printer
    POSTED = "posted"  # 発送: handed to the carrier
    CLOSED = "closed"  # 完了: every piece accounted for
    WITHDRAWN = "withdrawn"  # 取下げ: nothing of it was printed


BATCH_LIFE = Lifecycle(
    BatchState.DRAFT,
    {
        (BatchState.DRAFT, "build"): BatchState.BUILT,
        (BatchState.BUILT, "seal"): BatchState.SEALED,
        (BatchState.SEALED, "release"): BatchState.RELEASED,
        (BatchState.RELEASED, "post"): BatchState.POSTED,
        (BatchState.POSTED, "close"): BatchState.CLOSED,
        (BatchState.DRAFT, "withdraw"): BatchState.WITHDRAWN,
        (BatchState.BUILT, "withdraw"): BatchState.WITHDRAWN,
        (BatchState.SEALED, "withdraw"): BatchState.WITHDRAWN,
    },
)


class PieceState(StrEnum):
    """封書の状態 — one envelope."""

    PLANNED = "planned"  # 予定
    PULLED = "pulled"  # 引抜: before print, or out of the printed ones with its code read
    PRINTED = "printed"  # 印刷済
    POSTED = "posted"  # 発送済
    SPOILED = "spoiled"  # 刷損じ: printed again under a new code
    RETURNED = "returned"  # 返戻: came back; was posted all the same


PIECE_LIFE = Lifecycle(
    PieceState.PLANNED,
    {
        (PieceState.PLANNED, "withhold"): PieceState.PULLED,
        (PieceState.PLANNED, "print"): PieceState.PRINTED,
        (PieceState.PRINTED, "pull"): PieceState.PULLED,
        (PieceState.PRINTED, "spoil"): PieceState.SPOILED,
        (PieceState.PRINTED, "post"): PieceState.POSTED,
        (PieceState.POSTED, "return"): PieceState.RETURNED,
    },
)


class PartState(StrEnum):
    """印刷ファイルの状態 — one file for the printer."""

    PLANNED = "planned"  # 未作成, or made void because somebody in it was pulled
    PASSED = "passed"  # 検査済: made, a sample read back
    RELEASED = "released"  # 引渡し済


PART_LIFE = Lifecycle(
    PartState.PLANNED,
    {
        (PartState.PLANNED, "make"): PartState.PASSED,
        (PartState.PASSED, "void"): PartState.PLANNED,
        (PartState.PASSED, "release"): PartState.RELEASED,
    },
)


class Pull(StrEnum):
    """引抜の理由 — why a piece must not go. What concerns a protected person is 'other' (P-05)."""

    DEAD = "dead"
    MOVED = "moved"  # 転出
    REMOVED = "removed"  # 職権消除等
    VOID = "void"  # 接種券の無効・再発行
    CHANGED = "changed"  # 転居・氏名変更: goes again with the new words
    UNPRINTABLE = "unprintable"  # 印字できない文字
    OTHER = "other"
    WITHDRAWN = "withdrawn"  # 発送の取下げ


PULL_WORDS = {
    Pull.DEAD: "死亡",
    Pull.MOVED: "転出",
    Pull.REMOVED: "消除",
    Pull.VOID: "接種券の無効",
    Pull.CHANGED: "転居・氏名変更",
    Pull.UNPRINTABLE: "印字できない文字",
    Pull.OTHER: "その他",
    Pull.WITHDRAWN: "取下げ",
}


class Spoil(StrEnum):
    """刷損じの理由 — the printer's codes; the letter stands in docs/reference/printer.md."""

    JAM = "J"  # 紙詰まり
    SMEAR = "S"  # 汚れ・かすれ
    TORN = "T"  # 破れ・折れ
    WRONG = "W"  # 入れ違い・封入の誤り
    LOST = "L"  # 見当たらない


SPOIL_WORDS = {
    Spoil.JAM: "紙詰まり",
    Spoil.SMEAR: "汚れ・かすれ",
    Spoil.TORN: "破れ・折れ",
    Spoil.WRONG: "入れ違い・封入の誤り",
    Spoil.LOST: "見当たらない",
}

# --- 管理コード ---------------------------------------------------------------------------------------------

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""23 letters (a prime number) without I, O and Q: the check character."""
MOST = 999_999
_CODE = re.compile(r"([0-9]{2,6})-([0-9]{6})-([A-Z])")
_DASHES = re.compile("[‐-―−ーｰ－]")


@dataclass(frozen=True, slots=True, order=True)
class Code:
    """管理コード — a batch and a serial number in it, printed as ``12-004471-A`` on each sheet."""

    batch: int
    serial: int

    def __str__(self) -> str:
        return f"{self.batch:02d}-{self.serial:06d}-{check_letter(self.batch, self.serial)}"


def check_letter(batch: int, serial: int) -> str:
    """検査文字 — modulus 23, weights 2 … 13 from the right: every wrong digit and every swap of two is caught."""
    total, weight, rest = 0, 2, batch * (MOST + 1) + serial
    while rest:
        rest, digit = divmod(rest, 10)
        total += digit * weight
        weight += 1
    return LETTERS[-total % len(LETTERS)]


@lru_cache(maxsize=256)
def parse_code(text: str) -> Code | None:
    """A code as scanned or typed; None where it is none or its check character is wrong."""
    found = _CODE.fullmatch(text)
    if not found:
        found = _CODE.fullmatch(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).strip().upper())
        if not found:
            return None
    code = Code(int(found[1]), int(found[2]))
    return code if str(code) == found[0] and code.serial else None


# --- 抽出 ---------------------------------------------------------------------------------------------------

SMALLEST_PART, LARGEST_PART = 10, 10_000
FEWEST_SEEDS, MOST_SEEDS = 3, 10


@dataclass(frozen=True, slots=True)
class Query:
    """抽出条件 — who is to get a letter: a dose of a programme that may be given within some days."""

    programme: str
    dose: int
    entitled_from: dt.date
    entitled_until: dt.date
    cohort_from: int | None = None  # 年度: born 2 April of it to 1 April of the next year
    cohort_until: int | None = None
    never_mailed: bool = True


def query_words(query: Query, title: str) -> list[tuple[str, str]]:
    """The question as people say it: pairs of a heading and a sentence."""
    words = [
        ("接種事業", f"{title}　{query.dose}回目"),
        (
            "予約資格",
            f"{jdate.japanese(query.entitled_from)}から{jdate.japanese(query.entitled_until)}までのあいだに接種できる方",
        ),
        ("生まれ", _cohort_words(query.cohort_from, query.cohort_until)),
        ("接種券", "有効な接種券のある方"),
        (
            "これまでの発送",
            "一度も発送していない接種券だけ" if query.never_mailed else "すでに発送した接種券も含む",
        ),
        ("除く方", "亡くなった方、転出した方、所管課が送る方"),
    ]
    return words


def _cohort_words(first: int | None, last: int | None) -> str:
    start = f"{jdate.japanese(dt.date(first, 4, 2))}から" if first is not None else ""
    end = f"{jdate.japanese(dt.date(last + 1, 4, 1))}まで" if last is not None else ""
    return f"{start}{end}に生まれた方" if start or end else "すべての年齢"


@dataclass(frozen=True, slots=True)
class Cohort:
    """生まれ年度ごとの人数 — beside the population, before any extraction (G-03). ``year`` None: not known."""

    year: int | None
    population: int
    entitled: int
    ticketed: int
    chosen: int


# --- 通数 ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tally:
    """通数の内訳 — every printed piece stands in just one of the classes.

    ``withheld``: pulled before print, so not printed. ``waiting``: planned, not yet handed to the printer.
    ``to_pull``: on the pull list, not yet read. ``off``: with an open difference.
    """

    waiting: int = 0
    withheld: int = 0
    printed: int = 0
    enclosed: int = 0
    unread: int = 0
    to_pull: int = 0
    off: int = 0
    pulled: int = 0
    spoiled: int = 0
    posted: int = 0
    returned: int = 0  # part of posted
    open_differences: int = 0

    @property
    def adds_up(self) -> bool:
        """Printed pieces = the sum of their classes."""
        return self.printed == (
            self.enclosed + self.unread + self.to_pull + self.off + self.pulled + self.spoiled + self.posted
        )

    @property
    def settled(self) -> bool:
        """印刷 = 発送 + 引抜 + 刷損じ, and nothing is open (Q16, C-15)."""
        return (
            self.printed == self.posted + self.pulled + self.spoiled
            and self.returned <= self.posted
            and not self.open_differences
            and not self.waiting
        )


class PieceClass(StrEnum):
    """封書の区分 — in which class of the tally a piece is counted."""

    WAITING = "waiting"
    WITHHELD = "withheld"
    ENCLOSED = "enclosed"
    UNREAD = "unread"
    TO_PULL = "to_pull"
    OFF = "off"
    PULLED = "pulled"
    SPOILED = "spoiled"
    POSTED = "posted"


def piece_class(
    state: PieceState, *, printed: bool, pull_asked: bool, off: bool, enclosed: bool
) -> PieceClass:
    """The class of one piece; the database's twin is ``mailing.class_v1``."""
    if state is PieceState.PLANNED:
        return PieceClass.WAITING
    if state is PieceState.PULLED:
        return PieceClass.PULLED if printed else PieceClass.WITHHELD
    if state is PieceState.SPOILED:
        return PieceClass.SPOILED
    if state in (PieceState.POSTED, PieceState.RETURNED):
        return PieceClass.POSTED
    if pull_asked:
        return PieceClass.TO_PULL
    if off:
        return PieceClass.OFF
    return PieceClass.ENCLOSED if enclosed else PieceClass.UNREAD


# --- 拒否 ---------------------------------------------------------------------------------------------------

NO_BATCH = refusal("ML01", "この発送はありません。番号を確かめてください。", "no batch has this number")
WRONG_STATE = refusal(
    "ML02",
    "この発送は、いまはその手続ができる状態ではありません。画面を開きなおして状態を確かめてください。",
    "the lifecycle of the batch has no such step from its present state",
)
NOBODY = refusal(
    "ML03",
    "この条件にあう方はいません。条件を確かめてください。",
    "the query chooses nobody",
)
BAD_QUERY = refusal(
    "ML04",
    "抽出の条件が正しくありません。期間、回数、生まれの年度、分割の通数を確かめてください。",
    "dates in the wrong order, a dose outside 1-9, years in the wrong order, or a part size outside its limits",
)
NO_PRINTER = refusal(
    "ML05",
    "この受託者は登録されていないか、鍵が正しくありません。受託者の登録を確かめてください。",
    "no such printer, an ended one, or not an age public key",
)
NO_WATCH_ADDRESS = refusal(
    "ML06",
    "監視先の住所が登録されていません。区の施設などの住所を一つ以上登録してください。",
    "seeds need at least one deliverable address of the city's own (FX-17)",
)
NOT_MADE = refusal(
    "ML07",
    "まだ作っていない、または作りなおしの要る印刷ファイルがあります。シートを作ってください。",
    "a part has no file that passed its checks",
)
FILE_CHANGED = refusal(
    "ML08",
    "印刷ファイルが、検査したときのものと違います。シートを作りなおしてください。",
    "the SHA-256 of a print file differs from the one in the batch, or the file is missing",
)
GATE = refusal(
    "ML09",
    "印刷ファイルの見本を正しく読み取れませんでした。システムの担当に連絡してください。この発送は引き渡せません。",
    "a sampled sheet did not render, decode or equal the register",
)
PULLED_NOW = refusal(
    "ML10",
    "引き抜く方が出ました。シートを作りなおしてから、もういちど引き渡してください。",
    "exclusions asked at hand-over found pieces in the files; they are out, the files must be made again (G-04)",
)
OPEN_DIFFERENCE = refusal(
    "ML11",
    "照合の差が残っています。一つずつ確かめて処理してください。差が残っているあいだは進めません。",
    "an open difference of the enclosure check keeps the batch open",
)
PULL_LIST_OPEN = refusal(
    "ML12",
    "引抜一覧に、まだ読み取っていない封書があります。一通ずつ抜いて読み取ってください。",
    "the pull list is not proven empty: each of its pieces must be scanned",
)
UNREAD = refusal(
    "ML13",
    "封入の読取がない封書があります。読取記録を取り込むか、見当たらないものを刷り直してください。",
    "printed pieces that no scan log has read",
)
DOES_NOT_ADD_UP = refusal(
    "ML14",
    "通数が合いません（印刷 ＝ 発送 ＋ 引抜 ＋ 刷損じ）。システムの担当に連絡してください。",
    "the equation of the batch does not hold",
)
NO_PIECE = refusal(
    "ML15",
    "この管理コードの封書はありません。コードを確かめてください。",
    "not a management code, wrong check character, or no such piece",
)
NOT_ON_LIST = refusal(
    "ML16",
    "この封書は引抜一覧にありません。元の場所へ戻してください。",
    "the piece read at the pull station is not on the pull list",
)
NOT_PRINTED = refusal(
    "ML17",
    "この封書は、いまはその処理ができません（印刷されていないか、もう処理が済んでいます）。",
    "the piece is not in state printed",
)
NOT_POSTED = refusal(
    "ML18",
    "この封書は発送した記録がないか、返戻の登録が済んでいます。コードを確かめてください。",
    "only a posted piece can come back, and once",
)
CHANGED_MEANWHILE = refusal(
    "ML19",
    "シートを作っているあいだに登録内容が変わりました。もういちどシートを作ってください。",
    "an exclusion or a change of the register hit the part while its file was being made, three times in a row",
)
