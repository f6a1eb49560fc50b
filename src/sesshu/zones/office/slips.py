"""Hand-off slips (引継票): taken, read, worked on beside the resident's record, closed or handed to the section."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused
from sesshu.bridge.slips import KIND_WORDS
from sesshu.inside.accountability.slips import actions, queries
from sesshu.inside.accountability.slips.rules import OUTCOMES, STATE_WORDS, State
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.models import Resident
from sesshu.web.guard import may
from sesshu.zones.office.forms import OutcomeForm
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.walls import warning

_KINDS = {State.NEW: "warn", State.TAKEN: "ok", State.DONE: "idle", State.HANDED: "idle"}
STATE_TAGS = {str(state): (_KINDS[state], word) for state, word in STATE_WORDS.items()}


@may("slip.list", methods=("GET", "HEAD"))
def index(request: HttpRequest) -> HttpResponse:
    """引継票の一覧 — numbers and states; no word of a caller."""
    rows = [(s, *STATE_TAGS[s.state], _outcome(s.outcome)) for s in queries.list_slips(limit=100)]
    waiting = [row for row in rows if row[0].state in (State.NEW, State.TAKEN)]
    ended = [row for row in rows if row[0].state not in (State.NEW, State.TAKEN)]
    return page(request, "slips", "slips", waiting_rows=waiting, ended=ended)


@may("slip.list", post="slip.take")
def show(request: HttpRequest, slip: int) -> HttpResponse:
    """引継票 — POST takes it; its words are shown to who took it, and each time that is written down."""
    row = queries.find_slip(slip)
    if row is None:
        raise Http404
    resident = _resident_of(row)
    if resident is not None and resident.protected:
        return warning(request, resident.pk, slip if row.state in (State.NEW, State.TAKEN) else None)
    if request.method == "POST":
        try:
            actions.take(by=request.actor, number=slip)
        except Refused as no:
            say_no(request, no)
        else:
            request.session["slip"] = slip
        return redirect("slip", slip)
    words = None
    mine = row.state == State.TAKEN and row.taken_by == request.actor.code
    if mine:
        try:
            words = actions.take(by=request.actor, number=slip)
        except Refused as no:
            say_no(request, no)
        request.session["slip"] = slip
    kind, word = STATE_TAGS[row.state]
    return page(
        request,
        "slip",
        "slips",
        row=row,
        tag=(kind, word),
        words=words,
        kind_word=KIND_WORDS.get(words.kind, "") if words else "",
        mine=mine,
        resident=resident,
        form=OutcomeForm(),
        outcome=_outcome(row.outcome),
    )


@may("slip.close", methods=("POST",))
def close(request: HttpRequest, slip: int) -> HttpResponse:
    """引継票を終える — with what was done; its words are destroyed."""
    row = queries.find_slip(slip)
    if row is None:
        raise Http404
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        say_no_outcome(request, form)
        return redirect("slip", slip)
    resident = _resident_of(row)
    try:
        actions.close(
            by=request.actor,
            number=slip,
            outcome=form.cleaned_data["outcome"],
            resident_id=resident.pk if resident else None,
        )
    except Refused as no:
        say_no(request, no)
        return redirect("slip", slip)
    if request.session.get("slip") == slip:
        del request.session["slip"]
    say(request, _("引継票 %s を終えました。申出者の言葉は消しました。") % slip)
    return redirect("slips")


def say_no_outcome(request: HttpRequest, form: OutcomeForm) -> None:
    """The form's own words as a note."""
    from django.contrib import messages

    for error in form.errors.get("outcome", []):
        messages.error(request, error, extra_tags="stop")


def _outcome(code: str) -> str:
    return OUTCOMES.get(code, "所管課へ引き継いだ" if code == "handed" else code)


def _resident_of(row: queries.SlipRow) -> Resident | None:
    """The resident whom the desk had recognised, if it had."""
    holder = ledger.find_holder(row.subject_id) if row.subject_id else None
    return residents.find_resident(holder) if holder else None
