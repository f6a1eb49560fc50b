"""Forms of the sealed zone (所管課の入力)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from sesshu.base.numbers import clean_digits


class FindForm(forms.Form):
    """宛名番号で一件を探す — there is no list of names to browse."""

    number = forms.CharField(
        label=_("宛名番号"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "num"}),
        error_messages={"required": _("宛名番号を入力してください。")},
    )

    def clean_number(self) -> str:
        """Full-width figures are taken, as everywhere."""
        return clean_digits(self.cleaned_data["number"])


class AskForm(FindForm):
    """開封の申出 — with a reason that stays in the log."""

    reason = forms.CharField(
        label=_("開封の理由"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "5文字以上。例　本人からの依頼により接種券を送るため。理由は記録に残ります。個人の情報は書かないでください。"
        ),
        error_messages={"required": _("開封の理由を書いてください。")},
    )
