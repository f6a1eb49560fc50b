"""Forms of planning (計画の入力)."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sesshu.base import clock
from sesshu.inside.planning.plans.rules import WEEKDAYS
from sesshu.inside.records.rebooking.actions import OUTCOME_WORDS

DATE = {"type": "date", "class": "num"}
TIME = {"type": "time", "class": "num"}
LARGEST = 1_000_000  # bytes of a document
DAYS = [(code, word) for code, word in zip(WEEKDAYS, "月火水木金土日", strict=True)]


def _places(label: str) -> forms.IntegerField:
    look = forms.NumberInput(attrs={"class": "num"})
    return forms.IntegerField(label=label, min_value=0, max_value=1000, initial=0, widget=look)


def _day(label: str) -> forms.DateField:
    look = forms.DateInput(attrs=DATE, format="%Y-%m-%d")
    return forms.DateField(
        label=label, widget=look, error_messages={"invalid": _("日付を確かめてください。")}
    )


class DocumentFileForm(forms.Form):
    """定義のファイル — for what the form does not hold: another product, another series, a new programme."""

    file = forms.FileField(
        label=gettext_lazy("定義のファイル（JSON・1MBまで）"),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        error_messages={"required": gettext_lazy("ファイルを選んでください。")},
    )

    def clean_file(self) -> bytes:
        with self.cleaned_data["file"] as file:
            if file.size > LARGEST:
                raise ValidationError(_("ファイルが大きすぎます。1MBまでにしてください。"))
            content: bytes = file.read()
            return content


class ShippedForm(forms.Form):
    """はじめの定義を選ぶ — one of the documents that come with the software, to be changed."""

    shipped = forms.ChoiceField(label=gettext_lazy("もとにする定義"), widget=forms.RadioSelect)
    name = forms.RegexField(
        r"[a-z][a-z0-9-]{1,39}",
        label=gettext_lazy("記号"),
        help_text=gettext_lazy("半角の小文字・数字・ハイフン。例 zoster-2026"),
        error_messages={"invalid": gettext_lazy("半角の小文字・数字・ハイフンで入力してください。")},
    )
    title = forms.CharField(label=gettext_lazy("事業の名称"), max_length=400)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["shipped"].choices = choices


class HallForm(forms.Form):
    """会場を加える — the hall, and days and hours of its opening in one go."""

    name = forms.CharField(label=gettext_lazy("会場の名前"), max_length=100)
    kana = forms.CharField(label=gettext_lazy("よみ（五十音順に使います）"), max_length=200, required=False)
    address = forms.CharField(label=gettext_lazy("所在地"), max_length=200)
    access = forms.CharField(label=gettext_lazy("行き方"), max_length=200, required=False)
    step_free = forms.BooleanField(label=gettext_lazy("段差なし"), required=False)
    product = forms.ChoiceField(label=gettext_lazy("ワクチン"))
    first = _day(_("開設のはじめ"))
    last = _day(_("開設の終わり"))
    weekdays = forms.MultipleChoiceField(
        label=gettext_lazy("曜日"),
        choices=DAYS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("曜日を選んでください。")},
    )
    closed = forms.CharField(
        label=gettext_lazy("休む日"),
        required=False,
        max_length=600,
        help_text=gettext_lazy("例 2026-12-31, 2027-01-01。祝日も開けるときは空欄"),
    )
    opens = forms.TimeField(
        label=gettext_lazy("開く時刻"), widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )
    closes = forms.TimeField(
        label=gettext_lazy("閉じる時刻"), widget=forms.TimeInput(attrs=TIME, format="%H:%M")
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("枠の間隔（分）"),
        min_value=1,
        max_value=240,
        initial=30,
        widget=forms.NumberInput(attrs={"class": "num"}),
    )
    web = _places(_("ウェブの席（1枠）"))
    phone = _places(_("電話の席（1枠）"))
    section = _places(_("所管課の席（1枠）"))

    def __init__(self, *args: Any, products: list[tuple[str, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = products

    def raw(self) -> dict[str, Any]:
        """The hall as a plan file would say it."""
        d = self.cleaned_data
        hours = {
            "opens": f"{d['opens']:%H:%M}",
            "closes": f"{d['closes']:%H:%M}",
            **{k: d[k] for k in ("minutes", "web", "phone", "section")},
        }
        return {
            "name": d["name"],
            "kana": d["kana"],
            "address": d["address"],
            "access": d["access"],
            "step_free": d["step_free"],
            "open": [
                {
                    "product": d["product"],
                    "from": d["first"].isoformat(),
                    "until": d["last"].isoformat(),
                    "weekdays": d["weekdays"],
                    "closed_on": [
                        part for part in d["closed"].replace("、", ",").replace(" ", ",").split(",") if part
                    ],
                    "hours": [hours],
                }
            ],
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and first <= clock.today():
            self.add_error("first", _("明日以後の日にしてください。"))
        if first and last and (last - first) > dt.timedelta(days=400):
            self.add_error("last", _("一度に加えるのは400日までにしてください。"))
        return data


class ChangeForm(forms.Form):
    """枠数の変更 — for chosen sessions: so many places for each slot, or no session at all."""

    sessions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("開設時間帯"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("開設時間帯を選んでください。")},
    )
    web = _places(_("ウェブの席（1枠）"))
    phone = _places(_("電話の席（1枠）"))
    section = _places(_("所管課の席（1枠）"))
    closes = forms.BooleanField(
        label=gettext_lazy("中止する（席を0にして、予約を受け付けない）"), required=False
    )

    def __init__(self, *args: Any, sessions: list[tuple[int, str]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["sessions"].choices = sessions


class CallForm(forms.Form):
    """連絡の結果."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("連絡の結果"), choices=[(o.value, words) for o, words in OUTCOME_WORDS.items()]
    )
