"""The guard: a page without an act does not start; the wrong method and the wrong role are refused."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from sesshu.trust.access.actor import Actor, public_actor
from sesshu.trust.access.matrix import Proof, Role, UnknownAct, Zone
from sesshu.web import guard


@guard.may("booking.look", post="booking.book")
def page(request):
    return HttpResponse("in")


def _asked(method="get", actor=None):
    request = getattr(RequestFactory(), method)("/x", HTTP_HOST="public.localhost")
    request.actor = actor
    request.session = {}
    return request


def test_an_unknown_act_stops_the_import():
    with pytest.raises(UnknownAct):
        guard.may("booking.nothing")


def test_a_page_without_an_act_is_found():
    routes = [
        path("a", page, name="a"),
        path("b", lambda r: None, name="b"),
        path("health", page, name="health"),
    ]
    assert guard.unguarded(routes) == ["b"]


def test_the_real_process_refuses_to_start(monkeypatch):
    monkeypatch.setattr(guard, "unguarded", lambda *_: ["b"])
    with pytest.raises(ImproperlyConfigured, match="sesshu.E001"):
        guard.refuse_to_start_unguarded()


def test_a_page_of_another_zone_is_found(monkeypatch):
    monkeypatch.setattr(guard, "guarded_routes", lambda *_: [("x", "x", "GET", "visit.check_in")])
    assert [e.id for e in guard.every_page_is_guarded()] == ["sesshu.E002"]


def test_who_may_gets_in():
    assert page(_asked(actor=public_actor())).content == b"in"


def test_another_role_is_refused():
    doctor = Actor("DR-01", Role.DOCTOR, Zone.VENUE, Proof.SIGNED_IN)
    assert page(_asked(actor=doctor)).status_code == 403


def test_a_method_without_an_act_is_refused():
    answer = page(_asked("delete", public_actor()))
    assert answer.status_code == 405 and "GET" in answer["Allow"]


def test_each_method_has_its_own_act():
    assert {m: a.name for m, a in page.acts.items()} == {
        "GET": "booking.look",
        "HEAD": "booking.look",
        "POST": "booking.book",
    }
