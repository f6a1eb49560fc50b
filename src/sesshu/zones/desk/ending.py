"""Handing on and ending (引継票・窓口の案内・応対の終了)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sesshu.base import clock
from sesshu.base.machine import machine
from sesshu.bridge.slips import Slip, SlipKind, seal_slip
from sesshu.outside.booking.recognise import keys
from sesshu.outside.calls import gateway, rules
from sesshu.outside.calls.rules import Outcome
from sesshu.web.guard import may
from sesshu.zones.desk.bookings import outcome_so_far
from sesshu.zones.desk.forms import EndForm, SlipForm
from sesshu.zones.desk.sitting import Now, in_case, note, page, put_down, remember, say_no


@may("slip.put")
@in_case
def slip(request: HttpRequest, now: Now) -> HttpResponse:
    """引継票を書く — sealed here to the inside's key; nothing of it stays at the desk."""
    initial = {"case": now.case.number, "kind": _kind(request, now)}
    form = SlipForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        words = Slip(typed["kind"], typed["name"], typed["phone"], typed["words"])
        sealed = seal_slip(words, keys().recipient("inside"), now.case.number)
        put = gateway.put_slip(typed["request"], now.id, request.actor.code, sealed)
        if put.refusal:
            say_no(request, put.refusal)
            return redirect("case")
        remember(request, slip=put.number)
        return redirect("handed")
    return page(
        request,
        now,
        "case/slip.html",
        at=3,
        script="slip",
        form=form,
        failed=bool(form.errors),
        writing=True,
        earlier=now.slip,
    )


def _kind(request: HttpRequest, now: Now) -> str:
    """The kind that is chosen beforehand: what the link said, or that the caller was not identified."""
    asked = request.GET.get("kind", "")
    if asked in set(SlipKind):
        return asked
    return SlipKind.BOOKING if now.case.matched else SlipKind.IDENTITY


@may("slip.put", methods=("GET", "HEAD"))
@in_case
def handed(request: HttpRequest, now: Now) -> HttpResponse:
    """引き継ぎました — the number for the caller; the content cannot be read here any more."""
    if now.slip is None:
        return redirect("slip")
    say = ("承りました。", f"受付番号は {now.slip} 番です。", "区の担当から折り返しお電話します。")
    return page(request, now, "case/handed.html", at=5, script="handed", say=say)


@may("case.show", methods=("GET", "HEAD"))
@in_case
def centres(request: HttpRequest, now: Now) -> HttpResponse:
    """相談窓口の案内 — questions that the desk does not answer, with hours and number (minutes Q11, Q12)."""
    moment = clock.now()
    known = [(c, c.open_at(moment)) for c in rules.centres(machine().prefecture)]
    first = known[0][0]
    say = (
        "医学的なご質問は、専門の窓口でお答えしています。",
        f"{first.name}、電話番号は {first.phone}、",
        f"受付は{first.hours}です。",
    )
    return page(request, now, "case/centres.html", at=3, script="centres", say=say, centres=known)


@may("case.close")
@in_case
def end(request: HttpRequest, now: Now) -> HttpResponse:
    """応対を終える — with its outcome; the match ends with it, and the session forgets the case."""
    asked = request.GET.get("outcome", "")
    ticked = asked if asked in set(rules.CHOSEN_OUTCOMES) else outcome_so_far(now)
    form = EndForm(request.POST or None, initial={"case": now.case.number, "outcome": ticked})
    if request.method == "POST" and form.is_valid():
        outcome = Outcome(form.cleaned_data["outcome"])
        gateway.close_case(now.id, request.actor.code, outcome)
        put_down(request)
        note(request, "ok", f"応対 {now.case.number} を終えました（{rules.OUTCOME_WORDS[outcome]}）。")
        return redirect("home")
    return page(
        request, now, "case/end.html", at=5, script="end", form=form, failed=bool(form.errors), ticked=ticked
    )
