"""壁 — every URL × role × method is what the matrix says; without a training record nothing opens (S-02, C-08)."""

import datetime as dt

import pytest

from sesshu.trust.access import matrix
from sesshu.trust.access.matrix import Role, Zone
from tests.outside.desk.operator import Desk

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def routes():
    from sesshu.web.guard import guarded_routes

    found: dict[str, dict[str, str]] = {}
    for route, _name, method, act in guarded_routes():
        found.setdefault("/" + route, {})[method] = act
    return found


def crawl(seat: Desk | None):
    """(route, method, act or None, status, where it leads) of every page; signing out comes last."""
    for route, acts in sorted(routes().items(), key=lambda r: r[0] == "/signout"):
        for method in METHODS:
            client = seat.client if seat else Desk().client
            answer = client.generic(method, route)
            yield route, method, acts.get(method), answer.status_code, answer.headers.get("Location", "")


def member(desk_zone, code: str, role: str, trained: dt.date | None) -> Desk:
    from sesshu.cli.ready import ready_account

    return Desk().sign_in(ready_account(desk_zone, "desk", code, role, trained_until=trained))


def test_nobody_gets_anything_but_the_way_to_sign_in(town):
    for route, method, act, status, where in crawl(None):
        if act is None:
            assert status == 405, (route, method)
        else:
            assert status == 302 and where.startswith("/signin"), (route, method, status)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.SUPERVISOR, Role.RECEPTION, Role.DOCTOR])
def test_each_role_may_what_the_matrix_says(town, desk_zone, role):
    """Also a role of another zone, should a row of it ever stand on this shelf."""
    seat = member(desk_zone, "OP-200", role, dt.date(2027, 3, 31))
    for route, method, act, status, _ in crawl(seat):
        if act is None:
            assert status == 405, (route, method)
            continue
        row = matrix.get(act)
        may = role in row.roles and Zone.DESK in row.zones
        assert (status != 403) == may, (route, method, act, status)
        assert status < 500


@pytest.mark.parametrize("trained", [None, dt.date(2026, 11, 23)])
def test_without_a_training_record_nothing_opens(town, desk_zone, trained):
    seat = member(desk_zone, "OP-300", "operator", trained)
    assert "研修" in seat.page
    for route, method, act, status, _ in crawl(seat):
        if act and act != "account.sign_out":
            assert status == 403, (route, method)


def test_disabling_takes_effect_at_the_next_request(desk, town):
    from tests.support import place as p

    desk.identified(town.alone)
    with p.superuser("outside") as c:
        c.execute("UPDATE shelf_desk.account SET state = 'disabled'")
    desk.open("/case/")
    assert desk.path.startswith("/signin")


def test_every_function_of_the_zone_can_be_called_and_no_other():
    from tests.support import place as p

    with p.superuser("outside") as c:
        may = {
            name
            for (name,) in c.execute(
                "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
                "WHERE n.nspname = 'api' AND has_function_privilege('out_desk', p.oid, 'EXECUTE')"
            )
        }
    assert may == matrix.functions_of(Zone.DESK)


def test_no_page_is_unguarded():
    from sesshu.web.guard import every_page_is_guarded

    assert every_page_is_guarded() == []
