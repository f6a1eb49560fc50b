"""The calendar file of a booking (カレンダーの予定), RFC 5545. Holds hall, day and hour; no name, no number, no code."""

import datetime as dt
import hashlib
from uuid import UUID

from sesshu.base import clock
from sesshu.base.machine import machine
from sesshu.outside.booking.gateway import Slot

STAY = dt.timedelta(minutes=60)  # check-in to the end of the observation

_ZONE = (
    "BEGIN:VTIMEZONE",
    "TZID:Asia/Tokyo",
    "BEGIN:STANDARD",
    "DTSTART:19510909T000000",
    "TZOFFSETFROM:+0900",
    "TZOFFSETTO:+0900",
    "TZNAME:JST",
    "END:STANDARD",
    "END:VTIMEZONE",
)


def file(slots: list[Slot], request: UUID) -> bytes:
    """The whole file for one or two places."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sesshu//JA", "METHOD:PUBLISH", *_ZONE]
    for nth, slot in enumerate(slots, 1):
        lines += _event(slot, request, nth)
    return b"".join(_folded(line) for line in [*lines, "END:VCALENDAR"])


def _event(slot: Slot, request: UUID, nth: int) -> list[str]:
    words = f"持ち物　接種券、記入した予診票、本人確認書類\n{machine().municipality} {machine().phone}"
    begins = dt.datetime.combine(slot.on_date, slot.at)
    # A mark of the request, not the request itself: it must not travel into foreign calendars.
    mark = hashlib.sha256(f"{request}/{nth}".encode()).hexdigest()[:20]
    return [
        "BEGIN:VEVENT",
        f"UID:{mark}@{machine().host_shown or 'sesshu.invalid'}",
        f"DTSTAMP:{clock.now().astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID=Asia/Tokyo:{begins:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Asia/Tokyo:{begins + STAY:%Y%m%dT%H%M%S}",
        f"SUMMARY:{_text('ワクチン接種')}",
        f"LOCATION:{_text(f'{slot.venue}　{slot.address}')}",
        f"DESCRIPTION:{_text(words)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "TRIGGER:-P1D",
        f"DESCRIPTION:{_text('明日はワクチン接種の日です')}",
        "END:VALARM",
        "END:VEVENT",
    ]


def _text(words: str) -> str:
    """Escaped as RFC 5545 §3.3.11 asks."""
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> bytes:
    """At most 75 bytes a line, never through a character."""
    out, now = [], b""
    for character in line:
        raw = character.encode()
        if len(now) + len(raw) > 75:
            out.append(now)
            now = b" "
        now += raw
    return b"\r\n".join([*out, now]) + b"\r\n"
