"""The life of a version, and what one version changes of another (接種事業の版). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sesshu.base.lifecycle import Lifecycle
from sesshu.inside.planning.programme import wording


class State(StrEnum):
    """版の状態 — an approved one takes effect by itself on its day."""

    DRAFT = "draft"  # 案
    APPROVED = "approved"  # 承認済
    WITHDRAWN = "withdrawn"  # 取下げ


LIFE = Lifecycle(
    State.DRAFT,
    {
        (State.DRAFT, "approve"): State.APPROVED,
        (State.DRAFT, "withdraw"): State.WITHDRAWN,
        (State.APPROVED, "withdraw"): State.WITHDRAWN,  # before its day only
    },
)
"""版の一生 — what took effect is never withdrawn: a later version replaces it."""


@dataclass(frozen=True, slots=True)
class Line:
    """並べた一行 — one rule in words, in the old and in the new version; None: it is not there."""

    part: str  # 対象, 受付区分, 1回目 …
    name: str
    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def side_by_side(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Line]:
    """版の対照 — every rule of both documents in words, in the order of the new one; what went stands after its part."""
    before = {key: (part, name, words) for key, part, name, words in _lines(old)} if old else {}
    after = {key: (part, name, words) for key, part, name, words in _lines(new)}
    order = list(after)
    for place, key in enumerate(before):
        if key not in after:
            ahead = [k for k in list(before)[:place] if k in order]
            order.insert(order.index(ahead[-1]) + 1 if ahead else 0, key)
    found = []
    for key in order:
        part, name, words = after.get(key) or before[key]
        found.append(
            Line(part, name, before[key][2] if key in before else None, words if key in after else None)
        )
    return found


def changes(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Line]:
    """前の版からの変更点 — only the rules that differ. Sources and hands are no rules."""
    return [line for line in side_by_side(old, new) if line.changed]


Row = tuple[tuple, str, str, str]  # (what it is, part, name, words)


def _lines(document: Mapping[str, Any]) -> Iterator[Row]:
    names = {p["id"]: p["name"] for p in document["products"]}
    marks = {m["id"]: m["title"] for m in document.get("marks", ())}
    titles = {g["id"]: g["title"] for g in document["groups"]}
    yield ("title",), "事業", "名称", f"{document['title']}（{document['law_class']}）"
    counted = {"all": "生涯の接種歴", "season": "その実施期間の接種だけ"}[document["history"]]
    yield ("history",), "事業", "数える接種歴", counted
    if "review_on" in document:
        yield ("review",), "事業", "見直し予定日", wording.date(document["review_on"])
    for s in document["seasons"]:
        yield ("season", s["id"]), "実施期間", s["title"], wording.stretch(s)
    for p in document["products"]:
        volume = f"{p['volume_ml']} mL" if "volume_ml" in p else ""
        words = "　".join(w for w in (p.get("route", ""), volume, "、".join(p.get("also", ()))) if w)
        yield ("product", p["id"]), "ワクチン", p["name"], words or "—"
    for g in document["groups"]:
        yield ("group", g["id"]), "対象", g["title"], wording.who(g["who"], marks)
    for w in document["waves"]:
        who = "、".join(titles.get(g, g) for g in w["groups"])
        yield ("wave", w["id"], "who"), "受付区分", f"{w['title']}　対象", who
        yield ("wave", w["id"], "days"), "受付区分", f"{w['title']}　接種日", wording.stretch(w)
        for key, word in (("booking_from", "受付開始"), ("tickets_from", "接種券の発送")):
            yield ("wave", w["id"], key), "受付区分", f"{w['title']}　{word}", wording.moment(w.get(key))
    for s in document["series"]:
        yield from _series(s, names, marks, alone=len(document["series"]) == 1)
    for row in document.get("spacing", ()):
        give, after = _names(row["give"], names), _names(row["after"], names)
        words = f"{after}から{wording.least(row['min'])}"
        yield ("spacing", *row["give"], "<", *row["after"], *_days(row)), "ほかの接種との間隔", give, words
    for row in document.get("exclusions", ()):
        words = f"{_names(row['products'], names)}を{row['doses']}回以上受けた方"
        yield ("exclusion", row["title"]), "対象外", row["title"], words


def _series(
    series: Mapping[str, Any], names: dict[str, str], marks: dict[str, str], alone: bool
) -> Iterator[Row]:
    title = "" if alone else f"（{series['title']}）"
    if series.get("marked"):
        yield ("series", series["id"]), f"系列{title}", "対象", marks.get(series["marked"], series["marked"])
    for dose in series["doses"]:
        number, part = dose["dose"], f"{dose['dose']}回目{title}"
        for row in dose["give"]:
            key = ("give", series["id"], number, row["product"], row.get("from", ""))
            words = wording.age(row.get("age")) + _when(row)
            if not row.get("offered", True):
                words += "（受けた場合だけ数える）"
            yield key, part, f"{names[row['product']]}　年齢", words
        for row in dose.get("intervals", ()):
            after, give = _names(row["after"], names), _names(row["give"], names)
            name = f"{row.get('after_dose', number - 1)}回目（{after}）から" + (
                "" if give == after else f"{give}まで"
            )
            key = (
                "interval",
                series["id"],
                number,
                row.get("after_dose"),
                *row["after"],
                ">",
                *row["give"],
                *_days(row)[:1],
            )
            yield (*key, "min"), part, f"{name}　最短", wording.least(row.get("min")) + _when(row)
            if "absolute" in row:
                yield (*key, "absolute"), part, f"{name}　数える最短", wording.least(row["absolute"])
            yield (*key, "standard"), part, f"{name}　標準", wording.advised(row)
            yield (*key, "most"), part, f"{name}　上限", wording.most(row)


def _names(ids: list[str], names: dict[str, str]) -> str:
    return "・".join(names.get(i, i) for i in ids)


def _days(row: Mapping[str, Any]) -> tuple[str, str]:
    return row.get("from", ""), row.get("until", "")


def _when(row: Mapping[str, Any]) -> str:
    days = wording.stretch(dict(row))
    return "" if days == "—" else f"（{days}）"
