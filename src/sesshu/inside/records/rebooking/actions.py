"""Approving a change of capacity, and calling whom it leaves without a place (枠数の変更の承認、振替の連絡)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum

from sesshu.base import clock
from sesshu.base.errors import Refused, refusal
from sesshu.db import calls
from sesshu.inside.planning.capacity import actions as capacity
from sesshu.inside.planning.capacity import queries as changes
from sesshu.inside.planning.capacity import rules
from sesshu.inside.records.models import ToCall
from sesshu.inside.records.rebooking import queries
from sesshu.inside.records.rebooking.queries import Alternative
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve as approve_by_two

NOT_TO_CALL = refusal(
    "L25",
    "この方への連絡はもう終わっています。一覧を開きなおしてください。",
    "no such line of the call list, or it is done",
)
SHOWN = 20  # lines of a page; each is a disclosure


class Outcome(StrEnum):
    """連絡の結果."""

    AGREED = "agreed"  # 変更の手続を案内した
    LETTER = "letter"  # つながらず、手紙で知らせる
    KEPT = "kept"  # そのままでよい(席を残す)


OUTCOME_WORDS = {
    Outcome.AGREED: "変更の手続を案内した",
    Outcome.LETTER: "つながらず、手紙で知らせる",
    Outcome.KEPT: "席を残すことにした",
}


@dataclass(frozen=True, slots=True)
class ToCallLine:
    """連絡一覧の一行 — whom to call, about which booking, and where there are places. Does not print itself."""

    id: int
    resident_id: int
    name: str = field(repr=False)
    phone: str = field(repr=False)
    why: str
    ref: int
    put_at: dt.datetime
    booking_id: int
    programme: str
    dose: int
    slot_id: int
    venue: str
    on_date: dt.date
    at: dt.time
    product: str


@action("plan.approve_change")
def approve_change(*, by: Actor, change_id: int, despite: Collection[str] = frozenset()) -> bool:
    """枠数の変更の承認 — the first person's approval is noted; a second one within ten minutes begins the change.

    Whoever is left without a place is put on the call list; their places stay until they have another. True: begun.
    Raises Refused L22, L23; L21 where somebody has booked and this officer did not name it; A03 for the same person.
    """
    held = capacity.get_draft(change_id)
    change = changes.find_change(change_id)
    if change is None:
        raise Refused(rules.NO_CHANGE)
    concerned = queries.list_without_place(change)
    if concerned and rules.SOMEBODY_BOOKED.code not in despite:
        raise Refused(rules.SOMEBODY_BOOKED)
    approval = approve_by_two("plan.approve_change", f"change {change_id}", by=by)
    tell(case=f"change {change_id}", purpose=f"despite {rules.SOMEBODY_BOOKED.code}" if concerned else "")
    capacity.sign(held, approval, by=by)
    if approval.complete:
        put_to_call([b.booking_id for b in concerned], why="capacity", ref=change_id)
        capacity.reach()
    return approval.complete


@step
def put_to_call(bookings: list[int], *, why: str, ref: int) -> int:
    """連絡一覧へ — people with these bookings are to be called. Says how many are new."""
    n: int = calls.scalar("records.put_to_call_v1", p_bookings=bookings, p_why=why, p_ref=ref)
    return n


@action("plan.reach")
def reach_wishes(*, by: Actor) -> int:
    """枠数を近づける — places that became free go; who has moved or cancelled leaves the call list."""
    moved = capacity.reach()
    done: int = calls.scalar("records.tidy_to_call_v1")
    return moved + done


@action("call_list.show")
def show_to_call(*, by: Actor, after: int = 0) -> list[tuple[ToCallLine, list[Alternative]]]:
    """連絡一覧を見る — a page of people, each with the nearest other places. Each is a disclosure of its own."""
    lines = calls.many("records.list_to_call_v1", ToCallLine, p_after=after, p_limit=SHOWN)
    near: dict[int, list[Alternative]] = {}
    for line in lines:
        tell(resident=line.resident_id, fields=("name", "phone", "booking"))
        if line.slot_id not in near:
            near[line.slot_id] = queries.list_alternatives(line.slot_id)
    if not lines:
        tell()
    return [(line, near[line.slot_id]) for line in lines]


@action("call_list.close")
def close_call(*, by: Actor, line_id: int, outcome: Outcome) -> None:
    """連絡の結果を残す — the line is done; the booking itself is changed by the desk or the resident. Refuses L25."""
    held = ToCall.objects.select_for_update().filter(pk=line_id, done_at=None).first()
    if held is None:
        raise Refused(NOT_TO_CALL)
    held.done_at, held.done_by, held.outcome = clock.now(), by.code, Outcome(outcome)
    held.save(update_fields=("done_at", "done_by", "outcome"))
    tell(resident=held.resident_id, fields=("call",), purpose=str(Outcome(outcome)))
