"""Typed calls of the booking functions (予約の窓口): the one way to book, for public, desk and venue alike.

A ``holder`` is a draft (public, venue walk-in) or a case (desk); the function resolves it, and the channel follows
from the database login. Every changing call carries a request id: an accepted request is answered alike for ever.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sesshu.base import clock
from sesshu.db import calls
from sesshu.outside.booking.recognise import Recognised, receipt_code, receipt_mark


@dataclass(frozen=True, slots=True)
class Dose:
    """予約できる接種 — a dose that the holder may book now; ``with_next``: the next may be booked with it."""

    programme: str
    title: str
    dose: int
    from_on: dt.date
    until_on: dt.date
    with_next: bool


@dataclass(frozen=True, slots=True)
class Venue:
    """会場 — with a coarse mark (o few full) and its first day with a place."""

    venue_id: int
    name: str
    address: str
    access: str
    step_free: bool
    mark: str
    first_free: dt.date | None


@dataclass(frozen=True, slots=True)
class Day:
    """日 — a day of a venue with a coarse mark."""

    on_date: dt.date
    mark: str
    product: str


@dataclass(frozen=True, slots=True)
class Time:
    """時間 — a slot, and beside it the first fitting slot of the next dose. Figures are given to the desk only."""

    slot_id: int
    at: dt.time
    product: str
    mark: str
    slot2_id: int | None
    slot2_on: dt.date | None
    slot2_at: dt.time | None
    booked: int | None
    capacity: int | None
    phone_taken: int | None
    phone_cap: int | None


@dataclass(frozen=True, slots=True)
class Slot:
    """枠 — venue, day and hour, for "check your answers"."""

    slot_id: int
    venue_id: int
    venue: str
    address: str
    access: str
    step_free: bool
    on_date: dt.date
    at: dt.time
    product: str
    programme: str


@dataclass(frozen=True, slots=True)
class Booked:
    """予約の結果 — ids, or a refusal code (see rules). Both bookings of a pair exist, or none."""

    booking_id: int | None
    booking2_id: int | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """取消の結果 — how many bookings ended (2: the dose that hung on it ended with it), or a refusal code."""

    ended: int | None
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Restored:
    """取消を戻した結果 — how many bookings live again, or a refusal code."""

    restored: int | None
    refusal: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Booking:
    """予約 — what a receipt code proves. ``receipt`` is the stored hash, with which it is moved or cancelled."""

    booking_id: int
    dose: int
    venue: str
    address: str
    access: str
    on_date: dt.date
    at: dt.time
    product: str
    state: str  # active cancelled moved fulfilled examined withdrawn
    proven: bool
    undo_until: dt.datetime | None
    receipt: bytes


@dataclass(frozen=True, slots=True)
class _Found:
    ok: bool


def find_subject(draft: UUID, who: Recognised, network: bytes | None, by: str | None = None) -> bool:
    """照合 — bind a draft (made here, 40 minutes) to the subject whose hashes these are. One answer for all failures.

    ``by``: the member of a hall who typed for a visitor.
    """
    found = calls.one(
        "api.find_subject_v1",
        _Found,
        p_draft=draft,
        p_act=who.act,
        p_try=who.try_,
        p_network=network,
        p_by=by,
    )
    return found.ok


def find_booking(draft: UUID, who: Recognised, code: str, network: bytes | None) -> bool:
    """予約を開く — ticket, birth date and receipt code together; what they prove is then shown."""
    found = calls.one(
        "api.find_booking_v1",
        _Found,
        p_draft=draft,
        p_act=who.act,
        p_try=who.try_,
        p_receipt=receipt_mark(code),
        p_network=network,
    )
    return found.ok


def list_doses(holder: UUID) -> list[Dose]:
    """Doses that may be booked now; says nothing of what was given or booked before."""
    return calls.many("api.list_doses_v1", Dose, p_holder=holder)


def next_opening(holder: UUID) -> dt.datetime | None:
    """受付の開始 — when booking opens for this holder; None where it has, or where nothing is to come."""
    at: dt.datetime | None = calls.scalar("api.next_opening_v1", p_holder=holder)
    return at.astimezone(clock.TOKYO) if at else None


def list_venues(holder: UUID, dose: int) -> list[Venue]:
    """Halls that offer days to this holder."""
    return calls.many("api.list_venues_v1", Venue, p_holder=holder, p_dose=dose)


def list_days(holder: UUID, dose: int, venue: int) -> list[Day]:
    """Days of a hall between the holder's first and last possible day."""
    return calls.many("api.list_days_v1", Day, p_holder=holder, p_dose=dose, p_venue=venue)


def list_times(holder: UUID, dose: int, venue: int, on: dt.date, *, pair: bool = False) -> list[Time]:
    """Hours of one hall and day; with ``pair`` the first fitting slot of the next dose beside each."""
    return calls.many(
        "api.list_times_v1", Time, p_holder=holder, p_dose=dose, p_venue=venue, p_on=on, p_pair=pair
    )


def show_slot(slot: int) -> Slot | None:
    """Venue, day and hour of a slot."""
    return calls.maybe("api.show_slot_v1", Slot, p_slot=slot)


def _marks(request: UUID, pair: bool) -> tuple[bytes, bytes | None]:
    """Hashes of the receipt codes of a request: of its first booking, and of the second where there is one."""
    second = receipt_mark(receipt_code(request, 2)) if pair else None
    return receipt_mark(receipt_code(request, 1)), second


def book(request: UUID, holder: UUID, dose: int, slot: int, slot2: int | None = None) -> Booked:
    """予約する — one place, or a first and a second together. Its code is ``recognise.receipt_code(request)``."""
    first, second = _marks(request, slot2 is not None)
    return calls.one(
        "api.book_v1",
        Booked,
        p_request=request,
        p_holder=holder,
        p_dose=dose,
        p_slot=slot,
        p_receipt=first,
        p_slot2=slot2,
        p_receipt2=second,
    )


def move(request: UUID, holder: UUID, receipt: bytes, slot: int, slot2: int | None = None) -> Booked:
    """変更する — another place; the old one lives until the new one is certain. The code becomes a new one."""
    first, second = _marks(request, slot2 is not None)
    return calls.one(
        "api.move_v1",
        Booked,
        p_request=request,
        p_holder=holder,
        p_receipt=receipt,
        p_slot=slot,
        p_new_receipt=first,
        p_slot2=slot2,
        p_new_receipt2=second,
    )


def cancel(request: UUID, holder: UUID, receipt: bytes) -> Ended:
    """取り消す — with a second dose that hangs on it."""
    return calls.one("api.cancel_v1", Ended, p_request=request, p_holder=holder, p_receipt=receipt)


def undo_cancel(request: UUID, holder: UUID, receipt: bytes) -> Restored:
    """取消を元に戻す — within ten minutes, into the old places."""
    return calls.one("api.undo_cancel_v1", Restored, p_request=request, p_holder=holder, p_receipt=receipt)


def show_bookings(holder: UUID) -> list[Booking]:
    """予約の内容 — what the receipt code of this draft or case proves, and the dose that hangs on it."""
    return calls.many("api.show_bookings_v1", Booking, p_holder=holder)
