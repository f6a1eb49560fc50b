"""Setting the same places again and again, by table (植字の早見表).

``Drawing.text`` looks at every sign. A print run sets ten thousand names in one place: here a text is translated as
a whole into the codes of the first face of its style. A text that needs another face, a selector, a mark or a
squeeze is not set here: ``codes`` gives None, and the caller draws that one with ``Drawing``. Both give the same page.
"""

from binascii import hexlify
from collections.abc import Sequence

from sesshu.base.paper.clusters import is_mark, is_selector
from sesshu.base.paper.drawing import POINT, Place, heavy_stroke, number
from sesshu.base.paper.faces import Style
from sesshu.base.paper.lettering import Lettering

_OTHER = 0xFFFF  # not in the first face, or not a sign of its own; never a code
_OTHER_SIGN = chr(_OTHER)
_BETWEEN, _BETWEEN_HEX = "\ufffe", b"fffe"  # a noncharacter: no register file has it


class Table(dict[int, int]):
    """早見表 — code point → code in the first face of one style, filled as texts come."""

    def __init__(self, lettering: Lettering, style: Style):
        self._lettering, self.style = lettering, style
        first = lettering.first_cut(style)
        self._path, self.heavy = first.path, first.heavy
        self.font = ""
        self[ord(_BETWEEN)] = ord(_BETWEEN)
        self._widths = {_OTHER: 0.0}
        self.widest = 0.0

    def __missing__(self, point: int) -> int:
        found = None
        if not (is_selector(point) or is_mark(point)):
            found = self._lettering.sort(self.style, chr(point))
        code = _OTHER
        if found and self._lettering.cases[found.font].face.path == self._path:
            code, self.font = found.code, found.font
            self._widths[code] = found.width
            self.widest = max(self.widest, found.width)
        self[point] = code
        return code

    def codes(self, text: str, room: float) -> bytes | None:
        """The text as hexadecimal codes; None where it is not all in the first face or wider than ``room`` em."""
        set_ = text.translate(self)
        if _OTHER_SIGN in set_:
            return None
        if len(set_) * self.widest > room and self.width(set_) > room:
            return None
        return hexlify(set_.encode("utf-16-be"))

    def codes_of(self, texts: Sequence[str], rooms: Sequence[float]) -> list[bytes | None]:
        """``codes`` of several texts, in one go where all of them can be set by the table."""
        together = _BETWEEN.join(texts).translate(self)
        if _OTHER_SIGN not in together and all(
            len(text) * self.widest <= room for text, room in zip(texts, rooms, strict=True)
        ):
            # No code begins with D8 or above, so the mark is found only where it was put.
            return hexlify(together.encode("utf-16-be")).split(_BETWEEN_HEX)  # type: ignore[return-value]
        return [self.codes(text, room) for text, room in zip(texts, rooms, strict=True)]

    def width(self, codes: str) -> float:
        """Natural width in em."""
        return sum(map(self._widths.__getitem__, map(ord, codes)))

    def around(self, place: Place) -> tuple[bytes, bytes]:
        """Operators before and after the hexadecimal codes of a text: font and size, and ink where no bold cut is."""
        font = f"/{self.font or self._any_font()} {number(place.size)} Tf"
        if not self.heavy:
            return f"{font}<".encode(), b">Tj"
        return f" 2 Tr {number(heavy_stroke(place.size))} w{font}<".encode(), b">Tj 0 Tr"

    def _any_font(self) -> str:
        self[ord("0")]
        return self.font


def room(place: Place) -> float:
    """The width of a place in em of its type; unlimited where it has none."""
    return place.width / (place.size * POINT) if place.width else float("inf")
