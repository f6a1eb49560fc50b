"""接種記録の訂正と帰属 — two people type the same; the old line stays, marked; the protected lead to the warning."""

import uuid

import pytest

from tests.support.residents import PROGRAMME, arrive, run

RIGHT = {
    "reason": "wrong_lot",
    "product": "pfizer",
    "lot_no": "FA9999",
    "dose": "1",
    "given_on": "2026-11-24",
}


def lines(town, n: int) -> list[tuple]:
    return run(
        "SELECT id, state, lot_no FROM records.record WHERE resident_id = %s ORDER BY arrived_at, state",
        town.ids[n],
    )


@pytest.fixture
def loose(town):
    """A dose that led to nobody."""
    made = str(uuid.uuid4())
    body = {
        "id": made, "visit": str(uuid.uuid4()), "booking": None, "subject": str(uuid.uuid4()), "programme": PROGRAMME,
        "dose": 1, "product": "pfizer", "lot": 1, "venue": 1, "given_at": "2026-11-24T09:40:00+09:00",
        "entered_at": "2026-11-24T09:41:00+09:00", "by": "RE-2", "site": "left_arm",
    }  # fmt: skip
    assert arrive("dose.given", body) == "unattributed"
    return made


def test_a_lot_is_corrected_by_two_who_type_the_same(officer, chief, town):
    town.dose(1)
    [[record, _state, _lot]] = lines(town, 1)
    path = f"/records/{record}/correct"
    assert f'href="{path}"' in officer.open(f"/residents/{town.ids[1]}").page
    officer.open(path).send(reason="wrong_lot")
    assert "正しい内容を入力してください" in officer.words
    officer.send(**RIGHT)
    assert "1人目として承認しました" in officer.words
    officer.open(path).send(**RIGHT)
    assert "A03" in officer.words
    chief.open(path).send(**RIGHT | {"lot_no": "FA9998"})  # something else: another first approval
    assert "1人目として承認しました" in chief.words
    chief.open(path).send(**RIGHT)
    assert "反映しました" in chief.words
    assert [x[1:] for x in lines(town, 1)] == [("corrected", "FA1234"), ("valid", "FA9999")]
    assert "訂正前" in chief.words and "FA9999" in chief.words
    officer.open(path).send(**RIGHT)
    assert "RC01" in officer.words


def test_a_line_is_taken_back(officer, chief, town):
    town.dose(4)
    [[record, *_]] = lines(town, 4)
    path = f"/records/{record}/correct"
    officer.open(path).send(reason="not_given")
    assert "1人目として承認しました" in officer.words
    chief.open(path).send(reason="not_given")
    assert "反映しました" in chief.words and [x[1] for x in lines(town, 4)] == ["corrected"]


def test_a_fresh_code_is_asked(officer, town):
    town.dose(5)
    [[record, *_]] = lines(town, 5)
    assert officer.stale().open(f"/records/{record}/correct").path == "/signin/again"


def test_a_loose_record_finds_its_owner(officer, chief, town, loose):
    path = f"/records/{loose}/owner"
    assert f'href="{path}"' in officer.open("/records").page
    officer.open(path).send(reference="424242", dose="1")
    assert "見つかりませんでした" in officer.words
    officer.send(reference="1007", dose="1")
    assert "1人目として承認しました" in officer.words
    chief.open(path).send(reference="1007", dose="1")
    assert "反映しました" in chief.words and [x[1] for x in lines(town, 7)] == ["valid"]
    assert chief.open(path).answer.status_code == 404


def test_the_owner_typed_is_protected(officer, town, loose):
    officer.open(f"/records/{loose}/owner").send(reference="1009", dose="1")
    assert "この照会は、ここでは続けられません" in officer.words and "RE-2" not in officer.page


def test_unknown_records_are_missing_pages(officer, town):
    for what in ("correct", "owner"):
        assert officer.open(f"/records/{uuid.uuid4()}/{what}").answer.status_code == 404
        assert officer.open(f"/records/1/{what}").answer.status_code == 404
