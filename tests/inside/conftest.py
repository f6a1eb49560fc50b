"""Tests of the inside building: Django of the inside's commands, one transaction per test, clock at p.DAY.

A test that starts other processes or looks at the tables as somebody else uses ``committed``: its rows are real, and
the building is emptied after it.
"""

import django
import pytest

from sesshu.base import machine as machines
from tests.support import place as p

# Before any test module imports a model.
machines.set_variable("SESSHU_CONFIG", str(p.place().config("inside")))
machines.set_variable("DJANGO_SETTINGS_MODULE", "sesshu.jobs.settings_inside")
machines.machine.cache_clear()
django.setup()


@pytest.fixture(scope="session", autouse=True)
def _database(django_db_blocker):
    """pytest-django bars the database until somebody asks; here every test may."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def committed():
    """Asks for real commits."""


@pytest.fixture(autouse=True)
def _inside(request, _database):
    from django.db import connection, transaction

    made = p.place()
    made.set_clock(p.DAY)
    if "committed" in request.fixturenames:
        yield made
        connection.close()
        p.empty(made, "inside")
        return
    around = transaction.atomic()
    around._from_testcase = True  # durable actions work inside
    with around:
        yield made
        transaction.set_rollback(True)
