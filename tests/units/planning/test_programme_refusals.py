"""A programme document that is wrong is refused, with the code and the place of what is wrong."""

import copy
import json

import pytest

from sesshu.base.errors import Refused, catalogue
from sesshu.inside.planning.programme import document, refusals
from sesshu.inside.planning.programme.refusals import BadDocument
from tests.spec.samples import doses, give, interval, sample

TWO = ("series", 0, "doses", 1)


def changed(*path: object, to: object) -> dict:
    """The sound sample with one place changed; ``...`` as value removes it."""
    made = sample()
    node = made
    for step in path[:-1]:
        node = node[step]
    if to is ...:
        del node[path[-1]]
    elif isinstance(node, list) and path[-1] == len(node):
        node.append(to)
    else:
        node[path[-1]] = to
    return made


AGE = {"kind": "age_on_day", "min": {"years": 16}, "until": {"years": 12}}
ROWS = [give("a", until="2026-05-31"), give("a", **{"from": "2026-06-02"}), give("b")]
OVERLAP = [give("a", until="2026-06-02"), give("a", **{"from": "2026-06-02"}), give("b")]
SEASON = {"id": "s2", "title": "冬", "from": "2026-12-31", "until": "2027-03-31"}

WAVE = {"id": "w", "title": "受付", "groups": ["all"], "from": "2026-01-01"}

WRONG = [
    # a word that is not there
    (changed("series", 0, "doses", 0, "give", 0, "product", to="x"), "G03", "/series/0/doses/0/give/0/product"),
    (changed(*TWO, "intervals", 0, "after", 0, to="x"), "G03", "/series/0/doses/1/intervals/0/after/0"),
    (changed("spacing", to=[{"after": ["x"], "give": ["a"], "min": {"weeks": 4}}]), "G03", "/spacing/0/after/0"),
    (changed("exclusions", to=[{"title": "済", "products": ["x"], "doses": 1}]), "G03", "/exclusions/0/products/0"),
    (changed("waves", 0, "groups", to=["all", "x"]), "G12", "/waves/0/groups/1"),
    (changed("groups", 0, "sources", to=["THERE"]), "G16", "/groups/0/sources/0"),
    (changed("groups", 0, "who", to={"marked": "x"}), "G17", "/groups/0/who/marked"),
    (changed("series", 0, "marked", to="x"), "G17", "/series/0/marked"),
    # a word used twice
    (changed("products", 1, "id", to="a"), "G04", "/products/1/id"),
    (changed("products", 1, "also", to=["ワクチンA"]), "G04", "/products/1"),
    (changed("waves", 1, to={"id": "w", "title": "二", "groups": ["all"], "from": "2026-02-01"}), "G04", "/waves/1/id"),
    # a gap between dose rules
    (changed(*TWO, "dose", to=3), "G05", "/series/0/doses/1/dose"),
    (changed(*TWO, "intervals", to=...), "G05", "/series/0/doses/1/intervals"),
    (changed(*TWO, "intervals", 1, "after", to=["a"]), "G05", "/series/0/doses/1/intervals"),
    (changed(*TWO, "give", 2, to=give("c")), "G05", "/series/0/doses/1/intervals"),
    (changed("series", 0, "doses", 0, "give", to=ROWS), "G06", "/series/0/doses/0/give/1"),
    (changed("series", 0, "doses", 0, "give", to=OVERLAP), "G07", "/series/0/doses/0/give/1"),
    (changed("seasons", 1, to=SEASON), "G07", "/seasons/1"),
    # lengths
    (changed(*TWO, "intervals", 0, "min", to={"months": 12}), "G08", "/series/0/doses/1/intervals/0/min"),
    (changed(*TWO, "intervals", 0, "until", to="2026-01-20"), "G08", "/series/0/doses/1/intervals/0/min"),
    (
        sample(history="season", seasons=[{"id": "s", "title": "短期", "from": "2026-01-01", "until": "2026-01-21"}]),
        "G08",
        "/series/0/doses/1/intervals/0/min",
    ),
    (changed(*TWO, "intervals", 0, "max", to={"weeks": 2}), "G09", "/series/0/doses/1/intervals/0/max"),
    (changed(*TWO, "intervals", 0, "under", to={"weeks": 3}), "G09", "/series/0/doses/1/intervals/0/under"),
    (changed(*TWO, "intervals", 0, "standard", to={"weeks": 2}), "G09", "/series/0/doses/1/intervals/0/standard"),
    (changed(*TWO, "intervals", 0, "absolute", to={"weeks": 9}), "G09", "/series/0/doses/1/intervals/0/min"),
    # ages
    (changed("groups", 0, "who", to={"age": AGE}), "G10", "/groups/0/who/age/until"),
    (changed("series", 0, "doses", 0, "give", 0, "age", to=AGE), "G10", "/series/0/doses/0/give/0/age/until"),
    (
        changed("groups", 0, "who", to={"age": {"kind": "fy_end_age", "from": 70, "to": 65}}),
        "G10",
        "/groups/0/who/age/to",
    ),
    (
        changed("groups", 0, "who", to={"age": {"kind": "school_year", "from": "高1", "to": "小6"}}),
        "G10",
        "/groups/0/who/age/to",
    ),
    (
        changed(
            "groups", 0, "who", to={"age": AGE | {"min": {"years": 12}, "strict": True}}
        ),
        "G10",
        "/groups/0/who/age/until",
    ),
    # groups, waves, seasons
    (changed("groups", 1, to={"id": "g", "title": "二", "who": {}}), "G11", "/groups/1"),
    (changed("waves", 0, "until", to="2025-12-31"), "G13", "/waves/0/until"),
    (changed("seasons", 0, "until", to="2025-12-31"), "G13", "/seasons/0/until"),
    (changed("seasons", 0, "from", to="2026-02-30"), "G14", "/seasons/0/from"),
    (changed("waves", 0, "booking_from", to="2026-01-01T25:00"), "G14", "/waves/0/booking_from"),
    (changed("waves", 0, "from", to="2027-01-01"), "G15", "/waves/0"),
    (changed("waves", 0, to=WAVE | {"tickets_from": "2026-02-01", "booking_from": "2026-02-01T09:00"}), "G20", "/waves/0/booking_from"),
    (changed("waves", 0, to=WAVE | {"tickets_from": "2026-01-02"}), "G20", "/waves/0/tickets_from"),
    (changed("waves", 0, to=WAVE | {"until": "2026-02-01", "booking_from": "2026-02-02T09:00"}), "G21", "/waves/0/booking_from"),
    (changed("valid_from", to="2026-02-30"), "G14", "/valid_from"),
    # hands
    (sample(written_by="係", checked_by="係"), "G18", "/checked_by"),
    # intervals of nothing
    (changed("series", 0, "doses", 0, "intervals", to=[interval("a", "a")]), "G19", "/series/0/doses/0/intervals"),
    (changed(*TWO, "intervals", 2, to=interval("a", "c")), "G19", "/series/0/doses/1/intervals/2/give/0"),
    (
        changed(*TWO, "intervals", 0, "after_dose", to=2),
        "G19",
        "/series/0/doses/1/intervals/0/after_dose",
    ),
    # form
    (changed("title", to=...), "G02", ""),
    (changed("series", 0, "doses", 0, "give", 0, "produkt", to="a"), "G02", "/series/0/doses/0/give/0"),
    (changed(*TWO, "intervals", 0, "min", to={"days": -1}), "G02", "/series/0/doses/1/intervals/0/min/days"),
    (changed(*TWO, "intervals", 0, "min", to={"days": 1, "weeks": 1}), "G02", "/series/0/doses/1/intervals/0/min"),
    (changed("seasons", to=[]), "G02", "/seasons"),
    (sample(groups="x"), "G02", "/groups"),
    ({}, "G02", ""),
]  # fmt: skip


@pytest.mark.parametrize(("wrong", "code", "place"), WRONG, ids=[f"{c}{p}" for _, c, p in WRONG])
def test_a_wrong_document_is_refused_with_its_place(wrong, code, place):
    found = [(f.refusal.code, f.place) for f in document.findings(wrong)]
    assert (code, place) in found
    with pytest.raises(Refused) as refused:
        document.load(wrong)
    assert refused.value.refusal.code == found[0][0]
    assert refused.value.column == (found[0][1] or "/")


def test_every_document_refusal_is_tried_and_said():
    """Each code G01–G21 has a case here or in the test of the file, and a whole sentence."""
    codes = {code for code in catalogue() if code.startswith("G")} & {f"G{n:02d}" for n in range(1, 22)}
    assert codes == {code for _, code, _ in WRONG} | {"G01"}
    for code, refusal in catalogue().items():
        if code in codes or code.startswith("J"):
            assert refusal.sentence.endswith("。") and refusal.english


def test_all_findings_are_told_at_once():
    wrong = changed("series", 0, "doses", 0, "give", 0, "product", to="x")
    wrong["waves"][0]["from"] = "2027-01-01"
    assert {"G03", "G15"} <= {f.refusal.code for f in document.findings(wrong)}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe{}",
        '{"title": "接種"}'.encode("cp932"),
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
    ],
    ids=["empty", "cut", "list", "text", "utf-16", "cp932", "doubled name", "deep"],
)
def test_a_file_that_is_no_json_object_is_refused(tmp_path, raw):
    path = tmp_path / "programme.json"
    path.write_bytes(raw)
    with pytest.raises(BadDocument) as refused:
        document.read(path)
    assert refused.value.refusal is refusals.NOT_JSON


def test_a_byte_order_mark_is_read_over(tmp_path):
    path = tmp_path / "programme.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(sample()).encode())
    assert document.load(document.read(path)).name == "sample"


def test_a_sound_document_has_no_findings_and_is_not_changed():
    made = sample()
    before = copy.deepcopy(made)
    document.load(made)
    assert made == before and document.findings(made) == []


@pytest.mark.parametrize("name", document.list_shipped())
def test_every_shipped_rule_names_its_source(name):
    made = document.shipped(name).document
    rows = [*made["seasons"], *made["groups"], *made["waves"], *made.get("marks", ())]
    for series in made["series"]:
        for dose in series["doses"]:
            rows += [*dose["give"], *dose.get("intervals", ())]
    assert all(row.get("sources") for row in rows)
    assert {s for row in rows for s in row["sources"]} <= set(made["sources"])
    assert made["name"] == name and made["written_by"] != made["checked_by"]


def test_what_the_previous_dose_does_not_decide_alone_is_not_booked_ahead():
    """Two plain series that differ, or a look further back: only a record can tell."""
    first = {"dose": 1, "give": [give("a")]}
    far = {
        "dose": 3,
        "give": [give("a")],
        "intervals": [interval("a", "a"), interval("a", "a", after_dose=1)],
    }
    second = {"dose": 2, "give": [give("a")], "intervals": [interval("a", "a", min={"weeks": 4})]}
    assert document.load(sample(series=doses(first, second, far))).ahead == {(2, "a")}
    other = {**second, "intervals": [interval("a", "a", min={"weeks": 8})]}
    both = doses(first, second) + [{"id": "m2", "title": "別", "doses": [first, other]}]
    assert document.load(sample(series=both)).ahead == frozenset()
    both[1]["fallback"] = True
    assert document.load(sample(series=both)).ahead == {(2, "a")}
