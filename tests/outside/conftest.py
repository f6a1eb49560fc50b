"""Tests of the outside building: every test begins with empty tables and a clock at 2026-11-24 10:00."""

import pytest

from tests.support import place as p


@pytest.fixture(autouse=True)
def _outside():
    made = p.place()
    made.set_clock(p.DAY)
    yield made
    p.empty(made, "outside")
