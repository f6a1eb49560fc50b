"""Sheets (measured.md rows 7 and 8): a print run beside the same page as one writes it with reportlab; a sample read back.

The page: address block, two labels (each with number, name, NW-7, OCR-B line, QR), slip; names of level-1 kanji drawn
at random, 2 % with a variation selector, 1 % rare signs, 0.3 % long Latin names. Subject and baseline are one process
each on one core, so CPU seconds are counted; the rest of the machine does not matter. The baseline gets its QR codes by
the same fast tables and its fixed part as a form; it loses variation selectors without a word. 280,000 sheets are made
once on one core: told, not asserted. What two processes need, composed, read back and closed, says ``bench/mailing.py``.
"""

import io
import random
import resource
import time
from collections.abc import Iterator
from functools import cache

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from bench import frame
from sesshu.base import codes
from sesshu.base.numbers import draw_ticket_numbers
from sesshu.base.paper.faces import BIZ, BIZ_BOLD, BIZ_P
from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.sheets import sheet as layout
from sesshu.inside.mailing.sheets.gate import check_file
from sesshu.inside.mailing.sheets.press import press_sheets
from sesshu.inside.mailing.sheets.run import Row, Run, compose
from sesshu.inside.mailing.sheets.sheet import PLACES, Letter, Sheet
from tests.support.sheets import LETTER

FILE, BASELINE, ROUNDS, ALL, SAMPLE = 10_000, 1_000, 5, 280_000, 1_000
KANJI = [bytes([a, b]).decode("euc_jp") for a in range(0xB0, 0xCF) for b in range(0xA1, 0xFF)]
RUN = Run(12, LETTER, "東京都", "見本区", {}, {}, "")


def register(first: int, count: int) -> list[Row]:
    """Rows of nobody, the same for the same numbers."""
    rng = random.Random(first)
    numbers = draw_ticket_numbers(count, rng=rng)
    return [
        Row(
            first + n, numbers[n], name(rng, first + n), "", "", f"152{n % 10_000:04d}",
            f"見本町{n % 9 + 1}丁目", f"{n % 30 + 1}番{n % 17 + 1}号", f"メゾン見本 {n % 800 + 101}" if n % 3 else "",
            f"19{30 + n % 60}04{n % 28 + 1:02d}", None,
        )
        for n in range(count)
    ]  # fmt: skip


def name(rng: random.Random, n: int) -> str:
    """A name of nobody."""
    family, given = "".join(rng.choices(KANJI, k=2)), "".join(rng.choices(KANJI, k=2))
    if n % 50 == 0:
        return f"渡邉\U000e0102　{given}"
    if n % 100 == 7:
        return f"𠮷﨑　{given}"
    return "MAXIMILIAN ALEXANDER FEATHERSTONEE" if n % 333 == 3 else f"{family}　{given}"


def rows() -> Iterator[frame.Row]:
    """Both claims."""
    sheets = [compose(RUN, row) for row in register(1, FILE)]
    reportlab_file(sheets[:20]), press_sheets(sheets[:200])
    sizes: dict[str, float] = {}

    def subject() -> float:
        began = time.process_time()
        made = press_sheets(sheets)
        took = time.process_time() - began
        sizes["subject"], sizes["withheld"] = len(made.pdf) / FILE, len(made.withheld)
        return FILE / took

    def baseline() -> float:
        began = time.process_time()
        made = reportlab_file(sheets[:BASELINE])
        took = time.process_time() - began
        sizes["baseline"] = len(made) / BASELINE
        return BASELINE / took

    found = frame.in_turns({"subject": subject, "baseline": baseline}, ROUNDS)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    yield frame.row(
        "sheets",
        "sheets of a print run a second, one core, beside the same page by reportlab",
        found["subject"],
        found["baseline"],
        "sheets/s",
        "≥ 20",
        bytes_a_sheet=round(sizes["subject"]),
        bytes_a_sheet_reportlab=round(sizes["baseline"]),
        withheld=sizes["withheld"],
        peak_mb=peak,
        seconds_for_280000_one_core=one_core(),
    )
    yield decoded(sheets)


def decoded(sheets: list[Sheet]) -> frame.Row:
    """Row 8: of a sample of one file, every QR, NW-7 and OCR-B line is read from the picture and is the register's."""
    began = time.perf_counter()
    seen = check_file(press_sheets(sheets).pdf, sheets, SAMPLE)
    return frame.Row(
        "sheets_decoded",
        "sampled sheets whose QR, NW-7, OCR line and words are read back and equal the register",
        seen.read,
        seen.sampled,
        seen.read / seen.sampled,
        "sheets",
        "≥ 1",
        {"seconds": round(time.perf_counter() - began, 1), "faults": len(seen.faults)},
    )


def one_core() -> float:
    """CPU seconds for a city in files of 10,000, its rows not counted."""
    took = 0.0
    for first in range(1, ALL + 1, FILE):
        sheets = [compose(RUN, row) for row in register(first, FILE)]
        began = time.process_time()
        press_sheets(sheets)
        took += time.process_time() - began
    return round(took, 1)


# --- The same page by reportlab -------------------------------------------------------------------------------

HEIGHT = A4[1]
FONTS = {"field": ("R", BIZ), "field bold": ("B", BIZ_BOLD), "text": ("P", BIZ_P)}


@cache
def _fonts() -> None:
    for face, path in FONTS.values():
        pdfmetrics.registerFont(TTFont(face, str(path)))


def reportlab_file(sheets: list[Sheet]) -> bytes:
    """One page per sheet; the fixed part is drawn once."""
    _fonts()
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, pageCompression=1)
    _form(canvas, sheets[0].letter)
    for sheet in sheets:
        canvas.doForm("fixed")
        _page(canvas, sheet)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _put(canvas: Canvas, key: str, text: str, dx: float = 0.0, dy: float = 0.0) -> None:
    place = PLACES[key]
    canvas.setFont(FONTS.get(str(place.style), ("R", BIZ))[0], place.size)
    canvas.drawString((place.x + dx) * mm, HEIGHT - (place.y + dy) * mm, text)


def _form(canvas: Canvas, letter: Letter) -> None:
    canvas.beginForm("fixed")
    for key, text in (("sender", letter.municipality), ("phone", letter.phone), ("title", letter.title)):
        _put(canvas, key, text)
    for n, (heading, _) in enumerate(letter.points):
        _put(canvas, "point", heading, 0, 110 + n * 10)
    x, y, width, height = layout.SLIP
    canvas.rect(x * mm, HEIGHT - (y + height) * mm, width * mm, height * mm)
    canvas.endForm()


def _page(canvas: Canvas, sheet: Sheet) -> None:
    _put(canvas, "management", str(Code(12, 1)))
    _put(canvas, "postcode", f"〒{sheet.postcode}")
    for n, line in enumerate(sheet.address):
        _put(canvas, "address", line, 0, n * 6.6)
    _put(canvas, "name", f"{sheet.name}　様", 0, layout.name_place(len(sheet.address)).y - PLACES["name"].y)
    head = f"{sheet.letter.dose}{sheet.letter.municipality_code}{sheet.ticket_number}"
    for (x, y), kind in zip(layout.LABELS, "21", strict=True):
        _put(canvas, "label number", f"券番号 {sheet.ticket_number}", x, y)
        _put(canvas, "label name", sheet.name, x, y)
        _put(canvas, "label ocr", kind + head, x, y)
        left, top, width, height = layout.LABEL_BARS
        _bars(canvas, sheet.ticket_number, x + left, y + top, width, height)
        left, top, side = layout.LABEL_QR
        _qr(canvas, kind + head, x + left, y + top, side)
    for key, text in (
        ("slip name", sheet.name),
        ("slip birth", sheet.birth),
        ("slip address", sheet.register_address),
    ):
        _put(canvas, key, text)


def _bars(canvas: Canvas, digits: str, x: float, y: float, width: float, height: float) -> None:
    bars, whole = codes.nw7_bars(digits)
    low, step, path = HEIGHT - (y + height) * mm, width / whole, canvas.beginPath()
    for left, thick in bars:
        path.rect((x + left * step) * mm, low, thick * step * mm, height * mm)
    canvas.drawPath(path, stroke=0, fill=1)


def _qr(canvas: Canvas, digits: str, x: float, y: float, side: float) -> None:
    """Runs of dark modules as rectangles of one path."""
    step, path = side / 21, canvas.beginPath()
    for n, row in enumerate(codes.qr_digits(digits)):
        at = 0
        while at < 21:
            end = at
            while end < 21 and row >> (20 - end) & 1:
                end += 1
            if end > at:
                low = HEIGHT - (y + (n + 1) * step) * mm
                path.rect((x + at * step) * mm, low, (end - at) * step * mm, step * mm)
            at = end + 1
    canvas.drawPath(path, stroke=0, fill=1)
