"""The two codes of many ten-digit numbers, by table (二次元コード・バーコードの早見表).

``codes`` draws any code; a print run asks for half a million of the same make. With the head of the line fixed, a QR
matrix is a constant and three more look-ups (it is affine over GF(2) in its digits); so is a row of NW-7 bars.
"""

from functools import cache

from sesshu.base import codes

_SIDE, _PADDED = 21, 24  # modules of a version 1 matrix; bits of its rows as an image mask
_NUMBER = 10
# The digits of the number as they fall into the line's groups of three: …x|xxx|xxx|xxx.
_GROUPS = ((0, 1), (1, 4), (4, 7), (7, 10))
Table = tuple[int, ...]
Groups = tuple[int, int, int, int]


class Quick:
    """A picture whose bits are the XOR of one look-up per group of digits."""

    def __init__(self, head: bytes, size: int, tables: tuple[Table, Table, Table, Table]):
        self._head, self._size = head, size
        self._one, self._two, self._three, self._four = tables

    def operators(self, groups: Groups) -> bytes:
        """The code of a ten-digit number, given as its ``groups``, over the unit square."""
        one, two, three, four = groups
        bits = self._one[one] ^ self._two[two] ^ self._three[three] ^ self._four[four]
        return codes.mask(self._head, bits.to_bytes(self._size, "big"))


def groups(number: str) -> Groups:
    """A ten-digit number as the tables ask for it."""
    return int(number[0]), int(number[1:4]), int(number[4:7]), int(number[7:])


def qr_lines(head: str) -> Quick:
    """QR codes of 18 digits whose first eight are ``head``."""
    if len(head) != 8 or not (head.isascii() and head.isdigit()):
        raise ValueError("8 digits are needed")
    base, groups = _qr_tables()
    fixed = base ^ groups[0][int(head[:3])] ^ groups[1][int(head[3:6])]
    first = tuple(fixed ^ groups[2][int(head[6:] + digit)] for digit in "0123456789")
    size = _SIDE * _PADDED // 8
    return Quick(codes.mask_head(_SIDE, _SIDE), size, (first, groups[3], groups[4], groups[5]))


@cache
def bars() -> Quick:
    """NW-7 of ten digits between A and A."""
    base, width = codes.nw7_row("0" * _NUMBER)
    size = (width + 7) // 8
    tables = []
    for start, stop in _GROUPS:
        rows = []
        for value in range(10 ** (stop - start)):
            digits = f"{'0' * start}{value:0{stop - start}d}{'0' * (_NUMBER - stop)}"
            changed = codes.nw7_row(digits)[0] ^ (base if start else 0)
            rows.append(changed << (8 * size - width))
        tables.append(tuple(rows))
    one, two, three, four = tables
    return Quick(codes.mask_head(width, 1), size, (one, two, three, four))


@cache
def _qr_tables() -> tuple[int, tuple[Table, ...]]:
    base, groups = codes.digit_tables()
    return _padded(base), tuple(tuple(map(_padded, group)) for group in groups)


def _padded(matrix: int) -> int:
    """A matrix of 21-bit rows as rows of 24 bits."""
    whole = 0
    for row in range(_SIDE):
        bits = matrix >> _SIDE * (_SIDE - 1 - row) & ((1 << _SIDE) - 1)
        whole = whole << _PADDED | bits << (_PADDED - _SIDE)
    return whole
