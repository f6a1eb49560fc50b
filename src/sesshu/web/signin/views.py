"""The sign-in pages (サインインのページ): sign in, enrol with a one-time code, prove again, sign out."""

import io
import time
from dataclasses import asdict

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from sesshu.base import logs
from sesshu.base.errors import Refused
from sesshu.trust.access import accounts, factors
from sesshu.trust.access.matrix import Proof
from sesshu.web.context import ZONE_NAMES
from sesshu.web.guard import may
from sesshu.web.signin import seat
from sesshu.web.signin.forms import CodeForm, EnrolForm, NewPasswordForm, SignInForm

log = logs.get(__name__)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
def sign_in(request: HttpRequest) -> HttpResponse:
    """サインイン — account code, password, confirmation code."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = accounts.check_sign_in(data["code"], data["password"], data["totp"])
        try:
            if found:
                return _seated(request, found.account, found.step)
        except Refused:
            log.info("twin_sign_in")
        log.warning("sign_in_refused", code=accounts.NOT_SIGNED_IN.code)
        form.add_error(None, accounts.NOT_SIGNED_IN.sentence)
    elif request.method != "POST" and request.actor:
        return redirect("home")
    why = seat.WHY.get(request.GET.get("why", ""), "")
    return render(request, "signin/sign_in.html", {"form": form, "why": why, "failed": bool(form.errors)})


def _seated(request: HttpRequest, account: accounts.Account, step: int | None = None) -> HttpResponse:
    if seat.sit_down(request, account, step):
        log.warning("second_seat", actor=account.code)
    log.info("signed_in", actor=account.code)
    return redirect("home")


@form_page
def enrol(request: HttpRequest) -> HttpResponse:
    """使い始め 1 — the one-time code."""
    form = EnrolForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        started = accounts.start_enrolment(form.cleaned_data["code"], form.cleaned_data["one_time"])
        if started:
            request.session.flush()
            request.session["enrol"] = asdict(started)
            return redirect("signin-password")
        log.warning("enrol_refused", code=accounts.NOT_ENROLLED.code)
        form.add_error(None, accounts.NOT_ENROLLED.sentence)
    return render(request, "signin/enrol.html", {"form": form, "failed": bool(form.errors)})


def _started(request: HttpRequest) -> accounts.Enrolment | None:
    kept = request.session.get("enrol")
    return accounts.Enrolment(**kept) if kept else None


@form_page
def choose_password(request: HttpRequest) -> HttpResponse:
    """使い始め 2 — a password of one's own."""
    started = _started(request)
    if not started:
        return redirect("signin-enrol")
    form = NewPasswordForm(request.POST or None, account_code=started.code)
    if request.method == "POST" and form.is_valid():
        request.session["password"] = factors.hash_password(form.cleaned_data["password"])
        secret = factors.new_secret()
        request.session["factor"] = factors.seal_secret(settings.SECRET_KEY, started.code, secret)
        return redirect("signin-factor")
    context = {"form": form, "code": started.code, "failed": bool(form.errors)}
    return render(request, "signin/password.html", context)


@form_page
def choose_factor(request: HttpRequest) -> HttpResponse:
    """使い始め 3 — the authenticator: QR code or typed secret, proven by a first code."""
    started, sealed = _started(request), request.session.get("factor")
    if not started or not sealed:
        return redirect("signin-enrol")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["totp"]
        try:
            return _seated(request, _finish(request, started, sealed, typed))
        except Refused as no:
            form.add_error("totp", no.refusal.sentence)
    secret = factors.open_secret(settings.SECRET_KEY, started.code, sealed) or ""
    context = {"form": form, "secret": factors.show_secret(secret), "code": started.code}
    return render(request, "signin/factor.html", context | {"failed": bool(form.errors)})


def _finish(request: HttpRequest, started: accounts.Enrolment, sealed: str, typed: str) -> accounts.Account:
    account = accounts.find(started.account_id)
    if account is None:
        raise Refused(accounts.NOT_ENROLLED)
    by = seat.actor_of(request, account, Proof.NONE)
    password = request.session["password"]
    return accounts.finish_enrolment(by=by, started=started, password=password, sealed=sealed, typed=typed)


@require_safe
def factor_picture(request: HttpRequest) -> HttpResponse:
    """The QR code of the secret being enrolled: a picture of its own, never kept by anybody."""
    started, sealed = _started(request), request.session.get("factor")
    if not started or not sealed:
        raise Http404
    secret = factors.open_secret(settings.SECRET_KEY, started.code, sealed) or ""
    issuer = f"Sesshu-{settings.SESSHU_ZONE}"
    out = io.BytesIO()
    code = segno.make_qr(factors.secret_address(secret, started.code, issuer), error="m")
    code.save(out, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, scale=1, omitsize=True)
    return HttpResponse(out.getvalue(), content_type="image/svg+xml")


@may("account.prove")
def prove_again(request: HttpRequest) -> HttpResponse:
    """確認コードをもういちど — before an act that asks for a fresh proof; leads back to where one was."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if accounts.use_code(by=request.actor, typed=form.cleaned_data["totp"]):
            request.session["fresh"] = time.time()
            return redirect(_back(request))
        form.add_error("totp", accounts.WRONG_NOW.sentence)
    return render(request, "signin/again.html", {"form": form, "failed": bool(form.errors)})


def _back(request: HttpRequest) -> str:
    path = request.session.pop("back", "/")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "/"


@may("account.sign_out", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    """サインアウト — ends the session here and in the browser's memory."""
    seat.stand_up(request)
    response = render(request, "signin/out.html", {"zone_word": _(ZONE_NAMES[settings.SESSHU_ZONE])})
    # Not "cookies": that would sign people out of every service of the city's domain. Our own are expired.
    response["Clear-Site-Data"] = '"cache", "storage"'
    response.delete_cookie(settings.CSRF_COOKIE_NAME, samesite=settings.CSRF_COOKIE_SAMESITE)
    return response
