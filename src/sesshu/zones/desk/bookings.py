"""An existing booking at the desk (予約番号の確認・取消・取消を戻す): told only to who names its code."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from sesshu.base import clock
from sesshu.outside.booking import gateway as booking
from sesshu.outside.booking import rules as booking_rules
from sesshu.outside.calls import gateway, rules
from sesshu.outside.calls.rules import Outcome
from sesshu.web import errors
from sesshu.web.guard import may
from sesshu.zones.desk.forms import CaseForm, ReceiptForm
from sesshu.zones.desk.sitting import Now, identified, note, page, remember, say_no


@may("case.prove")
@identified
def receipt(request: HttpRequest, now: Now) -> HttpResponse:
    """予約番号を聞く — until then the screen does not say whether there is a booking."""
    form = ReceiptForm(request.POST or None, initial={"case": now.case.number})
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["receipt"].open()
        if gateway.prove_booking(form.cleaned_data["request"], now.id, request.actor.code, code):
            return redirect("booking")
        say_no(request, rules.WRONG_RECEIPT, "stop")
        return redirect("receipt")
    return page(
        request,
        now,
        "case/receipt.html",
        at=3,
        script="receipt",
        form=form,
        failed=bool(form.errors),
        tries=rules.TRIES,
    )


@may("case.prove", methods=("GET", "HEAD"))
@identified
def show(request: HttpRequest, now: Now) -> HttpResponse:
    """予約の内容 — venue, day and time, now that the code was named."""
    shown = booking.show_bookings(now.id)
    if not shown:
        return redirect("receipt")
    mine = next(b for b in shown if b.proven)
    undo = mine.state == "cancelled" and mine.undo_until is not None and mine.undo_until > clock.now()
    said = [rules.spoken_slot(b.dose, b.on_date, b.at, b.venue) for b in shown]
    script, say = "booking", (*said, "変更でしょうか、お取り消しでしょうか。")
    if mine.state == "cancelled":
        script, say = ("cancelled", ()) if undo else ("booking", ("このご予約は取り消されています。",))
    elif mine.state != "active":
        say = ("このご予約は終わっています。",)
    return page(
        request,
        now,
        "case/booking.html",
        at=3,
        script=script,
        say=say,
        shown=shown,
        mine=mine,
        undo=undo,
        form=CaseForm(initial={"case": now.case.number}),
    )


@may("case.cancel")
@identified
def cancel(request: HttpRequest, now: Now) -> HttpResponse:
    """取り消す — asked once more; a second dose that hangs on it ends with it."""
    shown = booking.show_bookings(now.id)
    mine = next((b for b in shown if b.proven), None)
    if mine is None:
        return redirect("receipt")
    if request.method != "POST":
        if mine.state != "active":
            return redirect("booking")
        form = CaseForm(initial={"case": now.case.number})
        return page(
            request, now, "case/cancel.html", at=4, script="cancel", shown=shown, mine=mine, form=form
        )
    form = CaseForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    ended = booking.cancel(form.cleaned_data["request"], now.id, mine.receipt)
    if ended.refusal:
        say_no(request, ended.refusal)
    else:
        remember(request, done={}, cancelled=True)
    return redirect("booking")


@may("case.cancel", methods=("POST",))
@identified
def undo(request: HttpRequest, now: Now) -> HttpResponse:
    """取消を元に戻す — within ten minutes, into the old place."""
    form = CaseForm(request.POST)
    if not form.is_valid():
        return errors.bad_request(request)
    mine = next((b for b in booking.show_bookings(now.id) if b.proven), None)
    if mine is None:
        say_no(request, booking_rules.UNDO_OVER)
        return redirect("case")
    restored = booking.undo_cancel(form.cleaned_data["request"], now.id, mine.receipt)
    if restored.refusal:
        say_no(request, restored.refusal)
    else:
        remember(request, cancelled=False)
        note(request, "ok", "取消を元に戻しました。予約番号は前と同じです。")
    return redirect("booking")


def outcome_so_far(now: Now) -> Outcome:
    """What is ticked on the last page before the operator says otherwise."""
    done = Outcome.CANCELLED if now.notes.get("cancelled") else now.done.get("how", "")
    return rules.outcome_of(done, now.slip is not None, now.verdict, now.case.tries_left)
