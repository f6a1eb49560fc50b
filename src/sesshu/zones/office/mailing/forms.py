"""Forms of mailing (発送の入力)."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from sesshu.base import clock
from sesshu.base.numbers import clean_digits
from sesshu.inside.mailing.batches import queries
from sesshu.inside.mailing.batches.rules import (
    FEWEST_SEEDS,
    LARGEST_PART,
    MOST_SEEDS,
    SMALLEST_PART,
    SPOIL_WORDS,
    Query,
    Spoil,
)
from sesshu.inside.mailing.enclosure.rules import Window
from sesshu.inside.mailing.returns.rules import REASON_WORDS, Reason
from sesshu.inside.planning import queries as planning

NUMBER = {"inputmode": "numeric", "autocomplete": "off", "class": "num short"}
CODE = {"autocomplete": "off", "class": "num", "maxlength": 20, "spellcheck": "false"}
DAY = {"type": "date", "class": "num"}


class Figures(forms.IntegerField):
    """数 — full-width figures are taken."""

    def __init__(self, **kwargs: Any):
        options = {
            "widget": forms.TextInput(attrs=NUMBER),
            "error_messages": {"invalid": _("数字で入力してください。")},
        }
        super().__init__(**options | kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(clean_digits(value) if isinstance(value, str) else value)


class Day(forms.DateField):
    """日付."""

    def __init__(self, **kwargs: Any):
        words = {"required": _("日付を入力してください。"), "invalid": _("日付を確かめてください。")}
        widget = forms.DateInput(attrs=DAY, format="%Y-%m-%d")
        super().__init__(widget=widget, error_messages=words, **kwargs)


class CodeField(forms.CharField):
    """管理コード — scanned or typed; what it is worth is decided by the act."""

    def __init__(self, **kwargs: Any):
        options = {
            "label": _("管理コード"),
            "max_length": 20,
            "widget": forms.TextInput(attrs=CODE),
            "error_messages": {"required": _("管理コードを読み取ってください。")},
        }
        super().__init__(**options | kwargs)


class NewForm(forms.Form):
    """新しい発送の条件."""

    title = forms.CharField(
        label=_("発送の名前"),
        max_length=60,
        help_text=_("例　65歳以上 第2便"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("名前をつけてください。")},
    )
    programme = forms.ChoiceField(label=_("接種事業"))
    dose = Figures(label=_("回数"), min_value=1, max_value=9, initial=1)
    entitled_from = Day(label=_("接種できる期間のはじめ"))
    entitled_until = Day(label=_("接種できる期間の終わり"))
    cohort_from = Figures(
        label=_("生まれ年度のはじめ（西暦）"),
        required=False,
        help_text=_("空欄はすべて。1950年度は1950年4月2日から"),
    )
    cohort_until = Figures(label=_("生まれ年度の終わり（西暦）"), required=False)
    again = forms.BooleanField(label=_("すでに発送した接種券も含む"), required=False)
    printer = forms.ChoiceField(label=_("印刷の受託者"))
    part_size = Figures(
        label=_("1ファイルの通数"), min_value=SMALLEST_PART, max_value=LARGEST_PART, initial=LARGEST_PART
    )
    seeds = Figures(
        label=_("ファイルごとの監視用の封書"),
        min_value=FEWEST_SEEDS,
        max_value=MOST_SEEDS,
        initial=FEWEST_SEEDS,
    )
    low = Figures(
        label=_("厚さ（µm）・重さ（mg）の下限"),
        required=False,
        min_value=0,
        help_text=_("測らないときは空欄"),
    )
    high = Figures(label=_("上限"), required=False, min_value=0)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        titles = {p.code: p.title for p in planning.list_programmes()}
        self.fields["programme"].choices = [(code, titles.get(code, code)) for code in planning.list_open()]
        self.fields["printer"].choices = [(p.pk, p.name) for p in queries.list_printers()]
        self.initial.setdefault("entitled_from", clock.today())
        self.initial.setdefault("entitled_until", clock.today() + dt.timedelta(days=180))

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if (data.get("low") is None) != (data.get("high") is None):
            raise ValidationError(_("厚さ・重さは、下限と上限の両方を入力してください。"))
        return data

    def query(self) -> Query:
        """The question; only of a valid form."""
        d = self.cleaned_data
        return Query(
            d["programme"],
            d["dose"],
            d["entitled_from"],
            d["entitled_until"],
            d["cohort_from"],
            d["cohort_until"],
            not d["again"],
        )

    def window(self) -> Window | None:
        low, high = self.cleaned_data["low"], self.cleaned_data["high"]
        return None if low is None or high is None else Window(low, high)


class CodeForm(forms.Form):
    """管理コードを一つ."""

    code = CodeField()


class LogForm(forms.Form):
    """読取記録を渡す."""

    file = forms.FileField(
        label=_("読取記録（CSV・64MBまで）"),
        error_messages={
            "required": _("ファイルを選んでください。"),
            "empty": _("ファイルが空です。受託者に出し直しを求めてください。"),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )


class StationForm(forms.Form):
    """照合の窓口."""

    box = forms.RegexField(
        r"^[0-9A-Za-z-]{1,12}$",
        label=_("箱番号"),
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={
            "required": _("箱番号を入力してください。"),
            "invalid": _("箱番号は12文字までの英数字です。"),
        },
    )
    code = CodeField()
    insert = CodeField(label=_("中の書類の管理コード（あれば）"), required=False)
    measure = Figures(label=_("厚さ・重さ"), required=False, min_value=0, max_value=10**8)


class SpoilForm(forms.Form):
    """刷損じの登録."""

    codes = forms.CharField(
        label=_("管理コード"),
        max_length=4000,
        help_text=_("一行に一つ"),
        widget=forms.Textarea(
            attrs={"rows": 5, "autocomplete": "off", "class": "num", "spellcheck": "false"}
        ),
        error_messages={"required": _("管理コードを読み取ってください。")},
    )
    reason = forms.ChoiceField(
        label=_("理由"),
        choices=[(r.value, f"{r.value}　{SPOIL_WORDS[r]}") for r in Spoil],
        widget=forms.RadioSelect,
        error_messages={"required": _("理由を選んでください。")},
    )

    def clean_codes(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["codes"].split()))


class ReturnForm(forms.Form):
    """返戻の登録."""

    code = CodeField()
    reason = forms.ChoiceField(
        label=_("封筒に書いてある理由"),
        choices=[(r.value, REASON_WORDS[r]) for r in Reason],
        widget=forms.RadioSelect,
        error_messages={"required": _("理由を選んでください。")},
    )


class PrinterForm(forms.Form):
    """印刷の受託者の登録."""

    name = forms.CharField(
        label=_("受託者"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("受託者の名前を入力してください。")},
    )
    recipient = forms.CharField(
        label=_("公開鍵（age1…）"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("受託者の公開鍵を入力してください。")},
    )


class WatchForm(forms.Form):
    """監視先の住所の登録 — the city's own."""

    postcode = forms.RegexField(
        r"^\d{3}-?\d{4}$",
        label=_("郵便番号"),
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={
            "required": _("郵便番号を入力してください。"),
            "invalid": _("郵便番号は7けたの数字です。"),
        },
    )
    town = forms.CharField(
        label=_("町丁目"), max_length=60, error_messages={"required": _("町丁目を入力してください。")}
    )
    banchi = forms.CharField(
        label=_("番地"), max_length=60, error_messages={"required": _("番地を入力してください。")}
    )
    building = forms.CharField(label=_("建物・部署"), max_length=60, required=False)
