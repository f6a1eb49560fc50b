"""封緘する内容と、支援措置の終了 — what a sealed letter holds, and when a protection may end."""

import datetime as dt
import json

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.register.residents import rules as r

VALUES = {
    "household_no": "7", "relation": "世帯主", "name": "架空", "postcode": "1530061", "town": "南一丁目", "banchi": "1番",
    "building": "", "phone": None, "resident_from": dt.date(2000, 5, 1), "event": "転居",
}  # fmt: skip


def test_a_letter_holds_the_nine_fields_whether_they_come_from_the_file_or_from_the_register():
    text = r.whereabouts_text(VALUES)
    assert list(json.loads(text)) == [
        "household_no", "relation", "postcode", "town", "banchi", "building", "phone", "resident_from", "event",
    ]  # fmt: skip
    assert r.whereabouts_text(VALUES | {"resident_from": "2000-05-01"}) == text
    assert r.address_text(VALUES | {"phone": "1"}) == r.address_text(VALUES)


def test_an_envelope_belongs_to_one_row():
    assert r.letter_about("whereabouts", "100") == "whereabouts:100"
    assert r.letter_about(r.Letter.BOOKING, "100") == "booking:100"


MAY_2025 = [
    (
        "the list of April on 14 May: protected again since 8 May",
        "2025-05-08",
        "2025-04-30",
        "文書1号",
        "R94",
    ),
    ("decided on the day it began", "2025-05-08", "2025-05-08", "文書1号", None),
    ("decided later", "2025-05-08", "2025-05-14", "文書2号", None),
    ("no decision named", "2025-05-08", "2025-05-14", "  ", "R93"),
]


@pytest.mark.parametrize("title, began, decided, decision, code", MAY_2025, ids=[row[0] for row in MAY_2025])
def test_when_a_protection_may_end(title, began, decided, decision, code):
    """P-13 — the timeline of 2025."""
    began, decided = dt.date.fromisoformat(began), dt.date.fromisoformat(decided)
    if code is None:
        r.refuse_release(began, decided, decision)
        return
    with pytest.raises(Refused) as no:
        r.refuse_release(began, decided, decision)
    assert no.value.refusal.code == code
    assert getattr(no.value, "since", began) == began
