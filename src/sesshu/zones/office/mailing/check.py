"""The enclosure check (封入照合), the pull list, spoiled pieces and returned mail, for officers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused
from sesshu.inside.mailing.batches import actions as batches
from sesshu.inside.mailing.batches import queries
from sesshu.inside.mailing.batches.rules import Spoil
from sesshu.inside.mailing.enclosure import actions
from sesshu.inside.mailing.enclosure import queries as enclosure
from sesshu.inside.mailing.enclosure.rules import FOUND_SENTENCES, NEXT_STEPS, Resolution
from sesshu.inside.mailing.returns import actions as returns
from sesshu.inside.mailing.returns import queries as returned
from sesshu.inside.mailing.returns.rules import NEXT_WORDS, Reason
from sesshu.web.guard import may
from sesshu.zones.office.frame import page, say, say_no
from sesshu.zones.office.mailing.batch import HOW_WORDS, get
from sesshu.zones.office.mailing.forms import CodeForm, LogForm, ReturnForm, SpoilForm, StationForm


@may("mailing.scan")
def reconcile(request: HttpRequest, batch: int) -> HttpResponse:
    """読取記録を取り込む — a bad log is refused as a whole, with its line."""
    held = get(batch)
    form = LogForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            done = actions.reconcile(by=request.actor, batch_id=batch, path=upload.path())
        except Refused as no:
            form.add_error("file", _refused(no))
        else:
            words = _("%(n)s通を照合し、%(right)s通が正しく封入されていました。差は %(off)s 件です。")
            n = {"n": done.envelopes, "right": done.enclosed, "off": sum(done.differences.values())}
            say(request, words % {key: f"{value:,}" for key, value in n.items()})
            return redirect("batch", batch)
        finally:
            upload.close()
    return page(request, "mailing/reconcile", "mailing", batch=held, form=form, failed=bool(form.errors))


def _refused(no: Refused) -> str:
    where = _("（%(line)s行目 %(column)s）") % {"line": no.line, "column": no.column or ""} if no.line else ""
    return f"{no.refusal.sentence}{where}（{no.refusal.code}）"


@may("mailing.scan")
def station(request: HttpRequest, batch: int) -> HttpResponse:
    """照合の窓口 — code after code; the first difference stops the box until it is dealt with."""
    held = get(batch)
    posted = request.method == "POST"
    form = StationForm(request.POST if posted else None)
    seen = None
    box = request.POST.get("box", "") if posted else request.session.get("box", "")
    if posted and form.is_valid():
        box = request.session["box"] = form.cleaned_data["box"]
        try:
            seen = actions.check_next(by=request.actor, batch_id=batch, **form.cleaned_data)
        except Refused as no:
            form.add_error(None, f"{no.refusal.sentence}（{no.refusal.code}）")
        else:
            form = StationForm(initial={"box": box})
    elif not posted:
        form = StationForm(initial={"box": box})
    found = [(f, FOUND_SENTENCES[f.kind], NEXT_STEPS[f.kind]) for f in seen.findings] if seen else []
    if box and not form.errors:
        form.fields["code"].widget.attrs["autofocus"] = True  # the next code is read without a touch
    stopped = [d for d in enclosure.list_differences(batch, open_only=True) if d.box == box] if box else []
    return page(
        request,
        "mailing/station",
        "mailing",
        batch=held,
        form=form,
        seen=seen,
        found=found,
        box=enclosure.show_box(batch, box) if box else None,
        stopped=[(d, [(h, HOW_WORDS[h]) for h in d.may_end]) for d in stopped],
        now=queries.tally(batch),
        failed=bool(form.errors),
    )


@may("mailing.resolve", methods=("POST",))
def resolve(request: HttpRequest, difference: int) -> HttpResponse:
    """差を処理する."""
    batch = enclosure.find_batch(difference)
    if batch is None:
        raise Http404
    try:
        how = Resolution(request.POST.get("how", ""))
        again = actions.resolve(by=request.actor, difference_id=difference, resolution=how)
    except ValueError:
        raise Http404 from None
    except Refused as no:
        say_no(request, no)
    else:
        say(
            request,
            _("刷り直します。新しい管理コードは %s です。シートを作り、引き渡してください。") % again
            if again
            else _("処理を記録しました。"),
        )
    return redirect("station" if "station" in request.POST else "batch", batch)


@may("mailing.resolve")
def spoil(request: HttpRequest, batch: int) -> HttpResponse:
    """刷損じを登録する — by management code, never by photo or mail (FX-25)."""
    held = get(batch)
    form = SpoilForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            again = actions.spoil(
                by=request.actor,
                batch_id=batch,
                codes=form.cleaned_data["codes"],
                reason=Spoil(form.cleaned_data["reason"]),
            )
        except Refused as no:
            form.add_error("codes", f"{no.refusal.sentence}（{no.refusal.code}）")
        else:
            new = [code for code in again.values() if code]
            say(
                request,
                _("%(n)s通を刷損じにしました。刷り直しは %(new)s 通です。")
                % {"n": len(again), "new": len(new)},
            )
            return redirect("batch", batch)
    return page(request, "mailing/spoil", "mailing", batch=held, form=form, failed=bool(form.errors))


# --- 引抜一覧 -----------------------------------------------------------------------------------------------


@may("mailing.pull")
def pull_list(request: HttpRequest, batch: int) -> HttpResponse:
    """引抜一覧 — to be printed, and each piece read here when it is out. It holds codes and places, no name."""
    held = get(batch)
    form = CodeForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if request.method == "POST":
        try:
            if "code" not in request.POST:
                asked = batches.ask_again(by=request.actor, batch_id=batch)
                say(
                    request,
                    _("確かめました。新しく引き抜くのは %s 通です。") % (asked.to_pull + asked.withheld),
                )
                return redirect("pull-list", batch)
            if form.is_valid():
                again = actions.pull(by=request.actor, batch_id=batch, code=form.cleaned_data["code"])
                say(
                    request,
                    _("抜きました。代わりに %s を刷ります。") % again if again else _("抜きました。"),
                )
                return redirect("pull-list", batch)
        except Refused as no:
            say_no(request, no)
            return redirect("pull-list", batch)
    return page(
        request,
        "mailing/pull",
        "mailing",
        batch=held,
        form=form,
        pieces=queries.list_to_pull(batch),
        pulled=queries.count_pulled(batch),
        failed=bool(form.errors),
    )


@may("mailing.pull", methods=("POST",))
def put_on_list(request: HttpRequest, piece: int) -> HttpResponse:
    """引抜一覧に加える — an officer's own decision."""
    found = queries.show_piece(piece)
    if found is None:
        raise Http404
    try:
        actions.put_on_list(by=request.actor, code=queries.code_of(found))
    except Refused as no:
        say_no(request, no)
    else:
        say(request, _("引抜一覧に加えました。"))
    return redirect("pull-list", found.batch_id)


# --- 返戻 ---------------------------------------------------------------------------------------------------


@may("mailing.return")
def take_back(request: HttpRequest) -> HttpResponse:
    """返戻 — scanned in with the carrier's reason; the next step is proposed."""
    form = ReturnForm(request.POST if request.method == "POST" else None)
    done = None
    if request.method == "POST" and form.is_valid():
        try:
            done = returns.take_back(
                by=request.actor, code=form.cleaned_data["code"], reason=Reason(form.cleaned_data["reason"])
            )
        except Refused as no:
            form.add_error("code", f"{no.refusal.sentence}（{no.refusal.code}）")
        else:
            form = ReturnForm(initial={"reason": form.cleaned_data["reason"]})
    return page(
        request,
        "mailing/returns",
        "mailing",
        form=form,
        done=done,
        next_word=NEXT_WORDS[done.next] if done else "",
        rows=returned.list_returns(limit=100),
        may_act=True,
        failed=bool(form.errors),
    )


@may("mailing.return", methods=("POST",))
def finish_return(request: HttpRequest, back: int) -> HttpResponse:
    """返戻の手続を終える."""
    try:
        returns.finish(by=request.actor, return_id=back)
    except Refused as no:
        say_no(request, no)
    else:
        say(request, _("手続を終えました。"))
    return redirect("returns")
