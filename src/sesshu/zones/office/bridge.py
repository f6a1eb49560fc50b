"""The bridge as the office sees it (連携の状態): numbers both ways, what is outside since when, alarms, answers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused, sentence_of
from sesshu.bridge import queries, refusals  # noqa: F401  (the sentences of X codes)
from sesshu.inside.accountability import queries as waiting
from sesshu.inside.accountability.alarms import actions
from sesshu.inside.accountability.disclosure.words import ZONE_WORDS
from sesshu.inside.tickets.rules import reason_word
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.frame import page, say, say_no

TYPE_WORDS = {
    "slot.put": "予約枠",
    "session.put": "開設時間帯",
    "venue.put": "会場",
    "programme.put": "接種事業",
    "interval.rows": "間隔表",
    "subject.put": "対象者",
    "subject.rows": "対象者（一括）",
    "subject.withdraw": "対象者の取下げ",
    "entitlement.rows": "予約資格（一括）",
    "number.dead": "無効な番号",
    "member.put": "従事者",
    "lot.put": "ロット",
    "delivery.put": "納入",
    "slip.receipt": "引継票の受領",
}
# Codes of the outside, which this building does not load.
ANSWER_WORDS = {
    "B12": "席の数が、すでにある予約より少なくなっています。予約を移すか、席を増やしてください。",
}


@may("bridge.show", methods=("GET", "HEAD"))
def show(request: HttpRequest) -> HttpResponse:
    """連携の状態."""
    alarms = [(a, sentence_of(a.code)) for a in queries.list_alarms()]
    answers = [
        (a, TYPE_WORDS.get(a.type, a.type), ANSWER_WORDS.get(a.code, sentence_of(a.code)), _ids(a.ids))
        for a in waiting.list_answers()
    ]
    return page(
        request,
        "bridge",
        "bridge",
        streams=queries.streams(),
        alarms=alarms,
        answers=answers,
        tripwires=[
            (t, ZONE_WORDS.get(t.zone, t.zone), reason_word(t.void_reason)) for t in waiting.list_tripwires()
        ],
        may_show=frame.may(request, "ticket.show"),
        may_clear=frame.may(request, "alarm.clear"),
    )


@may("alarm.clear", methods=("POST",))
def clear(request: HttpRequest, alarm: int) -> HttpResponse:
    """警報に対応済みの印をつける."""
    try:
        actions.clear(by=request.actor, alarm_id=alarm)
    except Refused as no:
        say_no(request, no)
    else:
        say(request, _("対応済みの印をつけました。"))
    return redirect("bridge")


@may("alarm.clear", methods=("POST",))
def see(request: HttpRequest, answer: int) -> HttpResponse:
    """庁外の断りに対応済みの印をつける."""
    try:
        actions.see(by=request.actor, answer_id=answer)
    except Refused as no:
        say_no(request, no)
    else:
        say(request, _("対応済みの印をつけました。"))
    return redirect("bridge")


def _ids(ids: object) -> str:
    return "、".join(map(str, ids)) if isinstance(ids, list) else str(ids)
