"""Whom a change concerns, and which places are near (振替の照会)."""

import datetime as dt
from dataclasses import dataclass

from sesshu.db import calls
from sesshu.inside.planning.capacity import queries as capacity
from sesshu.inside.planning.capacity.rules import Booking, Places, without_place
from sesshu.inside.records.models import ToCall


@dataclass(frozen=True, slots=True)
class Alternative:
    """ほかの枠 — a slot with free places, as far as is known here; the outside decides."""

    slot_id: int
    venue: str
    on_date: dt.date
    at: dt.time
    free: int


def list_without_place(change: capacity.ChangeRow) -> list[Booking]:
    """席がなくなる方 — bookings of the sessions beyond the wanted places; all of them where the sessions close."""
    slots = capacity.list_slot_ids([s.id for s in change.sessions])
    bookings = calls.many("records.list_bookings_of_v1", Booking, p_slots=slots)
    return without_place(bookings, Places(change.web, change.phone, change.section))


def list_alternatives(slot_id: int, limit: int = 3) -> list[Alternative]:
    """The nearest slots of the same programme and product with free places."""
    return calls.many("records.list_alternatives_v1", Alternative, p_slot=slot_id, p_limit=limit)


def count_to_call() -> int:
    """連絡を待つ方の数."""
    return ToCall.objects.filter(done_at=None).count()


def is_due() -> bool:
    """Is there anything for the worker to do: places that can go now, or somebody on the call list who has moved?"""
    due: bool = calls.scalar("planning.wishes_due_v1")
    return due
