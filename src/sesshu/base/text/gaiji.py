"""Finding the characters that a printer or another office may lack (外字).

Three kinds: user-defined code points (CP932 F040–F9FC come in as U+E000–U+E757), variation sequences (IVS),
and letters outside JIS X 0213. They are counted and listed, never replaced in silence.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_SEQUENCE = re.compile("(.?)([\ufe00-\ufe0f\U000e0100-\U000e01ef])", re.DOTALL)
_good: set[str] = set()  # characters seen to be ordinary; at most the 11,000 of JIS X 0213 and the signs


def _is_ordinary(char: str) -> bool:
    if "\ue000" <= char <= "\uf8ff" or ord(char) >= 0xF0000:
        return False
    if not unicodedata.category(char).startswith("L"):
        return True
    try:
        char.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return False
    return True


def find_gaiji(text: str) -> list[str]:
    """All 外字 of a text in order; an IVS is one entry of two code points."""
    if _good.issuperset(text):
        return []
    found = [base + selector for base, selector in _SEQUENCE.findall(text)]
    for char in _SEQUENCE.sub("", text) if found else text:
        if char in _good:
            continue
        if _is_ordinary(char):
            _good.add(char)
        else:
            found.append(char)
    return found


def may_hold_gaiji(text: str) -> bool:
    """A quick look over a whole line: False where ``find_gaiji`` would find nothing in any part of it."""
    try:
        text.encode("euc_jis_2004")
    except UnicodeEncodeError:
        return True
    return False


def code_points(char: str) -> str:
    """How a 外字 is listed: ``U+E000``, ``U+9089 U+E0101``."""
    return " ".join(f"U+{ord(c):04X}" for c in char)


@dataclass
class GaijiTally:
    """外字一覧 — how often each character occurs and in how many rows any does."""

    characters: Counter[str] = field(default_factory=Counter)
    rows: int = 0

    def add(self, texts: Sequence[str]) -> None:
        """Count one row."""
        if _good.issuperset("".join(texts)):
            return
        found = [char for text in texts for char in find_gaiji(text)]
        if found:
            self.rows += 1
            self.characters.update(map(code_points, found))
