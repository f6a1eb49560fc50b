"""The beginning of a booking (予約のはじまり): ticket number and birth date; one answer for every failure."""

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from sesshu.base.errors import refusal, sentence_of
from sesshu.outside.booking import gateway
from sesshu.outside.booking.recognise import network_mark, recognise
from sesshu.web.guard import may
from sesshu.web.middleware import address_of
from sesshu.zones.public.draft import Draft
from sesshu.zones.public.forms import FindForm, StartForm

STEPS = [_("券番号"), _("会場"), _("日時"), _("確認"), _("完了")]

NOT_FOUND = refusal(
    "P01",
    "券番号と生年月日を確かめられませんでした。券と見くらべて、もういちど入力してください。"
    "何度入力しても進めないときは、お電話ください。",
    "wrong birth date, unknown, dead, withdrawn or locked number: one answer (P-04, R-03)",
)
BOOKING_NOT_FOUND = refusal(
    "P02",
    "予約を確かめられませんでした。予約番号、券番号、生年月日をもういちど入力してください。"
    "何度入力しても進めないときは、お電話ください。",
    "no booking for these three, or a locked number: one answer",
)


@may("booking.find")
def start(request: HttpRequest) -> HttpResponse:
    """はじめのページ — the two things that are printed on the ticket or known by heart."""
    form = StartForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft_id = uuid4()
        who = recognise(form.cleaned_data["ticket"], form.cleaned_data["born"])
        if gateway.find_subject(draft_id, who, network_mark(address_of(request))):
            Draft(request).begin(draft_id)
            return redirect("venue")
        form.add_error(None, NOT_FOUND.sentence)
    context = {"form": form, "failed": bool(form.errors), "steps": STEPS, "said": _said(request)}
    return render(request, "start.html", context)


def _said(request: HttpRequest) -> str:
    """A refusal left by a page that led back here, once."""
    code = Draft(request).said()
    return sentence_of(code) if code else ""


@may("booking.show")
def find(request: HttpRequest) -> HttpResponse:
    """予約を開く — receipt code, ticket number, birth date."""
    form = FindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        draft_id, data = uuid4(), form.cleaned_data
        who = recognise(data["ticket"], data["born"])
        code = data["receipt"].open()
        if gateway.find_booking(draft_id, who, code, network_mark(address_of(request))):
            Draft(request).begin(draft_id, proven=True)
            return redirect("mine")
        form.add_error(None, BOOKING_NOT_FOUND.sentence)
    context = {"form": form, "failed": bool(form.errors), "said": _said(request)}
    return render(request, "find.html", context)


@may("booking.find", methods=("POST",))
def end(request: HttpRequest) -> HttpResponse:
    """終了する — forget everything in this browser; on a shared computer the next visitor finds nothing."""
    Draft(request).end()
    response = redirect("start")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response
