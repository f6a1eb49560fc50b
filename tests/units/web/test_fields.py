"""Form fields: what people type and scan, in full width and half width."""

import datetime as dt

import pytest
from django import forms
from django.core.exceptions import ValidationError

from sesshu.base import numbers
from sesshu.base.jdate import dob_key
from sesshu.base.personal import Personal
from sesshu.web import fields

TICKET = numbers.draw_ticket_numbers(1, rng=__import__("random").Random(4))[0]
LINE = numbers.build_ocr_line(numbers.OcrLine("2", 1, "131105", TICKET))
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    "typed", [TICKET, f" {TICKET} ", TICKET.translate(WIDE), f"{TICKET[:5]}-{TICKET[5:]}"]
)
def test_a_ticket_number_is_read_as_typed(typed):
    assert fields.TicketField().clean(typed) == Personal(TICKET)


def test_a_wrong_check_digit_is_refused_without_repeating_it():
    wrong = TICKET[:-1] + str((int(TICKET[-1]) + 1) % 10)
    with pytest.raises(ValidationError) as e:
        fields.TicketField().clean(wrong)
    assert e.value.code == "W01" and wrong not in str(e.value)


@pytest.mark.parametrize(
    ("parts", "key"),
    [
        (["昭和", "21", "4", "1"], "19460401"),
        (["昭和", "２１", "４", "１"], "19460401"),
        (["西暦", "1946", "4", "1"], "19460401"),
        (["", "1946", "4", "1"], "19460401"),
        (["平成", "元", "1", "8"], "19890108"),
        (["昭和", "21", "4", ""], "19460400"),
        (["昭和", "21", "", ""], "19460000"),
    ],
)
def test_a_birth_date_in_parts(parts, key):
    """月日不詳の方もいる: the key equals what the register's own form gives."""
    assert dob_key(fields.BirthField().clean(parts).open()) == key


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (["昭和", "21", "13", "1"], "JD02"),
        (["昭和", "65", "4", "1"], "JD03"),
        (["", "21", "4", "1"], "W02"),
        (["昭和", "", "4", "1"], "JD01"),
        (["昭和", "21", "", "1"], "W02"),
        (["昭和", "あ", "4", "1"], "JD01"),
        (["令和", "40", "4", "1"], "W02"),
        (["", "", "", ""], "required"),
    ],
)
def test_a_birth_date_that_is_none(parts, code):
    with pytest.raises(ValidationError) as e:
        fields.BirthField().clean(parts)
    assert e.value.code == code


@pytest.mark.parametrize("typed", ["昭和21年4月1日", "S21.4.1", "S210401", "1946-04-01", "19460401"])
def test_a_birth_date_heard_by_staff(typed):
    assert fields.BirthLineField().clean(typed).open().date == dt.date(1946, 4, 1)


@pytest.mark.parametrize("scan", [LINE, f"A{LINE}A", f"a{TICKET}a", LINE.translate(WIDE)])
def test_a_scan_gives_the_ticket(scan):
    assert fields.ScanField().clean(scan).open().ticket == TICKET


def test_a_scan_of_a_sheet_says_dose_and_kind():
    read = fields.parse_scan(f"A{LINE}B")
    assert (read.kind, read.dose, read.municipality) == ("2", 1, "131105")
    assert TICKET not in repr(read)


@pytest.mark.parametrize("scan", ["123", TICKET + "1", "A" + LINE[:-1] + "A", "9" + LINE[1:]])
def test_a_broken_scan_is_refused(scan):
    with pytest.raises(ValidationError):
        fields.ScanField().clean(scan)


def test_a_receipt_code_is_read_as_people_write_it():
    assert fields.ReceiptField().clean("4k7m-92hx") == Personal("4K7M92HX")
    assert fields.ReceiptField().clean("４Ｋ７Ｍ ９２ＨＸ") == Personal("4K7M92HX")
    with pytest.raises(ValidationError):
        fields.ReceiptField().clean("4K7M-92H")


class _Form(forms.Form):
    ticket = fields.TicketField()
    born = fields.BirthField()


def test_a_wrong_field_names_its_message_for_screen_readers():
    form = _Form({"ticket": "1", "born_0": "", "born_1": "", "born_2": "", "born_3": ""})
    html = str(form["ticket"])
    assert 'aria-invalid="true"' in html and "id_ticket_error" in html
    assert "hidden" in repr(_Form({"ticket": TICKET}).fields["ticket"].clean(TICKET))
