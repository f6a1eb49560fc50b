"""Pages that say what went wrong in plain words, with the next step and the phone number (エラーページ)."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _

from sesshu.base import logs
from sesshu.base.errors import Refused

log = logs.get(__name__)


def _page(request: HttpRequest, status: int, title: str, words: str) -> HttpResponse:
    asked = getattr(request, "request_id", None)
    context = {"title": title, "words": words, "asked": asked if status == 500 else None}
    return render(request, "error.html", context, status=status)


def bad_request(request: HttpRequest, exception=None) -> HttpResponse:
    """400."""
    return _page(
        request, 400, _("この内容は受け取れませんでした"), _("お手数ですが、はじめからやり直してください。")
    )


def forbidden(request: HttpRequest, exception=None) -> HttpResponse:
    """403 — for staff: the matrix says no."""
    words = _("この操作は、あなたの役割ではできません。必要なときは責任者に伝えてください。")
    if not settings.SESSHU_STAFF:
        words = _("お手数ですが、はじめからやり直してください。")
    return _page(request, 403, _("このページは開けません"), words)


def untrained(request: HttpRequest) -> HttpResponse:
    """403 — the training has run out (研修要件): nothing opens until it is renewed."""
    log.warning("untrained", actor=request.actor.code)
    words = _("研修の有効期限が過ぎています。研修を受け、責任者が記録すると、次の操作からまた使えます。")
    return _page(request, 403, _("研修の期限が切れています"), words)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 — the form is too old, or cookies are switched off."""
    log.warning("csrf_refused")
    words = _(
        "画面を開いてから時間がたったか、ブラウザーの Cookie が使えない設定になっています。はじめからやり直してください。"
    )
    return _page(request, 403, _("この画面の有効期限が切れました"), words)


def not_found(request: HttpRequest, exception=None) -> HttpResponse:
    """404."""
    words = _("アドレスが変わったか、入力に誤りがあります。はじめのページからお進みください。")
    return _page(request, 404, _("ページが見つかりません"), words)


def not_allowed(request: HttpRequest, methods: list[str]) -> HttpResponse:
    """405 — the page exists but not in this way."""
    response = HttpResponseNotAllowed(methods)
    page = _page(request, 405, _("この操作はできません"), _("はじめのページからお進みください。"))
    response.content = page.content
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500 — nothing is half done; the number lets staff find the line in the log."""
    words = _("システムの中で問題が起きました。少し待ってから、もういちどお試しください。")
    return _page(request, 500, _("ただいま手続を進められません"), words)


def refused(request: HttpRequest, why: Refused, status: int = 409) -> HttpResponse:
    """A refusal as a page of its own, for staff pages that have no better place for it."""
    log.info("refused", code=why.refusal.code)
    title = _("手続を進められません")
    return _page(request, status, title, f"{why.refusal.sentence}({why.refusal.code})")


handler400, handler403, handler404, handler500 = bad_request, forbidden, not_found, server_error
