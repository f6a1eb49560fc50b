"""The first page, the blank page, and beginning a case (はじめのページ・離席・応対の開始)."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sesshu.outside.calls import gateway, rules
from sesshu.web import errors
from sesshu.web.guard import may
from sesshu.zones.desk import sitting
from sesshu.zones.desk.forms import RequestForm

_REMEMBERED = 40  # requests of begun cases: an old start page begins nothing anew


@may("case.list", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """応対を始める — and the operator's own cases of today: numbers, outcomes, slips; nobody's name."""
    mine = gateway.list_my_cases(request.actor.code)
    rows = [(m, rules.OUTCOME_WORDS.get(m.outcome, "")) for m in mine]
    numbers = {m.number: m.outcome for m in mine}
    counts = Counter(o for o in numbers.values() if o)
    context = {
        "form": RequestForm(),
        "now": sitting.current(request),
        "rows": rows,
        "total": len(numbers),
        "counts": [(rules.OUTCOME_WORDS[o], counts[o]) for o in rules.Outcome if counts[o]],
        "waiting": sum(m.slip_state == "waiting" for m in mine),
    }
    return sitting.blanking(render(request, "home.html", context))


@may("case.open", methods=("POST",))
def start(request: HttpRequest) -> HttpResponse:
    """応対を始める — a case of its own for each call; an open one ends with it."""
    form = RequestForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    asked = form.cleaned_data["request"]
    begun = request.session.get("begun", [])
    if str(asked) in begun:  # a doubled click, or the page of an earlier case
        return redirect("case")
    opened = gateway.open_case(asked, request.actor.code)
    if opened is None:
        return errors.bad_request(request)
    request.session["begun"] = [*begun, str(asked)][-_REMEMBERED:]
    sitting.take_up(request, opened.case_id)
    return redirect("case")


@may("home.show", methods=("GET", "HEAD"))
def away(request: HttpRequest) -> HttpResponse:
    """離席 — nothing to see; leads back to where the operator was. The session ends half an hour later by itself."""
    return render(request, "away.html", {"back": "case" if "case" in request.session else "home"})
