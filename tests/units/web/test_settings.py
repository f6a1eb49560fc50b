"""Settings of a zone: one database, no accounts of Django, cookies and headers that suit HTTPS or loopback."""

import pytest

from sesshu.base.machine import Machine
from sesshu.web.settings import Shape, database, make

SAFE = Machine(zone="desk", secret_key="k" * 50, hosts=("desk.example.lg.jp",), https=True)
PLAIN = Machine(zone="desk", secret_key="k" * 50, https=False)


def _made(machine=SAFE, staff=True, zone="desk"):
    return make(Shape(zone, staff=staff), machine)


def test_over_https_cookies_are_bound_to_the_host():
    made = _made()
    for what in ("SESSION", "CSRF"):
        assert made[f"{what}_COOKIE_NAME"].startswith("__Host-desk-")
        assert made[f"{what}_COOKIE_SECURE"] and made[f"{what}_COOKIE_HTTPONLY"]
        assert made[f"{what}_COOKIE_SAMESITE"] == "Strict"
    assert made["SECURE_HSTS_SECONDS"] > 365 * 24 * 3600 and made["SECURE_SSL_REDIRECT"]


def test_on_loopback_the_prefix_is_dropped_and_names_stay_apart():
    names = {_made(PLAIN, zone=z)["SESSION_COOKIE_NAME"] for z in ("desk", "venue", "office")}
    assert len(names) == 3 and not any(n.startswith("__Host-") for n in names)


@pytest.mark.parametrize("staff", [True, False])
def test_no_zone_has_the_tables_of_contrib_auth(staff):
    apps = _made(staff=staff)["INSTALLED_APPS"]
    assert not {"django.contrib.auth", "django.contrib.contenttypes", "django.contrib.admin"} & set(apps)


def test_the_public_zone_has_no_session_table():
    made = _made(staff=False, zone="public")
    assert "django.contrib.sessions" not in made["INSTALLED_APPS"]
    assert made["SESSION_ENGINE"].endswith("signed_cookies")


def test_a_database_address_becomes_one_connection():
    made = database("postgresql://out_desk:p%40ss@/sesshu_outside?host=/run/x")
    assert (made["USER"], made["PASSWORD"], made["NAME"], made["HOST"]) == (
        "out_desk", "p@ss", "sesshu_outside", "/run/x",
    )  # fmt: skip
    assert made["OPTIONS"]["server_side_binding"] is True
    assert made["CONN_MAX_AGE"] is None and made["CONN_HEALTH_CHECKS"]


def test_nothing_is_kept_in_debug_and_no_policy_is_loose():
    made = _made()
    assert made["DEBUG"] is False
    policy = made["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["default-src"] == ["'none'"] and "script-src" not in policy
    assert not any("unsafe" in source for sources in policy.values() for source in sources)
