"""The desk's own process: its settings, its database login. Run alone: ``pytest tests/outside/desk``."""

import datetime as dt

import django
import pytest
from django.conf import settings

from sesshu.base import machine
from tests.outside.desk import given
from tests.support import place as p


@pytest.fixture(scope="session", autouse=True)
def desk_zone():
    """Configure Django once, as the real process does."""
    made = p.place()
    machine.set_variable("SESSHU_CONFIG", str(made.config("desk")))
    machine.machine.cache_clear()
    if settings.configured and getattr(settings, "SESSHU_ZONE", "") != "desk":
        pytest.exit("a zone's tests need a process of their own: pytest tests/outside/desk", 3)
    machine.set_variable("DJANGO_SETTINGS_MODULE", "sesshu.zones.desk.settings")
    django.setup()
    from sesshu.base import logs

    logs.set_up("desk")
    return made


@pytest.fixture
def town():
    """A small outside whose residents have tickets, birth dates and addresses; see ``given``."""
    return given.town()


@pytest.fixture
def account(desk_zone):
    from sesshu.cli.ready import ready_account

    return ready_account(
        desk_zone, "desk", "OP-117", "operator", display="担当 03", trained_until=dt.date(2027, 3, 31)
    )


@pytest.fixture
def desk(town, account):
    """An operator who has signed in."""
    from tests.outside.desk.operator import Desk

    return Desk().sign_in(account)
