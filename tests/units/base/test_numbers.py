"""Numbers on paper: every slip of one figure and every swap is caught before a database is asked."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base import numbers as n
from sesshu.base.errors import Refused

TICKETS = n.draw_ticket_numbers(400, rng=random.Random(7))


def test_the_worked_example_of_the_field():
    """券番号 — 0000012343 is the example of the notice; weights 2, 3 … 10 give the same check digit."""
    assert n.is_ticket_number("0000012343")
    assert not n.is_ticket_number("0000012344")


def test_weights_catch_everything_by_arithmetic():
    """R-01, exhaustively: no single change and no swap of two different digits keeps the sum modulo 11."""
    weights = range(1, 11)
    changes = [d for d in range(-9, 10) if d]
    assert all(w * d % 11 for w, d in itertools.product(weights, changes))
    assert all((v - w) * d % 11 for v, w in itertools.combinations(weights, 2) for d in changes)


def test_every_slip_and_every_swap_of_real_numbers():
    """The same proof on drawn numbers: 90 slips and up to 45 swaps of each."""
    for number in TICKETS:
        assert n.is_ticket_number(number)
        for place, digit in itertools.product(range(10), "0123456789"):
            if digit != number[place]:
                assert not n.is_ticket_number(number[:place] + digit + number[place + 1 :])
        for a, b in itertools.combinations(range(10), 2):
            if number[a] != number[b]:
                swapped = list(number)
                swapped[a], swapped[b] = number[b], number[a]
                assert not n.is_ticket_number("".join(swapped))


@pytest.mark.parametrize("text", ["", "1111111111", "0000000000", "12343", "００００012343", "²000012343"])
def test_what_is_no_ticket_number(text):
    assert not n.is_ticket_number(text)


def test_drawing_is_sparse_new_and_repeatable():
    again = n.draw_ticket_numbers(400, rng=random.Random(7))
    assert again == TICKETS and len(set(TICKETS)) == 400
    fresh = n.draw_ticket_numbers(400, taken=set(TICKETS), rng=random.Random(7))
    assert not set(fresh) & set(TICKETS)
    assert len(set(n.draw_ticket_numbers(50))) == 50
    with pytest.raises(ValueError):
        n.draw_ticket_numbers(10**8 + 1)


def test_no_body_with_check_ten_is_drawn():
    """Skipped, not written as 0: that would make two sums equal."""
    assert n._ticket_check(6) == 10  # 6 × 2 = 12, remainder 1
    assert not any(n.is_ticket_number(f"000000006{d}") for d in range(10))


@pytest.mark.parametrize(
    "typed", ["0000012343", "００００－０１２３４３", " 0000 012 343 ", "0000‐012ー343", "0000−012—343"]
)
def test_clean_digits(typed):
    assert n.clean_digits(typed) == "0000012343"


def test_clean_digits_keeps_what_is_wrong():
    assert n.clean_digits("12a4") == "12a4"


@pytest.mark.parametrize("code", ["131105", "131016", "011002", "271004", "141305", "131997"])
def test_municipality_codes(code):
    """全国地方公共団体コード — the field's test vectors."""
    assert n.is_municipality_code(code)
    assert not n.is_municipality_code(code[:5] + str((int(code[5]) + 1) % 10))


def test_municipality_code_needs_five_digits():
    with pytest.raises(ValueError):
        n.municipality_check_digit("1311")


def test_addressee_numbers():
    """宛名番号 — 1234: 4·2 + 3·3 + 2·4 + 1·5 = 30, remainder 8, check 3."""
    assert n.addressee_check_digit("1234") == "3"
    assert n.is_addressee_number("12343") and not n.is_addressee_number("12344")
    assert n.addressee_check_digit("0") == "0"
    assert not n.is_addressee_number("3")


def test_ocr_line_there_and_back():
    line = n.OcrLine("2", 1, "131105", "0000012343")
    assert n.build_ocr_line(line) == "211311050000012343"
    assert n.parse_ocr_line("2 1 131105 ０００００１２３４３") == line


@pytest.mark.parametrize(
    "text", ["", "311311050000012343", "201311050000012343", "211311060000012343", "211311050000012344"]
)
def test_wrong_ocr_lines_are_refused(text):
    with pytest.raises(Refused) as said:
        n.parse_ocr_line(text)
    assert said.value.refusal is n.WRONG_OCR_LINE


def test_a_tenth_dose_is_not_printed():
    with pytest.raises(Refused) as said:
        n.build_ocr_line(n.OcrLine("2", 10, "131105", "0000012343"))
    assert said.value.refusal is n.DOSE_NOT_PRINTABLE
    with pytest.raises(Refused):
        n.build_ocr_line(n.OcrLine("2", 1, "131105", "12343"))


@given(st.binary(min_size=16, max_size=32))
def test_receipt_codes(drawn):
    code = n.receipt_from_bytes(drawn)
    assert n.is_receipt(code) and len(set(n.RECEIPT_LETTERS)) == 30
    shown = n.show_receipt(code)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else "ー" for c in shown.lower())
    assert n.clean_receipt(shown) == n.clean_receipt(wide) == n.clean_receipt(f" {code.lower()} ") == code


def test_receipt_limits():
    assert n.clean_receipt("uvuv-2345") == "VVVV2345"
    assert not n.is_receipt("ABCD-234") and not n.is_receipt("ABCD0123")
    with pytest.raises(ValueError):
        n.receipt_from_bytes(b"short")
