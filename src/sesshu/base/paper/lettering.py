"""The type of one file: every cluster that is used gets a code and keeps its own text (植字).

One code per cluster, not per glyph: 辻 and 辻 with a selector may share a glyph and still give their own text back.
A fast writer may ask for all its texts first and then translate strings by table: the codes stay the same.
"""

from dataclasses import dataclass, field

from sesshu.base.paper.clusters import split
from sesshu.base.paper.faces import OCR_B, WHEEL_ONLY, Cut, Face, Shelf, Style, face

OCR_FONT = "OCR"
_LAST_CODE = 0xD7FF  # below the surrogates, so that codes may be handled as UTF-16


@dataclass(frozen=True, slots=True)
class Sort:
    """活字 — one piece of type: font resource, code in that font, width in em."""

    font: str
    code: int
    width: float
    heavy: bool = False


@dataclass(slots=True)
class Case:
    """活字箱 — what one face has been asked for in this file. Code n (1, 2, …) shows ``glyphs[n - 1]``."""

    name: str
    face: Face
    glyphs: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    codes: dict[str, int] = field(default_factory=dict)

    def code(self, cluster: str, glyph: int) -> int:
        if cluster not in self.codes:
            if len(self.glyphs) >= _LAST_CODE:
                raise OverflowError("more signs of one font than a file may hold; make smaller files")
            self.glyphs.append(glyph)
            self.texts.append(cluster)
            self.codes[cluster] = len(self.glyphs)
        return self.codes[cluster]


class Lettering:
    """Sets texts for one file and remembers which signs its fonts must hold."""

    def __init__(self, shelf: Shelf):
        self._shelf = {**WHEEL_ONLY, **shelf}
        self.cases: dict[str, Case] = {}
        self._by_path: dict[str, Case] = {}
        self._sorts: dict[tuple[Style, str], Sort | None] = {}
        self._casts: dict[tuple[int, str], Sort | None] = {}
        self.uses_ocr = False

    def first_cut(self, style: Style) -> Cut:
        """The face that is asked first in this style."""
        return self._shelf[style][0]

    def sort(self, style: Style, cluster: str) -> Sort | None:
        """The sort of one cluster, from the first face that has it; None when no face has it."""
        key = (style, cluster)
        if key not in self._sorts:
            self._sorts[key] = self._ocr(cluster) if style is Style.OCR else self._find(style, cluster)
        return self._sorts[key]

    def set(self, style: Style, text: str, *, whole: bool = False) -> tuple[list[Sort], list[str]]:
        """Sorts of a text, and the clusters that no face has.

        ``whole``: a name in two faces looks patched, so the first face that has *all* its signs sets it.
        """
        found = [(c, self.sort(style, c)) for c in split(text)]
        missing = [c for c, s in found if s is None]
        sorts = [s for _, s in found if s is not None]
        if whole and not missing and len({s.font for s in sorts}) > 1:
            for cut in self._shelf[style]:
                one = [self._cast(cut, c) for c, _ in found]
                if None not in one:
                    return [s for s in one if s], []
        return sorts, missing

    def _find(self, style: Style, cluster: str) -> Sort | None:
        for cut in self._shelf[style]:
            if made := self._cast(cut, cluster):
                return made
        return None

    def _cast(self, cut: Cut, cluster: str) -> Sort | None:
        key = (id(cut), cluster)  # the cuts of a shelf live as long as the shelf
        if key not in self._casts:
            self._casts[key] = self._cast_new(cut, cluster)
        return self._casts[key]

    def _cast_new(self, cut: Cut, cluster: str) -> Sort | None:
        known = face(cut.path)
        glyph = known.glyph(cluster)
        if glyph is None:
            return None
        case = self._by_path.get(str(cut.path))
        if case is None:
            case = self._by_path[str(cut.path)] = Case(f"F{len(self.cases) + 1}", known)
            self.cases[case.name] = case
        return Sort(case.name, case.code(cluster, glyph), known.width(glyph), cut.heavy)

    def _ocr(self, cluster: str) -> Sort | None:
        known = face(OCR_B)
        glyph = known.glyph(cluster) if len(cluster) == 1 else None
        if glyph is None:
            return None
        self.uses_ocr = True
        return Sort(OCR_FONT, ord(cluster), known.width(glyph))
