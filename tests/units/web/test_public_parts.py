"""Parts of the public site that need no database: the draft in the cookie, the calendar file."""

import datetime as dt
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from sesshu.base import clock
from sesshu.outside.booking.gateway import Slot
from sesshu.zones.public import calendar
from sesshu.zones.public.draft import Draft


class _Session(dict):
    flush = dict.clear


@pytest.fixture
def draft():
    made = Draft(SimpleNamespace(session=_Session()))
    made.begin(uuid4())
    return made


def test_another_choice_is_another_request(draft):
    draft.choose_places(10, 20)
    first = draft.request
    draft.choose_places(10, 20)
    assert draft.request == first
    draft.choose_places(10, None)
    assert draft.request != first


def test_a_draft_ends_by_the_clock(draft, monkeypatch):
    assert draft.alive and not draft.expired
    later = clock.now() + dt.timedelta(minutes=41)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert not draft.alive and draft.expired


def test_moving_forgets_the_earlier_choice_and_keeping_forgets_the_move(draft):
    draft.choose_places(10, 20)
    draft.move(b"\x01" * 32, 2, False)
    assert draft.slot is None and draft.request is None and draft.moving == b"\x01" * 32 and draft.dose == 2
    draft.keep()
    assert draft.moving is None


def test_a_refusal_is_said_once(draft):
    draft.say("B02")
    assert draft.said() == "B02" and draft.said() == ""


def test_one_request_per_cancellation(draft):
    first = draft.ending("cancel", 7)
    assert draft.ending("cancel", 7) == first and draft.ending("undo", 7) != first
    draft.forget_ending("cancel", 7)
    assert draft.ending("cancel", 7) != first


def test_calendar_lines_are_folded_and_escaped():
    slot = Slot(
        1, 1, "第1会場; 体育館", "中央町一丁目, 1", "", True, dt.date(2026, 12, 1), dt.time(13, 30), "x", "p"
    )
    request = UUID(int=5)
    raw = calendar.file([slot], request)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    text = raw.decode().replace("\r\n ", "")
    assert "DTSTART;TZID=Asia/Tokyo:20261201T133000" in text and "第1会場\\; 体育館" in text
    assert str(request) not in text and text.endswith("END:VCALENDAR\r\n")
