"""Forms of the office (予防接種担当の入力)."""

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sesshu.base import clock
from sesshu.base.numbers import clean_digits
from sesshu.inside.accountability.slips.rules import OUTCOMES
from sesshu.inside.tickets.rules import REASON_WORDS, Reason
from sesshu.web.fields import BirthLineField, TicketField

DAY = {"type": "date"}


class ReferenceField(forms.CharField):
    """宛名番号 — up to 15 figures; full-width ones are taken."""

    def __init__(self, **kwargs):
        look = {"inputmode": "numeric", "autocomplete": "off", "class": "num", "maxlength": 20}
        options = {
            "label": _("宛名番号"),
            "widget": forms.TextInput(attrs=look),
            "error_messages": {"required": _("宛名番号を入力してください。")},
        }
        super().__init__(**options | kwargs)

    def clean(self, value: str) -> str:
        digits = clean_digits(super().clean(value))
        if digits and not (digits.isascii() and digits.isdigit() and len(digits) <= 15):
            raise ValidationError(_("宛名番号は15けたまでの数字です。"))
        return digits


class ByReference(forms.Form):
    """宛名番号で探す."""

    reference = ReferenceField()


class ByTicket(forms.Form):
    """券番号で探す."""

    ticket = TicketField()


class ByPerson(forms.Form):
    """氏名と生年月日で探す — both, so that nobody browses the register."""

    name = forms.CharField(
        label=_("氏名のはじめ"),
        max_length=60,
        help_text=_("カナ・漢字・ローマ字のどれでも"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short-name"}),
        error_messages={"required": _("氏名のはじめの文字を入力してください。")},
    )
    born = BirthLineField()


class ImportForm(forms.Form):
    """住民記録のファイルを渡す."""

    file = forms.FileField(
        label=_("抽出ファイル（CSV・200MBまで）"),
        error_messages={
            "required": _("ファイルを選んでください。"),
            "empty": _("ファイルが空です。抽出しなおしてください。"),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv"}),
    )
    as_of = forms.DateField(
        label=_("抽出日"),
        widget=forms.DateInput(attrs=DAY | {"class": "num"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("抽出日を入力してください。"),
            "invalid": _("抽出日を確かめてください。"),
        },
    )
    full = forms.TypedChoiceField(
        label=_("ファイルの範囲"),
        choices=[("yes", _("全件（載っていない方は消除とみなす）")), ("no", _("異動のあった方だけ"))],
        coerce=lambda word: word == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, too_large: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        if too_large:  # nothing that came after the file was read, so only the file is spoken of
            self.fields["file"].error_messages["required"] = _(
                "200MBを超えています。抽出の範囲を確かめてください。"
            )
            self.fields["as_of"].required = self.fields["full"].required = False

    def clean_as_of(self) -> dt.date | None:
        day = self.cleaned_data["as_of"]
        if day and day > clock.today():
            raise ValidationError(_("抽出日が今日より後です。"))
        return day


class DespiteForm(forms.Form):
    """保留の理由を確かめた印 — one box for each reason; all must be ticked."""

    def __init__(self, *args, held=(), **kwargs):
        super().__init__(*args, **kwargs)
        for reason in held:
            self.fields[reason.code] = forms.BooleanField(
                label=reason.sentence,
                error_messages={"required": _("確かめたら印をつけてください。")},
            )


class ReasonForm(forms.Form):
    """発行・再発行の理由."""

    reason = forms.ChoiceField(
        label=_("理由"),
        choices=[(r.value, REASON_WORDS[r]) for r in Reason],
        widget=forms.RadioSelect,
        error_messages={"required": _("理由を選んでください。")},
    )


class OutcomeForm(forms.Form):
    """引継票の対応の結果."""

    outcome = forms.ChoiceField(
        label=_("対応の結果"),
        choices=list(OUTCOMES.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("対応の結果を選んでください。")},
    )


class PeriodForm(forms.Form):
    """開示の期間."""

    from_on = forms.DateField(
        label=_("はじめの日"),
        widget=forms.DateInput(attrs=DAY | {"class": "num"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("はじめの日を入力してください。"),
            "invalid": _("日付を確かめてください。"),
        },
    )
    until_on = forms.DateField(
        label=_("終わりの日"),
        widget=forms.DateInput(attrs=DAY | {"class": "num"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("終わりの日を入力してください。"),
            "invalid": _("日付を確かめてください。"),
        },
    )

    def clean(self):
        data = super().clean()
        first, last = data.get("from_on"), data.get("until_on")
        if first and last and last < first:
            self.add_error("until_on", _("終わりの日は、はじめの日より後にしてください。"))
        return data


class DisclosureForm(PeriodForm):
    """本人の求めによる開示 — whose, and for which days."""

    reference = ReferenceField()
    field_order = ("reference", "from_on", "until_on")
