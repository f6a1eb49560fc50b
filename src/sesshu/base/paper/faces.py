"""The fonts of this machine, in the order in which they are asked for a sign (書体).

Debian's BIZ UD Gothic reads best, IPAmj Mincho has the signs of the national register, the wheel's Noto Sans
is there on every machine. OCR-B stands in the repository. BIZ UD holds the Adobe-Japan1 variants, IPAmj the
Moji_Joho ones: neither alone is enough.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb
from noto_cjk_sans_jp_regular import FONT_PATH as NOTO

from sesshu.base.paper.clusters import is_private, is_selector

_DEBIAN = Path("/usr/share/fonts/truetype")
BIZ = _DEBIAN / "bizud-gothic/BIZUDGothic-Regular.ttf"
BIZ_BOLD = _DEBIAN / "bizud-gothic/BIZUDGothic-Bold.ttf"
BIZ_P = _DEBIAN / "bizud-gothic/BIZUDPGothic-Regular.ttf"
BIZ_P_BOLD = _DEBIAN / "bizud-gothic/BIZUDPGothic-Bold.ttf"
IPAMJ = _DEBIAN / "ipamj/ipamjm.ttf"
WHEEL = Path(str(NOTO))
OCR_B = Path(str(files("sesshu.base.paper"))) / "fonts/ocrb.otf"


class Style(StrEnum):
    """書体の使い分け — how a text is set. FIELD: full and half widths, for names and figures. TEXT: running text."""

    FIELD = "field"
    FIELD_BOLD = "field bold"
    TEXT = "text"
    TEXT_BOLD = "text bold"
    OCR = "ocr"  # OCR-B: digits, A to Z, hyphen, space; nothing else


class Face:
    """One font file: which glyph a cluster has, and how wide it is."""

    def __init__(self, path: Path):
        self.path = path
        self.hb = hb.Face(hb.Blob.from_file_path(str(path)))
        self._font = hb.Font(self.hb)
        self.is_cff = "CFF " in self.hb.table_tags

    def glyph(self, cluster: str) -> int | None:
        """The glyph of one cluster, or None. A base is never given out for a base with a selector."""
        points = [ord(c) for c in cluster]
        if any(map(is_private, points)):
            return None  # a font's own private signs are not the ones that the register means
        if len(points) == 1:
            return self._font.get_nominal_glyph(points[0]) or None
        if len(points) == 2 and is_selector(points[1]):
            # Shaping would drop an unknown selector without a word, so the pair itself is asked for.
            return self._font.get_variation_glyph(points[0], points[1]) or None
        if any(is_selector(p) for p in points):
            return None  # a selector and a mark together: shaping may drop either
        buffer = hb.Buffer()
        buffer.add_str(cluster)
        buffer.guess_segment_properties()
        hb.shape(self._font, buffer)
        found = [info.codepoint for info in buffer.glyph_infos]
        return found[0] if len(found) == 1 and found[0] else None

    def width(self, glyph: int) -> float:
        """Advance width in em."""
        return self._font.get_glyph_h_advance(glyph) / self.hb.upem


@dataclass(frozen=True, slots=True)
class Cut:
    """A face as one style uses it; ``heavy``: there is no bold cut, so its outlines are thickened."""

    path: Path
    heavy: bool = False


Shelf = Mapping[Style, tuple[Cut, ...]]

_WANTED: Shelf = {
    Style.FIELD: (Cut(BIZ), Cut(IPAMJ), Cut(WHEEL)),
    Style.FIELD_BOLD: (Cut(BIZ_BOLD), Cut(IPAMJ, True), Cut(WHEEL, True)),
    # Running text holds no names: a dash or a Hangul sign that BIZ UD lacks looks better from another Gothic.
    Style.TEXT: (Cut(BIZ_P), Cut(WHEEL), Cut(IPAMJ)),
    Style.TEXT_BOLD: (Cut(BIZ_P_BOLD), Cut(WHEEL, True), Cut(IPAMJ, True)),
}
# A fresh machine: what pip alone brings.
WHEEL_ONLY: Shelf = {style: tuple(c for c in cuts if c.path == WHEEL) for style, cuts in _WANTED.items()}


@cache
def shelf() -> Shelf:
    """The cuts that this machine has, per style, first choice first. The wheel's font is in every row."""
    return {style: tuple(c for c in cuts if c.path.is_file()) for style, cuts in _WANTED.items()}


@cache
def face(path: Path) -> Face:
    """A face, opened once per process."""
    return Face(path)


def installed() -> dict[str, bool]:
    """Which font files are there, by file name; for ``doctor``."""
    paths = dict.fromkeys(c.path for cuts in _WANTED.values() for c in cuts)
    return {p.name: p.is_file() for p in (*paths, OCR_B)}
