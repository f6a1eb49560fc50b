"""The standing words of the letter (お知らせの文面): plain sentences that a tired reader understands at once."""

from dataclasses import dataclass

from sesshu.base.paper.lines import Strong, Words
from sesshu.inside.mailing.sheets.sheet import Kinds, Letter


@dataclass(frozen=True, slots=True)
class Sender:
    """差出人 — the municipality as it signs its letters; from the settings of the machine."""

    prefecture: str
    municipality: str
    municipality_code: str
    section: str
    phone: str
    phone_hours: str
    host: str
    head: str  # 東京都○○区長
    kinds: Kinds
    fax: str = ""


def booking_letter(
    sender: Sender, *, disease: str, dose: int, slip_doses: tuple[int, ...], slip_title: str
) -> Letter:
    """先着予約の案内 — the resident chooses hall and time. ``disease`` as people say it: 新型コロナワクチン."""
    body: tuple[Words, ...] = (
        (Strong(f"{dose}回目"), "の予約を受け付けています。"),
        "ウェブまたは電話で、会場と日時をお選びください。",
    )
    how: Words = (
        "ウェブ：", Strong(sender.host), " に、券番号（下のシールの10桁の数字）と生年月日を入力してください。\n",
        "電話：", Strong(sender.phone), f"（{sender.phone_hours}）",
    )  # fmt: skip
    english = (
        f"This is your vaccination ticket (dose {dose}). Book on the web or by phone with the ten-digit "
        "number on the label and your date of birth. Bring this sheet; do not peel off the labels."
    )
    return _letter(sender, disease, dose, slip_doses, slip_title, body, ("予約の方法", how), english, 0)


def assigned_letter(
    sender: Sender, *, disease: str, dose: int, slip_doses: tuple[int, ...], slip_title: str,
    change_until: str,
) -> Letter:  # fmt: skip
    """割当の案内 — day, time and hall stand in ``Sheet.lead``; ``change_until`` as printed: 6月3日."""
    body: tuple[Words, ...] = (
        ("都合が悪いときは、", Strong(change_until), "までに電話またはウェブで変えられます。"),
        "変更がなければ、そのままお越しください。予約の手続は不要です。",
    )
    how: Words = (
        "ウェブ：", Strong(sender.host), " に、券番号（下のシールの10桁の数字）と生年月日を入力してください。\n",
        "電話：", Strong(sender.phone), f"（{sender.phone_hours}）",
    )  # fmt: skip
    english = (
        f"This is your vaccination ticket (dose {dose}). Day, time and hall are written above. Bring this "
        "sheet; do not peel off the labels. To change the booking, call us or visit the web site."
    )
    return _letter(sender, disease, dose, slip_doses, slip_title, body, ("予約の変更", how), english, 1)


def lead(dose: int, when: str, venue: str) -> Words:
    """個別の案内文 — the one sentence of an assigned letter. ``when`` as printed: 6月10日（木）午前10:00."""
    return (f"あなたの{dose}回目は ", Strong(f"{when}　{venue}"), " に決まりました。")


def _letter(
    sender: Sender, disease: str, dose: int, slip_doses: tuple[int, ...], slip_title: str,
    body: tuple[Words, ...], how: tuple[str, Words], english: str, lead_lines: int,
) -> Letter:  # fmt: skip
    points: tuple[tuple[str, Words], ...] = (
        how,
        ("持ち物", "このシート（シールは、はがさない）、予診票、本人確認書類"),
        ("服装", "肩を出しやすい服でお越しください。"),
        (
            "ご注意",
            "お金、マイナンバー、暗証番号をおたずねすることはありません。\n"
            "不審な電話や訪問があったときは、上の電話番号へお知らせください。",
        ),
        ("English", english),
    )
    return Letter(
        title=f"{disease}の接種券です",
        dose=dose,
        prefecture=sender.prefecture,
        municipality=sender.municipality,
        municipality_code=sender.municipality_code,
        section=sender.section,
        phone=sender.phone,
        phone_hours=sender.phone_hours,
        host=sender.host,
        kinds=sender.kinds,
        body=body,
        points=points,
        slip_title=slip_title,
        slip_doses=slip_doses,
        head=sender.head,
        fax=sender.fax,
        lead_lines=lead_lines,
    )
