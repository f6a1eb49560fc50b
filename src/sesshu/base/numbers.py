"""Numbers printed on paper and typed by people: ticket numbers, codes with check digits, receipt codes.

券番号・市町村コード・宛名番号・OCRライン・予約番号. A wrong number is refused here, before any database is asked.
"""

import random
import re
import secrets
import unicodedata
from collections.abc import Container
from dataclasses import dataclass
from types import MappingProxyType

from sesshu.base.errors import Refused, refusal

WRONG_OCR_LINE = refusal(
    "NU01",
    "18桁の番号が正しくありません。もういちど読み取るか、番号を確かめてください。",
    "the OCR line is not 18 digits with a known kind, a dose 1-9 and two correct check digits",
)
DOSE_NOT_PRINTABLE = refusal(
    "NU02",
    "OCRラインに印字できる回数は1回から9回までです。",
    "the OCR line has one digit for the dose; there is no rule for a tenth",
)

# Dashes of all kinds, the katakana long vowel mark (typed for a hyphen) and blanks.
_BETWEEN = re.compile(r"[\s\-_.\u00ad\u2010-\u2015\u2043\u2212\u2500\u2501\u30fc\uff0d\uff70\ufe58\ufe63]")


def clean_digits(text: str) -> str:
    """Full-width figures become ASCII; blanks and hyphens go; anything else stays, so that a check sees it."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


def _is_digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()


# --- 券番号 ------------------------------------------------------------------------------------------------

TICKET_LENGTH = 10
_BODIES = 10**9


def _weighted(shift: int) -> tuple[int, ...]:
    """Weighted digit sums of 000…999, where the last of the three figures has weight ``shift + 2``."""
    w = shift + 2
    return tuple((n % 10) * w + (n // 10 % 10) * (w + 1) + (n // 100) * (w + 2) for n in range(1000))


_LOW, _MIDDLE, _HIGH = _weighted(0), _weighted(3), _weighted(6)


def _ticket_check(body: int) -> int:
    """Check digit of a 9 digit body, modulus 11, weights 2, 3 … 10 from the right (R-01); 10 = not usable."""
    total = _LOW[body % 1000] + _MIDDLE[body // 1000 % 1000] + _HIGH[body // 1_000_000]
    return -total % 11


def is_ticket_number(text: str) -> bool:
    """True for a 券番号: 10 ASCII digits whose check digit is right.

    All single wrong digits and all swaps of two digits are caught: the weights 1 … 10 and their differences
    are never 0 modulo 11. Ten equal digits satisfy the sum, but nobody has such a number.
    """
    if not _is_digits(text, TICKET_LENGTH) or len(set(text)) == 1:
        return False
    return _ticket_check(int(text[:9])) == int(text[9])


def draw_ticket_numbers(
    count: int, taken: Container[str] = frozenset(), rng: random.Random | None = None
) -> list[str]:
    """Draw ``count`` new 券番号 without sequence, none of them in ``taken`` (a set: every number ever given).

    Without ``rng`` the operating system's randomness is used; a seeded one is for made-up towns and tests.
    """
    if not 0 <= count <= _BODIES // 10:
        raise ValueError("a municipality has room for at most a tenth of all numbers")
    bits = (rng or secrets.SystemRandom()).getrandbits
    drawn: dict[str, None] = {}
    while len(drawn) < count:
        body = bits(30)
        if body >= _BODIES:
            continue
        check = _ticket_check(body)
        if check == 10:
            continue
        number = f"{body:09d}{check}"
        if number not in taken and number != number[0] * TICKET_LENGTH:
            drawn[number] = None
    return list(drawn)


# --- 全国地方公共団体コード ----------------------------------------------------------------------------------


def municipality_check_digit(five: str) -> str:
    """Check digit of a 市町村コード (JIS X 0401/0402): weights 6, 5, 4, 3, 2 from the left, modulus 11."""
    if not _is_digits(five, 5):
        raise ValueError("a municipality code has five digits before its check digit")
    total = sum(int(d) * w for d, w in zip(five, (6, 5, 4, 3, 2), strict=True))
    return str((11 - total % 11) % 10)


def is_municipality_code(text: str) -> bool:
    """True for a 市町村コード of 6 digits with its check digit, such as 131105 (目黒区)."""
    return _is_digits(text, 6) and municipality_check_digit(text[:5]) == text[5]


# --- 宛名番号・世帯番号 --------------------------------------------------------------------------------------


def addressee_check_digit(body: str) -> str:
    """Check digit of a 宛名番号 or 世帯番号: modulus 11, weights 2–7 repeating from the right, remainder 0 → 0.

    Source: 住民記録システム標準仕様書 1.0. A remainder of 1 also gives 0; the standard does not say.
    """
    total = sum(int(d) * (2 + i % 6) for i, d in enumerate(reversed(body)))
    return str(-total % 11 % 10)


def is_addressee_number(text: str) -> bool:
    """True for a 宛名番号 with a right check digit. Old numbers may fail: warn, never refuse."""
    good = 2 <= len(text) <= 15 and text.isascii() and text.isdigit()
    return good and addressee_check_digit(text[:-1]) == text[-1]


# --- OCRライン ----------------------------------------------------------------------------------------------

TICKET_KINDS = MappingProxyType({"2": "接種", "1": "予診のみ"})
"""券種 — first digit of the OCR line. No official text with the values was found: a city may have others."""


@dataclass(frozen=True, slots=True)
class OcrLine:
    """OCRライン — 18 digits of a 接種券: 券種 1, 回数 1, 市町村コード 6, 券番号 10."""

    kind: str
    dose: int
    municipality: str
    ticket: str


def build_ocr_line(line: OcrLine, kinds=TICKET_KINDS) -> str:
    """The 18 digits to print, also the whole content of the QR code. Refuses what a reader would refuse."""
    if not 1 <= line.dose <= 9:
        raise Refused(DOSE_NOT_PRINTABLE)
    text = f"{line.kind}{line.dose}{line.municipality}{line.ticket}"
    if parse_ocr_line(text, kinds) != line:
        raise Refused(WRONG_OCR_LINE)
    return text


def parse_ocr_line(text: str, kinds=TICKET_KINDS) -> OcrLine:
    """Take a scanned or typed OCR line apart; blanks and full-width figures are allowed."""
    digits = clean_digits(text)
    good = _is_digits(digits, 18) and digits[0] in kinds and digits[1] != "0"
    if not good or not is_municipality_code(digits[2:8]) or not is_ticket_number(digits[8:]):
        raise Refused(WRONG_OCR_LINE)
    return OcrLine(digits[0], int(digits[1]), digits[2:8], digits[8:])


# --- 予約番号 -----------------------------------------------------------------------------------------------

RECEIPT_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""30 letters without look-alikes: no 0 O, no 1 I L, no U beside V."""
RECEIPT_LENGTH = 8
_RECEIPTS = len(RECEIPT_LETTERS) ** RECEIPT_LENGTH


def receipt_from_bytes(random_bytes: bytes) -> str:
    """予約番号 — 8 letters from at least 16 random or keyed bytes (39 bits; the bias is below 2**-88)."""
    if len(random_bytes) < 16:
        raise ValueError("a receipt code needs 16 bytes")
    rest = int.from_bytes(random_bytes, "big") % _RECEIPTS
    letters = []
    for _ in range(RECEIPT_LENGTH):
        rest, which = divmod(rest, len(RECEIPT_LETTERS))
        letters.append(RECEIPT_LETTERS[which])
    return "".join(reversed(letters))


def clean_receipt(text: str) -> str:
    """What a person typed, as stored: capitals, no hyphens or blanks, full-width made ASCII, U read as V."""
    return clean_digits(text).upper().replace("U", "V")


def is_receipt(text: str) -> bool:
    """True for a cleaned 予約番号."""
    return len(text) == RECEIPT_LENGTH and all(letter in RECEIPT_LETTERS for letter in text)


def show_receipt(code: str) -> str:
    """As printed and read out: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"
