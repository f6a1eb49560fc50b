"""Choosing a hall, a day and an hour, checking, booking (会場・日時を選んで予約する).

The same pages serve for moving a booking. Every form is answered by a redirect, so that reloading or going back
sends nothing twice; what is sent twice all the same carries the same request id.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from itertools import groupby
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sesshu.base.errors import sentence_of
from sesshu.base.numbers import show_receipt
from sesshu.outside.booking import gateway, rules
from sesshu.outside.booking.recognise import receipt_code
from sesshu.web.fields import day_in
from sesshu.web.guard import may
from sesshu.zones.public import calendar
from sesshu.zones.public.draft import Draft
from sesshu.zones.public.start import STEPS


def with_draft(view: Callable) -> Callable:
    """Pages that need a recognised visitor; without one the way leads to the start."""

    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        draft = Draft(request)
        if not draft.alive:
            return _to_start(draft)
        return view(request, draft, *args, **kwargs)

    return opened


def _to_start(draft: Draft) -> HttpResponse:
    if draft.expired:
        draft.end()
        draft.say(rules.EXPIRED.code)
    return redirect("start")


def _page(request: HttpRequest, draft: Draft, name: str, at: int, **context: object) -> HttpResponse:
    code = draft.said()
    context |= {"steps": STEPS, "at": at, "moving": draft.moving is not None, "dose": draft.dose}
    return render(request, name, context | {"said": sentence_of(code) if code else ""})


@may("booking.look")
@with_draft
def venue(request: HttpRequest, draft: Draft) -> HttpResponse:
    """会場を選ぶ — each hall with its first free day."""
    if not draft.moving and not _dose(draft):
        return _page(request, draft, "nothing.html", 2, opens_at=gateway.next_opening(draft.id))
    venues = gateway.list_venues(draft.id, draft.dose)
    if request.method == "POST":
        wanted = request.POST.get("venue", "")
        if wanted in {str(v.venue_id) for v in venues}:
            draft.choose_venue(int(wanted))
            return redirect("time")
        return _page(request, draft, "venue.html", 2, venues=venues, failed=_("会場を選んでください。"))
    if not venues:
        return _page(request, draft, "nothing.html", 2)
    first = min((v.first_free for v in venues if v.first_free), default=None)
    return _page(request, draft, "venue.html", 2, venues=venues, first=first, chosen=draft.venue)


def _dose(draft: Draft) -> bool:
    """Keep the dose that may be booked now; False where there is none. Says nothing of what was given before."""
    doses = gateway.list_doses(draft.id)
    if doses:
        draft.choose_dose(doses[0].dose, doses[0].with_next)
    return bool(doses)


@may("booking.look")
@with_draft
def time(request: HttpRequest, draft: Draft) -> HttpResponse:
    """日時を選ぶ — days as ○ △ ×, then the hours of one day, the second dose beside them."""
    if draft.venue is None:
        return redirect("venue")
    days = gateway.list_days(draft.id, draft.dose, draft.venue)
    hall = next((v for v in gateway.list_venues(draft.id, draft.dose) if v.venue_id == draft.venue), None)
    if not days or not hall:
        return redirect("venue")
    on = _day(request, days)
    times = gateway.list_times(draft.id, draft.dose, draft.venue, on, pair=draft.with_next) if on else []
    failed = ""
    if request.method == "POST":
        wanted = next((t for t in times if str(t.slot_id) == request.POST.get("slot")), None)
        if wanted and wanted.mark != "full":
            both = request.POST.get("both") != "no"
            draft.choose_places(wanted.slot_id, wanted.slot2_id if both else None)
            return redirect("check")
        failed = sentence_of("B02") if wanted else _("時間を選んでください。")
    shown = on or days[0].on_date
    of_month = [d for d in days if _month(d.on_date) == _month(shown)]
    context = {"hall": hall, "months": _months(days, shown), "days": of_month, "on": on, "times": times}
    context |= {"month": shown, "failed": failed}
    context |= {"pairs_there": any(t.slot2_id for t in times), "with_next": draft.with_next}
    context |= {"chosen": draft.slot, "one": request.POST.get("both") == "no"}
    return _page(request, draft, "time.html", 3, **context)


def _day(request: HttpRequest, days: list[gateway.Day]) -> dt.date | None:
    """The day asked for, if the hall has it; else the first with a place."""
    asked = day_in(request.POST.get("on") or request.GET.get("on", ""))
    if asked and any(d.on_date == asked for d in days):
        return asked
    return next((d.on_date for d in days if d.mark != "full"), None)


def _month(day: dt.date) -> tuple[int, int]:
    return day.year, day.month


def _months(days: list[gateway.Day], shown: dt.date) -> list[tuple[str, dt.date, bool]]:
    """Months of the hall as (12月, the day to jump to, is it shown): the first day with a place, else the first."""
    found = []
    for month, of_it in groupby(days, lambda d: _month(d.on_date)):
        these = list(of_it)
        jump = next((d.on_date for d in these if d.mark != "full"), these[0].on_date)
        found.append((f"{month[1]}月", jump, month == _month(shown)))
    return found


@may("booking.look", post="booking.book")
@with_draft
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """内容を確かめる — nothing is booked before the button at the foot is pressed."""
    if draft.places is None:
        return redirect("venue")
    asked, first, second = draft.places
    if draft.done is not None and draft.done.request == asked:
        return redirect("done")  # the back button, a second tab: "not yet booked" would be untrue
    if request.method == "POST":
        if request.POST.get("request") != str(asked):
            return redirect("check")  # the form of an older choice: show the present one
        return _book(draft, asked, first, second)
    slot = gateway.show_slot(first)
    slot2 = gateway.show_slot(second) if second else None
    if slot is None:
        raise Http404
    return _page(request, draft, "check.html", 4, slot=slot, slot2=slot2, asked=asked)


def _book(draft: Draft, asked: UUID, first: int, second: int | None) -> HttpResponse:
    if draft.moving:
        answer = gateway.move(asked, draft.id, draft.moving, first, second)
    else:
        answer = gateway.book(asked, draft.id, draft.dose, first, second)
    if answer.refusal is None:
        draft.finish()
        return redirect("done")
    if answer.refusal == rules.EXPIRED.code:
        draft.end()
    draft.say(answer.refusal)
    if answer.refusal in rules.CHOOSE_AGAIN:
        return redirect("time")
    if answer.refusal in (rules.NOT_YOURS.code, rules.AT_THE_HALL.code):
        return redirect("mine")
    return redirect("start")


@may("booking.look", methods=("GET", "HEAD"))
def done(request: HttpRequest) -> HttpResponse:
    """完了 — the receipt code, large; the only place where it is shown."""
    draft = Draft(request)
    made = draft.done
    if made is None:
        return _to_start(draft)
    slot = gateway.show_slot(made.slot)
    slot2 = gateway.show_slot(made.slot2) if made.slot2 else None
    code = show_receipt(receipt_code(made.request))
    context = {"slot": slot, "slot2": slot2, "code": code, "moved": made.moved}
    return _page(request, draft, "done.html", 5, **context)


@may("booking.look", methods=("GET", "HEAD"))
def done_calendar(request: HttpRequest) -> HttpResponse:
    """カレンダー — the places as a file that calendars read; without receipt code, name or number."""
    made = Draft(request).done
    if made is None:
        raise Http404
    slots = [s for s in (gateway.show_slot(n) for n in (made.slot, made.slot2) if n) if s]
    response = HttpResponse(calendar.file(slots, made.request), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="yoyaku.ics"'
    return response
