"""The case page and the blind identity check (本人確認): the operator types what the caller says and hears yes or no."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sesshu.outside.booking import gateway as booking
from sesshu.outside.booking.recognise import recognise
from sesshu.outside.calls import gateway, rules
from sesshu.outside.calls.recognise import recognise_address
from sesshu.outside.calls.rules import Verdict
from sesshu.web.guard import may
from sesshu.zones.desk.forms import ByAddressForm, ByTicketForm, CaseForm
from sesshu.zones.desk.sitting import Now, in_case, page, remember

FORMS: dict[str, type[CaseForm]] = {"ticket": ByTicketForm, "address": ByAddressForm}


@may("case.show", methods=("GET", "HEAD"))
@in_case
def case(request: HttpRequest, now: Now) -> HttpResponse:
    """応対 — the identity check, or after a match what can be done for the caller."""
    if now.case.matched:
        return _matched(request, now)
    return _identify(request, now, None)


def _matched(request: HttpRequest, now: Now) -> HttpResponse:
    doses = booking.list_doses(now.id)
    return page(
        request,
        now,
        "case/matched.html",
        at=3,
        script="matched",
        doses=doses,
        opens_at=None if doses else booking.next_opening(now.id),
        answer=rules.ANSWERS[Verdict.MATCH],
    )


def _identify(request: HttpRequest, now: Now, form: CaseForm | None) -> HttpResponse:
    """``form``: what was typed, with its faults; else empty fields, and the answer to the last try."""
    by = request.GET.get("by") or now.notes.get("by") or "ticket"
    by = by if by in FORMS else "ticket"
    if form is not None:
        by = "address" if isinstance(form, ByAddressForm) else "ticket"
    heard, script = now.verdict, by
    if now.case.tries_left == 0:
        heard = script = Verdict.SPENT.value
    elif heard in (Verdict.NONE, Verdict.SEVERAL):
        script = heard
    elif heard == Verdict.MATCH:
        heard, script = "", "lapsed"
    return page(
        request,
        now,
        "case/identify.html",
        at=2,
        script=script,
        by=by,
        form=form or FORMS[by](initial={"case": now.case.number}),
        failed=bool(form and form.errors),
        answer=rules.ANSWERS.get(heard) if form is None else None,
        lapsed=script == "lapsed",
        tries=rules.TRIES,
        first=not heard and script != "lapsed" and now.case.tries_left == rules.TRIES,
    )


@may("case.match")
@in_case
def match(request: HttpRequest, now: Now) -> HttpResponse:
    """照合する — what was typed becomes hashes here and is forgotten; the answer is one of four words."""
    if request.method != "POST" or now.case.matched or now.case.tries_left == 0:
        return redirect("case")
    by = "address" if "address" in request.POST else "ticket"
    form = FORMS[by](request.POST)
    if not form.is_valid():
        return _identify(request, now, form)
    typed, operator = form.cleaned_data, request.actor.code
    if by == "ticket":
        who = recognise(typed["ticket"], typed["born"])
        heard = gateway.match_by_ticket(typed["request"], now.id, operator, who)
    else:
        asked = recognise_address(typed["address"], typed["born"])
        heard = gateway.match_by_address(typed["request"], now.id, operator, asked)
    remember(request, by=by, verdict=heard.verdict)
    return redirect("case")
