"""Template tags for the look: addresses of static files, dates in Japanese, bars without inline styles."""

import datetime as dt

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sesshu.base import clock, jdate, numbers
from sesshu.web.settings import STATIC_VERSIONS

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """Address of a static file, with a mark of its content, so that a new release is seen at once."""
    return f"/static/{name}?v={STATIC_VERSIONS[name]}"


@register.filter
def day(value: dt.date | None) -> str:
    """6月10日（木）."""
    return jdate.day_and_weekday(value) if value else ""


@register.filter
def full_day(value: dt.date | None) -> str:
    """令和3年6月10日（木）."""
    return jdate.full_day(value) if value else ""


@register.filter
def era_year(value: dt.date) -> str:
    """令和8年."""
    return jdate.japanese_year(value)


@register.filter
def weekday(value: dt.date) -> str:
    """木."""
    return jdate.weekday(value)


@register.filter
def japanese(value: dt.date | None) -> str:
    """昭和21年4月1日."""
    return jdate.japanese(value) if value else ""


@register.filter
def clock_time(value: dt.time | dt.datetime | None) -> str:
    """午前10:00, 午後1:30 — 正午 is 午後0:00, as public offices write it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(clock.TOKYO).time()
    half = "午前" if value.hour < 12 else "午後"
    return f"{half}{value.hour % 12}:{value.minute:02d}"


@register.filter
def receipt(code: str) -> str:
    """予約番号 as people read it: XXXX-XXXX."""
    return numbers.show_receipt(code) if code else ""


@register.filter
def thousands(value: int | None) -> str:
    """19,842."""
    return f"{value:,}" if value is not None else "–"


MARKS = {"o": ("○", "空きあり", ""), "few": ("△", "残りわずか", "few"), "full": ("×", "空きなし", "full")}


@register.filter
def mark_sign(mark: str) -> str:
    """○ △ ×."""
    return MARKS.get(mark, MARKS["full"])[0]


@register.filter
def mark_word(mark: str) -> str:
    """空きあり, 残りわずか, 空きなし."""
    return MARKS.get(mark, MARKS["full"])[1]


@register.simple_tag
def flow(parts: list[tuple[int, str, str]], label: str) -> SafeString:
    """A bar of numbers that make a whole: (number, word, kind) with kind ok idle warn stop key none.

    An SVG, because the content policy allows no inline style. The legend under it stays in words.
    """
    total = sum(n for n, _, _ in parts) or 1
    x, cells = 0.0, []
    for n, word, kind in parts:
        wide = 100 * n / total
        cells.append((f"{x:.3f}%", f"{max(wide, 0.4):.3f}%", kind, word, f"{n:,}"))
        x += wide
    bars = format_html_join(
        "",
        '<rect x="{}" y="0" width="{}" height="44" class="c-{}"><title>{} {}</title></rect>',
        cells,
    )
    return format_html('<svg class="flow" role="img" aria-label="{}">{}</svg>', label, bars)


@register.simple_tag(takes_context=True)
def watermark(context: template.Context) -> SafeString:
    """透かし — account and time over each staff page, so that a photographed screen names its reader (S-04)."""
    actor = context.get("actor")
    words = f"{actor.code} {clock.now():%m-%d %H:%M}" if actor else ""
    return format_html(
        '<svg class="watermark" aria-hidden="true"><defs><pattern id="wm" width="260" height="130" '
        'patternUnits="userSpaceOnUse" patternTransform="rotate(-24)"><text x="0" y="40">{}</text>'
        '<text x="130" y="105">{}</text></pattern></defs><rect width="100%" height="100%" fill="url(#wm)"/></svg>',
        words,
        words,
    )
