"""One's own booking, opened with its receipt code (自分の予約): look, change, cancel, undo."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from sesshu.base import clock
from sesshu.base.errors import sentence_of
from sesshu.outside.booking import gateway, rules
from sesshu.web.guard import may
from sesshu.zones.public.draft import Draft


def with_proof(view: Callable) -> Callable:
    """Pages that need a receipt code shown before; without one the way leads to the page that asks for it."""

    @wraps(view)
    def opened(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        draft = Draft(request)
        if not draft.proven:
            if draft.expired:
                draft.end()
                draft.say(rules.EXPIRED.code)
            return redirect("find")
        return view(request, draft, *args, **kwargs)

    return opened


def _chosen(request: HttpRequest, draft: Draft) -> tuple[gateway.Booking | None, list[gateway.Booking]]:
    """The booking that the form or address names by its dose, and all that the receipt code proves."""
    rows = gateway.show_bookings(draft.id)
    dose = request.POST.get("dose") or request.GET.get("dose", "")
    return next((b for b in rows if str(b.dose) == dose), None), rows


@may("booking.show", methods=("GET", "HEAD"))
@with_proof
def mine(request: HttpRequest, draft: Draft) -> HttpResponse:
    """予約の内容 — what the receipt code proves, each with what can be done."""
    rows = gateway.show_bookings(draft.id)
    now = clock.now()
    undo = next((b for b in rows if b.undo_until and b.undo_until > now), None)
    code = draft.said()
    context = {"rows": rows, "undo": undo, "said": sentence_of(code) if code else ""}
    context["active"] = [b for b in rows if b.state == "active"]
    return render(request, "mine.html", context)


@may("booking.move", methods=("POST",))
@with_proof
def move(request: HttpRequest, draft: Draft) -> HttpResponse:
    """変更する — on to the pages for choosing; the old booking lives until the new one is certain."""
    booking, rows = _chosen(request, draft)
    if booking is None or booking.state != "active":
        draft.say(rules.NOT_YOURS.code)
        return redirect("mine")
    after = any(b.dose == booking.dose + 1 and b.state == "active" for b in rows)
    draft.move(booking.receipt, booking.dose, after)
    return redirect("venue")


@may("booking.move", methods=("POST",))
@with_proof
def keep(request: HttpRequest, draft: Draft) -> HttpResponse:
    """変更をやめる — the booking stays as it was."""
    draft.keep()
    return redirect("mine")


@may("booking.cancel")
@with_proof
def cancel(request: HttpRequest, draft: Draft) -> HttpResponse:
    """取り消す — asks once more; afterwards it can be undone for ten minutes."""
    booking, rows = _chosen(request, draft)
    if booking is None or (booking.state != "active" and request.method != "POST"):
        draft.say(rules.NOT_YOURS.code)
        return redirect("mine")
    if request.method == "POST":
        answer = gateway.cancel(draft.ending("cancel", booking.booking_id), draft.id, booking.receipt)
        if answer.refusal:
            draft.say(answer.refusal)
        else:
            draft.forget_ending("undo", booking.booking_id)
        return redirect("mine")
    with_it = [b for b in rows if b.dose > booking.dose and b.state == "active"]
    return render(request, "cancel.html", {"booking": booking, "with_it": with_it})


@may("booking.undo_cancel", methods=("POST",))
@with_proof
def undo(request: HttpRequest, draft: Draft) -> HttpResponse:
    """取消を元に戻す — within ten minutes."""
    booking, _rows = _chosen(request, draft)
    if booking is None:
        return redirect("mine")
    answer = gateway.undo_cancel(draft.ending("undo", booking.booking_id), draft.id, booking.receipt)
    if answer.refusal:
        draft.say(answer.refusal)
    else:
        draft.forget_ending("cancel", booking.booking_id)
    return redirect("mine")
