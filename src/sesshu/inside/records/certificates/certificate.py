"""The certificate of a resident's vaccinations on paper (予防接種済証・接種記録).

Items of 接種済証 and 接種記録書: dose, date, product, lot, venue; name, birth date, address as on the register;
head of the municipality. A past dose that the municipality does not know prints ``*`` so that nobody can write
it in by hand. The QR holds number and day of issue: whoever is shown the paper can ask the municipality.
"""

from dataclasses import dataclass, field

from sesshu.base import codes
from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Drawing, Place
from sesshu.base.paper.faces import Shelf, Style

UNKNOWN = "*"


@dataclass(frozen=True, slots=True)
class Dose:
    """接種 — one line of the certificate. ``None``: the municipality does not know it."""

    number: int  # 回数
    vaccine: str  # 新型コロナウイルス感染症
    given_on: str | None = field(default=None, repr=False)  # 令和8年11月24日
    product: str | None = field(default=None, repr=False)
    lot: str | None = field(default=None, repr=False)  # 製造番号
    venue: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """予防接種済証 — what is certified of one resident. Dates are texts as printed."""

    record_id: str
    number: str  # 証明書番号: digits, A to Z, hyphen
    title: str  # 予防接種済証
    name: str = field(repr=False)
    birth: str = field(repr=False)
    address: str = field(repr=False)  # 住民票の住所
    doses: tuple[Dose, ...] = field(repr=False)
    issued_on: str
    head: str  # 東京都○○区長
    section: str  # 予防接種担当
    phone: str
    verification: str = ""  # a short text without any value of the person; see verification_text


def verification_text(municipality_code: str, number: str, issued_on_iso: str) -> str:
    """確認用文字列 — what the QR says: whose paper, which number, of which day. It proves nothing alone."""
    return f"SESSHU1 {municipality_code} {number} {issued_on_iso}"


def make_certificate(certificate: Certificate, fonts_from: Shelf | None = None) -> bytes:
    """The certificate as PDF, as many pages as it needs. Raises Unprintable when one sign cannot be set exactly."""
    document = Document(certificate.title, fonts_from)
    doses = certificate.doses
    first, rest = doses[:FIRST_ROWS], doses[FIRST_ROWS:]
    parts = [first, *(rest[i : i + NEXT_ROWS] for i in range(0, len(rest), NEXT_ROWS))]
    if len(parts[-1]) > (LAST_OF_FIRST if len(parts) == 1 else LAST_OF_NEXT):
        parts.append(())  # the signature needs its room
    for page, part in enumerate(parts, start=1):
        drawing = document.drawing(certificate.record_id)
        _page(drawing, certificate, part, page, len(parts))
        document.page(drawing)
    return document.save()


# --- 位置 (mm from the upper left corner; sizes in points) --------------------------------------------------

LEFT, RIGHT = 25.0, 185.0
OWNER, NEXT_TOP = 64.0, 40.0
ROW = 12.0
TABLE_TOP = 112.0
# Rows on the first page and on the others; fewer on the last one, which ends with the signature.
FIRST_ROWS, NEXT_ROWS, LAST_OF_FIRST, LAST_OF_NEXT = 13, 18, 7, 12
COLUMNS = (25.0, 38.0, 76.0, 128.0, 185.0)
F, FB, T, TB = Style.FIELD, Style.FIELD_BOLD, Style.TEXT, Style.TEXT_BOLD
PLACES = {
    "number caption": Place(122, 22.0, 8, 60, T, align="right", grey=0.3),
    "number": Place(137, 22.0, 9, 48, Style.OCR, align="right"),
    "title": Place(LEFT, 46.0, 24, RIGHT - LEFT, TB, align="center", spacing=0.25),
    "small title": Place(LEFT, 30.0, 12, 120, TB),
    "caption": Place(LEFT + 2, 0, 9.5, 26, T, grey=0.3),
    "name": Place(56, 0, 15, 127, FB, whole=True),
    "value": Place(56, 0, 12, 127, F, whole=True),
    "column": Place(0, 0, 8.5, 0, T, grey=0.3),
    "dose": Place(0, 0, 11, 0, FB),
    "cell": Place(0, 0, 10.5, 0, F),
    "small cell": Place(0, 0, 8.5, 0, F, grey=0.3),
    "statement": Place(LEFT, 0, 12, RIGHT - LEFT, T),
    "issued": Place(LEFT, 0, 12, 100, F),
    "head": Place(105, 0, 16, 80, TB, align="right"),
    "section": Place(52, 0, 9, 133, T, grey=0.3),
    "star": Place(LEFT, 0, 8.5, RIGHT - LEFT, T, grey=0.3),
    "foot": Place(LEFT, 285.0, 8, RIGHT - LEFT, T, align="center", grey=0.3),
}
QR = (LEFT, 252.0, 22.0)


def _page(drawing: Drawing, certificate: Certificate, doses: tuple[Dose, ...], page: int, pages: int) -> None:
    put = drawing.text
    width = put(PLACES["number"], certificate.number, "number")
    put(PLACES["number caption"].at(dx=-width), "証明書番号", "number")
    top = TABLE_TOP
    if page == 1:
        put(PLACES["title"], certificate.title, "title")
        _owner(drawing, certificate)
    else:
        put(PLACES["small title"], f"{certificate.title}（つづき）", "title")
        put(PLACES["value"].at(dx=69, dy=30.0), certificate.name, "name")
        top = NEXT_TOP
    end = _table(drawing, doses, top) if doses else top
    if page == pages:
        _signature(drawing, certificate, end)
    if pages > 1:
        put(PLACES["foot"], f"{page} / {pages}", "page")


def _owner(drawing: Drawing, certificate: Certificate) -> None:
    """Name, birth date, address: three ruled lines."""
    rows = (
        ("氏名", "name", certificate.name, "name", 13.0),
        ("生年月日", "value", certificate.birth, "birth", 11.0),
        ("住所", "value", certificate.address, "address", 11.0),
    )
    y = OWNER
    drawing.line(LEFT, y, RIGHT, y, weight=0.35)
    for caption, place, text, field_name, height in rows:
        base = y + height / 2 + 1.8
        drawing.text(PLACES["caption"].at(dy=base), caption, "caption")
        drawing.text(PLACES[place].at(dy=base), text, field_name)
        y += height
        drawing.line(LEFT, y, RIGHT, y, weight=0.2, grey=0.55)


def _table(drawing: Drawing, doses: tuple[Dose, ...], top: float) -> float:
    heads = ("回数", "接種年月日・種類", "ワクチン・製造番号", "接種会場")
    for x, words in zip(COLUMNS, heads, strict=False):
        drawing.text(PLACES["column"].at(x + 2, top - 2.2), words, "column")
    drawing.line(LEFT, top, RIGHT, top, weight=0.35)
    for dose in doses:
        _row(drawing, dose, top)
        top += ROW
        drawing.line(LEFT, top, RIGHT, top, weight=0.2, grey=0.55)
    return top


def _row(drawing: Drawing, dose: Dose, top: float) -> None:
    def cell(column: int, text: str | None, name: str, style: str = "cell", y: float = 7.4) -> None:
        x, width = COLUMNS[column], COLUMNS[column + 1] - COLUMNS[column] - 4
        shape = PLACES[style]
        room = Place(x + 2, top + y, shape.size, width, shape.style, grey=shape.grey)
        drawing.text(room, text or UNKNOWN, name)

    cell(0, f"{dose.number}回", "dose", "dose")
    cell(1, dose.given_on, "given_on", y=5.2)
    cell(1, dose.vaccine, "vaccine", "small cell", 9.8)
    cell(2, dose.product, "product", y=5.2)
    cell(2, f"製造番号 {dose.lot or UNKNOWN}", "lot", "small cell", 9.8)
    _venue(drawing, dose.venue or UNKNOWN, top)


def _venue(drawing: Drawing, venue: str, top: float) -> None:
    """One line, or two where one would be squeezed hard."""
    shape = PLACES["cell"]
    room = Place(COLUMNS[3] + 2, top + 7.4, shape.size, COLUMNS[4] - COLUMNS[3] - 4, shape.style)
    lines = drawing.fold(room, venue, share=0.8)
    if len(lines) == 2:
        drawing.text(room.at(dy=-2.2), lines[0], "venue")
        drawing.text(room.at(dy=2.4), lines[1], "venue")
    else:
        drawing.text(room, venue, "venue")


def _signature(drawing: Drawing, certificate: Certificate, end: float) -> None:
    put, y = drawing.text, end + 7.0
    if any(None in (d.given_on, d.product, d.lot, d.venue) for d in certificate.doses):
        put(PLACES["star"].at(dy=y), f"「{UNKNOWN}」は、当市区町村に記録がないことを示します。", "star")
        y += 6.0
    put(PLACES["statement"].at(dy=y + 5.0), "上記のとおり、予防接種を受けたことを証明します。", "statement")
    put(PLACES["issued"].at(dy=y + 19.0), certificate.issued_on, "issued_on")
    put(PLACES["head"].at(dy=y + 29.0), certificate.head, "head")
    x, top, side = QR
    if certificate.verification:
        drawing.stamp(x, top, side, side, codes.qr_operators(codes.qr_text(certificate.verification)))
    place = PLACES["section"] if certificate.verification else PLACES["section"].at(dx=LEFT - 52)
    put(
        place.at(dy=top + 5.0),
        "この証明書の内容は、証明書番号を添えて次の担当へおたずねください。",
        "section",
    )
    put(place.at(dy=top + 10.5), f"{certificate.section}　電話 {certificate.phone}", "section")
    if certificate.verification:
        put(place.at(dy=top + 16.0), certificate.verification, "verification")
