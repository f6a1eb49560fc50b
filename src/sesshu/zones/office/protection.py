"""Protecting a resident by hand, and ending a protection (支援措置の開始と終了). Both say first what will happen."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sesshu.base import jdate
from sesshu.base.errors import Refused
from sesshu.inside.records.protection import actions
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents import words
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.register.residents.rules import NO_RESIDENT, ProtectedSince
from sesshu.web.guard import may
from sesshu.zones.office.forms import DAY, ReferenceField
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.walls import walled


class ProtectForm(forms.Form):
    """支援措置対象者とする — the document's number, and the mark that the officer has read what happens."""

    document = forms.RegexField(
        regex=r"^[0-9A-Za-z０-９ぁ-んァ-ヶ一-龠第号\-－]{1,30}$",
        label=gettext_lazy("根拠の文書番号"),
        help_text=gettext_lazy("例　6子第123号。理由や氏名は書かないでください。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short-name"}),
        error_messages={
            "required": gettext_lazy("文書番号を入力してください。"),
            "invalid": gettext_lazy("文書番号は30字までの文字と数字で入力してください。"),
        },
    )
    read = forms.BooleanField(
        label=gettext_lazy("起こることを読みました"),
        error_messages={"required": gettext_lazy("読んだら印をつけてください。")},
    )


class ReleaseForm(forms.Form):
    """支援措置の終了 — whom, by which decision, of which day."""

    reference = ReferenceField()
    decision = forms.CharField(
        label=gettext_lazy("終了の決定（文書番号）"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short-name"}),
        error_messages={"required": gettext_lazy("決定の文書番号を入力してください。")},
    )
    decided_on = forms.DateField(
        label=gettext_lazy("決定の日"),
        widget=forms.DateInput(attrs=DAY | {"class": "num"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("決定の日を入力してください。"),
            "invalid": gettext_lazy("日付を確かめてください。"),
        },
    )


@may("resident.protect")
@walled
def protect(request: HttpRequest, resident: Resident) -> HttpResponse:
    """支援措置対象者とする — with a fresh confirmation code; afterwards this page is a warning like all the others."""
    form = ProtectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.protect_by_hand(
                by=request.actor, resident_id=resident.pk, case=form.cleaned_data["document"]
            )
        except Refused as no:
            say_no(request, no)
        else:
            request.session.pop("found", None)
            say(
                request,
                _(
                    "所在情報を、所管課だけが開ける保管に移しました。庁外の予約は取り下げます。接種券は無効になりました。"
                ),
            )
            return redirect("home")
    return page(
        request,
        "protect",
        "residents",
        resident=resident,
        name=words.shown_name(resident),
        born=jdate.parse_birth_date(resident.dob_text).japanese(),
        form=form,
        failed=bool(form.errors),
    )


@may("resident.release")
def release(request: HttpRequest) -> HttpResponse:
    """支援措置の終了を反映する — one person, two chiefs, one decision; never from a list (P-13)."""
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = residents.find_by_reference(data["reference"])
        try:
            if found is None:
                raise Refused(NO_RESIDENT)
            done = actions.release(
                by=request.actor,
                resident_id=found.pk,
                decision=data["decision"],
                decided_on=data["decided_on"],
            )
        except ProtectedSince as no:
            since = jdate.japanese(no.since)
            form.add_error(None, f"{no.refusal.sentence}（{since}から・{no.refusal.code}）")
        except Refused as no:
            form.add_error(None, f"{no.refusal.sentence}（{no.refusal.code}）")
        else:
            say(
                request,
                _("終了を反映しました。住所は、次の住民記録の取込で入ります。")
                if done.complete
                else _("1人目として承認しました。10分以内に、別の係長が同じ内容で承認してください。"),
            )
            return redirect("release")
    return page(request, "release", "residents", form=form, failed=bool(form.errors))
