"""The ``spec`` fixture: a table is asked line by line."""

import pytest

from tests.spec import tables


@pytest.fixture
def spec():
    """``spec(TABLE, ask=…)`` — every line of the table is asked and must be answered as it stands there."""
    return tables.check
