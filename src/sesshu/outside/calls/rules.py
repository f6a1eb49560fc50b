"""What an operator says, asks and may answer (応対の決まり): verdicts, scripts, outcomes, centres, spelling aloud. Pure."""

import datetime as dt
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from sesshu.base import jdate
from sesshu.base.errors import refusal

NOT_AN_ADDRESS = refusal(
    "CL01",
    "町名と番地を読み取れません。「中央町一丁目3番12号」のように、もういちど聞いて入力してください。",
    "no town and number can be made out of what was typed; costs no try",
)
OLD_SCREEN = refusal(
    "CL02",
    "前の応対の画面から送られたため、何もしていません。いまの応対を表示しました。",
    "a form of an earlier case was sent while another case is open: the latest case wins",
)
NO_CASE = refusal(
    "CL03",
    "この応対は終わっています。新しく応対を始めてください。",
    "there is no open case in this session",
)
NOT_MATCHED = refusal(
    "CL04",
    "本人確認の有効時間が過ぎました。もういちど確認してください。",
    "the match has ended, or the subject was withdrawn: one answer",
)
NO_PLACE = refusal(
    "CL05",
    "その時間はもう選べません。ほかの時間を選んでください。",
    "the slot chosen is not among those offered to this caller any more",
)
WRONG_RECEIPT = refusal(
    "CL06",
    "この予約番号の予約は確認できませんでした。もういちど聞いてください。",
    "no booking of the caller has this code, or the tries are spent: one answer",
)
WRONG_PHONE = refusal(
    "CL07",
    "電話番号は、市外局番から10けたか11けたで入力してください。",
    "the call-back number has not 10 or 11 digits beginning with 0",
)
WRONG_DAY = refusal(
    "CL08", "日付は「12/3」のように入力してください。", "the day typed is neither 12/3, 1203 nor 3"
)

TRIES = 3
STEPS = ("受付", "本人確認", "用件", "復唱", "終了")


class Verdict(StrEnum):
    """照合の答え — all that the screen learns about a caller."""

    MATCH = "match"
    NONE = "none"
    SEVERAL = "several"
    SPENT = "spent"


class Outcome(StrEnum):
    """応対の結果 — how a case ended; counted, and the source of the questions that people ask most."""

    BOOKED = "booked"
    MOVED = "moved"
    CANCELLED = "cancelled"
    SLIP = "slip"
    ANSWERED = "answered"
    REFERRED = "referred"
    UNMATCHED = "unmatched"
    HUNG_UP = "hung_up"
    REPLACED = "replaced"


OUTCOME_WORDS: dict[str, str] = {
    Outcome.BOOKED: "予約した",
    Outcome.MOVED: "予約を変更した",
    Outcome.CANCELLED: "予約を取り消した",
    Outcome.SLIP: "区の担当へ引き継いだ",
    Outcome.ANSWERED: "質問に答えた",
    Outcome.REFERRED: "相談窓口を案内した",
    Outcome.UNMATCHED: "確認できずに終わった",
    Outcome.HUNG_UP: "途中で切れた",
    Outcome.REPLACED: "次の応対を始めて終わった",
}
CHOSEN_OUTCOMES = tuple(o for o in Outcome if o is not Outcome.REPLACED)


@dataclass(frozen=True, slots=True)
class Answer:
    """判定の表示 — sign, word and colour (ok warn stop), and what the operator does next."""

    sign: str
    word: str
    colour: str
    next_step: str


ANSWERS: dict[str, Answer] = {
    Verdict.MATCH: Answer("✓", "一致しました。", "ok", "用件へ進んでください。"),
    Verdict.NONE: Answer("×", "一致しません。", "stop", "部屋番号までの住所か、券番号を聞いてください。"),
    Verdict.SEVERAL: Answer(
        "？", "ひとりに決まりません。", "warn", "部屋番号までの住所か、券番号を聞いてください。"
    ),
    Verdict.SPENT: Answer("×", "ここでは確認できません。", "stop", "区の担当へ引き継いでください。"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """台本 — the words to say now, line by line, and what to mind at this step."""

    say: tuple[str, ...]
    mind: tuple[str, ...] = ()


_NO_REASON = "一致しないときも理由は言わない"
SCRIPTS = {
    "ticket": Script(
        ("接種券の10けたの番号と、", "生年月日をお聞かせください。"),
        ("番号は1けたずつ復唱する", "券が手もとにないときは、住所で確認する", _NO_REASON),
    ),
    "address": Script(
        ("ご住所と生年月日をお聞かせください。", "こちらからご住所を", "お伝えすることはできません。"),
        (
            "聞いたとおりに入力する（かな・漢数字のままでよい）",
            "建物の名前はなくてよい。部屋番号は聞く",
            _NO_REASON,
        ),
    ),
    "none": Script(
        (
            "恐れ入ります、確認ができませんでした。",
            "お部屋番号までのご住所か、",
            "接種券の番号を、もういちど",
            "お聞かせください。",
        ),
        ("「登録がない」「番号が違う」とは言わない", "つづけて確認できないときは、区の担当へ引き継ぐ"),
    ),
    "several": Script(
        (
            "恐れ入ります、確認のため、",
            "もうひとつ教えてください。",
            "お部屋番号までのご住所か、",
            "接種券の番号をお聞かせください。",
        ),
        ("ほかに同じ方がいるとは言わない", "つづけて決まらないときは、区の担当へ引き継ぐ"),
    ),
    "spent": Script(
        (
            "恐れ入りますが、こちらでは",
            "確認ができませんでした。",
            "区の担当からおかけ直しします。",
        ),
        ("理由を聞かれたら「こちらの画面ではわかりません」と答える", "お名前と電話番号は引継票に書く"),
    ),
    "lapsed": Script(
        ("恐れ入ります、時間がたちましたので、", "もういちど確認させてください。"),
        ("理由は画面にない。聞かれても「時間がたったため」とだけ答える",),
    ),
    "matched": Script(
        ("ありがとうございます。確認できました。", "ご用件をお聞かせください。"),
        (
            "予約の日時と会場は、予約番号を聞くまで見えない。推測で話さない",
            "氏名・住所・電話番号はこの画面にない",
            "確認は20分で切れる",
        ),
    ),
    "venue": Script(
        ("ご希望の会場はございますか。",), ("会場の住所と行き方は、ここから案内してよい",)
    ),
    "day": Script(("ご希望の日はございますか。",), ("日付を打って Enter でも選べる",)),
    "time": Script(
        ("何時ごろがよろしいでしょうか。",),
        ("枠の数字は、予約済／全体（電話の予約済／電話の枠）", "席の数は言わない。「空きがあります」と答える"),
    ),
    "read_back": Script((), ("日・時刻・会場をすべて読む", "「はい」と聞いてから Enter を押す")),
    "booked": Script(
        (),
        (
            "番号は4文字ずつ、ゆっくり2回読む",
            "まぎらわしい文字は、下の言い方を添える",
            "書きとめたことを確かめてから終了へ進む",
        ),
    ),
    "receipt": Script(
        ("ご予約を確かめますので、", "8文字の予約番号をお聞かせください。"),
        (
            "予約番号を聞くまで、予約があるとも、ないとも言わない",
            "番号がわからないときは、区の担当へ引き継ぐ",
        ),
    ),
    "booking": Script((), ("聞かれたことだけに答える",)),
    "cancel": Script(
        ("取り消すと、席は次の方に回ります。", "取り消してよろしいでしょうか。"),
        ("取消から10分の間は、元に戻せる",),
    ),
    "cancelled": Script(
        ("取り消しました。", "10分以内でしたら、元に戻すことができます。"),
        ("席はすぐには空かない。あとで無作為の時刻に戻る",),
    ),
    "slip": Script(
        ("区の担当からおかけ直しします。", "お名前と、昼間つながる", "電話番号をお聞かせください。"),
        (
            "書いた内容は、この場で暗号になる。送ったあとはここでも読めない",
            "避難・つきまといなどの話があっても、理由は書かず「引き継ぎ希望」とする",
        ),
    ),
    "handed": Script((), ("いつかけるかは約束しない", "電話番号を復唱してから終了へ進む")),
    "centres": Script((), ("医学の質問には、ここでは答えない", "急ぐ様子のときは 119 を案内する")),
    "end": Script(
        ("お電話ありがとうございました。",), ("相手が切ってから、結果を選んで終わる",)
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Centre:
    """外部の窓口 — where a question goes that the desk does not answer. Hours in Japan's time; ``days``: 0 = Monday."""

    key: str
    name: str
    for_what: str
    phone: str
    opens: dt.time | None  # None: day and night
    closes: dt.time | None
    days: frozenset[int] = frozenset(range(7))

    def open_at(self, moment: dt.datetime) -> bool:
        """True where somebody answers at this moment (Asia/Tokyo)."""
        if moment.weekday() not in self.days:
            return False
        return self.opens is None or self.closes is None or self.opens <= moment.time() < self.closes

    @property
    def hours(self) -> str:
        """毎日 午前9時から午後9時まで."""
        if self.opens is None or self.closes is None:
            return "毎日 24時間"
        days = "平日" if self.days == frozenset(range(5)) else "毎日"
        return f"{days} {spoken_time(self.opens)}から{spoken_time(self.closes)}まで"


def centres(prefecture: str) -> tuple[Centre, ...]:
    """案内先の表 — the prefecture answers medical questions (minutes Q11), the consumer line suspected fraud (Q12)."""
    weekdays = frozenset(range(5))
    return (
        Centre(
            "medical",
            f"{prefecture} ワクチン相談センター",
            "副反応、持病や薬との関係、接種してよいかの相談",
            "0570-000-111",
            None,
            None,
        ),
        Centre(
            "state",
            "国のワクチン相談窓口",
            "制度、ワクチンの種類、有効性と安全性の資料",
            "0120-000-222",
            dt.time(9),
            dt.time(21),
        ),
        Centre(
            "fraud",
            "消費者ホットライン",
            "お金や口座番号を求める電話、訪問、メール",
            "188",
            dt.time(10),
            dt.time(16),
        ),
        Centre(
            "relief",
            f"{prefecture} 健康被害の救済の窓口",
            "接種のあとの健康被害の救済制度",
            "03-0000-3333",
            dt.time(9),
            dt.time(17),
            weekdays,
        ),
    )


def spoken_time(at: dt.time) -> str:
    """As it is said on the telephone: 午前10時30分, 午後1時."""
    half, hour = ("午前", at.hour) if at.hour < 12 else ("午後", at.hour - 12)
    return f"{half}{hour}時" + (f"{at.minute}分" if at.minute else "")


def spoken_day(on: dt.date) -> str:
    """12月3日、木曜日."""
    return f"{on.month}月{on.day}日、{jdate.weekday(on)}曜日"


def spoken_slot(dose: int, on: dt.date, at: dt.time, venue: str) -> str:
    """1回目は、12月3日、木曜日、午前10時30分、中央会場。"""
    return f"{dose}回目は、{spoken_day(on)}、{spoken_time(at)}、{venue}。"


_SPELLED = {
    "A": "アメリカ", "B": "ブラジル", "C": "カナダ", "D": "デンマーク", "E": "エジプト", "F": "フランス", "G": "ゴルフ",
    "H": "ホテル", "J": "ジャパン", "K": "京都", "M": "メキシコ", "N": "名古屋", "P": "パリ", "Q": "クイーン", "R": "ローマ",
    "S": "スペイン", "T": "東京", "V": "ビクトリー", "W": "ワシントン", "X": "エックス線", "Y": "横浜", "Z": "ゼブラ",
    "2": "数字の に", "3": "数字の さん", "4": "数字の よん", "5": "数字の ご", "6": "数字の ろく", "7": "数字の なな",
    "8": "数字の はち", "9": "数字の きゅう",
}  # fmt: skip


def spell(code: str) -> tuple[tuple[tuple[str, str], ...], ...]:
    """予約番号の読み上げ — in groups of four, each letter with the word that tells it from others on the telephone."""
    letters = tuple((letter, _SPELLED[letter]) for letter in code)
    return letters[:4], letters[4:]


def day_said(text: str, today: dt.date) -> dt.date | None:
    """A day as it is typed while listening: 12/3, 12月3日, 1203, 3; the next one from today on. None: no day."""
    plain = unicodedata.normalize("NFKC", text)
    parts = "".join(c if c.isascii() and c.isdigit() else " " for c in plain).split()
    if len(parts) == 1 and len(parts[0]) in (3, 4):
        parts = [parts[0][:-2], parts[0][-2:]]
    if len(parts) == 3 and len(parts[0]) == 4:
        return _day(*map(int, parts))
    if len(parts) == 2:
        month, day = map(int, parts)
        this = _day(today.year, month, day)
        return this if this and this >= today else _day(today.year + 1, month, day)
    if len(parts) != 1:
        return None
    this = _day(today.year, today.month, int(parts[0]))
    if this and this >= today:
        return this
    year, month = (today.year, today.month + 1) if today.month < 12 else (today.year + 1, 1)
    return _day(year, month, int(parts[0]))


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def outcome_of(done: str, slip: bool, verdict: str, tries_left: int) -> Outcome:
    """The outcome that is ticked beforehand: what was done in this case, else how the identity check stands."""
    if done in (Outcome.BOOKED, Outcome.MOVED, Outcome.CANCELLED):
        return Outcome(done)
    if slip:
        return Outcome.SLIP
    if verdict != Verdict.MATCH and tries_left < TRIES:
        return Outcome.UNMATCHED
    return Outcome.ANSWERED
