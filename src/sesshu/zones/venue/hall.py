"""What every page of the hall shows (会場の共通): the hall, its stations, the rooms of the menu."""

import datetime as dt
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.base.errors import sentence_of
from sesshu.outside.visits import gateway
from sesshu.trust.access.matrix import Role

ROOMS = (
    ("check-in", "受付", {Role.RECEPTION}),
    ("walk-in", "予約のない方", {Role.RECEPTION}),
    ("precheck", "予診", {Role.DOCTOR}),
    ("dose", "接種の記録", {Role.RECORDER, Role.DOCTOR}),
    ("day", "本日の一覧", set(Role)),
    ("lots", "ロット", set(Role)),
)


def venue_of(request: HttpRequest) -> int:
    """The hall of this account; an account without a hall opens nothing (the page says so)."""
    return request.actor.venue_id or 0


def page(request: HttpRequest, template: str, room: str = "", **context: Any) -> HttpResponse:
    """Render a page of the hall with its stations and menu."""
    venue = venue_of(request)
    hall = gateway.show_venue(venue)
    lines = gateway.list_day(venue, clock.today())
    hours = gateway.count_day(venue, clock.today())
    return render(
        request,
        f"venue/{template}.html",
        {
            "hall": hall,
            "band_words": f"{hall.name}" if hall else "",
            "rooms": [
                (name, word, name == room) for name, word, roles in ROOMS if request.actor.role in roles
            ],
            "stations": stations(lines, hours),
            "today": clock.today(),
            **context,
        },
    )


def stations(lines: list[gateway.Line], hours: list[gateway.Hour]) -> list[tuple[str, int, str, bool]]:
    """(word, number, quiet line, most crowded) of the hall's stations, now."""
    now = clock.now()
    waiting = {"received": [line.received_at for line in lines if line.state == "received"]}
    waiting["go"] = [line.prechecked_at for line in lines if line.state == "go" and line.prechecked_at]
    observed = [x.given_at for x in lines if x.given_at and now - x.given_at < dt.timedelta(minutes=15)]
    given = sum(1 for line in lines if line.state == "given")
    booked = sum(h.booked for h in hours)
    longest = max(waiting, key=lambda s: len(waiting[s])) if any(waiting.values()) else ""

    def since(moments: list[dt.datetime]) -> str:
        return _("最長 %d分") % ((now - min(moments)).total_seconds() // 60) if moments else "–"

    leave = "–"
    if observed:
        out = min(observed) + dt.timedelta(minutes=15)
        leave = _("次の退出 %s") % out.astimezone(clock.TOKYO).strftime("%H:%M")
    return [
        (_("予診待ち"), len(waiting["received"]), since(waiting["received"]), longest == "received"),
        (_("接種待ち"), len(waiting["go"]), since(waiting["go"]), longest == "go"),
        (_("経過観察（15分）"), len(observed), leave, False),
        (_("本日の接種"), given, _("予約 %d・受付 %d") % (booked, sum(h.arrived for h in hours)), False),
    ]


def request_id(request: HttpRequest) -> uuid.UUID:
    """The form's own request id; a forged or missing one counts as a new request."""
    try:
        return uuid.UUID(request.POST.get("request", ""))
    except ValueError:
        return uuid.uuid4()


def verdict_of(code: str) -> dict[str, str]:
    """A refusal as a verdict: colour, word and sign."""
    return {"kind": "stop", "title": _("止めてください"), "words": sentence_of(code), "code": code}
