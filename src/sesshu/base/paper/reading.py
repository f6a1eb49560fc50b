"""A file read back by eyes that did not draw it (読み返し): PDFium renders, zxing-cpp reads codes, OCR-B by its shape.

Millimetres from the upper left corner, as in ``drawing``. Everything is read from the picture but ``text``.
"""

from functools import cache
from types import TracebackType
from typing import Self

import pypdfium2
import zxingcpp
from PIL import Image, ImageDraw, ImageFont, ImageOps

from sesshu.base.paper.drawing import POINT, Place
from sesshu.base.paper.faces import OCR_B, face

DPI = 300
_CELL = (16, 24)  # a sign, brought to one size
_DARK = [255 if v > 96 else 0 for v in range(256)]  # of inverted grey: where a sign begins
_SURE = 0.75  # the best shape must differ by less than this share of the second best
_KINDS = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.Codabar])
Box = tuple[float, float, float, float]  # x, y, width, height


class Reader:
    """読取 — an open file. Use as a context manager; one per process, PDFium is not made for threads."""

    def __init__(self, pdf: bytes):
        self._document = pypdfium2.PdfDocument(pdf)
        self._open: tuple[int, pypdfium2.PdfPage | None] = (-1, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._document.close()

    def __len__(self) -> int:
        return len(self._document)

    def _page(self, number: int) -> pypdfium2.PdfPage:
        held, page = self._open
        if page is None or held != number:
            page = self._document[number]
            self._open = (number, page)
        return page

    def picture(self, page: int, box: Box, dpi: int = DPI) -> Image.Image:
        """A part of a page as a grey picture."""
        shown = self._page(page)
        width, height = shown.get_size()
        x, y, w, h = (v / POINT for v in box)
        crop = (x, height - y - h, width - x - w, y)  # left, bottom, right, top
        return shown.render(scale=dpi / 72, grayscale=True, crop=crop).to_pil().convert("L")

    def text(self, page: int, box: Box | None = None) -> str:
        """What can be copied from a page or a part of it, without white space."""
        shown = self._page(page)
        held = shown.get_textpage()
        if box is None:
            return "".join(held.get_text_range().split())
        height = shown.get_size()[1]
        x, y, w, h = (v / POINT for v in box)
        found = held.get_text_bounded(left=x, bottom=height - y - h, right=x + w, top=height - y)
        return "".join(found.split())


def cut(picture: Image.Image, box: Box, dpi: int = DPI) -> Image.Image:
    """A part of a picture."""
    x, y, w, h = (v / 25.4 * dpi for v in box)
    return picture.crop((round(x), round(y), round(x + w), round(y + h)))


def codes(picture: Image.Image) -> dict[str, str]:
    """Format → text of the codes in a picture. Half-size search is off: it reads NW-7 values one digit short."""
    found = zxingcpp.read_barcodes(picture, _KINDS, try_downscale=False, try_rotate=False, try_invert=False)
    return {code.format.name: code.text for code in found}


def ocr_box(place: Place, signs: int) -> Box:
    """The part of a page that holds a line of so many signs of OCR-B."""
    size = place.size * POINT
    return place.x - 0.3 * size, place.y - 1.1 * size, (signs * _pitch() + 0.6) * size, 1.5 * size


def ocr_digits(picture: Image.Image, place: Place, signs: int, dpi: int = DPI) -> str:
    """The digits of an ``ocr_box`` by their shapes; ``?`` for one that is not surely recognised."""
    size = place.size * dpi / 72
    ink = ImageOps.invert(picture)
    dark = ink.point(_DARK)
    read = ""
    for x in ((0.3 + n * _pitch()) * size for n in range(signs)):
        cell = (round(x), 0, round(x + _pitch() * size), picture.height)
        read += _digit(ink.crop(cell), dark.crop(cell))
    return read


def _digit(ink: Image.Image, dark: Image.Image) -> str:
    shape = _normal(ink, dark)
    if shape is None:
        return "?"
    (far, digit), (second, _) = sorted(((shape ^ known).bit_count(), d) for d, known in _shapes().items())[:2]
    return digit if far < _SURE * second else "?"


def _normal(ink: Image.Image, dark: Image.Image) -> int | None:
    """The ink of a cell, cut out and brought to one size, one bit a point."""
    box = dark.getbbox()
    if not box:
        return None
    small = ink.crop(box).resize(_CELL, Image.Resampling.BILINEAR)
    return int.from_bytes(small.convert("1", dither=Image.Dither.NONE).tobytes(), "big")


@cache
def _shapes() -> dict[str, int]:
    """Each digit as FreeType draws it, straight from the font file."""
    font = ImageFont.truetype(str(OCR_B), 120)
    shapes = {}
    for digit in "0123456789":
        sheet = Image.new("L", (160, 200), 0)
        ImageDraw.Draw(sheet).text((40, 20), digit, font=font, fill=255)
        shape = _normal(sheet, sheet.point(_DARK))
        if shape is None:
            raise ValueError("the font draws no digits")
        shapes[digit] = shape
    return shapes


@cache
def _pitch() -> float:
    """From one sign to the next, in em; all are equally wide."""
    known = face(OCR_B)
    return known.width(known.glyph("0") or 0)
