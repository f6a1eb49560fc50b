"""The sheet: what is printed can be read by a machine, copied by a reader, and is the right person's."""

from dataclasses import replace

import pytest

from sesshu.base.errors import Refused
from sesshu.base.paper import faces
from sesshu.base.paper.clusters import MissingGlyph, TooLong, Unprintable
from sesshu.base.paper.faces import WHEEL_ONLY
from sesshu.inside.mailing.sheets import gate
from sesshu.inside.mailing.sheets.sheet import LABEL, LABELS, WEB_QR, PastDose, make_sheets
from sesshu.inside.mailing.sheets.words import lead
from tests.support import paper
from tests.support.sheets import ASSIGNED, LETTER, NAMES, NUMBERS, SHELVES, sheet


@pytest.mark.parametrize("fonts", SHELVES)
def test_every_code_and_text_is_read_back(fonts):
    sheets = [sheet(n) for n in range(len(NAMES))]
    made = make_sheets(sheets, fonts)
    assert made.record_ids == tuple(s.record_id for s in sheets) and not made.withheld
    for page, asked in enumerate(sheets):
        picture = paper.picture(made.pdf, page)
        line = f"1131997{asked.ticket_number}"
        for (x, y), kind in zip(LABELS, "21", strict=True):
            assert paper.codes(paper.cut(picture, x, y, *LABEL)) == {
                "QRCode": kind + line,
                "Codabar": f"A{asked.ticket_number}A",
            }
        text = paper.text(made.pdf, page)
        name = "".join(asked.name.split())
        assert text.count(name) == 4
        assert text.count("".join(asked.register_address.split())) == 2
        assert text.count("2" + line) == text.count("1" + line) == 1
        for other in (asked.management_code, f"〒{asked.postcode}", asked.birth, "請求先東京都見本区131997"):
            assert other in text


def test_the_web_code_holds_the_one_official_address():
    x, y, side = WEB_QR
    page = paper.picture(make_sheets([sheet()]).pdf)
    assert paper.codes(paper.cut(page, x - 3, y - 3, side + 6, side + 6)) == {
        "QRCode": "https://sesshu.example.jp/"
    }


def test_an_assigned_sheet_says_day_and_hall():
    made = make_sheets(
        [sheet(letter=ASSIGNED, lead=lead(1, "6月10日（木）午前10:00", "中央体育館"))], WHEEL_ONLY
    )
    assert "あなたの1回目は6月10日（木）午前10:00中央体育館に決まりました。" in paper.text(made.pdf)
    with pytest.raises(ValueError):
        make_sheets([sheet(lead="あなたの1回目は")])  # an open letter keeps no room for it


def test_past_doses_are_printed_and_unknown_ones_starred():
    """済証: 不明のものは「*」— nobody can write it in by hand."""
    known = PastDose(1, "令和3年6月10日", "コミナティ　EY0001", "中央体育館")
    letter = replace(LETTER, dose=3, slip_doses=(1, 2, 3))
    text = paper.text(make_sheets([sheet(letter=letter, past=(known, PastDose(2)))], WHEEL_ONLY).pdf)
    assert "令和3年6月10日" in text and "コミナティEY0001" in text and text.count("*") == 3


def test_a_sheet_that_cannot_be_exact_is_withheld_and_the_others_are_not():
    bad = sheet(1, name="渡邉\U000e01ef")
    long = sheet(2, name="辻" * 60)
    made = make_sheets([sheet(0), bad, long, sheet(3)], WHEEL_ONLY)
    assert made.record_ids == ("r0", "r3") and paper.pages(made.pdf) == 2
    assert made.withheld[0] == MissingGlyph("r1", "name", (0x9089, 0xE01EF))
    assert (
        all(isinstance(p, TooLong) and p.record_id == "r2" for p in made.withheld[1:]) and made.withheld[1:]
    )
    assert make_sheets([bad]).pdf == b""


def test_a_letter_that_cannot_be_set_stops_the_batch():
    with pytest.raises(Unprintable):
        make_sheets([sheet(letter=replace(LETTER, title="\ue000"))], WHEEL_ONLY)


@pytest.mark.parametrize(
    "changes, code",
    [({"ticket_number": "0000012344"}, "NU01"), ({"letter": replace(LETTER, dose=10)}, "NU02")],
)
def test_wrong_numbers_are_refused(changes, code):
    with pytest.raises(Refused) as caught:
        make_sheets([sheet(**changes)])
    assert caught.value.refusal.code == code


def test_long_addresses_break_before_they_are_squeezed():
    lines = (
        "東京都見本区大字とても長い町名の字さらに長い小字名三丁目二十三番地",
        "プレミアムレジデンス見本タワー 3402号室",
    )
    made = make_sheets([sheet(address=lines)], WHEEL_ONLY)
    assert not made.withheld and "".join("".join(lines).split()) in paper.text(made.pdf)


def test_same_sheets_same_bytes():
    sheets = [sheet(n) for n in range(40)]
    assert make_sheets(sheets).pdf == make_sheets(iter(sheets)).pdf


def test_a_sheet_costs_about_a_kilobyte():
    """Fixed part and fonts are in the file once."""
    few, many = (len(make_sheets([sheet(n) for n in range(count)], WHEEL_ONLY).pdf) for count in (10, 60))
    assert (many - few) / 50 < 1300


@pytest.mark.parametrize("fonts", SHELVES)
def test_only_known_operators_are_drawn(fonts):
    """A missing blank between two operators passes qpdf's check; here it would have a strange name."""
    known = gate.OPERATORS
    assert paper.operators(make_sheets([sheet(n) for n in range(len(NAMES))], fonts).pdf) <= known


def test_a_sheet_does_not_print_its_person():
    shown = repr(sheet()) + repr(PastDose(1, "令和3年6月10日")) + repr(make_sheets([sheet()]))
    assert "見本" not in shown and NUMBERS[0] not in shown and "令和" not in shown


def test_the_ocr_line_is_ocr_b():
    """OCR-B 9 pt: 18 digits take 41 mm, one pitch of 6.5 points each."""
    width = faces.face(faces.OCR_B).width(faces.face(faces.OCR_B).glyph("7"))
    assert width * 9 == pytest.approx(6.5, abs=0.01)
