"""Codes: the fast matrix is the standard's matrix, and a reader that is not ours reads it."""

import random
from io import BytesIO

import pikepdf
import pytest

from sesshu.base import codes
from sesshu.base.paper.document import Document
from tests.support import paper

RNG = random.Random(4)


def test_the_tables_give_the_matrix_of_the_standard(monkeypatch):
    monkeypatch.setattr(codes._count, "_made", 1000)
    for _ in range(40):
        digits = "".join(RNG.choices("0123456789", k=18))
        assert codes.qr_digits(digits) == codes._by_segno(digits)


@pytest.mark.parametrize("wrong", ["1", "2" * 17, "2" * 19, "２" * 18, "A" * 18])
def test_a_qr_of_digits_takes_eighteen(wrong):
    with pytest.raises(ValueError):
        codes.qr_digits(wrong)


def test_ten_digits_take_147_elements():
    """field 1.1: 37.21 mm for A, ten digits, A; wide to narrow 3 to 1."""
    bars, width = codes.nw7_bars("0000012343")
    assert width == 147
    assert (
        sum(thick for _, thick in bars)
        + sum(right - left - thick for (left, thick), (right, _) in zip(bars, bars[1:], strict=False))
        == width
    )


def test_data_that_looks_like_the_end_of_the_image_is_written_in_hex():
    rows = [0] * 24
    rows[0], rows[1] = 0x204549, 0x200000  # " EI " in the bits
    drawn = codes.qr_operators(tuple(rows))
    assert b"/F/AHx ID 204549" in drawn
    with pikepdf.new() as pdf:
        read = pikepdf.parse_content_stream(pikepdf.Stream(pdf, drawn))
    assert [str(i.operator) for i in read] == ["INLINE IMAGE"]


def test_both_codes_are_read_back():
    document = Document("codes")
    drawing = document.drawing()
    drawing.stamp(20, 20, 37.21, 5.6, codes.nw7_operators("2460173674"))
    drawing.stamp(70, 20, 10, 10, codes.qr_operators(codes.qr_digits("211311050000012343")))
    drawing.stamp(90, 20, 20, 20, codes.qr_operators(codes.qr_text("SESSHU1 131105 予防", "M")))
    document.page(drawing)
    page = paper.picture(document.save())
    assert paper.codes(paper.cut(page, 15, 15, 48, 16)) == {"Codabar": "A2460173674A"}
    assert paper.codes(paper.cut(page, 66, 16, 18, 18)) == {"QRCode": "211311050000012343"}
    assert paper.codes(paper.cut(page, 86, 16, 28, 28)) == {"QRCode": "SESSHU1 131105 予防"}


def test_a_file_without_pages_is_not_made():
    with pytest.raises(ValueError):
        Document("empty").save()
    document = Document("one")
    document.page(document.drawing())
    assert len(pikepdf.open(BytesIO(document.save())).pages) == 1
