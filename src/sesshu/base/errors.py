"""Refusals: what the system says when it will not do a thing.

A refusal is data: a short code, a Japanese sentence for people, an English line for developers.
Logs hold the code only. Nothing here ever carries a value of a person.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """拒否理由 — one reason why something is not done."""

    code: str
    sentence: str  # Japanese, for people; ends with 。; says what to do next
    english: str  # one line for developers and docs/reference/refusals.md


class Refused(Exception):
    """An action said no. Carries the refusal and, for files, a position (line, column); never a value."""

    def __init__(self, refusal: Refusal, *, line: int | None = None, column: str | None = None):
        self.refusal, self.line, self.column = refusal, line, column
        where = f" (line {line}, {column})" if line else ""
        super().__init__(f"{refusal.code}{where}")


_catalogue: dict[str, Refusal] = {}


def refusal(code: str, sentence: str, english: str) -> Refusal:
    """Make a refusal and put it in the catalogue. Raises ValueError when the code is taken by another."""
    made = Refusal(code, sentence, english)
    if _catalogue.setdefault(code, made) != made:
        raise ValueError(f"refusal code {code} is used twice")
    return made


def catalogue() -> dict[str, Refusal]:
    """All refusals of the modules imported so far, by code."""
    return dict(sorted(_catalogue.items()))


def sentence_of(code: str) -> str:
    """The Japanese sentence for a code; an unknown code gets a general one, so a page never breaks."""
    known = _catalogue.get(code)
    return known.sentence if known else "手続を進められませんでした。もういちどお試しください。"
