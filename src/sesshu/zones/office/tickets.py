"""Tickets (接種券): issued for all, reissued for one, shown once, printed on a sheet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused
from sesshu.bridge import queries as bridge
from sesshu.inside.mailing.sheets import actions as sheets
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.entitlements import queries as entitlements
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents import words
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.tickets import actions, queries
from sesshu.inside.tickets.rules import Reason, reason_word
from sesshu.web.guard import may
from sesshu.zones.office.forms import ReasonForm
from sesshu.zones.office.frame import download, page, say, say_no
from sesshu.zones.office.walls import walled, warning


@may("ticket.show", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """接種券 — how many of each programme are good, dead, not issued yet."""
    rows = [
        (p, queries.count_tickets(p.code), queries.count_waiting(p.code)) for p in planning.list_programmes()
    ]
    return page(request, "tickets", "tickets", rows=rows)


@may("ticket.issue")
def issue(request: HttpRequest, programme: str) -> HttpResponse:
    """一括発行 — the counts first. Who has a ticket is passed over, so a doubled click issues nothing twice."""
    found = next((p for p in planning.list_programmes() if p.code == programme), None)
    if found is None:
        raise Http404
    if request.method == "POST":
        try:
            n = actions.issue(by=request.actor, programme=programme)
        except Refused as no:
            say_no(request, no)
        else:
            say(
                request,
                _("%s人分の券番号を割り当てました。庁外への送付は順に進みます。") % f"{n:,}"
                if n
                else _("新しく割り当てる方はいませんでした。"),
            )
        return redirect("tickets")
    return page(
        request,
        "ticket_issue",
        "tickets",
        programme=found,
        counts=queries.count_tickets(programme),
        waiting_for_one=queries.count_waiting(programme),
        entitled=entitlements.count_entitled(programme),
    )


@may("ticket.reissue")
@walled
def reissue(request: HttpRequest, resident: Resident, programme: str) -> HttpResponse:
    """再発行、または一人への発行 — the form names the ticket that it ends; the same form again finds the new one."""
    found = next((p for p in planning.list_programmes() if p.code == programme), None)
    if found is None:
        raise Http404
    live = queries.find_live(resident.pk, programme)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _give(request, resident, programme, live, Reason(form.cleaned_data["reason"]))
    return page(
        request,
        "reissue",
        "residents",
        resident=resident,
        name=words.shown_name(resident),
        programme=found,
        live=live,
        form=form,
        failed=bool(form.errors),
    )


def _give(
    request: HttpRequest, resident: Resident, programme: str, live: queries.TicketRow | None, reason: Reason
) -> HttpResponse:
    ends = request.POST.get("ends", "")
    if ends != (str(live.id) if live else ""):
        # This form was used already, or somebody else was faster: show what there is now.
        return _already(request, resident, live)
    try:
        if live:
            made = actions.reissue(
                by=request.actor, resident_id=resident.pk, programme=programme, reason=reason
            )
        else:
            made = actions.issue_one(by=request.actor, resident_id=resident.pk, programme=programme)
    except Refused as no:
        if no.refusal.code in ("T01", "T04"):
            return _already(request, resident, queries.find_live(resident.pk, programme))
        say_no(request, no)
        return redirect("resident", resident.pk)
    request.session["new_ticket"] = made.id
    return redirect("ticket", made.id)


def _already(request: HttpRequest, resident: Resident, live: queries.TicketRow | None) -> HttpResponse:
    if live is None:
        say(request, _("この方の接種券は無効になっています。状態を確かめてください。"))
        return redirect("resident", resident.pk)
    say(request, _("この手続は済んでいます。番号は二度は作りません。"))
    return redirect("ticket", live.id)


@may("ticket.show", methods=("GET", "HEAD"))
def show(request: HttpRequest, ticket: int) -> HttpResponse:
    """接種券の状態 — the number once, right after it was made; then the sheet."""
    held = queries.find_ticket(ticket)
    resident = residents.find_resident(held.resident_id) if held else None
    if held is None or resident is None:
        raise Http404
    if resident.protected:
        return warning(request, resident.pk)
    fresh = request.session.pop("new_ticket", None) == ticket
    old = queries.find_ticket(held.row.replaces) if held.row.replaces else None
    old_trace = bridge.last_about({"tries": [old.try_hash.hex()]}) if old else None
    title = next(
        (p.title for p in planning.list_programmes() if p.code == held.row.programme), held.row.programme
    )
    return page(
        request,
        "ticket",
        "tickets",
        ticket=held.row,
        title=title,
        resident=resident,
        number=held.row.number if fresh else "",
        void_word=reason_word(held.row.void_reason),
        old=old,
        old_word=reason_word(old.row.void_reason) if old else "",
        old_trace=old_trace,
        slip=request.session.get("slip"),
    )


@may("sheet.make", methods=("POST",))
def sheet(request: HttpRequest, ticket: int) -> HttpResponse:
    """接種券のシート — A4, one page; its file name holds the ticket's own id, not its number."""
    held = queries.find_ticket(ticket)
    resident = residents.find_resident(held.resident_id) if held else None
    if held is None or resident is None:
        raise Http404
    if resident.protected:
        return warning(request, resident.pk)
    try:
        pdf = sheets.make_one(by=request.actor, ticket_id=ticket)
    except Refused as no:
        say_no(request, no)
        return redirect("ticket", ticket)
    return download(pdf, f"sheet-{ticket}.pdf")
