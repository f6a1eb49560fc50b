"""A programme document as a form (定義の入力): every date, age and interval of it as a field, nothing else changes.

What has another shape (a new product, another series) comes as a file. Pure but for Django's forms.
"""

import copy
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from sesshu.inside.planning.programme import document as documents
from sesshu.inside.planning.programme.checks import pointer

UNITS = {
    "years": "歳", "months": "か月", "weeks": "週", "days": "日", "days_between": "日以上あける", "less_days": "日の猶予",
}  # fmt: skip
LENGTHS = {
    "years": "年",
    "months": "月",
    "weeks": "週",
    "days": "日",
    "days_between": "日（間にはさむ日数）",
    "less_days": "日の猶予",
}
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{1,2}):(\d{2})")
DATE_LOOK = {"type": "date", "class": "num"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """定義の一項目 — one value of a document that the form may change. ``path``: where it stands."""

    path: tuple[str | int, ...]
    part: str
    label: str
    kind: str  # date | moment | number | numbers
    value: Any
    optional: bool = False


def leaves(document: dict) -> Iterator[Leaf]:
    """Everything of a document that the form may change, in its order."""
    path: tuple[str | int, ...]
    yield Leaf(("valid_from",), "版", "施行日（この日の0時から）", "date", document.get("valid_from"), True)
    yield Leaf(("review_on",), "版", "見直し予定日", "date", document.get("review_on"), True)
    for i, s in enumerate(document["seasons"]):
        for key, word in (("from", "はじめ"), ("until", "終わり")):
            yield Leaf(("seasons", i, key), "実施期間", f"{s['title']}　{word}", "date", s.get(key))
    for i, g in enumerate(document["groups"]):
        if "age" in g["who"]:
            yield from _age(g["who"]["age"], ("groups", i, "who", "age"), "対象", g["title"])
        for key, word in (("from", "この日から"), ("until", "この日まで")):
            if key in g["who"].get("born", ()):
                path = ("groups", i, "who", "born", key)
                yield Leaf(path, "対象", f"{g['title']}　生年月日 {word}", "date", g["who"]["born"][key])
    for i, w in enumerate(document["waves"]):
        for key, word, kind in (
            ("tickets_from", "接種券の発送日", "date"),
            ("booking_from", "予約の受付開始", "moment"),
            ("from", "接種日のはじめ", "date"),
            ("until", "接種日の終わり", "date"),
        ):
            yield Leaf(("waves", i, key), f"受付区分　{w['title']}", word, kind, w.get(key), True)
    names = {p["id"]: p["name"] for p in document["products"]}
    for s, series in enumerate(document["series"]):
        for d, dose in enumerate(series["doses"]):
            part = f"{dose['dose']}回目" + ("" if len(document["series"]) == 1 else f"（{series['title']}）")
            for g, row in enumerate(dose["give"]):
                if "age" in row:
                    path = ("series", s, "doses", d, "give", g, "age")
                    yield from _age(row["age"], path, part, names[row["product"]])
            for n, row in enumerate(dose.get("intervals", ())):
                path = ("series", s, "doses", d, "intervals", n)
                name = "・".join(names[p] for p in row["after"]) + "の後"
                words = (
                    ("min", "最短"),
                    ("absolute", "数える最短"),
                    ("standard", "標準"),
                    ("max", "上限（以内）"),
                    ("under", "上限（未満）"),
                )
                for key, word in words:
                    if key in row:
                        yield from _length(row[key], (*path, key), part, f"{name}　{word}")


def _age(age: dict, path: tuple, part: str, name: str) -> Iterator[Leaf]:
    for key, word in (
        ("min", "から"),
        ("absolute", "から数える"),
        ("until", "に至るまで"),
        ("recommended", "標準"),
    ):
        for unit, n in age.get(key, {}).items():
            yield Leaf((*path, key, unit), part, f"{name}　{UNITS.get(unit, unit)}{word}", "number", n)
    for key, word in (("from", "歳から"), ("to", "歳まで"), ("fiscal_year", "年度")):
        if isinstance(age.get(key), int):
            yield Leaf((*path, key), part, f"{name}　{word}", "number", age[key])
    if "ages" in age:
        yield Leaf((*path, "ages"), part, f"{name}　年度末の年齢", "numbers", age["ages"])


def _length(raw: dict, path: tuple, part: str, name: str) -> Iterator[Leaf]:
    for unit, n in raw.items():
        if type(n) is int:
            yield Leaf((*path, unit), part, f"{name}　{LENGTHS.get(unit, unit)}", "number", n)


class MomentField(forms.CharField):
    """日時 — 2026-12-07 09:00."""

    def clean(self, value: str) -> str | None:
        text = super().clean(value)
        if not text:
            return None
        found = MOMENT.fullmatch(text.strip())
        made = f"{found[1]}T{int(found[2]):02d}:{found[3]}" if found else ""
        try:
            dt.datetime.fromisoformat(made)
        except ValueError:
            raise ValidationError(_("日時は 2026-12-07 09:00 の形で入力してください。")) from None
        return made


class NumbersField(forms.CharField):
    """数の並び — 65, 70, 75."""

    def clean(self, value: str) -> list[int]:
        parts = [part for part in re.split(r"[\s,、・]+", super().clean(value).strip()) if part]
        if not parts or not all(part.isascii() and part.isdigit() and len(part) < 4 for part in parts):
            raise ValidationError(_("数をコンマで区切って入力してください。"))
        return [int(part) for part in parts]


class DocumentForm(forms.Form):
    """定義の入力 — one field for each leaf; ``changed`` gives the document with what was typed, checked as a whole."""

    def __init__(self, document: dict, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.source = document
        self.leaves = list(leaves(document))
        for n, leaf in enumerate(self.leaves):
            self.fields[f"f{n}"] = _field(leaf)
        self.changed: dict = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        made = copy.deepcopy(self.source)
        for n, leaf in enumerate(self.leaves):
            _put(made, leaf, data.get(f"f{n}"))
        made.pop("checked_by", None)  # who checks is who approves
        made.pop("written_by", None)
        for finding in documents.findings(made):
            words = f"{finding.refusal.sentence}（{finding.refusal.code}　{finding.place or '/'}）"
            self.add_error(self._field_at(finding.place), words)
        self.changed = made
        return data

    def _field_at(self, place: str) -> str | None:
        """The field that stands at a place of the document, or the first one under it."""
        for n, leaf in enumerate(self.leaves):
            here = pointer(*leaf.path)
            if here == place or (place and here.startswith(f"{place}/")):
                return f"f{n}"
        return None

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Fields by part, in order."""
        found: dict[str, list[forms.BoundField]] = {}
        for n, leaf in enumerate(self.leaves):
            found.setdefault(leaf.part, []).append(self[f"f{n}"])
        return list(found.items())


def _field(leaf: Leaf) -> forms.Field:
    options: dict[str, Any] = {"label": leaf.label, "required": not leaf.optional, "initial": leaf.value}
    if leaf.kind == "date":
        look = forms.DateInput(attrs=DATE_LOOK, format="%Y-%m-%d")
        return forms.DateField(
            widget=look, error_messages={"invalid": _("日付を確かめてください。")}, **options
        )
    if leaf.kind == "moment":
        options["initial"] = (leaf.value or "").replace("T", " ")
        look = forms.TextInput(attrs={"class": "num", "autocomplete": "off", "maxlength": 20})
        return MomentField(widget=look, help_text=_("例 2026-12-07 09:00。空欄は定めなし"), **options)
    if leaf.kind == "numbers":
        options["initial"] = ", ".join(map(str, leaf.value))
        return NumbersField(max_length=200, **options)
    look = forms.NumberInput(attrs={"class": "num"})
    return forms.IntegerField(min_value=0, max_value=3000, widget=look, **options)


def _put(document: dict, leaf: Leaf, value: Any) -> None:
    node: Any = document
    for step in leaf.path[:-1]:
        node = node[step]
    if value in (None, ""):
        node.pop(leaf.path[-1], None)
    else:
        node[leaf.path[-1]] = value.isoformat() if isinstance(value, dt.date) else value
