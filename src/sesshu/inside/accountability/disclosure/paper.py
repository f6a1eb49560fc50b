"""The disclosure list on paper: when, to whom and why a resident's data was used (情報の取扱いの記録)."""

from dataclasses import dataclass, field

from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Drawing, Place
from sesshu.base.paper.faces import Shelf, Style
from sesshu.base.paper.lines import Line, Strong


@dataclass(frozen=True, slots=True)
class Entry:
    """取扱い — one use of the data: when, one sentence, and who saw what."""

    at: str = field(repr=False)  # 令和8年11月3日 10:14
    sentence: str = field(repr=False)
    detail: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """開示一覧 — what one resident is told. Entries stand in the order in which they print, newest first."""

    record_id: str
    name: str = field(repr=False)
    period: str  # 令和8年4月1日 から 令和8年11月24日 まで
    issued_on: str
    head: str  # 東京都○○区長
    section: str  # 予防接種担当
    phone: str
    entries: tuple[Entry, ...] = field(repr=False)
    provided: int = 0  # of these, to others (外部提供)
    verified: bool = False  # the chain of entries was checked and is whole
    verified_until: str = ""  # 11月24日 10:00 の検証点 № 41,022 まで
    outside: str = ""  # how far the outside's log has come in


TITLE = "あなたの情報が、いつ、だれに、なぜ使われたか"

# --- 位置 (mm from the upper left corner; sizes in points) --------------------------------------------------

LEFT, RIGHT, BOTTOM = 25.0, 185.0, 274.0
NEXT_TOP = 34.0
F, FB, T, TB = Style.FIELD, Style.FIELD_BOLD, Style.TEXT, Style.TEXT_BOLD
PLACES = {
    "head": Place(LEFT, 25.0, 10.5, 100, T, grey=0.3),
    "issued": Place(125, 25.0, 10.5, 60, T, align="right", grey=0.3),
    "title": Place(LEFT, 38.0, 18, RIGHT - LEFT, TB),
    "name": Place(LEFT, 49.0, 13, RIGHT - LEFT, FB, whole=True),
    "caption": Place(LEFT + 5, 0, 10.5, 30, T, grey=0.3),
    "value": Place(65, 0, 11, 116, TB),
    "small": Place(65, 0, 9, 116, T, grey=0.3),
    "time": Place(LEFT + 8, 0, 10, 80, F, grey=0.3),
    "sentence": Place(LEFT + 8, 0, 11.5, RIGHT - LEFT - 8, TB),
    "detail": Place(LEFT + 8, 0, 9.5, RIGHT - LEFT - 8, T, grey=0.3),
    "closing": Place(LEFT, 0, 9.5, RIGHT - LEFT, T, grey=0.3),
    "running": Place(LEFT, 24.0, 9, 120, T, grey=0.3),
    "foot": Place(LEFT, 286.0, 9, RIGHT - LEFT, T, align="center", grey=0.3),
}
TIME_DROP, SENTENCE_LEADING, DETAIL_LEADING, GAP = 5.9, 5.8, 4.9, 6.2
RAIL = LEFT + 1.5


@dataclass(frozen=True, slots=True)
class _Block:
    """One entry, broken into lines and measured."""

    at: str
    sentence: list[Line]
    detail: list[Line]

    @property
    def height(self) -> float:
        return TIME_DROP + SENTENCE_LEADING * len(self.sentence) + DETAIL_LEADING * len(self.detail) + GAP


def make_disclosure(disclosure: Disclosure, fonts_from: Shelf | None = None) -> bytes:
    """The list as PDF with page numbers. Raises Unprintable when one sign cannot be set exactly."""
    document = Document(TITLE, fonts_from)
    drawings = [document.drawing(disclosure.record_id)]
    top = _opening(drawings[0], disclosure)
    start = top
    for entry in disclosure.entries:
        block = _measured(drawings[-1], entry)
        if top + block.height - GAP > BOTTOM and top > start:
            top = start = _next_page(document, drawings, disclosure)
        top = _entry(drawings[-1], block, top)
    if top + 10 > BOTTOM:
        top = _next_page(document, drawings, disclosure)
    _closing(drawings[-1], disclosure, top)
    for page, drawing in enumerate(drawings, start=1):
        drawing.text(PLACES["foot"], f"{page} / {len(drawings)}", "page")
        document.page(drawing)
    return document.save()


def _opening(drawing: Drawing, disclosure: Disclosure) -> float:
    """Heading and the box with period, number and certainty. Returns where the list begins."""
    put = drawing.text
    put(PLACES["head"], disclosure.head, "head")
    put(PLACES["issued"], disclosure.issued_on, "issued_on")
    put(PLACES["title"], TITLE, "title")
    put(PLACES["name"], f"{disclosure.name}　様", "name")
    count = f"{len(disclosure.entries):,}件（外部提供 {disclosure.provided:,}件）"
    certainty = "改ざんの検査 済" if disclosure.verified else "改ざんの検査 未了"
    rows = (
        ("期間", disclosure.period, ""),
        ("件数", count, ""),
        ("記録の確かさ", certainty, disclosure.verified_until),
        *((("庁外の記録", "", disclosure.outside),) if disclosure.outside else ()),
    )
    top = y = 56.0
    for row, (caption, value, more) in enumerate(rows):
        if row:
            drawing.line(LEFT, y, RIGHT, y, weight=0.2, grey=0.8)
        put(PLACES["caption"].at(dy=y + 6.9), caption, "caption")
        if value:
            put(PLACES["value"].at(dy=y + 6.9), value, "summary")
        if more:
            put(PLACES["small"].at(dy=y + (12.4 if value else 6.9)), more, "summary")
        y += 16.2 if value and more else 11.0
    drawing.box(LEFT, top, RIGHT - LEFT, y - top, weight=0.3, grey=0.7, radius=2.2)
    return y + 10.0


def _next_page(document: Document, drawings: list[Drawing], disclosure: Disclosure) -> float:
    drawing = document.drawing(disclosure.record_id)
    drawing.text(PLACES["running"], f"{TITLE}（つづき）", "title")
    drawing.text(PLACES["issued"].at(dy=-1.0), disclosure.issued_on, "issued_on")
    drawings.append(drawing)
    return NEXT_TOP


def _measured(drawing: Drawing, entry: Entry) -> _Block:
    sentence = drawing.break_words(PLACES["sentence"], entry.sentence, "sentence")
    detail = drawing.break_words(PLACES["detail"], entry.detail, "detail") if entry.detail else []
    return _Block(entry.at, sentence, detail)


def _entry(drawing: Drawing, block: _Block, top: float) -> float:
    """One entry on its rail. Returns the top of the next."""
    drawing.line(RAIL, top - 1.0, RAIL, top + block.height - 1.0, weight=0.5, grey=0.82)
    drawing.ring(RAIL, top + 1.3, 1.35, weight=0.55, grey=0.25, inside=1.0)
    drawing.text(PLACES["time"].at(dy=top + 2.6), block.at, "at")
    y = drawing.lines(PLACES["sentence"].at(dy=top + 2.6 + TIME_DROP), block.sentence, SENTENCE_LEADING)
    drawing.lines(PLACES["detail"].at(dy=y - 0.3), block.detail, DETAIL_LEADING)
    return top + block.height


def _closing(drawing: Drawing, disclosure: Disclosure, top: float) -> None:
    words = (
        "この記録に心当たりのないものがあるときは、",
        Strong(f"{disclosure.section}（電話 {disclosure.phone}）"),
        "へお申し出ください。",
    )
    if not disclosure.entries:
        drawing.text(PLACES["closing"].at(dy=top), "この期間の記録はありません。", "closing")
        top += 8.0
    drawing.paragraph(PLACES["closing"].at(dy=top + 2.0), words, DETAIL_LEADING, "closing")
