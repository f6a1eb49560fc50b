"""The gate before a print file leaves (出力前の検査): a sample rendered and read back, and nothing but known operators.

Asked of every file: as many pages as sheets; on the sampled pages only operators that are drawn here; both labels'
QR, NW-7 and OCR-B line read from the picture and equal to the register's number; code, name and address as text.
A file without fonts passes qpdf's check, so the picture decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from random import Random, SystemRandom

import pikepdf

from sesshu.base.paper.reading import Reader, codes, cut, ocr_box, ocr_digits
from sesshu.inside.mailing.sheets.sheet import LABEL, LABELS, PLACES, Sheet

OPERATORS = frozenset("q Q cm re f m l c h S B w d g G BT ET Tf Td Tm Tj Tz Tc Tr Do".split()) | {
    "INLINE IMAGE"
}
_DIGITS = 18
_STRIP = (LABELS[0][0] - 1, LABELS[0][1] - 1, LABELS[1][0] - LABELS[0][0] + LABEL[0] + 2, LABEL[1] + 2)


class What(StrEnum):
    """検査の項目 — what was found wrong on a page."""

    PAGES = "pages"  # 枚数が違う
    OPERATORS = "operators"  # 知らない描画命令
    QR = "qr"
    BARS = "bars"  # NW-7
    OCR = "ocr"  # OCRライン
    TEXT = "text"  # 管理コード・氏名・住所


@dataclass(frozen=True, slots=True)
class Fault:
    """検査の不合格 — which sheet, and what about it. Never a value."""

    record_id: str
    what: What


@dataclass(frozen=True, slots=True)
class Checked:
    """検査の結果 — ``read`` of ``sampled`` sheets were read back rightly."""

    pages: int
    sampled: int
    read: int
    faults: tuple[Fault, ...]

    @property
    def passed(self) -> bool:
        return self.sampled > 0 and not self.faults


def check_file(pdf: bytes, sheets: Sequence[Sheet], sample: int, rng: Random | None = None) -> Checked:
    """Look at a file that should hold these sheets, one a page, in this order. The first and last are always read."""
    with Reader(pdf) as reader, pikepdf.open(BytesIO(pdf)) as document:
        pages = len(reader)
        if not pages == len(document.pages) == len(sheets):
            return Checked(pages, 0, 0, (Fault("", What.PAGES),))
        faults: list[Fault] = []
        chosen = _chosen(pages, sample, rng or SystemRandom())
        read = 0
        for page in chosen:
            wrong = _look(reader, page, sheets[page])
            if not _known_operators(document.pages[page]):
                wrong.append(What.OPERATORS)
            faults += (Fault(sheets[page].record_id, what) for what in wrong)
            read += not wrong
        return Checked(pages, len(chosen), read, tuple(faults))


def _chosen(pages: int, sample: int, rng: Random) -> list[int]:
    ends = {0, pages - 1}
    inner = range(1, pages - 1)
    more = min(max(sample - len(ends), 0), len(inner))
    return sorted(ends | set(rng.sample(inner, more)))


def _known_operators(page: pikepdf.Page) -> bool:
    """A blank lost between two operators passes qpdf's check; here it has a strange name."""
    try:
        return {str(i.operator) for i in pikepdf.parse_content_stream(page)} <= OPERATORS
    except pikepdf.PdfParsingError:
        return False


def _look(reader: Reader, page: int, sheet: Sheet) -> list[What]:
    wrong: list[What] = []
    letter = sheet.letter
    strip = reader.picture(page, _STRIP)
    line = f"{letter.dose}{letter.municipality_code}{sheet.ticket_number}"
    for (x, y), kind in zip(LABELS, (letter.kinds.vaccination, letter.kinds.examination), strict=True):
        read = codes(cut(strip, (x - _STRIP[0], y - _STRIP[1], *LABEL)))
        place = PLACES["label ocr"].at(x, y)
        left, top, width, height = ocr_box(place, _DIGITS)
        around = (left - _STRIP[0], top - _STRIP[1], width, height)
        digits = ocr_digits(cut(strip, around), place, _DIGITS)
        wrong += [
            what
            for what, right in (
                (What.QR, read.get("QRCode") == kind + line),
                (What.BARS, read.get("Codabar") == f"A{sheet.ticket_number}A"),
                (What.OCR, digits == kind + line),
            )
            if not right and what not in wrong
        ]
    text = reader.text(page)
    name, address = _plain(sheet.name), _plain(sheet.register_address)
    if not (
        _plain(sheet.management_code) in text
        and text.count(name) >= 4  # window, two labels, slip
        and address in text
        and _plain(f"〒{sheet.postcode}") in text
        and all(part in text for line_ in sheet.address for part in line_.split())
    ):
        wrong.append(What.TEXT)
    return wrong


def _plain(text: str) -> str:
    return "".join(text.split())
