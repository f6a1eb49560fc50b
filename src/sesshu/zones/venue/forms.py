"""Forms of the hall (会場の入力): scan, birth date as asked, queue number, outcome, lot."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sesshu.base.numbers import clean_digits
from sesshu.outside.visits.rules import REASON_WORDS, SITE_WORDS, Site
from sesshu.web.fields import BirthLineField, ScanField


class QueueField(forms.CharField):
    """整理番号 — a small whole number; full-width figures are taken. Gives ``int``."""

    def __init__(self, **kwargs):
        look = {"inputmode": "numeric", "autocomplete": "off", "class": "num short", "maxlength": 6}
        options = {
            "label": _("整理番号"),
            "widget": forms.TextInput(attrs=look),
            "error_messages": {"required": _("整理番号を入力してください。")},
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> int:
        digits = clean_digits(super().clean(value))
        if not (digits.isascii() and digits.isdigit() and 1 <= int(digits) <= 99999):
            raise forms.ValidationError(_("整理番号を数字で入力してください。"))
        return int(digits)


class PersonForm(forms.Form):
    """券と生年月日 — the scan, and the birth date that the person was asked for and said."""

    scan = ScanField()
    born = BirthLineField(label=_("ご本人に聞いた生年月日"))


class QueueForm(forms.Form):
    """整理番号から来場を開く."""

    queue = QueueField()


class PrecheckForm(forms.Form):
    """予診の結果 — go, or examined only with a reason."""

    outcome = forms.ChoiceField(
        label=_("予診の結果"),
        choices=[("go", _("接種できる")), ("no_go", _("予診のみ（本日は接種しない）"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("予診の結果を選んでください。")},
    )
    reason = forms.ChoiceField(
        label=_("予診のみの理由"),
        choices=[("", _("（接種できるときは選ばない）")), *REASON_WORDS.items()],
        required=False,
    )

    def clean(self):
        data = super().clean()
        if data.get("outcome") == "no_go" and not data.get("reason"):
            self.add_error("reason", _("予診のみのときは理由を選んでください。"))
        if data.get("outcome") == "go" and data.get("reason"):
            self.add_error("reason", _("接種できるときは理由を選ばないでください。"))
        return data


class DoseForm(PersonForm):
    """接種の記録 — person, lot, arm; the hour only where it is entered afterwards from paper."""

    lot = forms.ChoiceField(label=_("ロット"), error_messages={"required": _("ロットを選んでください。")})
    site = forms.ChoiceField(label=_("接種部位"), choices=list(SITE_WORDS.items()), initial=Site.LEFT_ARM)
    given = forms.TimeField(
        label=_("接種した時刻（紙から後で入力するときだけ）"),
        required=False,
        input_formats=["%H:%M", "%H%M", "%H時%M分"],
        widget=forms.TextInput(attrs={"class": "num short", "autocomplete": "off", "maxlength": 6}),
        help_text=_("例　10:25。空欄なら、いまの時刻で記録します。"),
        error_messages={"invalid": _("時刻は 10:25 のように入力してください。")},
    )
    confirm_same = forms.BooleanField(
        label=_("同じ方をもういちど読み取ったことを確かめました"), required=False
    )

    def __init__(self, *args, lots=(), **kwargs):
        super().__init__(*args, **kwargs)
        words = [
            (str(x.lot_id), f"{x.lot_no}（{x.product_word}・残り {x.left}・期限 {x.expires_on:%Y-%m-%d}）")
            for x in lots
        ]
        self.fields["lot"].choices = [("", _("選んでください")), *words]
