"""The A4 sheet in the envelope: letter, two labels, slip of vaccination (接種券のシート).

Pattern ② of the handbook: one sheet with the address letter, one ticket, one 予診のみ and the 接種済証.
Folded twice (99 mm, 198 mm) for a long-3 envelope with a window. Everything that is equal for a batch is a
``Letter`` and drawn once; a ``Sheet`` fills it. A sheet that cannot be printed exactly is withheld and reported.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sesshu.base import codes
from sesshu.base.numbers import OcrLine, build_ocr_line
from sesshu.base.paper.clusters import Problem
from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Drawing, Place
from sesshu.base.paper.faces import Shelf, Style
from sesshu.base.paper.lines import Strong, Words


@dataclass(frozen=True, slots=True)
class Kinds:
    """券種 — the digit that stands for each kind of ticket. Configuration: no official text with the values is known."""

    vaccination: str  # 接種
    examination: str  # 予診のみ


@dataclass(frozen=True, slots=True)
class Letter:
    """お知らせ — all that is equal on the sheets of one batch. Drawn once."""

    title: str  # 新型コロナワクチンの接種券です
    dose: int  # 回数, 1 to 9
    prefecture: str
    municipality: str
    municipality_code: str  # 5 digits and their check digit
    section: str  # 予防接種担当
    phone: str
    phone_hours: str
    host: str  # the one official host name, as people type it
    kinds: Kinds
    body: tuple[Words, ...]  # paragraphs of the letter
    points: tuple[tuple[str, Words], ...]  # heading and text, one row each: 持ち物, ご注意, English …
    slip_title: str  # 予防接種済証（臨時）
    slip_doses: tuple[int, ...]  # rows of the slip, at most five
    head: str  # 東京都○○区長 (the personal name may be left out)
    fax: str = ""  # for people who do not hear or speak
    lead_lines: int = 0  # lines kept free above the body for Sheet.lead
    languages: str = "English / 中文 / 한국어"


@dataclass(frozen=True, slots=True)
class PastDose:
    """既接種分 — a dose given before, printed by the municipality alone. What is not known prints as ``*``."""

    dose: int
    given_on: str | None = field(default=None, repr=False)
    product: str | None = field(default=None, repr=False)  # maker or product, and lot
    venue: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """接種券のシート — what one resident gets. Prints its record id only, never a value of the person."""

    record_id: str
    letter: Letter = field(repr=False)
    management_code: str  # 管理コード: for the enclosure check
    ticket_number: str = field(repr=False)  # 券番号, 10 digits
    name: str = field(repr=False)
    postcode: str = field(repr=False)  # 152-0001
    address: tuple[str, ...] = field(repr=False)  # where it is sent: one to three lines
    register_address: str = field(repr=False)  # 住民票の住所, on the slip
    birth: str = field(repr=False)  # 昭和21年4月1日
    lead: Words = field(default="", repr=False)  # words for this person alone: day, time and hall
    past: tuple[PastDose, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Printed:
    """印刷結果 — the file, whose sheets are in it (in page order), and why the others are not."""

    pdf: bytes = field(repr=False)  # b"" when every sheet was withheld
    record_ids: tuple[str, ...]
    withheld: tuple[Problem, ...]


def make_sheets(sheets: Iterable[Sheet], fonts_from: Shelf | None = None) -> Printed:
    """One file, one page per sheet. Raises Unprintable when the fixed part cannot be set, Refused for wrong numbers."""
    document = Document("接種券", fonts_from)
    forms: dict[Letter, str] = {}
    printed: list[str] = []
    withheld: list[Problem] = []
    for sheet in sheets:
        if sheet.letter not in forms:
            forms[sheet.letter] = document.form(draw_fixed(document.drawing(), sheet.letter))
        drawing = document.drawing(sheet.record_id)
        drawing.form(forms[sheet.letter])
        _filled(drawing, sheet)
        if drawing.problems:
            withheld += drawing.problems
        else:
            document.page(drawing)
            printed.append(sheet.record_id)
    return Printed(document.save() if printed else b"", tuple(printed), tuple(withheld))


# --- 位置 (mm from the upper left corner; sizes in points) --------------------------------------------------

LEFT, RIGHT = 22.0, 188.0
FOLDS = (99.0, 198.0)
WINDOW = (22.0, 22.0, 86.0, 40.0)
LABELS = ((22.0, 203.0), (92.0, 203.0))  # upper left corners: ticket, examination only
LABEL = (63.0, 34.0)  # handbook: 33.0–35.0 mm × 63.0 mm
SLIP = (22.0, 241.0, 166.0, 49.0)
SLIP_ROWS = (255.4, 275.0)
SLIP_COLUMNS = (26.0, 41.0, 80.0, 136.0, 184.0)

F, FB, T, TB = Style.FIELD, Style.FIELD_BOLD, Style.TEXT, Style.TEXT_BOLD
PLACES = {
    "management": Place(148, 11.5, 8, 50, Style.OCR, align="right"),
    # the window
    "postcode": Place(LEFT, 27.0, 12, 84),
    "address": Place(LEFT, 33.6, 12, 84),
    "name": Place(LEFT, 0.0, 14, 84, FB, whole=True, floor=0.55),
    # who writes
    "sender": Place(118, 26.0, 10.5, 48, TB),
    "call": Place(118, 33.2, 8, 8, T, grey=0.25),
    "phone": Place(125, 33.4, 15, 42, FB),
    "hours": Place(118, 38.2, 8, 48, T, grey=0.25),
    "host": Place(118, 44.6, 10.5, 48, TB),
    "fax": Place(118, 50.0, 8, 70, T, grey=0.25),
    "languages": Place(118, 55.0, 8, 70, T, grey=0.25),
    "web": Place(170, 41.6, 7.5, 18, T, align="center", grey=0.25),
    # the letter
    "title": Place(LEFT, 79.0, 17, RIGHT - LEFT, TB),
    "lead": Place(LEFT, 89.4, 12.5, RIGHT - LEFT, T),
    "body": Place(LEFT, 89.4, 12.5, RIGHT - LEFT, T),
    "point": Place(LEFT + 1, 0.0, 10.5, 25, TB),
    "point text": Place(LEFT + 29, 0.0, 10.5, RIGHT - LEFT - 30, T),
    "hint": Place(160, 208.6, 8.5, 29, T, grey=0.25),
    # a label, from its upper left corner
    "label title": Place(2.5, 5.6, 10.5, 33, FB),
    "label kind": Place(37.0, 5.6, 7.5, 11),
    "label claim": Place(2.5, 9.7, 7.5, 45),
    "label number": Place(2.5, 13.3, 7.5, 45),
    "label name": Place(2.5, 17.4, 9, 45, FB, whole=True),
    "label ocr": Place(2.5, 30.2, 9, 0, Style.OCR),
    # the slip
    "slip title": Place(26, 248.2, 12.5, 90, TB),
    "slip head": Place(126, 248.2, 10, 58, F, align="right"),
    "slip column": Place(0, 254.2, 7.5, 0, T, grey=0.3),
    "slip cell": Place(0, 0, 9.5, 0, F),
    "slip caption": Place(26, 0, 7.5, 12, T, grey=0.3),
    "slip name": Place(38, 280.8, 11, 84, FB, whole=True),
    "slip birth": Place(142, 280.8, 10, 42, F),
    "slip address": Place(38, 287.0, 10, 146, F, whole=True),
}
LABEL_BARS = (2.5, 20.0, 37.21, 5.6)  # handbook: about 5.6 mm × 37.21 mm, 2 mm above the OCR line
LABEL_QR = (49.5, 4.0, 10.0)  # 10 mm; four modules (1.9 mm) around it stay white
WEB_QR = (172.0, 23.0, 14.0)
ADDRESS_LINES = 4
NAME_BELOW = 1.0
BODY_LEADING, POINT_LEADING = 7.7, 5.8


# --- 共通部分 -----------------------------------------------------------------------------------------------


def draw_fixed(drawing: Drawing, letter: Letter) -> Drawing:
    """Everything that the sheets of one batch share."""
    for fold in FOLDS:
        drawing.line(0, fold, 6, fold, grey=0.5)
    _sender(drawing, letter)
    _letter(drawing, letter)
    hint = ("シールは", Strong("はがさずに"), "\nお持ちください。\n会場の担当者が\nはがします。")
    drawing.paragraph(PLACES["hint"], hint, 5.0, "hint")
    for (x, y), title, kind in (
        (LABELS[0], "接種券", letter.kinds.vaccination),
        (LABELS[1], "予診のみ", letter.kinds.examination),
    ):
        _label(drawing, letter, x, y, title, kind)
    _slip(drawing, letter)
    return drawing


def _sender(drawing: Drawing, letter: Letter) -> None:
    put = drawing.text
    put(PLACES["sender"], f"{letter.municipality}　{letter.section}", "sender")
    put(PLACES["call"], "電話", "sender")
    put(PLACES["phone"], letter.phone, "phone")
    put(PLACES["hours"], letter.phone_hours, "phone_hours")
    put(PLACES["host"], letter.host, "host")
    if letter.fax:
        put(PLACES["fax"], f"聞くこと・話すことが難しい方：ファクス {letter.fax}", "fax")
    put(PLACES["languages"], letter.languages, "languages")
    x, y, side = WEB_QR
    drawing.stamp(x, y, side, side, codes.qr_operators(codes.qr_text(f"https://{letter.host}/")))
    put(PLACES["web"], "ウェブ予約", "web")


def _letter(drawing: Drawing, letter: Letter) -> None:
    drawing.text(PLACES["title"], letter.title, "title")
    place = PLACES["body"].at(dy=BODY_LEADING * letter.lead_lines)
    for paragraph in letter.body:
        place = place.at(dy=drawing.paragraph(place, paragraph, BODY_LEADING, "body") - place.y)
    top = place.y + 1.0
    drawing.line(LEFT, top, RIGHT, top, weight=0.35)
    for heading, text in letter.points:
        drawing.text(PLACES["point"].at(dy=top + 5.9), heading, "points")
        end = drawing.paragraph(PLACES["point text"].at(dy=top + 5.9), text, POINT_LEADING, "points")
        top = end - 2.5
        drawing.line(LEFT, top, RIGHT, top, weight=0.2, grey=0.6)
    if top > FOLDS[1] - 2:
        raise ValueError("the letter is longer than its two thirds of the page: fewer words or points")


def _label(drawing: Drawing, letter: Letter, x: float, y: float, title: str, kind: str) -> None:
    width, height = LABEL
    # Corner marks instead of a frame: a rule around the ticket disturbs the reading of the OCR line.
    for cx, to in ((x, 1), (x + width, -1)):
        for cy, down in ((y, 1), (y + height, -1)):
            drawing.line(cx, cy, cx + 2 * to, cy, weight=0.15, grey=0.65)
            drawing.line(cx, cy, cx, cy + 2 * down, weight=0.15, grey=0.65)
    drawing.text(PLACES["label title"].at(x, y), f"{title}　{letter.dose}回目", "label")
    drawing.text(PLACES["label kind"].at(x, y), f"券種 {kind}", "kinds")
    claim = f"請求先 {letter.prefecture}{letter.municipality} {letter.municipality_code}"
    drawing.text(PLACES["label claim"].at(x, y), claim, "municipality")


def _slip(drawing: Drawing, letter: Letter) -> None:
    if not 1 <= len(letter.slip_doses) <= 5:
        raise ValueError("a slip has one to five rows")
    drawing.box(*SLIP, weight=0.35)
    drawing.text(PLACES["slip title"], letter.slip_title, "slip_title")
    drawing.text(PLACES["slip head"], letter.head, "head")
    heads = ("回数", "接種年月日", "ワクチン・製造番号（シール）", "接種会場")
    for x, words in zip(SLIP_COLUMNS, heads, strict=False):
        drawing.text(PLACES["slip column"].at(dx=x + 1.5), words, "slip")
    top, bottom = SLIP_ROWS
    height = (bottom - top) / len(letter.slip_doses)
    for row in range(len(letter.slip_doses) + 1):
        drawing.line(SLIP_COLUMNS[0], top + row * height, SLIP_COLUMNS[-1], top + row * height, grey=0.45)
    for x in SLIP_COLUMNS:
        drawing.line(x, top, x, bottom, grey=0.45)
    for dose, y in _slip_rows(letter):
        drawing.text(PLACES["slip cell"].at(SLIP_COLUMNS[0] + 1.5, y), f"{dose}回目", "slip")
        if dose >= letter.dose:  # still to be given: filled in by hand
            drawing.text(Place(SLIP_COLUMNS[1] + 1.5, y, 9, 35, grey=0.55), "　　　年　　月　　日", "slip")
    drawing.text(PLACES["slip caption"].at(dy=280.8), "氏名", "slip")
    drawing.text(PLACES["slip caption"].at(dx=102, dy=280.8), "生年月日", "slip")
    drawing.text(PLACES["slip caption"].at(dy=287.0), "住所", "slip")


def _slip_rows(letter: Letter) -> list[tuple[int, float]]:
    """Doses of the slip with their baselines."""
    top, bottom = SLIP_ROWS
    height = (bottom - top) / len(letter.slip_doses)
    return [(dose, top + (row + 0.5) * height + 1.2) for row, dose in enumerate(letter.slip_doses)]


# --- 個別部分 -----------------------------------------------------------------------------------------------


def _filled(drawing: Drawing, sheet: Sheet) -> None:
    drawing.text(PLACES["management"], sheet.management_code, "management_code")
    drawing.text(PLACES["postcode"], f"〒{sheet.postcode}", "postcode")
    draw_window(drawing, sheet)
    draw_lead(drawing, sheet)
    kinds = (sheet.letter.kinds.vaccination, sheet.letter.kinds.examination)
    for (x, y), kind in zip(LABELS, kinds, strict=True):
        _ticket(drawing, sheet, x, y, kind)
    draw_past(drawing, sheet)
    drawing.text(PLACES["slip name"], sheet.name, "name")
    drawing.text(PLACES["slip birth"], sheet.birth, "birth")
    drawing.text(PLACES["slip address"], sheet.register_address, "register_address")


def draw_window(drawing: Drawing, sheet: Sheet) -> None:
    """Address and name; a line that would have to be squeezed hard is broken while there is room."""
    if not 1 <= len(sheet.address) <= 3:
        raise ValueError("an address has one to three lines")
    place = PLACES["address"]
    lines: list[str] = []
    for line in sheet.address:
        lines += drawing.fold(place, line, share=0.8)
    if len(lines) > ADDRESS_LINES:
        lines = list(sheet.address)
    for n, line in enumerate(lines):
        drawing.text(place.at(dy=n * leading(len(lines))), line, "address")
    drawing.text(name_place(len(lines)), f"{sheet.name}　様", "name")


def name_place(lines: int) -> Place:
    """Where the name stands under so many lines of address."""
    return PLACES["name"].at(dy=PLACES["address"].y + lines * leading(lines) + NAME_BELOW)


def leading(lines: int) -> float:
    """From one line of the address to the next, in mm."""
    return 6.6 if lines < ADDRESS_LINES else 5.7


def draw_lead(drawing: Drawing, sheet: Sheet) -> None:
    """The words for this person alone."""
    if not sheet.lead:
        return
    room = sheet.letter.lead_lines
    if not room:
        raise ValueError("this letter keeps no lines free for a lead")
    drawing.paragraph(PLACES["lead"], sheet.lead, BODY_LEADING, "lead", most=room)


def draw_past(drawing: Drawing, sheet: Sheet) -> None:
    """Doses given before, in the rows that the fixed part keeps empty for them."""
    past = {p.dose: p for p in sheet.past}
    for dose, y in _slip_rows(sheet.letter):
        if dose >= sheet.letter.dose:
            continue
        known = past.get(dose, PastDose(dose))
        texts = (known.given_on, known.product, known.venue)
        for x, to, text in zip(SLIP_COLUMNS[1:], SLIP_COLUMNS[2:], texts, strict=False):
            room = Place(x + 1.5, y, PLACES["slip cell"].size, to - x - 3)
            drawing.text(room, text or "*", "past")


def _ticket(drawing: Drawing, sheet: Sheet, x: float, y: float, kind: str) -> None:
    letter = sheet.letter
    numbers = OcrLine(kind, letter.dose, letter.municipality_code, sheet.ticket_number)
    line = build_ocr_line(numbers, (letter.kinds.vaccination, letter.kinds.examination))
    drawing.text(PLACES["label number"].at(x, y), f"券番号 {sheet.ticket_number}", "ticket_number")
    drawing.text(PLACES["label name"].at(x, y), sheet.name, "name")
    left, top, width, height = LABEL_BARS
    drawing.stamp(x + left, y + top, width, height, codes.nw7_operators(sheet.ticket_number))
    drawing.text(PLACES["label ocr"].at(x, y), line, "ocr_line")
    left, top, side = LABEL_QR
    drawing.stamp(x + left, y + top, side, side, codes.qr_operators(codes.qr_digits(line)))
