"""Pictures of planning (計画の図): the days of a second dose on a line, the opening calendar. SVG without script or style."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sesshu.base import jdate

WIDE, LEFT, CELL, ROW, HEAD = 1000, 150, 20, 26, 96
# Shades of how much is booked; the number of places stands in each cell as a word for whoever does not see colours.
SHADES = ((0.0, "#e6f5ec"), (0.5, "#b9dfc7"), (0.8, "#ffe3ab"), (1.0, "#f5b5bd"))
INK, QUIET, LINE, KEY = "#1a1a1c", "#4d4d53", "#d9dae0", "#0031d8"


def track(first: dt.date, from_on: dt.date, until_on: dt.date, words: str) -> SafeString:
    """接種間隔の図 — a first dose on a day, and the days on which the next may follow. In per cent, so that words keep shape."""
    total = max((until_on - first).days, 1) * 1.03
    start = min(max(100 * (from_on - first).days / total, 20), 70)
    end = max(100 * (until_on - first).days / total, start + 20)
    said = f"{short(first)}に1回目、{short(from_on)}から{short(until_on)}まで{words}"
    return format_html(
        '<svg class="track" role="img" aria-label="{said}"><line x1="0" x2="100%" y1="18" y2="18"></line>'
        '<rect x="1" y="4" width="14%" height="28" rx="5"></rect><text x="2%" y="23">1回目</text>'
        '<rect x="{start}%" y="4" width="{wide}%" height="28" rx="5"></rect><text x="{inside}%" y="23">{words}</text>'
        '<text x="0" y="50">{a}</text><text x="{start}%" y="50">{b}</text>'
        '<text x="{end}%" y="50" text-anchor="end">{c}</text></svg>',
        said=said, start=round(start, 2), wide=round(min(end, 99.6) - start, 2), inside=round(start + 2, 2),
        end=round(min(end, 99.6), 2), words=words, a=short(first), b=short(from_on), c=short(until_on),
    )  # fmt: skip


def short(day: dt.date) -> str:
    """4/10; with its year where that is another one than today's would say: 2027/4/10."""
    return f"{day.year}/{day.month}/{day.day}"


@dataclass(frozen=True, slots=True)
class Day:
    """会場の一日 — places and bookings of one hall and day; ``words``: hours and product."""

    on: dt.date
    places: int
    booked: int
    words: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """会場の行."""

    name: str
    days: Sequence[Day]


@dataclass(frozen=True, slots=True)
class Mark:
    """目印 — something that opens on a day."""

    on: dt.date
    words: str


def calendar(first: dt.date, days: int, rows: Sequence[Row], marks: Sequence[Mark]) -> SafeString:
    """開設の図 — halls as rows, days as columns; above them what opens when. Numbers are places still free."""
    shown = [first + dt.timedelta(days=n) for n in range(days)]
    cell = (WIDE - LEFT) / days
    x = {day: round(LEFT + n * cell, 1) for n, day in enumerate(shown)}
    height = HEAD + ROW * len(rows) + 14
    parts = [_months(shown, x), _days(shown, x, cell, height), _marks(marks, x, height)]
    for n, row in enumerate(rows):
        parts.append(_row(row, HEAD + n * ROW, x, cell))
    said = f"{short(first)}から{days}日間、{len(rows)}会場の開設"
    return format_html(
        '<svg class="opening" viewBox="0 0 {} {}" role="img" aria-label="{}" font-size="11" fill="{}">{}</svg>',
        WIDE, height, said, INK, format_html_join("", "{}", ((p,) for p in parts)),
    )  # fmt: skip


def _months(shown: Sequence[dt.date], x: dict[dt.date, float]) -> SafeString:
    begins = [d for d in shown if d.day == 1 or d == shown[0]]
    near_end = WIDE - 80
    return format_html_join(
        "",
        '<text x="{}" y="14" font-weight="700" text-anchor="{}">{}</text>',
        (
            (
                x[d] + 2 if x[d] < near_end else WIDE,
                "start" if x[d] < near_end else "end",
                f"{d.year}年{d.month}月",
            )
            for d in begins
        ),
    )


def _days(shown: Sequence[dt.date], x: dict[dt.date, float], cell: float, height: int) -> SafeString:
    found = []
    for d in shown:
        weekend = d.weekday() >= 5
        found.append((x[d], HEAD - 30, round(cell, 1), height - HEAD + 26, "#f0f0f4" if weekend else "none"))
    grounds = format_html_join("", '<rect x="{}" y="{}" width="{}" height="{}" fill="{}"></rect>', found)
    words = format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text><text x="{}" y="{}" text-anchor="middle" fill="{}">{}</text>',
        (
            (
                round(x[d] + cell / 2, 1),
                HEAD - 18,
                INK,
                d.day,
                round(x[d] + cell / 2, 1),
                HEAD - 5,
                QUIET,
                jdate.weekday(d),
            )
            for d in shown
        ),
    )
    return format_html("{}{}", grounds, words)


def _marks(marks: Sequence[Mark], x: dict[dt.date, float], height: int) -> SafeString:
    """Lines down from what opens; their words on four levels, so that neighbours do not cover each other."""
    here = [m for m in sorted(marks, key=lambda m: m.on) if m.on in x]
    return format_html_join(
        "",
        '<line x1="{0}" x2="{0}" y1="{1}" y2="{2}" stroke="{3}" stroke-width="2"></line>'
        '<text x="{4}" y="{1}" text-anchor="{5}" fill="{3}" font-weight="700">{6}</text>',
        (
            (
                x[m.on], 28 + 11 * (n % 4), height - 10, KEY,
                x[m.on] + (4 if x[m.on] < WIDE - 260 else -4), "start" if x[m.on] < WIDE - 260 else "end", m.words,
            )
            for n, m in enumerate(here)
        ),
    )  # fmt: skip


def _row(row: Row, y: int, x: dict[dt.date, float], cell: float) -> SafeString:
    cells = []
    for d in row.days:
        if d.on not in x:
            continue
        share = d.booked / d.places if d.places else 1.0
        shade = "#ffffff" if d.planned else next(s for limit, s in SHADES if share <= limit or limit == 1.0)
        free = max(0, d.places - d.booked)
        said = f"{row.name} {jdate.day_and_weekday(d.on)} {d.words} 席{d.places} 予約{d.booked}"
        edge = "4 3" if d.planned else "0"
        cells.append(
            (
                x[d.on] + 1, y + 2, round(cell - 2, 1), ROW - 4, shade, KEY if d.planned else LINE, edge,
                said + ("（承認待ち）" if d.planned else ""), round(x[d.on] + cell / 2, 1), y + 17, free if free < 1000 else "999+",
            )
        )  # fmt: skip
    boxes = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="3" fill="{}" stroke="{}" stroke-dasharray="{}"><title>{}</title></rect>'
        '<text x="{}" y="{}" text-anchor="middle">{}</text>',
        cells,
    )
    return format_html(
        '<line x1="0" x2="{}" y1="{}" y2="{}" stroke="{}"></line><text x="0" y="{}" font-weight="700">{}</text>{}',
        WIDE, y, y, LINE, y + 17, row.name if len(row.name) < 13 else row.name[:12] + "…", boxes,
    )  # fmt: skip
