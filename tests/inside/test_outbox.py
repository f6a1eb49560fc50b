"""The outbox (電文の差出し): checked when written, gone when rolled back."""

import datetime as dt
from uuid import UUID

import pytest

from sesshu.base.errors import Refused
from sesshu.bridge import outbox

DAY = dt.date(2026, 12, 1)
SUBJECT = UUID(int=7)


def waiting():
    from django.db import connection

    with connection.cursor() as c:
        c.execute("SELECT id, type, body, rows FROM bridge.outbox ORDER BY id")
        import json

        return [(i, t, json.loads(b) if isinstance(b, str) else b, r) for i, t, b, r in c.fetchall()]


def test_values_travel_as_text():
    entitlement = {
        "dose": 1,
        "from_on": DAY,
        "until_on": DAY,
        "products": ("pfizer",),
        "after_previous": False,
    }
    made = outbox.put(
        "subject.put",
        {
            "id": SUBJECT,
            "programme": "p",
            "act": b"\1" * 32,
            "try": b"\2" * 32,
            "form_version": 1,
            "entitlements": [entitlement],
        },
    )
    ((id_, type_, body, _),) = waiting()
    assert (id_, type_) == (made, "subject.put")
    assert body["id"] == str(SUBJECT) and body["act"] == "01" * 32
    assert body["entitlements"][0]["from_on"] == "2026-12-01" and body["entitlements"][0]["products"] == [
        "pfizer"
    ]
    assert outbox.outside_since(made) is None


def test_what_is_not_in_the_language_is_not_written():
    for name, body in (
        ("subject.withdraw", {"id": SUBJECT, "name": "目黒太郎"}),
        ("subject.withdraw", {}),
        ("number.dead", {"tries": ["1234567890"]}),
        ("resident.put", {}),
    ):
        with pytest.raises(Refused):
            outbox.put(name, body)
    with pytest.raises(Refused):
        outbox.put_rows("subject.rows", {}, [(SUBJECT, "p", "1234567890", b"", None, None, None, 1)])
    assert waiting() == []


def test_rows_are_cut_and_the_first_part_says_so():
    lines = ((("p", 2, "pfizer", DAY + dt.timedelta(n), DAY, DAY, ["pfizer"])) for n in range(10_001))
    assert outbox.put_rows("interval.rows", {"programme": "p", "first": True}, lines) == 10_001
    found = waiting()
    assert [b["first"] for _, _, b, _ in found] == [True, False]
    assert [r.count("\n") for *_, r in found] == [10_000, 1]


def test_no_rows_at_all_still_clear_what_was_there():
    assert outbox.put_rows("interval.rows", {"programme": "p", "first": True}, []) == 0
    assert [(b, r) for *_, b, r in waiting()] == [({"programme": "p", "first": True}, "")]
    assert outbox.put_rows("subject.rows", {}, []) == 0 and len(waiting()) == 1
