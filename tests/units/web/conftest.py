"""A public zone in the test process: real settings, no database."""

import json
import tempfile
from pathlib import Path

import django
import pytest
from django.conf import settings

from sesshu.base import machine as place

_FOLDER = tempfile.TemporaryDirectory()
CONFIG = Path(_FOLDER.name) / "public.json"
CONFIG.write_text(
    json.dumps(
        {
            "building": "outside",
            "zone": "public",
            "database": "postgresql://nobody:none@/nothing?host=/nonexistent",
            "secret_key": "a key of the tests, fifty characters long, of no use",
            "https": False,
            "hosts": ["public.localhost", "testserver"],
        }
    )
)


@pytest.fixture(scope="session", autouse=True)
def public_zone():
    """Configure Django once; the settings file is named as a real process names it."""
    place.set_variable("SESSHU_CONFIG", str(CONFIG))
    place.machine.cache_clear()
    if not settings.configured:
        from sesshu.web.settings import Shape, make

        settings.configure(**make(Shape("public", staff=False), place.machine()))
        django.setup()
    yield
    place.machine.cache_clear()


@pytest.fixture
def client():
    from django.test import Client

    return Client(raise_request_exception=False, HTTP_HOST="public.localhost")
