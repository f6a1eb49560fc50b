"""Pre-check and dose (予診と接種): by queue number; the dose only when ticket, birth date and visit agree."""

import datetime as dt
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base import clock
from sesshu.outside.visits import gateway
from sesshu.outside.visits.rules import STATE_WORDS
from sesshu.web.fields import day_in
from sesshu.web.guard import may
from sesshu.zones.venue.forms import DoseForm, PrecheckForm, QueueForm
from sesshu.zones.venue.hall import page, request_id, venue_of, verdict_of
from sesshu.zones.venue.reception import person


def _visit(
    request: HttpRequest, on: dt.date | None = None
) -> tuple[QueueForm, gateway.Visit | None, dict | None]:
    """The visit whose queue number stands in ``?queue=``; a verdict where there is none."""
    asked = "queue" in request.GET
    form = QueueForm(request.GET if asked else None)
    if not asked or not form.is_valid():
        return form, None, None
    visit = gateway.find_visit(venue_of(request), form.cleaned_data["queue"], on)
    if visit is None:
        words = _("この整理番号の方は受付されていません。番号札を確かめてください。")
        return form, None, {"kind": "stop", "title": _("見つかりません"), "words": words}
    return form, visit, None


@may("visit.show", post="visit.precheck")
def precheck(request: HttpRequest) -> HttpResponse:
    """予診 — the doctor's decision."""
    queue, visit, verdict = _visit(request)
    if request.method != "POST":
        verdict = request.session.pop("verdict", None) or verdict
    form = PrecheckForm(request.POST or None)
    if request.method == "POST" and visit and form.is_valid():
        data = form.cleaned_data
        said = gateway.precheck(
            request_id(request),
            visit.visit_id,
            venue_of(request),
            request.actor.code,
            data["outcome"],
            data["reason"],
        )
        if said.refusal:
            request.session["verdict"] = verdict_of(said.refusal)
        elif data["outcome"] == "go":
            request.session["verdict"] = {
                "kind": "ok",
                "title": _("接種へお進みください"),
                "words": _("予診の結果：接種できる"),
                "number": f"№ {visit.queue_no:03d}",
            }
        else:
            request.session["verdict"] = {
                "kind": "warn",
                "title": _("本日は予診のみです"),
                "words": _("出口の受付へお進みください"),
                "number": f"№ {visit.queue_no:03d}",
            }
        return redirect("precheck")
    return page(
        request, "precheck", "precheck", queue=queue, visit=visit, form=form, verdict=verdict,
        state=STATE_WORDS.get(visit.state, "") if visit else "", request_uuid=uuid.uuid4(), failed=bool(form.errors),
    )  # fmt: skip


@may("visit.show", post="visit.record_dose")
def dose(request: HttpRequest) -> HttpResponse:
    """接種の記録 — also afterwards from paper (``?on=`` a past day): given at, entered at and by whom all stay."""
    on = day_in(request.GET.get("on", "")) or clock.today()
    queue, visit, verdict = _visit(request, on)
    if request.method != "POST":
        verdict = request.session.pop("verdict", None) or verdict
    lots = [
        x
        for x in gateway.list_lots(venue_of(request))
        if x.state == "usable" and (not visit or x.product == visit.product)
    ]
    form = DoseForm(request.POST or None, lots=lots, initial={"lot": request.session.get("tray")})
    if request.method == "POST" and visit and form.is_valid():
        data = form.cleaned_data
        now = clock.now()
        given_at = dt.datetime.combine(on, data["given"], clock.TOKYO) if data["given"] else now
        done = gateway.record_dose(
            request_id(request), visit.visit_id, venue_of(request), request.actor.code, person(form), int(data["lot"]), given_at, data["site"], data["confirm_same"],
        )  # fmt: skip
        if done.refusal:
            verdict = verdict_of(done.refusal)
        else:
            request.session["tray"] = data["lot"]
            words = _("%(dose)d回目・%(time)s。15分間、席でお待ちください") % {
                "dose": visit.dose,
                "time": given_at.strftime("%H:%M"),
            }
            request.session["verdict"] = {
                "kind": "ok",
                "title": _("記録しました"),
                "words": words,
                "number": f"№ {visit.queue_no:03d}",
            }
            return redirect("dose")
    return page(
        request, "dose", "dose", queue=queue, visit=visit, form=form, verdict=verdict, on=on, late=on != clock.today(), lots=lots,
        state=STATE_WORDS.get(visit.state, "") if visit else "", request_uuid=uuid.uuid4(), failed=bool(form.errors),
    )  # fmt: skip
