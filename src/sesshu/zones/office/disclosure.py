"""The resident's own list (本人への開示): who used their data, when, why; on screen and on paper."""

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused
from sesshu.inside.accountability.disclosure import actions
from sesshu.inside.accountability.looks.rules import NOBODY_FOUND
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.models import Resident
from sesshu.web.fields import day_in
from sesshu.web.guard import may
from sesshu.zones.office import frame
from sesshu.zones.office.forms import DisclosureForm, PeriodForm
from sesshu.zones.office.frame import download, page, say_no
from sesshu.zones.office.walls import walled, warning


def start_of_year(today: dt.date) -> dt.date:
    """年度のはじめ — where a list begins if nobody says otherwise."""
    return dt.date(jdate.fiscal_year(today), 4, 1)


@may("disclosure.make")
def ask(request: HttpRequest) -> HttpResponse:
    """開示の求め — whose list, for which days."""
    today = clock.today()
    form = DisclosureForm(request.POST or None, initial={"from_on": start_of_year(today), "until_on": today})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = residents.find_by_reference(data["reference"])
        if found:
            request.session["period"] = [data["from_on"].isoformat(), data["until_on"].isoformat()]
            return redirect("disclosure-list", found.pk)
        form.add_error("reference", NOBODY_FOUND.sentence)
    return page(request, "disclosure_ask", "disclosure", form=form, failed=bool(form.errors))


@may("disclosure.make")
@walled
def show(request: HttpRequest, resident: Resident) -> HttpResponse:
    """開示の一覧 — GET shows it for the period last asked; POST changes the period."""
    if request.method == "POST":
        form = PeriodForm(request.POST)
        if form.is_valid():
            data = form.cleaned_data
            request.session["period"] = [data["from_on"].isoformat(), data["until_on"].isoformat()]
            return redirect("disclosure-list", resident.pk)
    else:
        form = PeriodForm(initial=dict(zip(("from_on", "until_on"), _period(request), strict=True)))
    first, last = _period(request)
    try:
        listed = actions.make(by=request.actor, resident_id=resident.pk, from_on=first, until_on=last)
    except Refused:  # protected in this very moment
        return warning(request, resident.pk)
    return page(
        request,
        "disclosure",
        "disclosure",
        listed=listed,
        resident=resident,
        form=form,
        entries=[(actions.moment(e.at), e.sentence, e.detail) for e in listed.entries],
        certain=actions.certain_words(listed.certainty),
        outside=actions.outside_words(listed.outside_until),
        may_show=frame.may(request, "resident.show"),
        failed=bool(form.errors),
    )


@may("disclosure.make", methods=("POST",))
@walled
def paper(request: HttpRequest, resident: Resident) -> HttpResponse:
    """開示の一覧のPDF."""
    first, last = _period(request)
    try:
        listed = actions.make(by=request.actor, resident_id=resident.pk, from_on=first, until_on=last)
        pdf = actions.print_list(listed)
    except Refused as no:
        say_no(request, no)
        return redirect("disclosure-list", resident.pk)
    return download(pdf, f"disclosure-{resident.pk}.pdf")


def _period(request: HttpRequest) -> tuple[dt.date, dt.date]:
    first, last = (day_in(text) for text in request.session.get("period", ["", ""]))
    today = clock.today()
    return first or start_of_year(today), last or today
