"""Sheets by the ten thousand are the same sheets: every page looks and reads like the one drawn alone."""

import io
from collections import Counter
from dataclasses import replace

import pikepdf
import pytest
from PIL import ImageChops

from sesshu.base import codes, codes_fast
from sesshu.base.errors import Refused
from sesshu.base.paper.clusters import MissingGlyph, Unprintable
from sesshu.base.paper.document import Document
from sesshu.base.paper.faces import WHEEL_ONLY
from sesshu.inside.mailing.sheets import gate
from sesshu.inside.mailing.sheets.press import press_sheets
from sesshu.inside.mailing.sheets.sheet import PastDose, make_sheets
from sesshu.inside.mailing.sheets.words import lead
from tests.support import paper
from tests.support.sheets import ASSIGNED, LETTER, NAMES, NUMBERS, SHELVES, sheet

LONG = (
    "東京都見本区大字とても長い町名の字さらに長い小字名三丁目二十三番地",
    "プレミアムレジデンス見本タワー 3402号室",
)
KNOWN = PastDose(1, "令和3年6月10日", "コミナティ　EY0001", "中央体育館")
SECOND = replace(LETTER, dose=2)
HARD = [
    *(
        sheet(n) for n in range(len(NAMES))
    ),  # selectors, a long Latin name, a sign outside the basic plane, a mark
    sheet(10, address=LONG, register_address=" ".join(LONG)),
    sheet(11, address=LONG[:1], name=NAMES[1]),
    sheet(12, address=("甲", "乙", "丙")),
    sheet(13, letter=SECOND, past=(KNOWN,)),
    sheet(14, letter=SECOND),
    sheet(15, letter=SECOND, past=(KNOWN,)),
    sheet(16, letter=ASSIGNED, lead=lead(1, "6月10日（木）午前10:00", "中央体育館")),
    sheet(17, management_code="123-000017-A"),
    sheet(18, register_address="東京都見本区" + "大字字小字" * 9),
]


@pytest.mark.parametrize("fonts", SHELVES)
def test_every_page_looks_like_the_sheet_drawn_alone(fonts):
    alone, pressed = make_sheets(HARD, fonts), press_sheets(HARD, fonts)
    assert pressed.record_ids == alone.record_ids == tuple(s.record_id for s in HARD)
    for page in range(len(HARD)):
        pictures = [paper.picture(made.pdf, page, 150) for made in (alone, pressed)]
        # Strokes of a face without a bold cut may round differently: three of 255 greys.
        assert ImageChops.difference(*pictures).getextrema()[1] <= 3, HARD[page].record_id
        assert Counter(paper.text(alone.pdf, page)) == Counter(paper.text(pressed.pdf, page))


@pytest.mark.parametrize("fonts", SHELVES)
def test_a_print_file_is_sound_and_the_same_each_time(fonts):
    made = press_sheets(HARD, fonts)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert pdf.check_pdf_syntax() == [] and len(pdf.pages) == len(HARD)
    assert paper.operators(made.pdf) <= gate.OPERATORS
    assert press_sheets(list(HARD), fonts).pdf == made.pdf


def test_many_pages_are_all_there():
    """More than one object stream of pages."""
    sheets = [replace(sheet(n % 60), record_id=f"s{n}") for n in range(450)]
    made = press_sheets(sheets, WHEEL_ONLY)
    assert paper.pages(made.pdf) == 450 and made.record_ids[-1] == "s449"
    assert NUMBERS[449 % 60] in paper.text(made.pdf, 449)


def test_a_piece_that_cannot_be_exact_is_withheld_and_listed():
    bad, long = sheet(1, name="渡邉\U000e01ef"), sheet(2, name="辻" * 60)
    made = press_sheets([sheet(0), bad, long, sheet(3)], WHEEL_ONLY)
    assert made.record_ids == ("r0", "r3") and paper.pages(made.pdf) == 2
    assert made.withheld[0] == MissingGlyph("r1", "name", (0x9089, 0xE01EF))
    assert {p.record_id for p in made.withheld} == {"r1", "r2"}
    assert press_sheets([bad], WHEEL_ONLY).pdf == b""


def test_a_missing_sign_in_the_lead_or_the_past_is_found_each_time():
    said = [
        sheet(1, letter=ASSIGNED, lead="あなたは\ue000"),
        sheet(2, letter=ASSIGNED, lead="あなたは\ue000"),
        sheet(3, letter=SECOND, past=(replace(KNOWN, venue="\ue000"),)),
    ]
    made = press_sheets(said, WHEEL_ONLY)
    assert made.record_ids == () and {p.record_id for p in made.withheld} == {"r1", "r2", "r3"}


@pytest.mark.parametrize(
    "changes, code",
    [({"ticket_number": "0000012344"}, "NU01"), ({"letter": replace(LETTER, dose=10)}, "NU02")],
)
def test_wrong_numbers_are_refused(changes, code):
    with pytest.raises(Refused) as caught:
        press_sheets([sheet(**changes)], WHEEL_ONLY)
    assert caught.value.refusal.code == code


def test_a_letter_that_cannot_be_set_stops_the_file():
    with pytest.raises(Unprintable):
        press_sheets([sheet(letter=replace(LETTER, title="\ue000"))], WHEEL_ONLY)
    with pytest.raises(ValueError):
        press_sheets([sheet(address=())], WHEEL_ONLY)
    with pytest.raises(ValueError):
        press_sheets([sheet(lead="あなたの1回目は")], WHEEL_ONLY)  # an open letter keeps no room for it


def test_a_sheet_costs_less_than_a_kilobyte():
    few, many = (len(press_sheets([sheet(n) for n in range(count)], WHEEL_ONLY).pdf) for count in (10, 60))
    assert (many - few) / 50 < 1024


def test_the_tables_give_the_codes_of_the_single_sheet():
    line = codes_fast.qr_lines("21131997")
    for ticket in NUMBERS:
        at = codes_fast.groups(ticket)
        assert line.operators(at) == codes.qr_operators(codes.qr_digits(f"21131997{ticket}"))
        assert codes_fast.bars().operators(at) == codes.nw7_operators(ticket)
    with pytest.raises(ValueError):
        codes_fast.qr_lines("2113199")


def test_a_run_without_a_page_is_not_made():
    with pytest.raises(ValueError):
        Document("empty").save_run([])
