"""The plan file (計画ファイル): halls, weekdays, hours, places, lots, deliveries as JSON. Pure.

The form is ``schema.json`` beside this file. A plan is refused whole, with the place of the fault.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from sesshu.base.errors import Refused, refusal
from sesshu.inside.planning.venues.rules import Pattern, days_open, slot_times

BAD_FORM = refusal(
    "L11",
    "計画ファイルの書式が正しくありません。示された場所を直してください。",
    "the plan file is no JSON object of the form sesshu-plan/1",
)
SAME_HAND = refusal(
    "L12",
    "計画の作成者と確認者が同じです。別の職員が確認してください。",
    "the plan was written and checked by the same person",
)
NO_SUCH_DAY = refusal(
    "L13", "暦にない日付か、逆順の期間があります。", "a day that does not exist, or a stretch backwards"
)
UNKNOWN_NAME = refusal(
    "L14",
    "納入の会場またはロットが計画にありません。名前を確かめてください。",
    "a delivery names a hall or a lot that the plan does not hold",
)
DOUBLED = refusal("L15", "同じ会場またはロットが二度書かれています。", "a hall or a lot stands twice")
OVERLAP = refusal(
    "L16", "同じ会場の同じ日に、重なる開設時間があります。", "sessions of one hall overlap on one day"
)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Open:
    """開設 — a session as the plan wants it."""

    product: str
    on_date: dt.date
    opens_at: dt.time
    closes_at: dt.time
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class Hall:
    """会場 — a hall of the plan with all its sessions, in order."""

    name: str
    kana: str
    address: str
    access: str
    step_free: bool
    sessions: tuple[Open, ...]


@dataclass(frozen=True, slots=True)
class PlannedLot:
    """ロット — vaccine of one production number."""

    product: str
    lot_no: str
    expires_on: dt.date
    state: str


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """納入 — doses of a lot for a hall on a day."""

    venue: str
    product: str
    lot_no: str
    doses: int
    on: dt.date


@dataclass(frozen=True, slots=True)
class Plan:
    """計画 — everything of one plan file, checked."""

    programme: str
    written_by: str
    checked_by: str
    halls: tuple[Hall, ...]
    lots: tuple[PlannedLot, ...]
    deliveries: tuple[PlannedDelivery, ...]


def read(text: str | bytes) -> Plan:
    """計画を読む — Raises Refused L01, L11 – L16; ``column`` is the place (JSON pointer)."""
    try:
        raw = json.loads(text)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _no(BAD_FORM, "") from None
    return plan_of(raw)


def plan_of(raw: Any) -> Plan:
    """The same from a parsed document."""
    fault = next(_form().iter_errors(raw), None)
    if fault is not None:
        raise _no(BAD_FORM, "/".join(map(str, fault.absolute_path)))
    if raw["written_by"] == raw["checked_by"]:
        raise _no(SAME_HAND, "checked_by")
    halls = tuple(hall_of(n, v) for n, v in enumerate(raw["venues"]))
    lots = tuple(
        PlannedLot(
            x["product"], x["lot_no"], _day(x["expires_on"], f"lots/{n}/expires_on"), x.get("state", "usable")
        )
        for n, x in enumerate(raw.get("lots", ()))
    )
    deliveries = tuple(
        PlannedDelivery(
            x["venue"], x["product"], x["lot_no"], x["doses"], _day(x["on"], f"deliveries/{n}/on")
        )
        for n, x in enumerate(raw.get("deliveries", ()))
    )
    _once([h.name for h in halls], "venues")
    _once([(x.product, x.lot_no) for x in lots], "lots")
    known = {h.name for h in halls}, {(x.product, x.lot_no) for x in lots}
    for n, d in enumerate(deliveries):
        if d.venue not in known[0] or (d.product, d.lot_no) not in known[1]:
            raise _no(UNKNOWN_NAME, f"deliveries/{n}")
    return Plan(raw["programme"], raw["written_by"], raw["checked_by"], halls, lots, deliveries)


def hall_of(n: int, raw: Mapping[str, Any]) -> Hall:
    """The hall at place ``n`` of a plan, with all its sessions. Raises Refused L01, L02, L13, L16."""
    found: list[Open] = []
    for k, o in enumerate(raw["open"]):
        place = f"venues/{n}/open/{k}"
        first, last = _day(o["from"], f"{place}/from"), _day(o["until"], f"{place}/until")
        if last < first:
            raise _no(NO_SUCH_DAY, f"{place}/until")
        weekdays = frozenset(WEEKDAYS.index(w) for w in o["weekdays"])
        closed = frozenset(_day(d, f"{place}/closed_on") for d in o.get("closed_on", ()))
        hours = [_hours(h) for h in o["hours"]]
        for day in days_open(first, last, weekdays, closed):
            found += [Open(o["product"], day, opens, closes, pattern) for opens, closes, pattern in hours]
    found.sort(key=lambda s: (s.on_date, s.opens_at))
    for before, after in zip(found, found[1:], strict=False):
        if before.on_date == after.on_date and after.opens_at < before.closes_at:
            raise _no(OVERLAP, f"venues/{n}")
    return Hall(
        raw["name"],
        raw.get("kana", ""),
        raw["address"],
        raw.get("access", ""),
        raw.get("step_free", False),
        tuple(found),
    )


def _hours(raw: Mapping[str, Any]) -> tuple[dt.time, dt.time, Pattern]:
    opens, closes = dt.time.fromisoformat(raw["opens"]), dt.time.fromisoformat(raw["closes"])
    next(slot_times(opens, closes, raw["minutes"]))  # refuses hours that end before they begin
    return opens, closes, Pattern(raw["minutes"], raw["web"], raw["phone"], raw.get("section", 0))


def _day(text: str, place: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise _no(NO_SUCH_DAY, place) from None


def _once(names: list, place: str) -> None:
    if len(set(names)) < len(names):
        raise _no(DOUBLED, place)


def _no(why, place: str) -> Refused:
    return Refused(why, line=1, column=place)


@cache
def _form() -> Draft202012Validator:
    return Draft202012Validator(json.loads((Path(__file__).parent / "schema.json").read_text()))
