"""Exact glyphs: a name is printed as the register writes it, or not at all."""

import pytest

from sesshu.base.paper import clusters, faces
from sesshu.base.paper.clusters import MissingGlyph, TooLong, Unprintable
from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Place
from sesshu.base.paper.faces import WHEEL_ONLY, Style, shelf
from tests.support import paper

debian = pytest.mark.skipif(
    not (faces.BIZ.is_file() and faces.IPAMJ.is_file()),
    reason="fonts-morisawa-bizud-gothic, fonts-ipamj-mincho",
)
SHELVES = [pytest.param(WHEEL_ONLY, id="wheel"), pytest.param(shelf(), id="machine")]


def pairs(base: str, *selectors: int) -> list[str]:
    return [base + chr(0xE0100 + s) for s in selectors]


# Moji_Joho: the variants that IPAmj Mincho draws.
MOJI_JOHO = [
    *pairs("邉", *range(0x0F, 0x1E), 0x1F), *pairs("邊", *range(0x08, 0x13)), *pairs("辻", 0x02, 0x03),
    *pairs("葛", *range(0x02, 0x09)), *pairs("齋", *range(0x02, 0x07)),
]  # fmt: skip
# Adobe-Japan1: the variants that Noto Sans draws.
ADOBE_JAPAN = [
    *pairs("邉", *range(15)), *pairs("邊", *range(8)), *pairs("辻", 0, 1), *pairs("葛", 0, 1), *pairs("齋", 0, 1)
]  # fmt: skip
HARD = ["か\u3099", "か\u309a", "𠮷", "﨑", "髙", "辻", "辻\U000e0100", "Å", "한"]


def board(signs: list[str], shelf_used) -> bytes:
    """One sign in each cell of 14 mm, ten to a row."""
    document = Document("signs", shelf_used)
    drawing = document.drawing("board")
    for n, sign in enumerate(signs):
        drawing.text(Place(10 + n % 10 * 14, 20 + n // 10 * 14, 30), sign, "sign")
    document.page(drawing)
    return document.save()


def shapes(signs: list[str], shelf_used) -> set[bytes]:
    page = paper.picture(board(signs, shelf_used), dpi=200)
    return {
        paper.cut(page, 10 + n % 10 * 14, 8 + n // 10 * 14, 13, 14, dpi=200).tobytes()
        for n in range(len(signs))
    }


@debian
def test_41_variants_are_41_shapes_and_41_texts():
    """字形の区別 — 邉邊辻葛齋: the trap in which whole print runs have lost the shape of a name."""
    assert len(MOJI_JOHO) == 41
    assert len(shapes(MOJI_JOHO, shelf())) == 41
    assert paper.text(board(MOJI_JOHO, shelf())) == "".join(MOJI_JOHO)


def test_29_variants_of_the_fresh_machine():
    assert len(shapes(ADOBE_JAPAN, WHEEL_ONLY)) == 29
    assert paper.text(board(ADOBE_JAPAN, WHEEL_ONLY)) == "".join(ADOBE_JAPAN)


@pytest.mark.parametrize("fonts", SHELVES)
def test_text_comes_back_as_it_was(fonts):
    """Combining marks, characters outside the basic plane, and two texts that share one glyph."""
    assert paper.text(board(HARD, fonts)) == "".join(HARD)


def test_a_variant_that_no_face_has_is_reported_and_not_replaced():
    document = Document("one")
    drawing = document.drawing("r7")
    drawing.text(Place(20, 20, 12), "渡邉\U000e01ef\U00030000\n\uf860", "name")
    assert drawing.problems == [
        MissingGlyph("r7", "name", (0x9089, 0xE01EF)),
        MissingGlyph("r7", "name", (0x30000,)),
        MissingGlyph("r7", "name", (0x0A,)),
        MissingGlyph("r7", "name", (0xF860,)),  # IPAmj has a sign there, but not the city's 外字
    ]
    assert drawing.problems[0].spelled() == "U+9089 U+E01EF"
    with pytest.raises(Unprintable) as caught:
        document.page(drawing)
    assert "9089" not in str(caught.value) + repr(caught.value.problems)  # a code point may tell a name


@debian
def test_a_name_is_not_patched_from_two_faces():
    """One sign that only Mincho has: the whole name is set in it."""
    document = Document("one")
    mixed, _ = document.lettering.set(Style.FIELD, "渡邉\U000e0110一郎")
    whole, missing = document.lettering.set(Style.FIELD, "渡邉\U000e0110一郎", whole=True)
    assert len({s.font for s in mixed}) == 2
    assert len({s.font for s in whole}) == 1 and not missing


def test_width_counts_signs_not_code_points():
    """Ten signs with selectors are thirty code units and still as wide as ten signs."""
    document = Document("one", WHEEL_ONLY)
    drawing = document.drawing("r1")
    plain = drawing.text(Place(20, 20, 10), "辻" * 10)
    variants = drawing.text(Place(20, 30, 10), "辻\U000e0101" * 10)
    assert plain == variants == pytest.approx(10 * 10 * 25.4 / 72)
    assert len(clusters.split("辻\U000e0101か\u3099")) == 2


def test_long_texts_are_squeezed_then_reported():
    document = Document("one", WHEEL_ONLY)
    drawing = document.drawing("r1")
    place = Place(20, 20, 10, width=50)
    assert drawing.text(place, "辻" * 20) == pytest.approx(50)
    assert not drawing.problems
    drawing.text(place, "辻" * 40, "name")
    assert drawing.problems == [TooLong("r1", "name", 40, 282)]


@pytest.mark.parametrize("fonts", SHELVES)
def test_same_input_same_bytes(fonts):
    assert board(HARD, fonts) == board(HARD, fonts)


def test_the_machine_says_which_fonts_it_has():
    assert faces.installed()[faces.WHEEL.name] and faces.installed()[faces.OCR_B.name]
    assert (faces.OCR_B.parent / "LICENCE-ocrb.txt").is_file()


def test_ocr_b_has_digits_capitals_and_hyphen_only():
    document = Document("one", WHEEL_ONLY)
    drawing = document.drawing("r1")
    drawing.text(Place(20, 20, 9, style=Style.OCR), "0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
    assert not drawing.problems
    drawing.text(Place(20, 30, 9, style=Style.OCR), "a", "code")
    assert drawing.problems == [MissingGlyph("r1", "code", (0x61,))]
