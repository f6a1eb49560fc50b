"""Correcting the ledger, and finding the owner of a loose record (接種記録の訂正): two people type the same."""

import datetime as dt
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused
from sesshu.inside.accountability.looks.queries import product_names
from sesshu.inside.accountability.looks.rules import NOBODY_FOUND
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.ledger import actions, queries
from sesshu.inside.records.ledger.queries import LedgerLine
from sesshu.inside.records.ledger.rules import WITHOUT_NEW_LINE, Correction, Reason
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents import words
from sesshu.web.guard import may
from sesshu.zones.office.forms import DAY, ReferenceField
from sesshu.zones.office.frame import page, say
from sesshu.zones.office.walls import warning

REASON_WORDS = {
    Reason.WRONG_LOT: "ロット番号の誤り",
    Reason.WRONG_PRODUCT: "ワクチンの取違え",
    Reason.WRONG_DAY: "接種日の誤り",
    Reason.WRONG_DOSE: "回数の誤り",
    Reason.WRONG_PERSON: "別の方の記録だった（取り消す）",
    Reason.NOT_GIVEN: "接種していなかった（取り消す）",
}


class DoseField(forms.IntegerField):
    """回数."""

    def __init__(self, **kwargs):
        look = {"inputmode": "numeric", "autocomplete": "off", "class": "num short"}
        options = {
            "label": gettext_lazy("回数"),
            "min_value": 1,
            "max_value": 9,
            "widget": forms.TextInput(attrs=look),
            "error_messages": {"required": gettext_lazy("回数を入力してください。")},
        }
        super().__init__(**options | kwargs)


class CorrectForm(forms.Form):
    """訂正の内容 — what the line should say. The second person types it anew."""

    reason = forms.ChoiceField(
        label=gettext_lazy("訂正の理由"),
        choices=[(str(r), word) for r, word in REASON_WORDS.items()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("理由を選んでください。")},
    )
    product = forms.ChoiceField(label=gettext_lazy("ワクチン"), required=False)
    lot_no = forms.CharField(
        label=gettext_lazy("製造番号"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )
    dose = DoseField(required=False)
    given_on = forms.DateField(
        label=gettext_lazy("接種日"),
        required=False,
        widget=forms.DateInput(attrs=DAY | {"class": "num"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("日付を確かめてください。")},
    )

    def __init__(self, *args, products: dict[str, str], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = list(products.items())

    def clean(self):
        data = super().clean()
        if data.get("reason") and Reason(data["reason"]) not in WITHOUT_NEW_LINE:
            for name in ("product", "lot_no", "dose", "given_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(
                        name, _("正しい内容を入力してください。変わらない項目も、そのまま入力します。")
                    )
        return data


class OwnerForm(forms.Form):
    """記録の持ち主."""

    reference = ReferenceField(label=gettext_lazy("持ち主の宛名番号"))
    dose = DoseField()


@may("record.correct")
def correct(request: HttpRequest, record: UUID) -> HttpResponse:
    """接種記録の訂正 — the old line stays, marked; a new one names it."""
    line, owner = queries.find_record(record), queries.find_owner(record)
    resident = residents.find_resident(owner) if owner else None
    if line is None or resident is None:
        raise Http404
    if resident.protected:
        return warning(request, resident.pk)
    products = product_names(line.programme)
    form = CorrectForm(request.POST or None, products=products)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        reason = Reason(data["reason"])
        change = None
        if reason not in WITHOUT_NEW_LINE:
            change = Correction(data["product"], data["dose"], data["lot_no"], data["given_on"])
        try:
            made = actions.correct(by=request.actor, record_id=record, reason=reason, change=change)
        except Refused as no:
            form.add_error(None, f"{no.refusal.sentence}（{no.refusal.code}）")
        else:
            # A line taken back has no successor, so the answer alone does not tell; the ledger does.
            now = queries.find_record(record)
            done = made is not None or (now is not None and now.state != line.state)
            say(request, _done() if done else _first())
            return redirect("resident", resident.pk)
    return page(
        request,
        "record_correct",
        "residents",
        resident=resident,
        name=words.shown_name(resident),
        pairs=_pairs(line, products),
        form=form,
        without=" ".join(WITHOUT_NEW_LINE),
        failed=bool(form.errors),
    )


@may("record.correct")
def attribute(request: HttpRequest, record: UUID) -> HttpResponse:
    """記録の持ち主を決める — a dose that led to nobody is written to a resident."""
    line = queries.find_record(record)
    if line is None or line.state != "unattributed":
        raise Http404
    form = OwnerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = residents.find_by_reference(form.cleaned_data["reference"])
        if found is None:
            form.add_error("reference", NOBODY_FOUND.sentence)
        elif found.protected:
            return warning(request, found.pk)
        else:
            try:
                made = actions.attribute(
                    by=request.actor, record_id=record, resident_id=found.pk, dose=form.cleaned_data["dose"]
                )
            except Refused as no:
                form.add_error(None, f"{no.refusal.sentence}（{no.refusal.code}）")
            else:
                say(request, _done() if made else _first())
                return redirect("records")
    return page(
        request,
        "record_owner",
        "records",
        pairs=_pairs(line, product_names(line.programme)),
        form=form,
        failed=bool(form.errors),
    )


def _first() -> str:
    return _("1人目として承認しました。10分以内に、別の職員が同じ内容を入力すると反映されます。")


def _done() -> str:
    return _("反映しました。前の記録は印をつけて残してあります。")


def _pairs(line: LedgerLine, products: dict[str, str]) -> list[tuple[str, str, str]]:
    place = line.place or (planning.find_venue_name(line.venue_id) if line.venue_id else "")
    given = line.given_at.astimezone(clock.TOKYO).strftime("%H:%M") if line.given_at else ""
    found = [
        (_("接種日"), _day(line.given_on), given),
        (_("回数"), _("%s回目") % line.dose, ""),
        (_("ワクチン"), products.get(line.product, line.product), line.lot_no),
        (_("場所"), place, ""),
        (_("入力した人"), line.by, ""),
    ]
    return [pair for pair in found if pair[1]]


def _day(day: dt.date) -> str:
    return jdate.full_day(day)
