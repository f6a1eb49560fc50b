"""The guard of pages (``@may``) and the start-up check: a page without an act of the matrix does not start.

``@may("case.match")`` lets GET, HEAD and POST pass under one act; ``@may("resident.show", post="resident.protect")``
names another act for POST; ``methods`` narrows. The view gets ``request.actor``.
"""

from collections.abc import Callable, Iterable
from functools import wraps

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from sesshu.base import logs
from sesshu.trust.access import matrix
from sesshu.web import errors

OPEN_PAGES = frozenset({"health", "signin", "signin-enrol", "signin-password", "signin-factor", "signin-qr"})
"""Names of URLs that anybody may ask for. Signing in has no actor yet; the enrolment pages ask a one-time code."""

log = logs.get(__name__)


def may(act: str, *, post: str | None = None, methods: Iterable[str] = ("GET", "HEAD", "POST")) -> Callable:
    """Guard a page with an act of the matrix. An unknown act stops the start of the process."""
    reading = matrix.get(act)
    acts = {m: matrix.get(post) if post and m == "POST" else reading for m in methods}

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method not in acts:
                return errors.not_allowed(request, sorted(acts))
            refused = _refused(request, acts[request.method], readable="GET" in acts)
            return refused or view(request, *args, **kwargs)

        guarded.acts = acts  # type: ignore[attr-defined]
        return guarded

    return decorate


def _refused(request: HttpRequest, act: matrix.Act, *, readable: bool) -> HttpResponse | None:
    """None where the actor may; otherwise the way to signing in, or the page that says no.

    A fresh proof leads back to the page that was asked for; a form that had stood too long is shown anew, empty.
    """
    actor = request.actor
    if actor is None:
        why = getattr(request, "ended", "")
        return redirect(f"{reverse('signin')}?why={why}" if why else "signin")
    if not actor.may(act):
        log.warning("forbidden", act=act.name, actor=actor.code)
        return errors.forbidden(request)
    if getattr(request, "untrained", False) and act.name != "account.sign_out":
        return errors.untrained(request)
    if not actor.proves(act):
        if request.method in ("GET", "HEAD") or readable:
            request.session["back"] = request.get_full_path()
        return redirect("signin-again")
    return None


def unguarded(patterns: Iterable | None = None, prefix: str = "") -> list[str]:
    """Routes that are neither guarded nor on the short list of open pages."""
    found = []
    for p in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(p.pattern)
        if isinstance(p, URLResolver):
            found += unguarded(p.url_patterns, route)
        elif isinstance(p, URLPattern) and not hasattr(p.callback, "acts") and p.name not in OPEN_PAGES:
            found.append(route or "/")
    return found


def guarded_routes(patterns: Iterable | None = None, prefix: str = "") -> list[tuple[str, str, str, str]]:
    """(route, URL name, method, act) of every guarded page: what a crawl of the matrix compares with."""
    found = []
    for p in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(p.pattern)
        if isinstance(p, URLResolver):
            found += guarded_routes(p.url_patterns, route)
        else:
            found += [(route, p.name or "", m, a.name) for m, a in getattr(p.callback, "acts", {}).items()]
    return found


def strangers() -> list[str]:
    """Routes whose act does not belong to this zone: a page that nobody could open."""
    zone = settings.SESSHU_ZONE
    return [f"{r} ({act})" for r, _, _, act in guarded_routes() if zone not in matrix.get(act).zones]


@checks.register
def every_page_is_guarded(app_configs=None, **kwargs) -> list[checks.Error]:
    """sesshu.E001 a page without @may · sesshu.E002 a page whose act belongs to another zone."""
    hint = "Name its act in trust/access/matrix.py."
    return [checks.Error(f"URL {r!r} has no @may", hint=hint, id="sesshu.E001") for r in unguarded()] + [
        checks.Error(f"URL {r!r} has an act of another zone", hint=hint, id="sesshu.E002")
        for r in strangers()
    ]


def refuse_to_start_unguarded() -> None:
    """The same check in the real process. Raises ImproperlyConfigured, so that no port opens."""
    if faults := every_page_is_guarded():
        raise ImproperlyConfigured("; ".join(f"{f.id} {f.msg}" for f in faults))
