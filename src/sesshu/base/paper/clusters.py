"""Written signs as they are printed: one base with its selectors and combining marks (字形選択子・結合文字).

A name is not a row of code points. 邉 followed by a variation selector is one sign, か followed by a combining
voiced mark is one sign. Everything on paper counts, looks up and measures these clusters.
"""

import re
from dataclasses import dataclass

# Standardised selectors, ideographic selectors (IVS), combining marks, combining kana marks.
_CLUSTER = re.compile(
    "(?s:.)[\N{VARIATION SELECTOR-1}-\N{VARIATION SELECTOR-16}"
    "\N{VARIATION SELECTOR-17}-\N{VARIATION SELECTOR-256}\u0300-\u036f\u3099\u309a]*"
)


def split(text: str) -> list[str]:
    """The clusters of a text, in order; ``"".join`` of them gives the text back."""
    return _CLUSTER.findall(text)


def is_selector(code_point: int) -> bool:
    """True for a variation selector (字形選択子)."""
    return 0xFE00 <= code_point <= 0xFE0F or 0xE0100 <= code_point <= 0xE01EF


def is_mark(code_point: int) -> bool:
    """True for a combining mark (結合文字) that joins the sign before it."""
    return 0x0300 <= code_point <= 0x036F or code_point in (0x3099, 0x309A)


def is_private(code_point: int) -> bool:
    """True for a user-defined character (外字): its shape is known to the sender's system alone."""
    return 0xE000 <= code_point <= 0xF8FF or code_point >= 0xF0000


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """字形なし — a sign that no font of this machine has. ``code_points`` is for the officer's page, not for logs."""

    record_id: str
    field: str
    code_points: tuple[int, ...]

    def __repr__(self) -> str:
        return f"MissingGlyph({self.record_id!r}, {self.field!r})"

    def spelled(self) -> str:
        """The code points as people write them: ``U+9089 U+E0110``."""
        return " ".join(f"U+{c:04X}" for c in self.code_points)


@dataclass(frozen=True, slots=True)
class TooLong:
    """はみ出し — a text that does not fit its place even when squeezed as far as it may be."""

    record_id: str
    field: str
    clusters: int  # how many signs were to be set
    percent: int  # the width that would have been needed, in % of the natural one


Problem = MissingGlyph | TooLong


class Unprintable(Exception):
    """A paper cannot be made as it should be; ``problems`` says why. The message names fields, never values."""

    def __init__(self, problems: tuple[Problem, ...]):
        self.problems = problems
        super().__init__(", ".join(sorted({f"{type(p).__name__} {p.record_id}/{p.field}" for p in problems})))
