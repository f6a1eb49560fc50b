"""Pages of the responsible section (所管課のページ): inquiries handed over, openings, one look."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from sesshu.base.errors import Refused
from sesshu.inside.sealed import actions, queries, rules
from sesshu.web.guard import may
from sesshu.zones.sealed import letters
from sesshu.zones.sealed.forms import AskForm, FindForm

KIND_WORDS = {
    "whereabouts": "所在情報",
    "history": "以前の所在情報",
    "record": "接種記録",
    "booking": "予約",
    "subject": "庁外での仮の番号",
    "slip": "引継票",
    "tripwire": "無効な番号の使用",
}


@may("home.show", methods=("GET", "HEAD"))
def home(request: HttpRequest) -> HttpResponse:
    """はじめのページ — what waits for the section."""
    context = {
        "count": queries.count_persons(),
        "handovers": queries.list_handovers(),
        "openings": queries.list_openings(),
        "form": FindForm(),
    }
    return render(request, "sealed/home.html", context)


@may("sealed.list", post="sealed.open")
def ask(request: HttpRequest) -> HttpResponse:
    """開封を申し出る — the number comes by POST, never in an address."""
    form = AskForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(
                by=request.actor, reference_no=form.cleaned_data["number"], reason=form.cleaned_data["reason"]
            )
        except Refused as no:
            form.add_error(None, no.refusal.sentence)
        else:
            messages.success(request, _("申し出ました。10分以内に、別の職員が承認してください。"))
            return redirect("home")
    return render(request, "sealed/ask.html", {"form": form, "failed": bool(form.errors)})


@may("sealed.second", methods=("POST",))
def second(request: HttpRequest, opening: int) -> HttpResponse:
    """2人目として承認する."""
    try:
        actions.second(by=request.actor, opening_id=opening)
    except Refused as no:
        messages.error(request, no.refusal.sentence, extra_tags="stop")
    else:
        messages.success(request, _("承認しました。申し出た職員が、10分以内に一度だけ見られます。"))
    return redirect("home")


@may("sealed.show", methods=("POST",))
def look(request: HttpRequest, opening: int) -> HttpResponse:
    """一度だけ見る — 120 seconds, then the screen is blank; a second look needs a new opening."""
    try:
        found = actions.look(by=request.actor, opening_id=opening)
    except Refused as no:
        messages.error(request, no.refusal.sentence, extra_tags="stop")
        return redirect("home")
    shown = [(KIND_WORDS.get(x.kind, x.kind), x.put_at, letters.lines(x.text), x.text) for x in found]
    answer = render(request, "sealed/look.html", {"letters": shown, "seconds": rules.ON_SCREEN_SECONDS})
    answer["Refresh"] = f"{rules.ON_SCREEN_SECONDS}; url=/"  # without JavaScript the browser leaves by itself
    return answer


@may("sealed.list", methods=("POST",))
def finish(request: HttpRequest, handover: int) -> HttpResponse:
    """引継を終える."""
    try:
        actions.finish(by=request.actor, handover_id=handover)
    except Refused as no:
        messages.error(request, no.refusal.sentence, extra_tags="stop")
    else:
        messages.success(request, _("引継を終えました。"))
    return redirect("home")
