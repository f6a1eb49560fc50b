"""What every page of the office shows (予防接種担当の共通): the rooms with what waits, request ids, refusals."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html

from sesshu.base import logs
from sesshu.base.errors import Refused
from sesshu.inside.accountability import queries as waiting
from sesshu.trust.access import matrix
from sesshu.web.fields import day_in

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Room:
    """部屋 — a way of the band: URL name, word, the act that opens it, and what of it waits."""

    url: str
    word: str
    act: str
    waits: str = ""


ROOMS = (
    Room("plan", "計画", "plan.show"),
    Room("residents", "住民記録", "resident.find", "imports"),
    Room("tickets", "接種券", "ticket.show"),
    Room("mailing", "発送", "mailing.list"),
    Room("records", "記録", "record.show", "records"),
    Room("slips", "引継票", "slip.list", "slips"),
    Room("disclosure", "開示", "disclosure.make"),
    Room("bridge", "連携", "bridge.show", "bridge"),
)


def page(
    request: HttpRequest, template: str, room: str = "", *, status: int = 200, **context: Any
) -> HttpResponse:
    """Render a page of the office with its rooms. ``room``: URL name of the room where one stands."""
    counts = waiting.count_waiting()
    rooms = [
        (r.url, _word(r, getattr(counts, r.waits, 0) if r.waits else 0), r.url == room)
        for r in ROOMS
        if request.actor.may(matrix.get(r.act))
    ]
    context = {"rooms": rooms, "waiting": counts, "request_uuid": uuid.uuid4(), **context}
    return render(request, f"office/{template}.html", context, status=status)


def _word(room: Room, n: int) -> str:
    if not n:
        return room.word
    return format_html('{} <b class="waits">{}<span class="sr">件</span></b>', room.word, n)


def may(request: HttpRequest, act: str) -> bool:
    """True where the actor's role has this act; a page hides what it would refuse."""
    return request.actor.may(matrix.get(act))


def request_id(request: HttpRequest) -> uuid.UUID:
    """The form's own request id; a forged or missing one counts as a new request."""
    try:
        return uuid.UUID(request.POST.get("request", ""))
    except ValueError:
        return uuid.uuid4()


def say_no(request: HttpRequest, why: Refused) -> None:
    """A refusal as a note on the next page: the sentence, and the code that staff may quote."""
    log.info("refused", code=why.refusal.code)
    messages.error(request, f"{why.refusal.sentence}（{why.refusal.code}）", extra_tags="stop")


def say(request: HttpRequest, words: str) -> None:
    """A good answer as a note on the next page."""
    messages.success(request, words, extra_tags="ok")


def download(content: bytes, name: str) -> HttpResponse:
    """A PDF to be saved; its name holds a number, never a value of a person (FX-22)."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def day_of(request: HttpRequest) -> dt.date | None:
    """The day in ``?on=``; None where it is no day, or one that no calendar of ours holds."""
    found = day_in(request.GET.get("on", ""))
    return found if found and dt.date(2000, 1, 1) <= found <= dt.date(2100, 1, 1) else None
