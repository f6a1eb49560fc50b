"""A lifecycle (状態遷移) is a table that reads like the regulation; the database keeps the same table."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

S = TypeVar("S", bound=StrEnum)


class WrongStep(Exception):
    """A step that the lifecycle does not know from this state."""


@dataclass(frozen=True)
class Lifecycle(Generic[S]):
    """States and the named steps between them. ``next`` raises WrongStep for any other step."""

    start: S
    steps: Mapping[tuple[S, str], S]

    def next(self, state: S, step: str) -> S:
        try:
            return self.steps[(state, step)]
        except KeyError:
            raise WrongStep(f"{state} has no step {step}") from None

    def may(self, state: S, step: str) -> bool:
        return (state, step) in self.steps

    def pairs(self) -> set[tuple[str, str]]:
        """(old, new) pairs, the form in which the database's trigger holds the table."""
        return {(str(a), str(b)) for (a, _), b in self.steps.items()}
