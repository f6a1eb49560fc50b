"""Logs hold events and codes; a value of a person is dropped wherever it comes from."""

import io
import json
import logging
from uuid import UUID

import pytest

from sesshu.base import logs

CANARY = "目黒区中央町1-2-3"


@pytest.fixture
def out(monkeypatch):
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.set_up("test")
    yield stream
    root.handlers[:], root.level = before, level


def _lines(out):
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_own_event_keeps_safe_fields_only(out):
    with logs.bound(request=UUID(int=7)):
        logs.get("sesshu.x").info("refused", code="B02", name=CANARY, actor=CANARY, number=1234567890)
    (line,) = _lines(out)
    assert line["event"] == "refused" and line["code"] == "B02" and line["process"] == "test"
    assert line["request"] == str(UUID(int=7))
    assert line["actor"] == line["number"] == "(dropped)" and "name" not in line
    assert CANARY not in out.getvalue()


def test_a_library_loses_its_arguments_and_the_words_of_its_errors(out):
    try:
        raise ValueError(f"duplicate key ({CANARY}) 0012345678")
    except ValueError:
        logging.getLogger("psycopg").exception("cannot insert %s", CANARY)
    logging.getLogger("other").warning(f"said {CANARY} 0012345678")
    text = out.getvalue()
    assert CANARY not in text and "0012345678" not in text
    assert _lines(out)[0]["error"].startswith("ValueError")


@pytest.mark.parametrize("value", ["1946-04-01", "0312345678", "見本花子", "a b", 10**7])
def test_what_looks_like_a_person_is_dropped(value):
    assert logs.safe(value) == "(dropped)"


@pytest.mark.parametrize("value", ["B02", "OP-117", 42, None, True, "booking.book"])
def test_codes_and_numbers_stay(value):
    assert logs.safe(value) == value
