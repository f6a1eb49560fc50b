"""A page or a form as operators, drawn in millimetres from the top left corner (描画).

Text, rules, boxes and stamps are all there is: a letter, a label and a list need no more. A text that cannot be
set as it is becomes a problem of this drawing, never a wrong sign on paper.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Self

from sesshu.base.paper.clusters import MissingGlyph, Problem, TooLong
from sesshu.base.paper.faces import Style
from sesshu.base.paper.lettering import OCR_FONT, Lettering, Sort
from sesshu.base.paper.lines import Line, Words, break_words, natural_width

POINT = 25.4 / 72  # mm
A4 = (210.0, 297.0)
_HEAVY_STROKE = 0.024  # em; thickens a face that has no bold cut


@dataclass(frozen=True, slots=True)
class Place:
    """欄 — where a text stands: left end of its baseline in mm, type size in points, the width it may take in mm.

    ``align`` puts the text within its width; ``floor`` is the smallest share of its natural width it may be
    squeezed to; ``spacing`` is extra space between signs in em; ``whole`` keeps a name in one face.
    """

    x: float
    y: float
    size: float
    width: float = 0.0  # 0: as wide as it gets
    style: Style = Style.FIELD
    align: str = "left"
    floor: float = 0.5
    grey: float = 0.0
    spacing: float = 0.0
    whole: bool = False

    def at(self, dx: float = 0.0, dy: float = 0.0) -> Self:
        """The same place, moved."""
        return replace(self, x=self.x + dx, y=self.y + dy)


def number(value: float) -> str:
    """A number as PDF writes it: at most three decimals, no trailing zeros."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else str(int(value))


def heavy_stroke(size: float) -> float:
    """How thick the outline of a face without a bold cut is drawn, in points, for a type size."""
    return _HEAVY_STROKE * size


class Drawing:
    """Operators of one page or form. ``problems`` must be empty before the drawing is put into a file."""

    def __init__(self, lettering: Lettering, record_id: str = "", size: tuple[float, float] = A4):
        self.lettering, self.record_id, self.size = lettering, record_id, size
        self.problems: list[Problem] = []
        self._parts: list[bytes] = []
        self._grey = 0.0
        self._squeeze = 100.0
        self._spacing = 0.0
        self._heavy = False

    def operators(self) -> bytes:
        """The content stream."""
        return b"\n".join(self._parts)

    # --- 文字 ---

    def text(self, place: Place, text: str, field: str = "") -> float:
        """Set one line; squeeze it where it is too wide. Returns the width it took in mm."""
        sorts, missing = self.lettering.set(place.style, text, whole=place.whole)
        if missing:
            self._report_missing(missing, field)
            return 0.0
        natural = natural_width(sorts, place.spacing) * place.size * POINT
        share = 1.0
        if place.width and natural > place.width:
            share = place.width / natural
            if share < place.floor:
                needed = round(100 * natural / place.width)
                self._report(TooLong(self.record_id, field, len(sorts), needed))
                return 0.0
        width = natural * share
        shift = {"left": 0.0, "center": (place.width - width) / 2, "right": place.width - width}[place.align]
        self._set(sorts, place, place.x + shift, place.y, 100 * share)
        return width

    def fold(self, place: Place, text: str, share: float) -> list[str]:
        """The text as one line where ``share`` of its natural width fits its place, else broken into several.

        A space that gives two lines is where people would break it.
        """
        if self._measure(place, text) * share <= place.width:
            return [text]
        for at in range(len(text) - 1, 0, -1):
            if text[at] in " 　":
                halves = [text[:at], text[at + 1 :]]
                if all(self._measure(place, half) <= place.width for half in halves):
                    return halves
        lines, _ = break_words(self.lettering, place.style, text, place.width / (place.size * POINT))
        return [line.text for line in lines]

    def _measure(self, place: Place, text: str) -> float:
        """Natural width in mm."""
        sorts, _ = self.lettering.set(place.style, text)
        return natural_width(sorts) * place.size * POINT

    def break_words(self, place: Place, words: Words, field: str = "") -> list[Line]:
        """Lines of a paragraph in the width of its place; nothing is drawn yet."""
        lines, missing = break_words(self.lettering, place.style, words, place.width / (place.size * POINT))
        self._report_missing(missing, field)
        return lines

    def lines(self, place: Place, lines: Iterable[Line], leading: float) -> float:
        """Set broken lines, ``leading`` mm apart, the first on the place's baseline. Returns the next baseline."""
        y = place.y
        for line in lines:
            if line.sorts:
                room = place.width - line.width * place.size * POINT
                shift = {"left": 0.0, "center": room / 2, "right": room}[place.align]
                self._set(line.sorts, place, place.x + shift, y, 100.0)
            y += leading
        return y

    def paragraph(self, place: Place, words: Words, leading: float, field: str = "", most: int = 0) -> float:
        """Break and set a paragraph of at most ``most`` lines (0: any number). Returns the next baseline."""
        lines = self.break_words(place, words, field)
        if most and len(lines) > most:
            clusters = sum(len(line.sorts) for line in lines)
            self._report(TooLong(self.record_id, field, clusters, round(100 * len(lines) / most)))
            return place.y
        return self.lines(place, lines, leading)

    def _report_missing(self, missing: Iterable[str], field: str) -> None:
        for cluster in missing:
            self._report(MissingGlyph(self.record_id, field, tuple(map(ord, cluster))))

    def _report(self, problem: Problem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _set(self, sorts: Sequence[Sort], place: Place, x: float, y: float, squeeze: float) -> None:
        out = [b"BT"]
        self._shade(place.grey, out)
        if squeeze != self._squeeze:
            self._squeeze = squeeze
            out.append(f"{number(squeeze)} Tz".encode())
        if place.spacing != self._spacing:
            self._spacing = place.spacing
            out.append(f"{number(place.spacing * place.size)} Tc".encode())
        out.append(f"1 0 0 1 {number(x / POINT)} {number((self.size[1] - y) / POINT)} Tm".encode())
        for (font, heavy), run in groupby(sorts, lambda s: (s.font, s.heavy)):
            if heavy != self._heavy:
                self._heavy = heavy
                out.append(b"%d Tr" % (2 if heavy else 0))
            if heavy:
                out.append(f"{number(heavy_stroke(place.size))} w".encode())
            codes = [s.code for s in run]
            if font == OCR_FONT:
                shown = b"(" + bytes(codes) + b")"  # no bracket and no backslash is in that font
            else:
                shown = b"<" + "".join(f"{c:04x}" for c in codes).encode() + b">"
            out.append(f"/{font} {number(place.size)} Tf ".encode() + shown + b" Tj")
        out.append(b"ET")
        self._parts.append(b" ".join(out))

    def _shade(self, grey: float, out: list[bytes]) -> None:
        if grey != self._grey:
            self._grey = grey
            out.append(f"{number(grey)} g {number(grey)} G".encode())

    # --- 罫線・図形 ---

    def line(
        self, x1: float, y1: float, x2: float, y2: float, *, weight: float = 0.25, grey: float = 0.0,
        dash: tuple[float, ...] = (),
    ) -> None:  # fmt: skip
        """A straight rule, ``weight`` mm thick."""
        self._stroke(f"{self._xy(x1, y1)} m {self._xy(x2, y2)} l S", weight, grey, dash)

    def box(
        self, x: float, y: float, width: float, height: float, *, weight: float = 0.25, grey: float = 0.0,
        radius: float = 0.0,
    ) -> None:  # fmt: skip
        """The outline of a rectangle, its corners rounded with ``radius`` mm."""
        self._stroke(f"{self._path(x, y, width, height, radius)} S", weight, grey, ())

    def fill(
        self, x: float, y: float, width: float, height: float, *, grey: float, radius: float = 0.0
    ) -> None:
        """A filled rectangle."""
        self._parts.append(f"q {number(grey)} g {self._path(x, y, width, height, radius)} f Q".encode())

    def ring(self, x: float, y: float, radius: float, *, weight: float, grey: float, inside: float) -> None:
        """A small circle around its middle, filled with the grey ``inside``."""
        path = self._path(x - radius, y - radius, 2 * radius, 2 * radius, radius)
        self._parts.append(
            f"q {number(inside)} g {number(grey)} G {number(weight / POINT)} w {path} B Q".encode()
        )

    def stamp(self, x: float, y: float, width: float, height: float, operators: bytes) -> None:
        """Ready operators that fill the unit square (a code), put into a rectangle; ``y`` is its upper edge."""
        low = number((self.size[1] - y - height) / POINT)
        frame = f"{number(width / POINT)} 0 0 {number(height / POINT)} {number(x / POINT)} {low} cm"
        self._parts.append(b"q 0 g " + frame.encode() + b" " + operators + b" Q")

    def form(self, name: str) -> None:
        """Draw a form that stands in the file already."""
        self._parts.append(f"/{name} Do".encode())

    def _xy(self, x: float, y: float) -> str:
        return f"{number(x / POINT)} {number((self.size[1] - y) / POINT)}"

    def _stroke(self, path: str, weight: float, grey: float, dash: tuple[float, ...]) -> None:
        dashes = f"[{' '.join(number(d / POINT) for d in dash)}] 0 d " if dash else ""
        self._parts.append(f"q {number(grey)} G {number(weight / POINT)} w {dashes}{path} Q".encode())

    def _path(self, x: float, y: float, width: float, height: float, radius: float) -> str:
        """A closed path; corners are cubic curves that differ from a circle by less than 0.03 %."""
        if not radius:
            low = f"{self._xy(x, y + height)} {number(width / POINT)} {number(height / POINT)}"
            return f"{low} re"
        r, k = radius, radius * 0.4477
        x2, y2, at = x + width, y + height, self._xy
        return (
            f"{at(x + r, y)} m {at(x2 - r, y)} l {at(x2 - k, y)} {at(x2, y + k)} {at(x2, y + r)} c "
            f"{at(x2, y2 - r)} l {at(x2, y2 - k)} {at(x2 - k, y2)} {at(x2 - r, y2)} c "
            f"{at(x + r, y2)} l {at(x + k, y2)} {at(x, y2 - k)} {at(x, y2 - r)} c "
            f"{at(x, y + r)} l {at(x, y + k)} {at(x + k, y)} {at(x + r, y)} c h"
        )
