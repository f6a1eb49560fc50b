"""How many places a session may have, and whose booking stands in the way (枠数の変更). Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from sesshu.base.errors import refusal
from sesshu.base.lifecycle import Lifecycle

BELOW_BOOKED = refusal(
    "L20",
    "予約の入っている枠は、ここでは減らせません。「枠数の変更」で影響のある方の一覧を確かめてください。",
    "a session, hall or pattern would have fewer places than are booked",
)
SOMEBODY_BOOKED = refusal(
    "L21",
    "予約済みの方がいます。一覧の方への連絡を決めてから承認してください。",
    "the change leaves somebody without a place",
)
NO_CHANGE = refusal(
    "L22", "その変更はありません。一覧で番号を確かめてください。", "no such change of capacity"
)
NOT_WAITING = refusal(
    "L23",
    "この変更はもう承認されたか取り下げられています。新しい変更を作ってください。",
    "the change of capacity is not a draft",
)
NO_SESSION = refusal(
    "L24",
    "選んだ開設時間帯がないか、もう終わっています。会場の予定から選びなおしてください。",
    "an unknown session, or one of the past",
)
HOLDS = {SOMEBODY_BOOKED.code: SOMEBODY_BOOKED}


class State(StrEnum):
    """枠数の変更の状態."""

    DRAFT = "draft"  # 案
    APPROVED = "approved"  # 承認済: reached as places become free
    DONE = "done"  # 済: every slot has the places that were wanted
    WITHDRAWN = "withdrawn"  # 取下げ


LIFE = Lifecycle(
    State.DRAFT,
    {
        (State.DRAFT, "approve"): State.APPROVED,
        (State.DRAFT, "withdraw"): State.WITHDRAWN,
        (State.APPROVED, "finish"): State.DONE,
    },
)


@dataclass(frozen=True, slots=True)
class Booking:
    """枠の予約 — an active booking of a slot. ``channel`` web takes a place of the web, any other of the telephone."""

    booking_id: int
    resident_id: int
    slot_id: int
    channel: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Places:
    """席の数 — of one slot, by share."""

    web: int
    phone: int
    section: int = 0

    @property
    def all(self) -> int:
        return self.web + self.phone + self.section


def without_place(bookings: Iterable[Booking], wanted: Places) -> list[Booking]:
    """席がなくなる予約 — those beyond the wanted places of each slot; who booked last is asked first.

    ``bookings`` come slot by slot, the latest first.
    """
    found: list[Booking] = []
    for _, of_slot in groupby(bookings, key=lambda b: b.slot_id):
        held = list(of_slot)
        web = [b for b in held if b.channel == "web"]
        phone = [b for b in held if b.channel != "web"]
        found += web[: max(0, len(web) - wanted.web)] + phone[: max(0, len(phone) - wanted.phone)]
    return found


def reachable(wanted: Places, booked_web: int, booked_phone: int) -> Places:
    """いま減らせる席 — as few as wanted, never fewer than are booked."""
    return Places(max(wanted.web, booked_web), max(wanted.phone, booked_phone), wanted.section)
