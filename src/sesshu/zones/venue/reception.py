"""Reception (受付): check-in, walk-in, taking a check-in back."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.base.errors import sentence_of
from sesshu.base.personal import Personal
from sesshu.outside.booking import gateway as booking
from sesshu.outside.booking.recognise import Recognised, recognise
from sesshu.outside.booking.rules import product_word
from sesshu.outside.visits import gateway
from sesshu.web.guard import may
from sesshu.zones.venue.forms import PersonForm
from sesshu.zones.venue.hall import page, request_id, venue_of, verdict_of

LANES = ("青", "緑", "黄", "赤")  # a lane by the hour: people follow the colour of the card they are given


def person(form: PersonForm) -> Recognised:
    """The keyed hashes of what was scanned and said; the values themselves end here."""
    return recognise(Personal(form.cleaned_data["scan"].open().ticket), form.cleaned_data["born"])


def lane(at: dt.time | None) -> str:
    return LANES[(at.hour * 2 + at.minute // 30) % len(LANES)] if at else LANES[0]


def good(done: gateway.CheckedIn) -> dict:
    words = _("受付しました。%(dose)d回目・%(at)s の予約・%(lane)sの札") % {
        "dose": done.dose or 0,
        "at": done.at.strftime("%H:%M") if done.at else "–",
        "lane": lane(done.at),
    }
    return {
        "kind": "ok",
        "title": _("予診へお進みください"),
        "words": words,
        "number": f"№ {done.queue_no:03d}",
    }


@may("visit.check_in")
def check_in(request: HttpRequest) -> HttpResponse:
    """受付 — scan the ticket, ask the birth date, give a queue number."""
    form = PersonForm(request.POST or None)
    verdict = request.session.pop("verdict", None) if request.method != "POST" else None
    if request.method == "POST" and form.is_valid():
        done = gateway.check_in(request_id(request), venue_of(request), request.actor.code, person(form))
        if done.refusal is None:
            request.session["verdict"] = good(done) | {"visit": str(done.visit_id)}
        elif done.refusal == "C03":
            request.session["verdict"] = {
                "kind": "warn", "title": _("受付済みです"), "words": sentence_of("C03"), "number": f"№ {done.queue_no:03d}", "visit": str(done.visit_id),
            }  # fmt: skip
        else:
            request.session["verdict"] = verdict_of(done.refusal)
        return redirect("check-in")
    hours = gateway.count_day(venue_of(request), clock.today())
    return page(
        request,
        "check_in",
        "check-in",
        form=form,
        verdict=verdict,
        hours=hours,
        request_uuid=uuid.uuid4(),
        failed=bool(form.errors),
    )


@may("visit.cancel_check_in", methods=("POST",))
def cancel(request: HttpRequest) -> HttpResponse:
    """受付の取消 — a slip of the hand at reception."""
    try:
        visit = uuid.UUID(request.POST.get("visit", ""))
    except ValueError:
        return redirect("check-in")
    said = gateway.cancel_check_in(request_id(request), visit, venue_of(request), request.actor.code)
    if said.refusal:
        request.session["verdict"] = verdict_of(said.refusal)
    else:
        messages.success(request, _("受付を取り消しました。予約は残っています。"))
    return redirect("check-in")


@may("visit.walk_in")
def walk_in(request: HttpRequest) -> HttpResponse:
    """予約のない方 — a person without a booking takes a free place of today and is received at once."""
    venue, today = venue_of(request), clock.today()
    form = PersonForm(request.POST if request.POST.get("step") == "person" else None)
    draft = request.session.get("walk_in")
    verdict = request.session.pop("verdict", None) if request.method != "POST" else None
    if request.method == "POST" and request.POST.get("step") == "person" and form.is_valid():
        who, holder = person(form), uuid.uuid4()
        if booking.find_subject(holder, who, None, request.actor.code):
            # The hashes are kept for the one step that follows; they lead to nobody without the keys.
            request.session["walk_in"] = {"holder": str(holder), "act": who.act.hex(), "try": who.try_.hex()}
        else:
            request.session["verdict"] = verdict_of("C02")
        return redirect("walk-in")
    if request.method == "POST" and request.POST.get("step") == "time" and draft:
        return _take(request, draft, venue)
    times = []
    if draft:
        holder = uuid.UUID(draft["holder"])
        for dose in booking.list_doses(holder)[:1]:
            times = [
                (dose.dose, t, product_word(t.product))
                for t in booking.list_times(holder, dose.dose, venue, today)
                if t.mark != "full"
            ]
    return page(
        request,
        "walk_in",
        "walk-in",
        form=form,
        draft=draft,
        times=times,
        verdict=verdict,
        request_uuid=uuid.uuid4(),
        failed=bool(form.errors),
    )


def _take(request: HttpRequest, draft: dict, venue: int) -> HttpResponse:
    request.session.pop("walk_in", None)
    slot = request.POST.get("slot", "")
    dose, _sep, slot_id = slot.partition(":")
    if not (dose.isdigit() and slot_id.isdigit()):
        return redirect("walk-in")
    asked = request_id(request)
    booked = booking.book(asked, uuid.UUID(draft["holder"]), int(dose), int(slot_id))
    if booked.refusal:
        request.session["verdict"] = {
            "kind": "stop",
            "title": _("予約できませんでした"),
            "words": sentence_of(booked.refusal),
        }
        return redirect("walk-in")
    who = Recognised(bytes.fromhex(draft["act"]), bytes.fromhex(draft["try"]))
    done = gateway.check_in(uuid.uuid5(asked, "check-in"), venue, request.actor.code, who)
    request.session["verdict"] = verdict_of(done.refusal) if done.refusal else good(done)
    return redirect("check-in")
