"""Acts that need two people (二人の承認): the first approval is noted, a second person within ten minutes completes it."""

import datetime as dt
from dataclasses import dataclass

from sesshu.base.errors import Refused
from sesshu.db import calls
from sesshu.trust.access.acting import SAME_PERSON, step
from sesshu.trust.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Approval:
    """承認 — whose turn this was. ``complete``: two different people have now agreed, and the act is to be done."""

    turn: str  # first | second | same
    first_by: str
    first_at: dt.datetime

    @property
    def complete(self) -> bool:
        return self.turn == "second"


@step
def approve(act: str, target: str, *, by: Actor) -> Approval:
    """承認する — one person's agreement to ``act`` on ``target`` (``import 3``), inside the act's own transaction.

    Where it is not complete the caller does nothing more, and its transaction commits the note of the first person.
    Raises Refused A03 when the same person comes twice. A first approval is void after ten minutes.
    """
    said = calls.one("trust.approve_v1", Approval, p_act=act, p_target=target, p_by=by.code)
    if said.turn == "same":
        raise Refused(SAME_PERSON)
    return said


def waiting(act: str, target: str) -> Approval | None:
    """The first person's approval that still waits for a second one, or None."""
    return calls.maybe("trust.waiting_v1", Approval, p_act=act, p_target=target)
