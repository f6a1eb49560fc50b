"""Headers of safety on every answer, errors and static files included; CSRF under no-referrer."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from sesshu.web.middleware import CsrfMiddleware

PAGES = ["/health", "/nothing-here", "/static/sesshu.css"]


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_the_headers(client, address):
    h = client.get(address).headers
    assert h["X-Content-Type-Options"] == "nosniff"
    assert h["Referrer-Policy"] == "no-referrer"
    assert h["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = h["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy
    assert "geolocation=()" in h["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in h


@pytest.mark.parametrize("address", ["/health", "/nothing-here"])
def test_pages_are_kept_by_nobody(client, address):
    assert client.get(address)["Cache-Control"] == "no-store"


def test_a_foreign_host_name_is_refused_with_all_headers(client):
    answer = client.get("/health/x", HTTP_HOST="evil.example")
    assert answer.status_code in (400, 404) and answer["Referrer-Policy"] == "no-referrer"


def test_error_pages_speak_plainly(client):
    answer = client.get("/nothing-here")
    words = answer.content.decode()
    assert answer.status_code == 404 and "ページが見つかりません" in words and "0120-000-000" in words
    assert "style=" not in words and "<script" not in words


def test_health_tells_nothing(client):
    assert client.get("/health").json() == {"ok": True}


def _form(site, origin):
    """A form of our own page, as a browser sends it under no-referrer."""
    page = RequestFactory().get("/", HTTP_HOST="public.localhost")
    middleware = CsrfMiddleware(lambda r: HttpResponse())
    from django.middleware.csrf import get_token

    token = get_token(page)
    extra = {"HTTP_ORIGIN": origin} | ({"HTTP_SEC_FETCH_SITE": site} if site else {})
    post = RequestFactory().post("/", {"csrfmiddlewaretoken": token}, HTTP_HOST="public.localhost", **extra)
    from django.conf import settings

    post.COOKIES[settings.CSRF_COOKIE_NAME] = page.META["CSRF_COOKIE"]
    post.request_id = None
    post.actor = None
    middleware.process_request(post)
    return middleware.process_view(post, lambda r: HttpResponse(), (), {})


@pytest.mark.parametrize(
    ("site", "origin"),
    [("same-origin", "null"), (None, "null"), ("same-origin", "http://public.localhost")],
)
def test_our_own_form_passes(site, origin):
    assert _form(site, origin) is None


@pytest.mark.parametrize(
    ("site", "origin"),
    [
        ("cross-site", "null"),
        ("same-site", "null"),
        ("cross-site", "http://evil.example"),
        (None, "http://evil.example"),
    ],
)
def test_a_form_of_another_site_is_refused(site, origin):
    assert _form(site, origin).status_code == 403
