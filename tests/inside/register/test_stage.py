"""Staging a register file: counts, refusals, what is sealed before it reaches the database."""

import datetime as dt
import json

import pytest

from sesshu.base.crypto import load_keys, unseal_text
from sesshu.base.errors import Refused
from sesshu.cli.town.writing import Town
from sesshu.inside.register.imports import actions, queries
from sesshu.inside.register.imports.models import Import
from sesshu.inside.register.imports.rules import COLUMNS, Rule
from sesshu.inside.register.residents.models import Resident
from sesshu.inside.register.residents.rules import letter_about
from tests.support import place as p
from tests.support import register as r
from tests.support.register import person, stage


def staged(column: str) -> list:
    return [row[0] for row in r.run(f"SELECT {column} FROM register.staging ORDER BY line")]


def test_a_first_file(tmp_path):
    """新規 — everybody is new, nobody is a resident yet."""
    report = stage(tmp_path, person(1), person(2, foreign="1"), person(3, status="死亡", event="死亡"))
    counts = report.as_json()
    assert {k: counts[k] for k in ("lines", "good", "new", "changed", "unchanged", "gone")} == {
        "lines": 3, "good": 3, "new": 3, "changed": 0, "unchanged": 0, "gone": 0,
    }  # fmt: skip
    assert counts["status"] == {"現存": 2, "死亡": 1} and counts["foreign"] == 1
    assert counts["birth_fiscal_year"] == {"1945": 2} and counts["refused"] == [] and counts["held"] == []
    assert Resident.objects.count() == 0
    assert r.run("SELECT act, actor, case_ref, result FROM audit.entry") == [
        ("import.stage", "host", f"import {report.id}", "done")
    ]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_every_value_arrives_as_it_was_written(tmp_path, encoding):
    odd = person(1, building='架空荘\\N "一"\t\n２０１', name="\ue000田　\\", relation="同居人\\t", phone="")
    path = r.write(tmp_path / "r.csv", odd, encoding=encoding)
    actions.stage(by=r.HOST, path=path, as_of=r.AS_OF)
    assert staged("building") == ['架空荘\\N "一"\t\n２０１'] and staged("name") == ["\ue000田　\\"]
    assert staged("relation") == ["同居人\\t"] and staged("phone") == [""]
    assert staged("event_on") == staged("resident_from") == [dt.date(2000, 5, 1)]
    assert staged("dob_key") == ["19460401"] and staged("status") == ["present"]


# --- a file that is refused as a whole ------------------------------------------------------------------------


def test_without_a_column_nothing_of_the_file_stays(tmp_path):
    """支援措置区分がない — the whole file is refused (P-08); the sender's file is as it was."""
    path = r.write(tmp_path / "r.csv", list(person(1).values())[:-1], header=COLUMNS[:-1])
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    with pytest.raises(Refused) as no:
        actions.stage(by=r.HOST, path=path, as_of=r.AS_OF)
    assert (no.value.refusal.code, no.value.column) == ("TB05", "支援措置区分")
    assert Import.objects.count() == 0 and staged("line") == []
    assert r.run("SELECT act, result FROM audit.entry") == [("import.stage", "TB05")]
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_one_byte_that_cannot_be_read_refuses_the_file(tmp_path):
    path = r.write(tmp_path / "r.csv", person(1), person(2))
    path.write_bytes(path.read_bytes() + b"\x81\n")
    with pytest.raises(Refused) as no:
        actions.stage(by=r.HOST, path=path, as_of=r.AS_OF)
    assert (no.value.refusal.code, no.value.line) == ("TB01", 4)


def test_a_quote_without_end_refuses_the_file_half_way(tmp_path):
    path = r.write(tmp_path / "r.csv", *(person(n) for n in range(2000)))
    path.write_bytes(path.read_bytes() + b'1,"')
    with pytest.raises(Refused) as no:
        actions.stage(by=r.HOST, path=path, as_of=r.AS_OF)
    assert no.value.refusal.code == "TB04"
    assert Import.objects.count() == 0 and staged("line") == []


# --- lines that are refused -----------------------------------------------------------------------------------


def test_a_refused_line_is_counted_by_line_column_and_rule(tmp_path):
    report = stage(tmp_path, person(1), person(2, dob_text="S21.13.01"), person(3, event_on="R03.02.29"))
    assert [(x.line, x.column, x.rule) for x in report.refused] == [
        (3, "生年月日", "R07"),
        (4, "異動日", "R15"),
    ]
    assert report.refused[0].why.sentence == "生年月日を読み取れません。"
    assert "13" not in json.dumps(report.as_json()["refused"])


def test_a_refused_line_leaves_the_person_as_they_were_and_not_gone(tmp_path):
    r.take_in(tmp_path, person(1), person(2), person(3))
    report = stage(tmp_path, person(1), person(2, sex="?", town="上目黒一丁目"))
    assert {k: report.counts[k] for k in ("unchanged", "kept", "gone")} == {
        "unchanged": 1,
        "kept": 1,
        "gone": 1,
    }
    r.accept(report, despite=frozenset(h.code for h in report.held))
    assert Resident.objects.get(reference_no="1002").town == "中目黒二丁目"
    assert Resident.objects.get(reference_no="1002").status == "present"
    assert Resident.objects.get(reference_no="1003").status == "removed"


def test_where_a_refused_line_could_be_anybodys_nobody_is_gone(tmp_path):
    r.take_in(tmp_path, *(person(n) for n in range(3)))
    report = stage(tmp_path, person(0), person(1), person(2, reference_no="x"))
    assert (report.counts["nameless"], report.counts["gone"]) == (1, 0)
    r.accept(report)
    assert Resident.objects.filter(status="present").count() == 3


def test_a_doubled_person_is_taken_once(tmp_path):
    report = stage(tmp_path, person(1), person(1, town="上目黒一丁目"), person(2))
    assert [(x.line, x.column, x.rule) for x in report.refused] == [(3, "宛名番号", Rule.DOUBLED)]
    assert report.counts["new"] == 2
    r.accept(report)
    assert Resident.objects.get(reference_no="1001").town == "中目黒二丁目"


def test_a_changes_only_file_makes_nobody_gone(tmp_path):
    r.take_in(tmp_path, person(1), person(2))
    report = stage(tmp_path, person(1, phone=""), full=False)
    assert report.counts["gone"] == 0 and report.held == ()
    r.accept(report)
    assert Resident.objects.filter(status="present").count() == 2


# --- who needs a wall ----------------------------------------------------------------------------------------

HIDDEN = "household_no, relation, postcode, town, banchi, building, phone, resident_from, event"
CANARY = "カナリア荘777"


def opened(row: int = 0) -> dict:
    sealed, reference = r.run("SELECT sealed, reference_no FROM register.staging WHERE sealed IS NOT NULL")[
        row
    ]
    ring = load_keys(p.place().keys / "sealed")
    return json.loads(unseal_text(bytes(sealed), ring, about=letter_about("whereabouts", reference)))


def test_a_flagged_line_is_ciphertext_before_it_reaches_the_database(tmp_path):
    stage(tmp_path, person(1, protected="1", building=CANARY), person(2))
    (hidden,) = r.run(f"SELECT {HIDDEN} FROM register.staging WHERE reference_no = '1001'")
    assert set(hidden) == {None}
    assert opened() == {
        "household_no": "5001", "relation": "世帯主", "postcode": "1530061", "town": "中目黒二丁目",
        "banchi": "2番2号", "building": CANARY, "phone": "03-0000-0000", "resident_from": "2000-05-01",
        "event": "国内転入",
    }  # fmt: skip


def test_a_protected_person_without_the_flag_is_sealed_all_the_same(tmp_path):
    """区分が消えた — the wall stays, so the plain line must not reach the database (P-13)."""
    r.take_in(tmp_path, person(1, protected="1"), person(2))
    report = stage(tmp_path, person(1, building=CANARY), person(2))
    assert report.counts["kinds"] == {"release_asked": 1, "sealed_changed": 1}
    assert opened()["building"] == CANARY
    assert CANARY not in str(r.run("SELECT * FROM register.staging"))


def test_a_doubled_line_that_is_flagged_seals_the_first(tmp_path):
    stage(tmp_path, person(1, building=CANARY), person(1, protected="1"))
    assert CANARY not in str(r.run("SELECT * FROM register.staging"))
    assert staged("protected") == [True] and opened()["building"] == CANARY


def test_the_marks_say_whether_sealed_whereabouts_changed(tmp_path):
    protected = person(1, protected="1"), person(2, protected="1")
    r.take_in(tmp_path, *protected)
    assert stage(tmp_path, *protected).counts["unchanged"] == 2
    moved = person(2, protected="1", phone="03-0000-0009")
    assert stage(tmp_path, protected[0], moved).counts["kinds"] == {"sealed_changed": 1}
    waiting = {bytes(mark) for mark in staged("change_mark")}  # of both files that wait, two lines each
    assert len(waiting) == 3


# --- held ----------------------------------------------------------------------------------------------------


def test_an_import_that_lost_its_protected_is_held(tmp_path):
    r.take_in(tmp_path, *(person(n, protected="1") for n in range(4)), person(9))
    report = stage(tmp_path, *(person(n) for n in range(4)), person(9))
    assert [h.code for h in report.held] == ["R71"]
    with pytest.raises(Refused) as no:
        actions.accept(by=r.FIRST, import_id=report.id, protect=r.no_walls)
    assert no.value.refusal.code == "R71"


def test_an_import_in_which_a_cohort_is_missing_is_held(tmp_path):
    old = [person(n, dob_text="S30.06.01") for n in range(5)]
    r.take_in(tmp_path, *old, *(person(n) for n in range(10, 200)))
    report = stage(tmp_path, *(person(n) for n in range(10, 200)))
    assert [h.code for h in report.held] == ["R74"] and report.missing_years == ((1955, 0, 5),)


def test_an_older_extract_is_held(tmp_path):
    r.take_in(tmp_path, person(1))
    assert [h.code for h in stage(tmp_path, person(1), as_of=dt.date(2026, 10, 19)).held] == ["R76"]


def test_new_characters_are_named(tmp_path):
    report = stage(tmp_path, person(1, name="\ue000田"), person(2, name="\ue000\ue001"))
    assert report.gaiji == (("U+E000", 2, True), ("U+E001", 1, True))
    r.accept(report)
    report = stage(tmp_path, person(1, name="\ue000田"), person(2, name="\ue002"))
    assert report.gaiji == (("U+E000", 1, False), ("U+E002", 1, True))


# --- the made-up town ----------------------------------------------------------------------------------------


def test_the_counts_are_those_that_the_town_maker_expects(tmp_path):
    """expected.json — what a correct import finds in the town's three files, with all traps of the field."""
    from sesshu.base.text.towns import municipality

    Town(600, 5, dt.date(2026, 10, 20), municipality("131105"), "cp932").write(tmp_path)
    expected = json.loads((tmp_path / "expected.json").read_text())
    walled = []
    for name in ("register-1.csv", "register-2.csv", "register-utf8.csv"):
        want = expected[name]
        as_of = dt.date.fromisoformat(want["as_of"])
        report = actions.stage(by=r.HOST, path=tmp_path / name, as_of=as_of)
        found = report.as_json()
        found["gaiji"].pop("new")
        if name == "register-1.csv":
            want["kinds"] = found["kinds"]  # a first file: all new
        if name != "register-utf8.csv":  # another town, staged only to be counted
            assert {k: found[k] for k in want} == want
            r.accept(
                report,
                protect=lambda ids, *, by, source: walled.extend(ids) or wall(ids),
                despite=frozenset(h.code for h in report.held),
            )
        else:
            same = set(want) - {"new", "changed", "gone", "unchanged", "kept", "kinds"}
            assert {k: found[k] for k in same} == {k: want[k] for k in same}
    assert len(walled) == expected["register-2.csv"]["kinds"]["seal"] + 1  # and the one on a refused line


def wall(ids) -> None:
    names = [name.strip() for name in HIDDEN.split(",")]
    Resident.objects.filter(id__in=ids).update(protected=True, **dict.fromkeys(names))


def test_lists_name_no_person(tmp_path):
    report = stage(tmp_path, person(1, building=CANARY), person(2, sex="?"))
    text = f"{queries.list_imports()} {report} {json.dumps(report.as_json(), default=str)}"
    assert CANARY not in text and "太郎" not in text and "1001" not in text


# --- lines that stand as they were ---------------------------------------------------------------------------


def test_of_a_line_that_stands_only_the_number_is_written(tmp_path):
    lines = [person(n) for n in range(5)] + [person(9, protected="1")]
    r.take_in(tmp_path, *lines)
    lines[2]["phone"] = ""
    report = stage(tmp_path, *lines)
    assert (report.counts["good"], report.counts["unchanged"], report.counts["changed"]) == (6, 5, 1)
    assert staged("reference_no") == ["1002", "1009"]
    assert len(r.run("SELECT * FROM register.staging_same")) == 4
    r.accept(report)
    assert r.run("SELECT * FROM register.staging_same") == []


def test_an_older_extract_is_examined_line_by_line(tmp_path):
    """A day that lay behind then may lie ahead now."""
    r.take_in(tmp_path, person(1, event_on="R08.10.20"), person(2))
    report = stage(tmp_path, person(1, event_on="R08.10.20"), person(2), as_of=dt.date(2026, 10, 19))
    assert [(x.line, x.rule) for x in report.refused] == [(2, "R16")]
    assert r.run("SELECT * FROM register.staging_same") == []


def test_a_flagged_double_of_a_line_that_stands_builds_the_wall(tmp_path):
    r.take_in(tmp_path, person(1), person(2))
    report = stage(tmp_path, person(1), person(1, protected="1"), person(2))
    walled = []
    r.accept(report, lambda ids, *, by, source: walled.extend(ids) or wall(ids))
    assert [Resident.objects.get(id=x).reference_no for x in walled] == ["1001"]
