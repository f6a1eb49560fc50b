"""Form fields for what people read off paper (入力欄): ticket, birth date, receipt code, scan, confirmation code.

Each takes full-width figures, and refuses a wrong number before any database is asked. What they give travels as
``Personal`` values, which print as hidden.
"""

import datetime as dt
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sesshu.base import clock, jdate, numbers
from sesshu.base.errors import Refused, refusal, sentence_of
from sesshu.base.personal import Personal

WRONG_TICKET = refusal(
    "W01",
    "番号に入力の誤りがあるようです。10けたの数字を、もういちど券と見くらべてください。",
    "the ticket number's check digit is wrong, or it has not 10 digits",
)
WRONG_BIRTH = refusal(
    "W02",
    "生年月日を確かめてください。元号、年、月、日を数字で入力します。",
    "the birth date typed is not a day in the past",
)
WRONG_RECEIPT = refusal(
    "W03",
    "予約番号は8文字です。予約したときの画面や控えを見て入力してください。",
    "the receipt code is not 8 letters of its alphabet",
)
WRONG_SCAN = refusal(
    "W04",
    "接種券を読み取れませんでした。もういちど読み取るか、券番号10けたを入力してください。",
    "the scan is neither 10 digits with a check digit nor an 18-digit OCR line",
)
WRONG_CODE = refusal("W05", "確認コードは6けたの数字です。", "the confirmation code is not six digits")


class TicketField(forms.CharField):
    """券番号 — 10 digits with a check digit (R-01). Gives ``Personal[str]``."""

    def __init__(self, **kwargs):
        look = {"inputmode": "numeric", "autocomplete": "off", "class": "num ticket", "maxlength": 40}
        options = {
            "label": _("券番号（10けた）"),
            "error_messages": {"required": _("券番号を入力してください。")},
            "widget": forms.TextInput(attrs=look),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> Personal[str]:
        digits = numbers.clean_digits(super().clean(value))
        if not numbers.is_ticket_number(digits):
            raise ValidationError(WRONG_TICKET.sentence, code=WRONG_TICKET.code)
        return Personal(digits)


class BirthWidget(forms.MultiWidget):
    """Era, year, month, day. No script: four plain fields in one line, in the order of paper."""

    template_name = "fields/birth.html"

    def __init__(self, attrs=None):
        number = {"inputmode": "numeric", "autocomplete": "off", "class": "num", "maxlength": 6}
        eras = [("", _("元号")), *((e, e) for e in ("昭和", "平成", "令和", "大正", "明治", "西暦"))]
        super().__init__(
            [
                forms.Select(choices=eras, attrs={"autocomplete": "off"}),
                forms.TextInput(attrs=number),
                forms.TextInput(attrs=number),
                forms.TextInput(attrs=number),
            ],
            attrs,
        )

    def decompress(self, value):
        return ["", "", "", ""]  # a birth date is never put back into a form from a stored value

    def id_for_label(self, id_):
        return f"{id_}_0"


class BirthField(forms.MultiValueField):
    """生年月日 — era select and three numbers; parts that nobody knows stay empty. Gives ``Personal[BirthDate]``.

    Month and day may be empty together (月日不詳), or the day alone: such residents exist, and their tickets
    are found by what the register holds.
    """

    def __init__(self, **kwargs):
        parts = [forms.CharField(required=False, max_length=6) for _i in range(4)]
        options = {
            "label": _("生年月日"),
            "widget": BirthWidget(),
            "require_all_fields": False,
            "error_messages": {"required": _("生年月日を入力してください。")},
        }
        super().__init__(parts, **options | kwargs)

    def compress(self, parts: list[str]) -> Personal[jdate.BirthDate]:
        era, year, month, day = (p.strip() for p in parts or ["", "", "", ""])
        if not era and year.isascii() and len(year) < 4:
            raise ValidationError(_("元号を選んでください。"), code="W02")
        try:
            if month and day:
                born = jdate.BirthDate.of(jdate.parse_parts(era, year, month, day))
            elif day:
                raise Refused(WRONG_BIRTH)
            else:
                born = _part_known(era, year, month)
        except Refused as why:
            raise ValidationError(_sentence(why), code=why.refusal.code) from None
        if born.earliest and born.earliest > clock.today():
            raise ValidationError(WRONG_BIRTH.sentence, code=WRONG_BIRTH.code)
        return Personal(born)


def _part_known(era: str, year: str, month: str) -> jdate.BirthDate:
    """昭和21年4月日不詳 and 昭和21年月日不詳, as the register writes them."""
    if not year:
        raise Refused(WRONG_BIRTH)
    jdate.parse_parts(era, year, month or "12", "1" if month else "31")  # figures and era must fit
    era = "" if era == "西暦" else era
    year = numbers.clean_digits(year.replace("元", "1"))
    rest = f"{numbers.clean_digits(month)}月日不詳" if month else "月日不詳"
    return jdate.parse_birth_date(f"{era}{year}年{rest}")


def _sentence(why: Refused) -> str:
    """Our own words for a form of fields; the catalogue's elsewhere."""
    return WRONG_BIRTH.sentence if why.refusal.code == "JD01" else sentence_of(why.refusal.code)


class BirthLineField(forms.CharField):
    """生年月日 in one line, for staff who hear it: 昭和21年4月1日, S21.4.1, 1946-04-01. ``Personal[BirthDate]``."""

    def __init__(self, **kwargs):
        look = {"autocomplete": "off", "class": "num", "maxlength": 40}
        options = {
            "label": _("生年月日"),
            "help_text": _("例　昭和21年4月1日 ／ 1946-04-01 ／ S210401"),
            "error_messages": {"required": _("生年月日を入力してください。")},
            "widget": forms.TextInput(attrs=look),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> Personal[jdate.BirthDate]:
        try:
            born = jdate.parse_birth_date(super().clean(value))
        except Refused as why:
            raise ValidationError(_sentence(why), code=why.refusal.code) from None
        if not born.earliest or born.earliest > clock.today():
            raise ValidationError(WRONG_BIRTH.sentence, code=WRONG_BIRTH.code)
        return Personal(born)


class ReceiptField(forms.CharField):
    """予約番号 — 8 letters; small letters, full-width, hyphens and blanks are taken. ``Personal[str]``."""

    def __init__(self, **kwargs):
        look = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "maxlength": 20}
        options = {
            "label": _("予約番号（8文字）"),
            "error_messages": {"required": _("予約番号を入力してください。")},
            "widget": forms.TextInput(attrs=look | {"class": "num receipt"}),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> Personal[str]:
        code = numbers.clean_receipt(super().clean(value))
        if not numbers.is_receipt(code):
            raise ValidationError(WRONG_RECEIPT.sentence, code=WRONG_RECEIPT.code)
        return Personal(code)


@dataclass(frozen=True, slots=True, repr=False)
class Scan:
    """読み取った券 — a ticket number, and where the OCR line was read, kind, dose and municipality. Not printed."""

    ticket: str
    kind: str = ""  # 2 接種, 1 予診のみ, "" where only the number was typed
    dose: int | None = None
    municipality: str = ""


class ScanField(forms.CharField):
    """接種券の読み取り — 10 digits, the 18-digit line of QR and OCR, or NW-7 with its A…A. ``Personal[Scan]``."""

    def __init__(self, **kwargs):
        look = {
            "autocomplete": "off",
            "class": "num",
            "maxlength": 40,
            "autofocus": True,
        }  # a reader types at once
        options = {
            "label": _("接種券を読み取る"),
            "help_text": _("QR・バーコード・18けた、または券番号10けた"),
            "error_messages": {"required": _("接種券を読み取ってください。")},
            "widget": forms.TextInput(attrs=look),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> Personal[Scan]:
        return Personal(parse_scan(super().clean(value)))


def parse_scan(text: str) -> Scan:
    """Take a scan apart. Raises ValidationError: nothing of what was read is repeated in the message."""
    digits = numbers.clean_digits(text).upper()
    if len(digits) > 2 and digits[0] in "ABCD" and digits[-1] in "ABCD":
        digits = digits[1:-1]  # NW-7 starts and stops with a letter
    if numbers.is_ticket_number(digits):
        return Scan(digits)
    try:
        line = numbers.parse_ocr_line(digits)
    except Refused:
        raise ValidationError(WRONG_SCAN.sentence, code=WRONG_SCAN.code) from None
    return Scan(line.ticket, line.kind, line.dose, line.municipality)


class TotpField(forms.CharField):
    """確認コード — six digits of an authenticator. Gives ``str``; worthless after half a minute."""

    def __init__(self, **kwargs):
        look = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "class": "num code6",
            "maxlength": 12,
        }
        options = {
            "label": _("確認コード（6けた）"),
            "help_text": _("認証アプリに表示されている数字"),
            "error_messages": {"required": _("確認コードを入力してください。")},
            "widget": forms.TextInput(attrs=look),
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> str:
        digits = numbers.clean_digits(super().clean(value))
        if not (len(digits) == 6 and digits.isascii() and digits.isdigit()):
            raise ValidationError(WRONG_CODE.sentence, code=WRONG_CODE.code)
        return digits


class PasswordField(forms.CharField):
    """暗証(パスワード) — kept as typed, blanks included; paste is allowed, no rule of composition (NIST SP 800-63B-4)."""

    def __init__(self, autocomplete: str = "current-password", **kwargs):
        look = {"autocomplete": autocomplete, "maxlength": 256}
        options = {
            "label": _("パスワード"),
            "strip": False,
            "max_length": 256,
            "error_messages": {"required": _("パスワードを入力してください。")},
            "widget": forms.PasswordInput(attrs=look),
        }
        super().__init__(**options | kwargs)


def day_in(value: str) -> dt.date | None:
    """A day from a query such as ``?on=2026-12-01``; None where it is no day."""
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        return None
