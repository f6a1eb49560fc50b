"""A race shows itself by chance (競合の対照): a negative control may ask several times before it says "no race"."""

import functools
from collections.abc import Callable

from tests.support import place as p

ROUNDS = 8


def shows_itself(test: Callable[..., None]) -> Callable[..., None]:
    """Run a negative control until the race is seen, each time on empty tables; fails when it never was."""

    @functools.wraps(test)
    def again(**given: object) -> None:
        for left in reversed(range(ROUNDS)):
            try:
                return test(**given)
            except AssertionError:
                if not left:
                    raise
                p.empty(p.place(), "outside")
                p.place().set_clock(p.DAY)

    return again
