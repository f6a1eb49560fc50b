"""異動の意味 — what one line of the register means, as the table an officer would draw."""

from dataclasses import dataclass, replace

import pytest

from sesshu.inside.register.imports import rules as r
from sesshu.inside.register.imports.rules import Change, Rule, Totals, changed_fields, decide, why_held


@dataclass(frozen=True)
class Person:
    name: str = "架空　花子"
    kana: str = "カクウ　ハナコ"
    latin: str = ""
    common_name: str = ""
    dob_key: str = "19460401"
    household_no: str | None = "7"
    relation: str | None = "世帯主"
    postcode: str | None = "1530061"
    town: str | None = "中目黒二丁目"
    banchi: str | None = "1番1号"
    building: str | None = ""
    phone: str | None = ""
    resident_from: str | None = None
    event: str | None = "国内転入"
    sex: str = "女"
    foreign: bool = False
    event_on: str | None = None
    status: str = "present"
    protected: bool = False


A = Person()
SEALED = replace(A, protected=True, **dict.fromkeys(r.WHEREABOUTS))

TABLE = [
    ("a new person", None, A, {Change.NEW}),
    ("a new protected person", None, replace(A, protected=True), {Change.NEW, Change.SEAL}),
    ("nothing changed", A, A, {Change.SAME}),
    ("newly protected", A, replace(A, protected=True), {Change.SEAL}),
    ("newly protected and moved", A, replace(A, protected=True, town="南"), {Change.SEAL, Change.MOVED}),
    ("the flag is gone: the wall stays", SEALED, A, {Change.RELEASE_ASKED}),
    ("still protected; the seal hides where", SEALED, replace(A, protected=True, town="南"), {Change.SAME}),
    ("moved out", A, replace(A, status="left"), {Change.LEFT}),
    ("died", A, replace(A, status="dead"), {Change.DIED}),
    ("removed", A, replace(A, status="removed"), {Change.REMOVED}),
    ("came back", replace(A, status="left"), A, {Change.REVIVED}),
    (
        "came back and moved",
        replace(A, status="left"),
        replace(A, banchi="2番"),
        {Change.REVIVED, Change.MOVED},
    ),
    ("moved within", A, replace(A, building="101"), {Change.MOVED}),
    ("renamed", A, replace(A, name="見本　花子"), {Change.RENAMED}),
    ("a common name was entered", A, replace(A, common_name="見本"), {Change.RENAMED}),
    ("birth date corrected", A, replace(A, dob_key="19460400"), {Change.BIRTH_CORRECTED}),
    ("another phone", A, replace(A, phone="03-0000-0000"), {Change.OTHER}),
    ("another household", A, replace(A, household_no="8"), {Change.OTHER}),
    ("the protected died", SEALED, replace(SEALED, status="dead"), {Change.DIED}),
]


@pytest.mark.parametrize("title, old, new, answer", TABLE, ids=[row[0] for row in TABLE])
def test_what_a_line_means(title, old, new, answer):
    assert decide(old, new) == answer


def test_an_import_never_releases():
    """P-13 — no Change lifts a protection; the section is asked."""
    assert not [
        change for change in Change if change.value.startswith("release") and change != "release_asked"
    ]


def test_changed_fields_are_named_in_order():
    assert changed_fields(A, replace(A, status="left", name="x", town="y")) == ("name", "town", "status")
    assert changed_fields(SEALED, replace(A, protected=True, phone="1")) == ()


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_a_sentence(rule):
    assert r.SENTENCES[rule].sentence.endswith("。") and r.SENTENCES[rule].code == rule.value


LAST = Totals(lines=1000, refused=0, protected=30)
HELD = [
    (Totals(1000, 0, 27), LAST, ()),
    (Totals(1000, 0, 26), LAST, (r.PROTECTED_FELL,)),
    (Totals(1000, 0, 0), Totals(1000, 0, 2), ()),
    (Totals(950, 0, 30, gone=50), LAST, ()),
    (Totals(949, 0, 30, gone=51), LAST, (r.MANY_GONE,)),
    (Totals(1000, 20, 30), LAST, ()),
    (Totals(1000, 21, 30), None, (r.MANY_REFUSED,)),
    (Totals(280_000, 2800, 30), None, ()),
    (Totals(1000, 0, 0), None, ()),
    (Totals(1000, 0, 36), LAST, ()),
    (Totals(1000, 0, 37), LAST, (r.PROTECTED_ROSE,)),
    (Totals(10, 0, 5), Totals(10, 0, 0), ()),
    (Totals(1000, 0, 30, as_of="2026-10-19"), replace(LAST, as_of="2026-10-20"), (r.OLDER,)),
    (Totals(1000, 0, 30, births={1946: 1}), replace(LAST, births={1945: 4, 1946: 9}), ()),
    (
        Totals(1000, 0, 30, births={1946: 1}),
        replace(LAST, births={1945: 5, 1946: 9}),
        (r.BIRTH_YEAR_MISSING,),
    ),
]


@pytest.mark.parametrize("now, last, answer", HELD)
def test_what_is_held(now, last, answer):
    """P-08 — an import whose protected count deviates too far waits."""
    assert why_held(now, last) == answer
