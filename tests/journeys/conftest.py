"""One town and one browser for all journeys of a run."""

import pytest
from django.conf import settings

from tests.support.look import browser
from tests.support.town import start_town, stop_town

if not settings.configured:  # for the password hasher of new colleagues; no database of Django's
    settings.configure(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])


@pytest.fixture(scope="session")
def town():
    living = start_town()
    yield living
    stop_town(living)


@pytest.fixture(scope="session")
def chromium():
    with browser() as made:
        yield made
