"""The office's own process: its settings, its database login, real commits.

Run alone, because one process has one set of Django settings:
``pytest --confcutdir=tests/inside/office tests/inside/office``. Among the other tests of the inside these are passed over.
"""

import django
import pytest
from django.conf import settings

from sesshu.base import machine as machines
from tests.support import place as p

if settings.configured:
    collect_ignore_glob = ["test_*.py"]
else:
    machines.set_variable("SESSHU_CONFIG", str(p.place().config("office")))
    machines.set_variable("DJANGO_SETTINGS_MODULE", "sesshu.zones.office.settings")
    machines.machine.cache_clear()
    django.setup()


@pytest.fixture(scope="session", autouse=True)
def _database(django_db_blocker):
    """pytest-django bars the database until somebody asks; here every test may."""
    from sesshu.base import logs

    logs.set_up("office")
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module", autouse=True)
def _inside(_database):
    """One building for a file of tests; emptied after it."""
    from django.db import connection

    made = p.place()
    made.set_clock(p.DAY)
    yield made
    connection.close()
    p.empty(made, "inside")


@pytest.fixture(scope="module")
def town(_inside, tmp_path_factory):
    """A small register with tickets, bookings, records; see ``given``."""
    from tests.inside.office import given

    return given.town(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def seats(_inside):
    """Who sits in the office, by code; each signs in once and keeps the browser."""
    from tests.inside.office.officer import Officer

    class Seats(dict):
        def __missing__(self, code: str) -> Officer:
            self[code] = seat = Officer().sign_in(code, _inside)
            return seat

    return Seats()


@pytest.fixture
def officer(seats):
    return seats["OF-3"].fresh()


@pytest.fixture
def chief(seats):
    return seats["CH-1"].fresh()


@pytest.fixture
def auditor(seats):
    return seats["AU-1"].fresh()
