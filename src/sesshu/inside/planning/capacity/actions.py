"""Changing the places of sessions (枠数の変更): drafted here, approved in ``records.rebooking``, reached step by step."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.bridge import outbox
from sesshu.db import calls
from sesshu.inside.planning.capacity import rules
from sesshu.inside.planning.capacity.queries import list_slot_ids
from sesshu.inside.planning.capacity.rules import Places, State, reachable
from sesshu.inside.planning.models import CapacityChange, Session, Slot, SlotWish
from sesshu.inside.planning.venues.actions import send_session
from sesshu.inside.planning.venues.rules import Pattern
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import Approval

AT_ONCE = 2000
ASK_AGAIN = dt.timedelta(minutes=1)  # after the outside refused


@action("plan.change")
def draft_change(
    *,
    by: Actor,
    sessions: Sequence[int],
    web: int = 0,
    phone: int = 0,
    section: int = 0,
    closes: bool = False,
) -> int:
    """枠数の変更の案 — so many places for each slot of these sessions, or none at all. Gives its id.

    ``closes``: 中止, nobody may book there any more. Changes nothing before two people approve. Refuses L02, L24.
    """
    wanted = Pattern(1, web, phone, section)  # refuses places out of range
    chosen = sorted(set(sessions))
    known = Session.objects.filter(pk__in=chosen, on_date__gte=clock.today()).count()
    if not chosen or known < len(chosen):
        raise Refused(rules.NO_SESSION)
    made = CapacityChange.objects.create(
        sessions=chosen,
        web=0 if closes else wanted.web,
        phone=0 if closes else wanted.phone,
        section=0 if closes else wanted.section,
        closes=closes,
        made_at=clock.now(),
        made_by=by.code,
    )
    tell(case=f"change {made.pk}", fields=("capacity",))
    return made.pk


@action("plan.change")
def withdraw_change(*, by: Actor, change_id: int) -> None:
    """枠数の変更の取下げ — of a draft. Refuses L22, L23."""
    held = get_draft(change_id)
    held.state = State.WITHDRAWN
    held.save(update_fields=("state",))
    tell(case=f"change {change_id}")


@step
def get_draft(change_id: int) -> CapacityChange:
    """承認を待つ変更 — locked. Raises Refused L22, L23."""
    held = CapacityChange.objects.select_for_update().filter(pk=change_id).first()
    if held is None:
        raise Refused(rules.NO_CHANGE)
    if held.state != State.DRAFT:
        raise Refused(rules.NOT_WAITING)
    return held


@step
def sign(held: CapacityChange, approval: Approval, *, by: Actor) -> None:
    """署名 — with the second person the change begins: sessions close, slots are to have the wanted places."""
    held.first_by, held.first_at = approval.first_by, approval.first_at
    if approval.complete:
        held.second_by, held.second_at, held.state = by.code, clock.now(), State.APPROVED
    held.save(update_fields=("first_by", "first_at", "second_by", "second_at", "state"))
    if not approval.complete:
        return
    for slot_id in list_slot_ids(held.sessions):
        wish = {"change_id": held.pk, "web": held.web, "phone": held.phone, "section": held.section}
        SlotWish.objects.update_or_create(
            slot_id=slot_id, defaults=wish | {"sent_at": None, "sent_message": None}
        )
    if held.closes:
        for session in Session.objects.select_for_update().filter(pk__in=held.sessions).order_by("id"):
            session.state = "closed"
            session.save(update_fields=("state",))
            send_session(session)


@dataclass(frozen=True, slots=True)
class _Wish:
    slot_id: int
    session_id: int
    at: dt.time
    change_id: int
    web: int
    phone: int
    section: int
    cap_web: int
    cap_phone: int
    cap_section: int
    booked_web: int
    booked_phone: int
    refused: bool
    settled: bool
    sent_at: dt.datetime | None


@step
def reach() -> int:
    """目指す枠数へ — as far as bookings allow now; each session is a message. Says how many slots moved or are done.

    What the outside refused (it knew of a booking that had not come here yet) is asked again a minute later.
    """
    now, moved = clock.now(), 0
    for _, of_session in groupby(
        calls.many("planning.list_wishes_v1", _Wish, p_limit=AT_ONCE), key=lambda w: w.session_id
    ):
        send, finished = [], []
        for w in of_session:
            wanted = Places(w.web, w.phone, w.section)
            here = Places(w.cap_web, w.cap_phone, w.cap_section)
            goal = reachable(wanted, w.booked_web, w.booked_phone)
            again = w.sent_at is None or (w.refused and now - w.sent_at >= ASK_AGAIN)
            if goal != here or again:
                send.append((w, goal))
            elif here == wanted and w.settled and not w.refused:
                finished.append(w.slot_id)
        _tell(send, now)
        SlotWish.objects.filter(pk__in=finished).delete()
        moved += len(send) + len(finished)
    if moved:
        waiting = SlotWish.objects.values("change_id")
        CapacityChange.objects.filter(state=State.APPROVED).exclude(pk__in=waiting).update(
            state=State.DONE, done_at=now
        )
    return moved


def _tell(send: list[tuple[_Wish, Places]], now: dt.datetime) -> None:
    if not send:
        return
    for w, goal in send:
        Slot.objects.filter(pk=w.slot_id).update(
            cap_web=goal.web, cap_phone=goal.phone, cap_section=goal.section
        )
    message = outbox.put(
        "slot.put",
        {
            "slots": [
                {
                    "id": w.slot_id,
                    "session_id": w.session_id,
                    "at": w.at,
                    "cap_web": goal.web,
                    "cap_phone": goal.phone,
                    "cap_section": goal.section,
                }
                for w, goal in send
            ]
        },
    )
    SlotWish.objects.filter(pk__in=[w.slot_id for w, _ in send]).update(sent_at=now, sent_message=message)
