"""The published language (電文の定義)."""

import datetime as dt
import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base.errors import Refused
from sesshu.bridge import language, messages, rows
from sesshu.bridge.language import IN_OUT, OUT_IN, Field, Many, Message, Record
from sesshu.bridge.reference import reference_markdown

REFERENCE = Path(__file__).parents[3] / "docs" / "reference" / "bridge.md"
UUID_ = "0189f7a2-0000-4000-8000-000000000001"
NOW = "2026-11-24T09:00:00+09:00"
MADE = {
    "id": 7, "subject": UUID_, "programme": "demo-covid19", "dose": 1, "slot": 12, "channel": "web", "made_at": NOW,
}  # fmt: skip


def refusal_of(do, *args, **kwargs):
    with pytest.raises(Refused) as e:
        do(*args, **kwargs)
    return e.value.refusal.code


def all_fields(fields):
    for f in fields:
        yield f
        if isinstance(f.kind, Many) and isinstance(f.kind.of, Record):
            yield from all_fields(f.kind.of.fields)


@pytest.mark.parametrize("message", messages.registry().values(), ids=lambda m: m.name)
def test_every_field_says_why_the_other_side_needs_it(message):
    assert message.directions and set(message.directions) <= {IN_OUT, OUT_IN}
    assert message.title and message.english.endswith(".")
    for f in all_fields((*message.fields, *message.columns)):
        assert re.search(r"[ぁ-ん]", f.why), f.name
        assert f.why_english.endswith("."), f.name
    if message.bulk:
        assert message.copy_pattern()


def test_no_field_has_the_name_of_something_that_must_not_cross():
    for message in messages.registry().values():
        names = {f.name for f in all_fields((*message.fields, *message.columns))}
        assert not names & {
            "ticket",
            "number_text",
            "dob",
            "birth",
            "birthday",
            "phone_number",
            "mail",
            "sex",
            "resident",
        }
        if message.name not in (
            "venue.put",
            "programme.put",
        ):  # the hall's own name and address; the call centre's phone
            assert not names & {"name", "kana", "address", "phone"}


def test_the_reference_is_not_stale():
    """Run ``python -c "from sesshu.bridge.reference import reference_markdown as r; print(r(), end='')"``."""
    assert REFERENCE.read_text() == reference_markdown()


def test_every_refusal_of_the_bridge_is_in_the_reference():
    text = REFERENCE.read_text()
    for code in [f"X{n:02}" for n in range(1, 17)] + ["M01", "M02", "M03"]:
        assert code in text


def test_a_right_body_is_accepted():
    messages.validate("booking.made", MADE)
    messages.validate("booking.made", MADE, direction=OUT_IN)
    messages.validate("void", {}, direction=IN_OUT)
    messages.validate("void", {}, direction=OUT_IN)
    messages.validate(
        "slip.put", {"number": 1, "case": 2, "operator": "OP-117", "ciphertext": "YWdl\nYWdl", "made_at": NOW}
    )
    entitlement = {
        "dose": 1,
        "from_on": "2026-12-01",
        "until_on": "2027-02-28",
        "products": ["comirnaty"],
        "after_previous": False,
    }
    subject = {
        "id": UUID_,
        "programme": "p",
        "act": "0" * 64,
        "try": "f" * 64,
        "ask_lot": None,
        "form_version": 1,
    }
    messages.validate("subject.put", subject | {"entitlements": [entitlement]})
    messages.validate("subject.put", subject | {"entitlements": []})


@pytest.mark.parametrize(
    "name, version, direction",
    [
        ("booking.unmade", 1, ""),
        ("booking.made", 2, ""),
        ("booking.made", 1, IN_OUT),
        ("subject.put", 1, OUT_IN),
        (None, 1, ""),
        ([], 1, ""),
    ],
)
def test_an_unknown_type_is_refused(name, version, direction):
    assert refusal_of(messages.validate, name, MADE, version, direction=direction) == "M01"


def test_an_unknown_or_missing_field_is_refused_without_its_name():
    with pytest.raises(Refused) as e:
        messages.validate("booking.made", MADE | {"目黒太郎": "x"})
    assert e.value.refusal.code == "M02" and "目黒太郎" not in str(e.value)
    for gone in MADE:
        assert (
            refusal_of(messages.validate, "booking.made", {k: v for k, v in MADE.items() if k != gone})
            == "M02"
        )
    for body in (None, [], "text", 3):
        assert refusal_of(messages.validate, "booking.made", body) == "M02"
    assert refusal_of(messages.validate, "void", {"a": 1}) == "M02"


@pytest.mark.parametrize(
    "name, value",
    [("id", "7"), ("id", 0), ("id", True), ("id", 2**63), ("subject", "x"), ("subject", UUID_.upper()), ("dose", 1.0),
     ("programme", "東京都目黒区"), ("channel", "web phone"), ("made_at", "2026-11-24T09:00:00"), ("made_at", "soon"),
     ("made_at", 3), ("channel", "x" * 65), ("slot", [])],
)  # fmt: skip
def test_a_wrong_value_is_refused_with_the_fields_name_only(name, value):
    with pytest.raises(Refused) as e:
        messages.validate("booking.made", MADE | {name: value})
    assert e.value.refusal.code == "M03" and e.value.column == name
    assert str(value) not in str(e.value) or len(str(value)) < 3


def test_lists_and_their_records_are_checked():
    ok = {"tries": ["a" * 64]}
    messages.validate("number.dead", ok)
    for wrong in ({"tries": "a" * 64}, {"tries": ["z" * 64]}, {"tries": ["a" * 64] * 5001}):
        assert refusal_of(messages.validate, "number.dead", wrong) == "M03"
    with pytest.raises(Refused) as e:
        messages.validate("slot.put", {"slots": [{"id": 1}]})
    assert (e.value.refusal.code, e.value.column) == ("M02", "slots.session_id")


def test_two_definitions_of_one_type_are_found(monkeypatch):
    twin = Message("void", 1, (IN_OUT,), "題", "Does nothing.", ())
    monkeypatch.setattr(messages.from_inside, "MESSAGES", (*messages.from_inside.MESSAGES, twin))
    with pytest.raises(ValueError):
        messages.registry.__wrapped__()


def test_a_column_without_a_pattern_is_found():
    odd = Message("odd.rows", 1, (IN_OUT,), "題", "Odd.", (), (Field("t", language.TEXT, "理由。", "Why."),))
    with pytest.raises(ValueError):
        odd.copy_pattern()
    assert Many(Record("r", ()), 3).copy == ""


def test_names_lists_what_travels_in_a_direction():
    assert "subject.rows" in messages.names(IN_OUT) and "subject.rows" not in messages.names(OUT_IN)
    assert "void" in messages.names(IN_OUT) and "void" in messages.names(OUT_IN)


# Bulk rows

ROW = (UUID(UUID_), "demo-covid19", b"\0" * 32, b"\1" * 32, None, b"\2" * 32, None, 1)


def test_rows_are_cut_into_chunks_and_pass_their_pattern():
    texts = list(rows.chunks("subject.rows", [ROW] * 7, size=3))
    assert [t.count("\n") for t in texts] == [3, 3, 1]
    for text in texts:
        messages.validate("subject.rows", {}, rows=text.encode())
    assert (
        texts[2]
        == f"{UUID_}\tdemo-covid19\t\\\\x{'00' * 32}\t\\\\x{'01' * 32}\t\\N\t\\\\x{'02' * 32}\t\\N\t1\n"
    )


def test_entitlements_and_intervals_pass_theirs():
    day = dt.date(2026, 12, 1)
    (text,) = rows.chunks("entitlement.rows", [(UUID(UUID_), 1, day, day, ["a-1", "b"], False)])
    assert text == f'{UUID_}\t1\t2026-12-01\t2026-12-01\t{{"a-1","b"}}\tf\n'
    messages.validate("entitlement.rows", {}, rows=text.encode())
    (text,) = rows.chunks("interval.rows", [("p", 2, "a", day, day, day, [])])
    messages.validate("interval.rows", {"programme": "p", "first": True}, rows=text.encode())


def test_the_entitlements_of_one_subject_are_never_parted():
    day = dt.date(2026, 12, 1)
    many = [(UUID(int=n // 3), n % 3 + 1, day, day, ["a"], False) for n in range(30)]
    for size in (1, 2, 4, 5):
        parts = [
            {line.split("\t")[0] for line in text.splitlines()}
            for text in rows.chunks("entitlement.rows", many, size)
        ]
        assert sum(map(len, parts)) == len(set().union(*parts)) == 10


@pytest.mark.parametrize("wrong", [ROW[:-1], (*ROW, 1)])
def test_a_row_of_another_width_is_refused(wrong):
    assert refusal_of(list, rows.chunks("subject.rows", [wrong])) == "M02"
    assert refusal_of(list, rows.chunks("booking.made", [wrong])) == "M01"


@pytest.mark.parametrize(
    "column, value",
    [(1, "東京都目黒区見本1-2-3"), (2, b"short"), (2, None), (4, "text"), (7, "1\t2"), (0, "x")],
)
def test_a_cell_that_is_not_of_its_kind_does_not_cross(column, value):
    row = list(ROW)
    row[column] = value
    (text,) = rows.chunks("subject.rows", [row])
    assert refusal_of(messages.validate, "subject.rows", {}, rows=text.encode()) == "M03"


def test_rows_and_bodies_are_not_confused():
    assert refusal_of(messages.validate, "subject.rows", {}) == "M02"
    assert refusal_of(messages.validate, "void", {}, rows=b"") == "M02"


@given(st.text())
def test_copy_text_can_be_read_back(text):
    """One value never becomes two cells or two lines."""
    cell = rows.encode_value(text)
    assert not set(cell) & set("\t\n\r\b\f\v")
    back = re.sub(
        r"\\(.)",
        lambda m: {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}.get(m[1], m[1]),
        cell,
    )
    assert back == text


def test_values_of_each_kind():
    assert rows.encode_value(None) == "\\N"
    assert rows.encode_value(True) == "t" and rows.encode_value(False) == "f"
    assert rows.encode_value(b"\x0f") == "\\\\x0f"
    assert rows.encode_value(dt.time(9, 30)) == "09:30:00"
    assert rows.encode_value(['a"b', "c\\d", None, 1]) == '{"a\\\\"b","c\\\\\\\\d",NULL,"1"}'
    with pytest.raises(TypeError):
        rows.encode_value(1.5)
