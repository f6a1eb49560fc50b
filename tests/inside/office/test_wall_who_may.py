"""壁 — every URL × role × method is what the matrix says; an unknown number is a missing page, never a fault."""

import re
import uuid

import pytest

from sesshu.trust.access import matrix
from sesshu.trust.access.matrix import Proof, Zone
from tests.inside.office.officer import Officer
from tests.support.residents import PROGRAMME

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
ROLES = {"OF-4": "officer", "CH-2": "chief", "AU-2": "auditor"}
NOBODY = "987654321"
TOO_LONG = "9" * 30


def routes() -> dict[str, dict[str, str]]:
    from sesshu.web.guard import guarded_routes

    found: dict[str, dict[str, str]] = {}
    for route, _name, method, act in guarded_routes():
        found.setdefault("/" + route, {})[method] = act
    return found


def filled(route: str, number: str) -> str:
    route = re.sub(r"<id:\w+>", number, route)
    return route.replace("<slug:programme>", PROGRAMME).replace("<uuid:record>", str(uuid.UUID(int=7)))


def in_order() -> list[tuple[str, dict[str, str]]]:
    """Signing out comes last."""
    return sorted(routes().items(), key=lambda r: r[0] == "/signout")


def test_nobody_gets_anything_but_the_way_to_sign_in(town):
    for route, acts in in_order():
        for method in METHODS:
            answer = Officer().client.generic(method, filled(route, NOBODY))
            if method not in acts:
                assert answer.status_code == 405, (route, method)
            else:
                assert answer.status_code == 302 and answer["Location"].startswith("/signin"), (route, method)


@pytest.mark.parametrize("code", ROLES)
def test_each_role_may_what_the_matrix_says(seats, town, code):
    seat = seats[code]
    for route, acts in in_order():
        for method in METHODS:
            answer = (
                seat.fresh().client.generic(method, filled(route, str(town.ids[8])))
                if route != "/signout"
                else None
            )
            if answer is None:
                continue
            if method not in acts:
                assert answer.status_code == 405, (route, method)
                continue
            row = matrix.get(acts[method])
            may = ROLES[code] in row.roles and Zone.OFFICE in row.zones
            assert (answer.status_code != 403) == may, (route, method, row.name, answer.status_code)
            assert answer.status_code < 500, (route, method)


def test_what_asks_for_a_fresh_code_gets_none_from_an_old_one(seats, town):
    asked = 0
    for route, acts in in_order():
        for method, act in acts.items():
            if matrix.get(act).proof is Proof.FRESH and method != "HEAD":
                answer = seats["CH-2"].stale().client.generic(method, filled(route, str(town.ids[8])))
                assert answer.status_code == 302 and answer["Location"] == "/signin/again", (route, method)
                asked += 1
    assert asked >= 7


@pytest.mark.parametrize("number", [NOBODY, TOO_LONG, "0"])
def test_an_unknown_number_is_a_missing_page(chief, town, number):
    for route, acts in in_order():
        if "<id:" not in route:
            continue
        for method in set(acts) - {"HEAD"}:
            answer = chief.fresh().client.generic(method, filled(route, number))
            missing = answer.status_code == 404
            led_away = answer.status_code == 302 and number == NOBODY and method == "POST"
            assert missing or led_away, (route, method, answer.status_code)


def test_every_page_about_a_resident_stands_behind_the_wall():
    from django.urls import get_resolver

    for pattern in get_resolver().url_patterns:
        if "<id:resident>" in str(pattern.pattern) and pattern.name != "hand-on":
            assert getattr(pattern.callback, "walled", False), str(pattern.pattern)


def test_no_page_is_unguarded():
    from sesshu.web.guard import every_page_is_guarded

    assert every_page_is_guarded() == []


def test_pages_are_kept_by_nobody(officer, town):
    for path in ("/", "/residents", f"/residents/{town.ids[1]}", "/slips"):
        answer = officer.open(path).answer
        assert answer["Cache-Control"] == "no-store" and "unsafe" not in answer["Content-Security-Policy"]
        assert answer["Referrer-Policy"] == "no-referrer"
