"""Tests of the outside building: every test begins with empty tables and a clock at 2026-11-24 10:00."""

import pytest

from sesshu.bridge import messages
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture(autouse=True)
def _outside():
    made = p.place()
    made.set_clock(p.DAY)
    yield made
    z.close()
    _speaks_the_language()
    p.empty(made, "outside")


def _speaks_the_language() -> None:
    """Whatever a test made the outside say must be a message of the published language."""
    with p.superuser("outside") as c:
        for type_, body, rows in c.execute("SELECT type, body, rows FROM bridge.outbox").fetchall():
            if type_.split(".")[0] not in ("test", "x"):
                messages.validate(type_, body, rows=rows.encode() if rows is not None else None)
