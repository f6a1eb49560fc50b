"""Sheets by the ten thousand (印刷用ファイル): the same page as ``sheet.make_sheets`` draws, from one template.

What is equal on all sheets is a form; what differs is a row of texts and three codes, set by table. A text that the
table cannot set (another face, a selector, a squeeze) is drawn by the same functions as a single sheet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sesshu.base import codes_fast
from sesshu.base.errors import Refused
from sesshu.base.numbers import WRONG_OCR_LINE, OcrLine, build_ocr_line, is_ticket_number
from sesshu.base.paper.appending import deflate
from sesshu.base.paper.clusters import Problem
from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import A4, POINT, Drawing, Place, number
from sesshu.base.paper.faces import OCR_B, Shelf, Style, face
from sesshu.base.paper.lettering import OCR_FONT
from sesshu.base.paper.quick import Table, room
from sesshu.inside.mailing.sheets import sheet as layout
from sesshu.inside.mailing.sheets.sheet import PLACES, Letter, Printed, Sheet

_PITCH = face(OCR_B).width(face(OCR_B).glyph("0") or 0)  # em; all signs of OCR-B are equally wide
_NAME = "　様"


def press_sheets(sheets: Sequence[Sheet], fonts_from: Shelf | None = None) -> Printed:
    """One file, one page per sheet, as ``make_sheets``; for at most about 10,000 sheets (5 KB of memory each).

    Raises Unprintable when the fixed part cannot be set, Refused for wrong numbers.
    """
    press = _Press(Document("接種券", fonts_from))
    streams: list[bytes] = []
    printed: list[str] = []
    withheld: list[Problem] = []
    for sheet in sheets:
        page, problems = press.page(sheet)
        if problems:
            withheld += problems
        else:
            streams.append(deflate(page))
            printed.append(sheet.record_id)
    pdf = press.document.save_run(streams) if streams else b""
    return Printed(pdf, tuple(printed), tuple(withheld))


@dataclass(slots=True)
class _Form:
    """What a letter fixes: its form, the first eight digits of both lines, their codes, the templates."""

    letter: Letter
    name: str
    heads: tuple[str, str]
    qr: tuple[codes_fast.Quick, codes_fast.Quick]
    rows: bool  # the slip has rows of doses given before
    templates: dict[tuple[int, int], bytes]


class _Press:
    """One file in the making."""

    def __init__(self, document: Document):
        self.document = document
        self._forms: dict[Letter, _Form] = {}
        self._of: tuple[Letter | None, _Form | None] = (None, None)
        self._drawn_once: dict[tuple, bytes] = {}
        self._field = Table(document.lettering, Style.FIELD)
        self._bold = Table(document.lettering, Style.FIELD_BOLD)
        document.lettering.sort(Style.OCR, "0")  # the font is needed: its digits are put in as they are
        self._bars = codes_fast.bars()
        place = PLACES
        self._name_room = min(
            room(place["name"]) - 2, room(place["label name"]), room(place["slip name"])
        )  # the window has two signs more
        self._rooms = (
            *map(room, map(place.__getitem__, ("postcode", "slip birth", "label number", "slip address"))),
            *(3 * (room(place["address"]),)),
        )
        self._sama = self._bold.codes(_NAME, float("inf"))

    def page(self, sheet: Sheet) -> tuple[bytes, list[Problem]]:
        """The operators of one page, and why it must not be printed."""
        letter, form = self._of
        if letter is not sheet.letter or form is None:
            form = self._form(sheet.letter)
            self._of = (sheet.letter, form)
        ticket = sheet.ticket_number
        if not is_ticket_number(ticket):
            raise Refused(WRONG_OCR_LINE)
        if not 1 <= len(sheet.address) <= 3:
            raise ValueError("an address has one to three lines")
        name = self._bold.codes(sheet.name, self._name_room) if self._sama is not None else None
        post, birth, small, slip, *lines = self._field.codes_of(
            (f"〒{sheet.postcode}", sheet.birth, f"券番号 {ticket}", sheet.register_address, *sheet.address),
            self._rooms[: 4 + len(sheet.address)],
        )
        window = None not in lines
        numbers = codes_fast.groups(ticket)
        tail = b""
        problems: list[Problem] = []
        if form.rows or sheet.lead or name is None or not window or slip is None:
            tail, problems = self._drawn(sheet, form, window, name is None, slip is None)
            if problems:
                return b"", problems
        shown = name or b""
        if small is None or post is None or birth is None:
            raise ValueError("the first face has no digits")
        key = (len(lines), len(sheet.management_code))
        template = form.templates.get(key) or self._template(form, *key)
        bars = self._bars.operators(numbers)
        first, second = form.heads
        page = template % (
            sheet.management_code.encode("ascii"),
            post,
            *(lines if window else [b""] * len(lines)),
            shown + (self._sama or b"") if window and shown else b"",
            shown,
            birth,
            slip or b"",
            small, shown, (first + ticket).encode(), bars, form.qr[0].operators(numbers),
            small, shown, (second + ticket).encode(), bars, form.qr[1].operators(numbers),
        )  # fmt: skip
        return page + tail, problems

    # --- what the table cannot set ---

    def _drawn(
        self, sheet: Sheet, form: _Form, window: bool, name: bool, slip: bool
    ) -> tuple[bytes, list[Problem]]:
        drawing = self.document.drawing(sheet.record_id)
        if not window:
            layout.draw_window(drawing, sheet)
        elif name:
            drawing.text(layout.name_place(len(sheet.address)), f"{sheet.name}{_NAME}", "name")
        if name:
            for x, y in layout.LABELS:
                drawing.text(PLACES["label name"].at(x, y), sheet.name, "name")
            drawing.text(PLACES["slip name"], sheet.name, "name")
        if slip:
            drawing.text(PLACES["slip address"], sheet.register_address, "register_address")
        tail = b" q " + drawing.operators() + b" Q" if not window or name or slip else b""
        if sheet.lead:
            tail += self._once(drawing, ("lead", form.name, sheet.lead), layout.draw_lead, sheet)
        if form.rows:
            tail += self._once(drawing, ("past", form.name, sheet.past), layout.draw_past, sheet)
        return tail, drawing.problems

    def _once(
        self, drawing: Drawing, key: tuple, draw: Callable[[Drawing, Sheet], None], sheet: Sheet
    ) -> bytes:
        """Many people have the same day and hall, or the same dose of the same lot on the same day."""
        if key not in self._drawn_once:
            own = self.document.drawing(sheet.record_id)
            draw(own, sheet)
            if own.problems:
                drawing.problems += own.problems
                return b""
            self._drawn_once[key] = b" q " + own.operators() + b" Q"
        return self._drawn_once[key]

    # --- what is fixed ---

    def _form(self, letter: Letter) -> _Form:
        if letter not in self._forms:
            name = self.document.form(layout.draw_fixed(self.document.drawing(), letter))
            kinds = (letter.kinds.vaccination, letter.kinds.examination)
            for kind in kinds:
                build_ocr_line(OcrLine(kind, letter.dose, letter.municipality_code, _ANY_TICKET), kinds)
            one, two = (f"{kind}{letter.dose}{letter.municipality_code}" for kind in kinds)
            qr = (codes_fast.qr_lines(one), codes_fast.qr_lines(two))
            rows = min(letter.slip_doses) < letter.dose
            self._forms[letter] = _Form(letter, name, (one, two), qr, rows, {})
        return self._forms[letter]

    def _template(self, form: _Form, lines: int, code: int) -> bytes:
        """The operators of a page with so many lines of address and so long a management code; texts are ``%b``."""
        page = _Run(self._field, self._bold)
        management = PLACES["management"]
        used = code * _PITCH * management.size * POINT
        page.ocr(management.at(dx=management.width - used))
        page.text(PLACES["postcode"])
        for n in range(lines):
            page.text(PLACES["address"].at(dy=n * layout.leading(lines)))
        page.text(layout.name_place(lines))
        page.text(PLACES["slip name"])
        page.text(PLACES["slip birth"])
        page.text(PLACES["slip address"])
        parts = [f"/{form.name} Do ".encode(), page.operators()]
        for x, y in layout.LABELS:
            label = _Run(self._field, self._bold, origin=True)
            label.text(PLACES["label number"])
            label.text(PLACES["label name"])
            label.ocr(PLACES["label ocr"])
            left, top, width, height = layout.LABEL_BARS
            qr_left, qr_top, side = layout.LABEL_QR
            parts += [
                f" q 1 0 0 1 {number(x / POINT)} {number((A4[1] - y) / POINT)} cm ".encode(),
                label.operators(),
                b" q "
                + _stamp(left, top, width, height)
                + b" cm %b Q "
                + _stamp(qr_left, qr_top, side, side),
                b" cm %b Q",
            ]
        form.templates[lines, code] = template = b"".join(parts)
        return template


_ANY_TICKET = "0000012343"


def _stamp(x: float, y: float, width: float, height: float) -> bytes:
    """The matrix that puts the unit square into a rectangle, from an upper left corner at the origin."""
    a, d, e, f = (number(v / POINT) for v in (width, height, x, -(y + height)))
    return f"{a} 0 0 {d} {e} {f}".encode()


class _Run:
    """Texts one after the other in one text object, each moved from the last (Td)."""

    def __init__(self, field: Table, bold: Table, origin: bool = False):
        self._tables = {Style.FIELD: field, Style.FIELD_BOLD: bold}
        self._height = 0.0 if origin else A4[1]
        self._at = (0.0, 0.0)
        self._font = ""
        self._parts = [b"BT"]

    def text(self, place: Place) -> None:
        before, after = self._tables[place.style].around(place)
        self._parts += [self._move(place), before, b"%b", after]

    def ocr(self, place: Place) -> None:
        self._parts += [self._move(place), f"/{OCR_FONT} {number(place.size)} Tf(".encode(), b"%b", b")Tj"]

    def operators(self) -> bytes:
        return b"".join([*self._parts, b" ET"])

    def _move(self, place: Place) -> bytes:
        x, y = place.x / POINT, (self._height - place.y) / POINT
        dx, dy = number(round(x - self._at[0], 3)), number(round(y - self._at[1], 3))
        self._at = (self._at[0] + float(dx), self._at[1] + float(dy))
        return f" {dx} {dy} Td".encode()
