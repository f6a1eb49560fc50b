"""Breaking running text into lines as Japanese print does (行組・禁則処理), and squeezing what must stay on one.

A line does not begin with 、。）ー or a small kana and does not end with （「; a Latin word or a number is not cut
unless it is longer than the line.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sesshu.base.paper.clusters import split
from sesshu.base.paper.faces import Style
from sesshu.base.paper.lettering import Lettering, Sort

_NOT_FIRST = set(
    "、。，．,.）)］]｝}〕〉》」』】’”・：；:;！？!?ーぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ々〻ゝゞヽヾ‐–〜～％%℃"
)
_NOT_LAST = set("（(［[｛{〔〈《「『【‘“〒№＃￥")
_BOLD_OF = {Style.TEXT: Style.TEXT_BOLD, Style.FIELD: Style.FIELD_BOLD}


class Strong(str):
    """強調 — words of a paragraph that are set in bold."""

    __slots__ = ()


Words = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line, ready to be set: its sorts, their width in em, and what they say."""

    sorts: tuple[Sort, ...]
    width: float
    text: str


@dataclass(frozen=True, slots=True)
class _Bit:
    text: str
    sort: Sort


def natural_width(sorts: list[Sort] | tuple[Sort, ...], spacing: float = 0.0) -> float:
    """Width of a row of sorts in em, with extra space between them."""
    return sum(s.width for s in sorts) + spacing * max(len(sorts) - 1, 0)


def break_words(
    lettering: Lettering, style: Style, words: Words, width: float
) -> tuple[list[Line], list[str]]:
    """Lines of at most ``width`` em, and the clusters that no face has. ``\\n`` begins a new line."""
    bits: list[_Bit | None] = []
    missing: list[str] = []
    for part in (words,) if isinstance(words, str) else words:
        chosen = _BOLD_OF.get(style, style) if isinstance(part, Strong) else style
        for cluster in split(part):
            if cluster == "\n":
                bits.append(None)
            elif (sort := lettering.sort(chosen, cluster)) is None:
                missing.append(cluster)
            else:
                bits.append(_Bit(cluster, sort))
    lines: list[Line] = []
    for row in _rows(bits):
        lines += _fill(row, width)
    return lines, missing


def _rows(bits: list[_Bit | None]) -> Iterator[list[_Bit]]:
    row: list[_Bit] = []
    for bit in bits:
        if bit is None:
            yield row
            row = []
        else:
            row.append(bit)
    yield row


def _units(row: list[_Bit]) -> Iterator[list[_Bit]]:
    """What may not be separated: a word, or a sign with the marks that cling to it."""
    unit: list[_Bit] = []
    for bit in row:
        if unit and not _clings(unit[-1].text, bit.text):
            yield unit
            unit = []
        unit.append(bit)
    if unit:
        yield unit


def _clings(left: str, right: str) -> bool:
    if right in _NOT_FIRST or left in _NOT_LAST:
        return True
    return _latin(left) and _latin(right)


def _latin(text: str) -> bool:
    return text[0] < "\u0250" and not text.isspace()


def _fill(row: list[_Bit], width: float) -> list[Line]:
    lines: list[Line] = []
    line: list[_Bit] = []
    used = 0.0

    def end() -> None:
        nonlocal line, used
        while line and line[-1].text == " ":
            line.pop()
        sorts = tuple(b.sort for b in line)
        lines.append(Line(sorts, natural_width(sorts), "".join(b.text for b in line)))
        line, used = [], 0.0

    for unit in _units(row):
        size = natural_width([b.sort for b in unit])
        if line and used + size > width + 1e-6:
            end()
            if unit[0].text == " ":
                continue
        for bit in unit:
            if used + bit.sort.width > width + 1e-6 and line and size > width:
                end()  # a word longer than a whole line
            line.append(bit)
            used += bit.sort.width
    end()
    return lines
