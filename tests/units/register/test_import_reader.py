"""The register file, line by line: what is cleaned, what is refused and where, that both ways agree."""

import csv
import datetime as dt
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base.errors import Refused
from sesshu.inside.register.imports.reader import RegisterReader, Row, RowRefused, SameRows, _Numbers
from sesshu.inside.register.imports.rules import COLUMNS, FIELDS, Rule

AS_OF = dt.date(2021, 4, 1)
GOOD = {
    "reference_no": "100000019",
    "household_no": "200000017",
    "relation": "世帯主",
    "name": "架空　太郎",
    "kana": "カクウ　タロウ",
    "latin": "",
    "common_name": "",
    "dob_text": "S21.04.01",
    "sex": "男",
    "postcode": "1530061",
    "town": "中目黒二丁目",
    "banchi": "１９番１５号",
    "building": "",
    "phone": "03-0000-0000",
    "resident_from": "H12.05.01",
    "event": "国内転入",
    "event_on": "H12.05.01",
    "status": "現存",
    "foreign": "0",
    "protected": "0",
}
NAMES = [name for name, _ in FIELDS]


def write(path, *rows, encoding="cp932"):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([row.values() if isinstance(row, dict) else row for row in rows])
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def read(tmp_path, *rows, encoding="cp932", **more):
    reader = RegisterReader(write(tmp_path / "r.csv", *rows, encoding=encoding), as_of=AS_OF, **more)
    return list(reader), reader.tally


def one(tmp_path, **changes):
    return read(tmp_path, GOOD | changes)[0][0]


def test_a_good_line(tmp_path):
    row = one(tmp_path)
    assert {name: getattr(row, name) for name in NAMES} == GOOD | {
        "resident_from": dt.date(2000, 5, 1),
        "event_on": dt.date(2000, 5, 1),
        "status": "present",
        "foreign": False,
        "protected": False,
    }
    assert row.birth.date == dt.date(1946, 4, 1) and row.dob_key == "19460401" and row.line == 2
    assert "太郎" not in f"{row} {row!r}" and len(row.digest) == 16


CLEANED = [
    ("kana", "ｶｸｳ ﾀﾛｳ", "カクウ　タロウ"),
    ("postcode", "１５３－００６１", "1530061"),
    ("postcode", "153-0061", "1530061"),
    ("reference_no", "１００", "100"),
    ("reference_no", "0000100", "100"),
    ("reference_no", "000", "0"),
    ("name", " 架空　太郎 ", "架空　太郎"),
    ("building", '架空荘,"一"\r\n２０１', '架空荘,"一"\n２０１'),
    ("phone", "０３－００００－００００", "0300000000"),
    ("latin", "KAKU  TARO", "KAKU  TARO"),
    ("resident_from", "", None),
    ("resident_from", "H12.00.00", None),
]


@pytest.mark.parametrize("name, raw, clean", CLEANED)
def test_what_is_cleaned(tmp_path, name, raw, clean):
    row = one(tmp_path, **{name: raw})
    assert isinstance(row, Row) and getattr(row, name) == clean


REFUSED = [
    ("reference_no", "", Rule.REFERENCE),
    ("reference_no", "12a", Rule.REFERENCE),
    ("reference_no", "1" * 16, Rule.REFERENCE),
    ("household_no", "", Rule.HOUSEHOLD),
    ("name", "", Rule.NAME),
    ("name", "架\n空", Rule.CHARACTERS),
    ("name", "架" * 101, Rule.CHARACTERS),
    ("building", "架" * 201, Rule.CHARACTERS),
    ("dob_text", "", None),
    ("dob_text", "S21.13.01", Rule.BIRTH),
    ("dob_text", "きのう", Rule.BIRTH),
    ("dob_text", "R03.04.02", Rule.BIRTH_FUTURE),
    ("dob_text", "S06.02.29", None),
    ("sex", "", Rule.SEX),
    ("postcode", "153006", Rule.POSTCODE),
    ("town", "", Rule.ADDRESS),
    ("banchi", "", Rule.ADDRESS),
    ("phone", "なし", Rule.PHONE),
    ("resident_from", "H12.13.01", Rule.RESIDENT_FROM),
    ("event", "引越", Rule.EVENT),
    ("event_on", "R03.02.29", Rule.EVENT_DAY),
    ("event_on", "", Rule.EVENT_DAY),
    ("event_on", "H12.05.99", Rule.EVENT_DAY),
    ("event_on", "R03.04.02", Rule.EVENT_FUTURE),
    ("status", "不在", Rule.STATUS),
    ("foreign", "2", Rule.FOREIGN),
    ("protected", "", Rule.PROTECTED),
    ("protected", "有", Rule.PROTECTED),
]


@pytest.mark.parametrize("name, raw, rule", REFUSED)
def test_what_is_refused(tmp_path, name, raw, rule):
    row = one(tmp_path, **{name: raw})
    if rule is None:
        assert isinstance(row, Row) and row.birth.date is None
    else:
        assert isinstance(row, RowRefused)
        assert (row.line, row.column, row.rule) == (2, dict(FIELDS)[name], rule)
        assert raw not in repr(row) or len(raw) < 2


def test_a_future_move_out_is_good(tmp_path):
    """転出予定 — the only event that may lie ahead."""
    row = one(tmp_path, event="国内転出", event_on="R03.05.01", status="転出")
    assert row.status == "left" and row.event_on == dt.date(2021, 5, 1)


def test_who_has_left_needs_no_address(tmp_path):
    gone = {"status": "転出", "event": "国内転出", "postcode": "", "town": "", "banchi": ""}
    assert isinstance(one(tmp_path, **gone), Row)


def test_a_foreigner_with_latin_name_only(tmp_path):
    row = one(
        tmp_path,
        name="",
        kana="",
        latin="JANE DOE",
        common_name="架空花子",
        dob_text="1985/03/02",
        foreign="1",
    )
    assert row.foreign and row.latin == "JANE DOE" and row.dob_key == "19850302"


def test_lines_of_another_length_and_doubles(tmp_path):
    short = list(GOOD.values())[:-1]
    again = GOOD | {"protected": "1"}
    rows, tally = read(tmp_path, GOOD, again, short, ["", *short], GOOD | {"reference_no": "5"})
    assert [type(row) for row in rows] == [Row, RowRefused, RowRefused, RowRefused, Row]
    assert (rows[1].rule, rows[1].reference_no, rows[1].protected) == (Rule.DOUBLED, "100000019", True)
    assert (rows[2].rule, rows[2].column, rows[2].reference_no) == (Rule.CELLS, "-", "100000019")
    assert rows[3].rule is Rule.REFERENCE and tally.nameless == 1
    assert tally.lines == 5 and tally.good == 2 and tally.refused.total() == 3


def test_a_refused_line_still_says_who_needs_the_wall(tmp_path):
    row = one(tmp_path, sex="?", protected="1")
    assert row.protected is True and row.reference_no == "100000019"
    assert one(tmp_path, protected="?").protected is None


def test_counts(tmp_path):
    rows, tally = read(
        tmp_path,
        GOOD | {"reference_no": "1", "name": "\ue000田", "protected": "1"},
        GOOD | {"reference_no": "2", "dob_text": "S21.04.02", "foreign": "1"},
        GOOD | {"reference_no": "3", "dob_text": "S21.04.00"},
        GOOD | {"reference_no": "4", "status": "死亡", "event": "死亡"},
    )
    assert tally.by_cohort() == {1945: 1, 1946: 1} and tally.births_not_known() == 1
    assert (tally.protected, tally.foreign, tally.status["現存"], tally.status["死亡"]) == (1, 1, 3, 1)
    assert tally.gaiji.characters == {"U+E000": 1} and tally.gaiji.rows == 1


def test_the_digest_is_stable_and_keyed(tmp_path):
    row = one(tmp_path)
    assert one(tmp_path, postcode="153-0061").digest == row.digest
    for name, other in {"phone": "", "protected": "1", "building": "x", "dob_text": "1946/04/01"}.items():
        assert one(tmp_path, **{name: other}).digest != row.digest
    (keyed,), _ = read(tmp_path, GOOD, mark_key=b"k" * 32)
    assert keyed.digest != row.digest


def test_ivs_and_compatibility_ideographs_stay(tmp_path):
    (row,), tally = read(tmp_path, GOOD | {"name": "邉\U000e0102 \ufa19"}, encoding="utf-8-sig")
    assert row.name == "邉\U000e0102 \ufa19" and tally.gaiji.characters == {"U+9089 U+E0102": 1}


def test_a_line_that_was_accepted_before_is_known_by_its_digest(tmp_path):
    rows, first = read(tmp_path, GOOD, GOOD | {"reference_no": "5", "name": "\ue000", "foreign": "1"})
    known = sorted(int.from_bytes(row.digest[:8], "big") for row in rows)
    again = (
        GOOD,
        GOOD | {"reference_no": "5", "name": "\ue000", "foreign": "1"},
        GOOD | {"reference_no": "6"},
        GOOD,
    )
    found, tally = read(tmp_path, *again, known=known)
    assert [type(row) for row in found] == [Row, RowRefused, SameRows] and found[1].rule is Rule.DOUBLED
    assert found[2] == ["100000019", "5"] and "100000019" not in repr(found[2])
    assert (tally.good, tally.foreign, tally.gaiji.rows, tally.by_cohort()) == (3, 1, 1, {1945: 3})


@pytest.mark.parametrize("shift", [0, 1 << 40])
def test_numbers_far_apart_are_told_apart(shift):
    numbers, seen = [shift + n * (1 << 16) for n in range(3000)], _Numbers()
    assert all(seen.add(n) for n in numbers) and not any(seen.add(n) for n in numbers)
    assert seen.add(numbers[0] + 1) and not seen.add(numbers[0] + 1)


@pytest.mark.parametrize("drop", COLUMNS)
def test_a_missing_column_refuses_the_file(tmp_path, drop):
    """Without 支援措置区分 above all (P-08)."""
    path = tmp_path / "r.csv"
    path.write_text(",".join(c for c in COLUMNS if c != drop) + "\n1\n", encoding="cp932")
    with pytest.raises(Refused) as said:
        list(RegisterReader(path, as_of=AS_OF))
    assert (said.value.refusal.code, said.value.column) == ("TB05", drop)


ODD = st.text(alphabet='架ｶカ０1-. 　\n"髙\ue000か\u3099\ufa19\u00a0A', max_size=6)
CELLS = {
    name: st.one_of(
        st.just(good), ODD, st.sampled_from(["", "0", "S21.02.30", "転出", "国内転出", "R04.01.01"])
    )
    for name, good in GOOD.items()
}


@given(st.dictionaries(st.sampled_from(NAMES), ODD, max_size=2), st.sampled_from(NAMES), st.data())
def test_the_quick_way_and_the_careful_way_agree(tmp_path_factory, changes, name, data):
    """One expression for clean lines, column by column for the others: never another answer."""
    row = GOOD | changes | {name: data.draw(CELLS[name])}
    path = tmp_path_factory.getbasetemp() / "agree.csv"
    reader = RegisterReader(write(path, GOOD), as_of=AS_OF)
    cells = list(row.values())
    joined = "\x1f".join(cells)
    coded = joined.encode()
    quick = reader._quick(2, cells, joined, coded, reader.digest(coded))
    careful = reader._examine(2, cells)
    if quick is not None:
        assert quick == careful and quick.digest == careful.digest and quick.birth == careful.birth
