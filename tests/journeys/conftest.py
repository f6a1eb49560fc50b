"""One town and one browser for all journeys of a run."""

import pytest

from tests.support.look import browser
from tests.support.town import start_town, stop_town


@pytest.fixture(scope="session")
def town():
    living = start_town()
    yield living
    stop_town(living)


@pytest.fixture(scope="session")
def chromium():
    with browser() as made:
        yield made


@pytest.fixture
def context(chromium):
    """A browser of somebody's own; scripts are off, as nothing needs them."""
    made = chromium.new_context(locale="ja-JP", java_script_enabled=False)
    made.set_default_timeout(15_000)
    yield made
    made.close()
