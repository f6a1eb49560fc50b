"""The gate lets a right file through and stops each kind of wrong one."""

import io
import random
from dataclasses import replace

import pikepdf
import pytest

from sesshu.base.paper.appending import deflate
from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Place
from sesshu.base.paper.faces import WHEEL_ONLY, Style
from sesshu.base.paper.reading import Reader, ocr_box, ocr_digits
from sesshu.inside.mailing.sheets.gate import What, check_file
from sesshu.inside.mailing.sheets.press import press_sheets
from tests.support.sheets import NUMBERS, SHELVES, sheet

SHEETS = [sheet(n) for n in range(12)]


def faults(pdf: bytes, sheets=SHEETS, sample=12) -> set[What]:
    return {fault.what for fault in check_file(pdf, sheets, sample).faults}


@pytest.fixture(scope="module")
def good():
    return press_sheets(SHEETS, WHEEL_ONLY).pdf


@pytest.mark.parametrize("fonts", SHELVES)
def test_a_right_file_passes(fonts):
    seen = check_file(press_sheets(SHEETS, fonts).pdf, SHEETS, 12)
    assert seen.passed and (seen.pages, seen.sampled, seen.read) == (12, 12, 12)


def test_first_and_last_are_always_in_the_sample(good):
    seen = check_file(good, SHEETS, 5, random.Random(1))
    assert seen.passed and seen.sampled == 5
    swapped = [SHEETS[-1], *SHEETS[1:-1], SHEETS[0]]
    assert not check_file(good, swapped, 2).passed


def test_a_page_too_few_or_too_many(good):
    assert faults(good, SHEETS[:-1]) == faults(good, [*SHEETS, SHEETS[0]]) == {What.PAGES}


def test_pages_of_other_people(good):
    """A file put together in another order: everything on the page contradicts the list."""
    assert faults(good, SHEETS[1:] + SHEETS[:1]) == {What.QR, What.BARS, What.OCR, What.TEXT}


@pytest.mark.parametrize(
    "changes, what",
    [
        ({"ticket_number": NUMBERS[50]}, {What.QR, What.BARS, What.OCR}),
        ({"name": "見本　次郎"}, {What.TEXT}),
        ({"register_address": "東京都見本区別町"}, {What.TEXT}),
        ({"management_code": "12-999999-A"}, {What.TEXT}),
        ({"postcode": "152-9999"}, {What.TEXT}),
        ({"address": ("別町",)}, {What.TEXT}),
    ],
)
def test_one_wrong_thing_on_a_page(good, changes, what):
    expected = [*SHEETS[:3], replace(SHEETS[3], **changes), *SHEETS[4:]]
    seen = check_file(good, expected, 12)
    assert {fault.what for fault in seen.faults} == what
    assert {fault.record_id for fault in seen.faults} == {"r3"} and seen.read == 11


def test_a_lost_blank_between_operators():
    """print.md: ``Tm90.5 Tz`` passes qpdf's check."""
    document = Document("lost", WHEEL_ONLY)
    document.lettering.sort(Style.FIELD, "0")
    pdf = document.save_run([deflate(b"BT 1 0 0 1 0 0 Tm90.5 Tz ET")])
    assert What.OPERATORS in faults(pdf, SHEETS[:1])


def test_a_file_without_fonts(good):
    """It passes qpdf's check, and every page is blank but for the bars."""
    with pikepdf.open(io.BytesIO(good)) as pdf:
        for page in pdf.pages:
            page.resources.Font = pikepdf.Dictionary()
        out = io.BytesIO()
        pdf.save(out)
    with pikepdf.open(io.BytesIO(out.getvalue())) as pdf:
        assert pdf.check_pdf_syntax() == []
    assert What.OCR in faults(out.getvalue())


@pytest.mark.parametrize("size", [8, 9, 12])
def test_ocr_b_is_read_by_its_shapes(size):
    place = Place(20, 40, size, style=Style.OCR)
    lines = [NUMBERS[n] + NUMBERS[n + 20][:8] for n in range(20)]
    document = Document("lines", WHEEL_ONLY)
    for line in lines:
        drawing = document.drawing()
        drawing.text(place, line)
        document.page(drawing)
    with Reader(document.save()) as reader:
        box = ocr_box(place, 18)
        assert [ocr_digits(reader.picture(n, box), place, 18) for n in range(20)] == lines
        assert ocr_digits(reader.picture(0, (100, 100, *box[2:])), place, 18) == "?" * 18  # nothing is there
