"""Machine-readable codes as drawing operators that fill the unit square (二次元コード・バーコード).

QR through segno; NW-7 (Codabar, JIS X 0506) here, because it is one table.
"""

import re
from functools import cache
from threading import Lock

import segno

_MASK = 3  # any mask is valid; a fixed one makes the matrix a linear function of the payload
_DIGITS = 18
_ENDS = re.compile(rb"\sEI(\s|$)")
_TABLE_PAYS = 64  # codes after which building the tables (61 matrices) is cheaper than asking segno each time


# --- QR -----------------------------------------------------------------------------------------------------


def qr_text(text: str, level: str = "M") -> tuple[int, ...]:
    """A QR matrix of any text, one int per row, the left module in the highest bit; no quiet zone."""
    return _rows(segno.make_qr(text, error=level, boost_error=False))


def qr_digits(digits: str) -> tuple[int, ...]:
    """A QR matrix of exactly 18 digits: model 2, version 1, level Q, numeric mode (21 × 21 modules)."""
    if len(digits) != _DIGITS or not (digits.isascii() and digits.isdigit()):
        raise ValueError("18 digits are needed")
    if not _count.pays():
        return _by_segno(digits)
    base, tables = digit_tables()
    whole = base
    for table, start in zip(tables, range(0, _DIGITS, 3), strict=True):
        whole ^= table[int(digits[start : start + 3])]
    return tuple(whole >> 21 * (20 - row) & 0x1FFFFF for row in range(21))


def qr_operators(rows: tuple[int, ...]) -> bytes:
    """A matrix as an inline image mask over the unit square (row 0 on top)."""
    side = len(rows)
    width = (side + 7) // 8 * 8
    data = b"".join((row << (width - side)).to_bytes(width // 8, "big") for row in rows)
    return mask(mask_head(side, side), data)


def mask_head(width: int, height: int) -> bytes:
    """The beginning of an inline image mask of so many elements, one bit each; 1 is drawn."""
    return b"BI/W %d/H %d/BPC 1/IM true/D[1 0]" % (width, height)


def mask(head: bytes, data: bytes) -> bytes:
    """An inline image mask; data that would look like its end are written in hex."""
    if b"EI" in data and _ENDS.search(b" " + data):
        return head + b"/F/AHx ID " + data.hex().encode() + b"> EI"
    return head + b" ID " + data + b" EI"


class _Count:
    """How many codes this process has made."""

    def __init__(self) -> None:
        self._made, self._lock = 0, Lock()

    def pays(self) -> bool:
        with self._lock:
            self._made += 1
        return self._made > _TABLE_PAYS


_count = _Count()


def _by_segno(digits: str) -> tuple[int, ...]:
    return _rows(segno.make_qr(digits, version=1, error="q", mode="numeric", mask=_MASK, boost_error=False))


def _rows(code: segno.QRCode) -> tuple[int, ...]:
    return tuple(int("".join("1" if m & 1 else "0" for m in row), 2) for row in code.matrix)


@cache
def digit_tables() -> tuple[int, tuple[tuple[int, ...], ...]]:
    """Base matrix and, per group of three digits, what each value changes in it (one int for the whole matrix).

    With version, level, mask and length fixed the matrix is affine over GF(2) in the payload's bits, error
    correction included; three digits are ten bits.
    """

    def whole(digits: str) -> int:
        made = 0
        for row in _by_segno(digits):
            made = made << 21 | row
        return made

    base = whole("0" * _DIGITS)
    tables = []
    for start in range(0, _DIGITS, 3):
        bits = [whole("0" * start + f"{1 << n:03d}" + "0" * (_DIGITS - start - 3)) ^ base for n in range(10)]
        table = [0] * 1000
        for value in range(1, 1000):
            low = value & -value
            table[value] = table[value ^ low] ^ bits[low.bit_length() - 1]
        tables.append(tuple(table))
    return base, tuple(tables)


# --- NW-7 ---------------------------------------------------------------------------------------------------

# Seven elements per sign, bar and space in turn; 1 is wide.
_NW7 = {
    "0": "0000011", "1": "0000110", "2": "0001001", "3": "1100000", "4": "0010010",
    "5": "1000010", "6": "0100001", "7": "0100100", "8": "0110000", "9": "1001000",
    "-": "0001100", "$": "0011000", "A": "0011010", "B": "0101001", "C": "0001011", "D": "0001110",
}  # fmt: skip
_WIDE = 3


def nw7_bars(digits: str, start: str = "A", stop: str = "A") -> tuple[list[tuple[int, int]], int]:
    """Bars as (left edge, width) and the whole width, in narrow elements. Ten digits between A and A: 147."""
    bars, at = [], 0
    for sign in f"{start}{digits}{stop}":
        for position, wide in enumerate(_NW7[sign]):
            width = _WIDE if wide == "1" else 1
            if position % 2 == 0:
                bars.append((at, width))
            at += width
        at += 1  # the gap between two signs
    return bars, at - 1


def nw7_row(digits: str, start: str = "A", stop: str = "A") -> tuple[int, int]:
    """The bars as bits, the left element highest; and how many elements there are."""
    bars, width = nw7_bars(digits, start, stop)
    return sum(((1 << thick) - 1) << (width - left - thick) for left, thick in bars), width


def nw7_operators(digits: str, start: str = "A", stop: str = "A") -> bytes:
    """The bars over the unit square, as an inline image mask one element high."""
    row, width = nw7_row(digits, start, stop)
    size = (width + 7) // 8
    return mask(mask_head(width, 1), (row << (8 * size - width)).to_bytes(size, "big"))
