"""Typed calls of a hall's functions (会場の窓口). A request id makes each changing call safe to send again."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sesshu.db import calls
from sesshu.outside.booking.recognise import Recognised
from sesshu.outside.booking.rules import product_word


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """受付の結果 — a visit with its queue number, or a refusal code (C03 gives the visit that is there)."""

    visit_id: UUID | None
    queue_no: int | None
    dose: int | None
    at: dt.time | None
    product: str | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """来場 — one visit by queue number. ``state``: received go no_go given cancelled."""

    visit_id: UUID
    queue_no: int
    state: str
    dose: int
    product: str
    at: dt.time | None
    received_at: dt.datetime
    reason: str

    @property
    def product_word(self) -> str:
        return product_word(self.product)


@dataclass(frozen=True, slots=True)
class Line:
    """一覧の一行 — a visit with its times."""

    visit_id: UUID
    queue_no: int
    state: str
    dose: int
    product: str
    at: dt.time | None
    received_at: dt.datetime
    prechecked_at: dt.datetime | None
    given_at: dt.datetime | None
    reason: str

    @property
    def product_word(self) -> str:
        return product_word(self.product)


@dataclass(frozen=True, slots=True)
class Hour:
    """時間別の人数."""

    at: dt.time
    booked: int
    arrived: int
    given: int


@dataclass(frozen=True, slots=True)
class Lot:
    """会場のロット — doses of one lot in this hall."""

    lot_id: int
    product: str
    lot_no: str
    expires_on: dt.date
    state: str
    delivered: int
    given: int
    wasted: int

    @property
    def product_word(self) -> str:
        return product_word(self.product)

    @property
    def left(self) -> int:
        return self.delivered - self.given - self.wasted


@dataclass(frozen=True, slots=True)
class Said:
    """返答 — None where it was done, or a refusal code."""

    refusal: str | None


@dataclass(frozen=True, slots=True)
class Recorded:
    """接種記録の結果."""

    dose_id: UUID | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Hall:
    """会場."""

    name: str
    address: str


def show_venue(venue: int) -> Hall | None:
    """Name of the hall, for the band."""
    return calls.maybe("api.show_venue_v1", Hall, p_venue=venue)


def check_in(request: UUID, venue: int, by: str, who: Recognised) -> CheckedIn:
    """受付 — today's booking of this person here becomes a visit."""
    return calls.one(
        "api.check_in_v1", CheckedIn, p_request=request, p_venue=venue, p_by=by, p_act=who.act, p_try=who.try_
    )


def cancel_check_in(request: UUID, visit: UUID, venue: int, by: str) -> Said:
    """受付の取消 — the booking is open again."""
    return calls.one("api.cancel_check_in_v1", Said, p_request=request, p_visit=visit, p_venue=venue, p_by=by)


def find_visit(venue: int, queue_no: int, on: dt.date | None = None) -> Visit | None:
    """来場 by queue number, today or on another day."""
    return calls.maybe("api.find_visit_v1", Visit, p_venue=venue, p_queue_no=queue_no, p_on=on)


def precheck(request: UUID, visit: UUID, venue: int, by: str, outcome: str, reason: str) -> Said:
    """予診の結果 — go, or no_go with a reason."""
    return calls.one(
        "api.precheck_v1",
        Said,
        p_request=request,
        p_visit=visit,
        p_venue=venue,
        p_by=by,
        p_outcome=outcome,
        p_reason=reason,
    )


def record_dose(
    request: UUID,
    visit: UUID,
    venue: int,
    by: str,
    who: Recognised,
    lot: int,
    given_at: dt.datetime,
    site: str,
    confirm_same: bool,
) -> Recorded:
    """接種を記録する — only when ticket, birth date, visit and lot agree."""
    return calls.one(
        "api.record_dose_v1",
        Recorded,
        p_request=request,
        p_visit=visit,
        p_venue=venue,
        p_by=by,
        p_act=who.act,
        p_lot=lot,
        p_given_at=given_at,
        p_site=site,
        p_confirm_same=confirm_same,
    )


def list_day(venue: int, on: dt.date) -> list[Line]:
    """本日の来場 by queue number."""
    return calls.many("api.list_day_v1", Line, p_venue=venue, p_on=on)


def count_day(venue: int, on: dt.date) -> list[Hour]:
    """時間別の人数."""
    return calls.many("api.count_day_v1", Hour, p_venue=venue, p_on=on)


def list_lots(venue: int) -> list[Lot]:
    """会場のロット."""
    return calls.many("api.list_lots_v1", Lot, p_venue=venue)
