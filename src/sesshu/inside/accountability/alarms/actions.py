"""Clearing alarms, and answers of the outside (警報と庁外の断りへの対応)."""

from sesshu.base import clock
from sesshu.base.errors import Refused, refusal
from sesshu.bridge import queries as bridge
from sesshu.inside.accountability.models import Answer
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor

NO_ALARM = refusal(
    "F10",
    "この警報はありません。すでに対応済みかもしれません。一覧を開きなおしてください。",
    "no open alarm or answer has this number",
)


@action("alarm.clear")
def clear(*, by: Actor, alarm_id: int) -> None:
    """警報に対応済みの印をつける — the cause has been looked at. Refuses F10."""
    if not bridge.clear_alarm(alarm_id, by.code):
        raise Refused(NO_ALARM)
    tell(case=f"alarm {alarm_id}")


@action("alarm.clear")
def see(*, by: Actor, answer_id: int) -> None:
    """庁外の断りに対応済みの印をつける. Refuses F10."""
    if not Answer.objects.filter(pk=answer_id, seen_at=None).update(seen_at=clock.now()):
        raise Refused(NO_ALARM)
    tell(case=f"answer {answer_id}")
