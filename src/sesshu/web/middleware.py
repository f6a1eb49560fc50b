"""What every request passes (ミドルウェア): an id, the headers of safety, the actor of the public site."""

from uuid import UUID, uuid4

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.middleware import common, csrf

from sesshu.base import logs
from sesshu.trust.access.actor import public_actor

ALWAYS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
}


class RequestIdMiddleware:
    """要求番号 — a random id for log, audit and error page; the outermost layer, so that it logs each failure."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = uuid4()
        with logs.bound(request=request.request_id):
            return self.get_response(request)


class HeadersMiddleware:
    """Headers that no library sets. Pages are never kept by anybody; static files say themselves how long."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in ALWAYS.items():
            response.setdefault(name, value)
        response.setdefault("Cache-Control", "no-store")
        return response


class ContentPolicyMiddleware(CSPMiddleware):
    """django-csp with its directives in one order: equal answers are equal to the byte in every process (P-04)."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response = super().process_response(request, response)
        if policy := response.get(HEADER):
            response[HEADER] = "; ".join(sorted(policy.split("; ")))
        return response


class CommonMiddleware(common.CommonMiddleware):
    """Django's, under our name: it refuses foreign host names and sets Content-Length."""


class CsrfMiddleware(csrf.CsrfViewMiddleware):
    """Django's CSRF check, made to live with ``Referrer-Policy: no-referrer``.

    Under that policy browsers send ``Origin: null`` and no Referer with a form of our own page. Where the browser
    says ``Sec-Fetch-Site`` (which no page can forge) it must be same-origin; older ones are held by the token
    alone, whose cookie is ``__Host-``, HttpOnly and SameSite.
    """

    def _origin_verified(self, request: HttpRequest) -> bool:
        site = request.META.get("HTTP_SEC_FETCH_SITE")
        if request.META["HTTP_ORIGIN"] == "null":
            return site in (None, "same-origin")
        return site in (None, "same-origin") and super()._origin_verified(request)

    def _check_referer(self, request: HttpRequest) -> None:
        if request.META.get("HTTP_REFERER") is not None:
            super()._check_referer(request)


class VisitorMiddleware:
    """The public site knows nobody: every request acts as a resident without an account."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = public_actor(request_id_of(request))
        return self.get_response(request)


def request_id_of(request: HttpRequest) -> UUID:
    """The id given by RequestIdMiddleware."""
    return request.request_id


def address_of(request: HttpRequest) -> str:
    """The visitor's network address; behind our own proxy, what that proxy appended last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if request.is_secure() else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
