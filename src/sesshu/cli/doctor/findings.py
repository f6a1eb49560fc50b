"""What the doctor finds (点検の結果): one line each."""

from collections.abc import Iterable
from dataclasses import dataclass

OK, WARN, WRONG = "ok", "warn", "wrong"


@dataclass(frozen=True)
class Finding:
    """点検の一行 — ``mend`` says what to do; empty where nothing is to be done. Never a value of a person, never a secret."""

    area: str  # settings keys clocks fonts storage inside outside
    state: str  # ok | warn | wrong
    what: str
    mend: str = ""


def all_of(area: str, bad: Iterable[str], good: str, wrong: str, mend: str, state: str = WRONG) -> Finding:
    """One line for a rule that several things must keep: ok, or who breaks it."""
    named = sorted(bad)
    if not named:
        return Finding(area, OK, good)
    shown = ", ".join(named[:8]) + (f" and {len(named) - 8} more" if len(named) > 8 else "")
    return Finding(area, state, f"{wrong}: {shown}", mend)
