"""住民記録の取込 — a file is handed over, read, and becomes the register when two different people say so."""

import datetime as dt
from pathlib import Path

import pytest

from sesshu.base import clock
from sesshu.inside.register.residents.models import Resident
from sesshu.zones.office import upload
from tests.inside.office import given
from tests.support import place as p
from tests.support import register as r
from tests.support.residents import run


def given_file(tmp_path, *rows, name="extract.csv") -> Path:
    return r.write(tmp_path / name, *rows)


def handed_over(seat, path: Path, *, as_of="2026-11-20", full="yes"):
    with path.open("rb") as file:
        return seat._keep(
            seat.client.post("/imports/new", {"file": file, "as_of": as_of, "full": full}, follow=True)
        )


def month_later(**walled) -> list[dict]:
    """The same town a month later: one person moved, one line is broken, one person is new and flagged."""
    rows = given.rows()
    rows[0] |= {"banchi": "99番99号", "building": "雀荘777"}
    rows[1] |= {"postcode": "15300"}
    return [
        *rows,
        r.person(20, name="鮫島　いるか", kana="サメジマ　イルカ", protected="1", phone="03-8888-4321"),
    ]


@pytest.fixture
def staged(officer, town, tmp_path):
    """A file of the next month, read by the officer; its page is open."""
    return handed_over(officer, given_file(tmp_path, *month_later()))


def withdraw_all(seat):
    for (number,) in run("SELECT id FROM register.import_ WHERE state = 'staged'"):
        seat.fresh().post(f"/imports/{number}/withdraw")


def test_counts_and_lines_but_never_a_value(staged):
    assert staged.path.startswith("/imports/") and staged.answer.status_code == 200
    words = staged.words
    assert "承認待ち" in words and "値は表示しません" in words
    assert "新規 1" in words and "変更 1" in words and "読めない行 1" in words
    assert "郵便番号" in words and "R10" in words  # column and rule of the broken line
    assert "保留した行 1" in words and "支援措置" not in words  # a number, no reason
    for value in ("雀荘777", "99番99号", "15300", "鷺沢", "鮫島", "03-8888-4321", *given.CANARIES):
        assert value not in staged.page
    withdraw_all(staged)


def test_two_people_and_never_one_twice(staged, chief):
    page = staged.path
    staged.open(page + "/accept").send()
    assert "1人目として承認しました" in staged.words and "承認待ち：1人目 済" in staged.words
    assert "承認できません（1人目はあなたです" in staged.words  # the button says why
    assert "2人目として承認する" not in staged.words
    staged.post(page + "/accept")  # a forged form of the same person
    assert "A03" in staged.words
    assert Resident.objects.get(reference_no="1001").banchi != "99番99号"

    chief.open(page)
    assert "2人目として承認する" in chief.words
    chief.open(page + "/accept").send()
    assert "反映しました" in chief.words and "反映済" in chief.words
    moved = Resident.objects.get(reference_no="1001")
    assert moved.banchi == "99番99号"
    assert Resident.objects.get(reference_no="1020").protected
    chief.post(page + "/accept")  # once more
    assert "R81" in chief.words


def test_a_first_approval_is_void_after_ten_minutes(officer, chief, town, tmp_path):
    handed_over(officer, given_file(tmp_path, *month_later()))
    page = officer.path
    officer.open(page + "/accept").send()
    p.place().set_clock(p.DAY + dt.timedelta(minutes=11))
    try:
        chief.open(page)
        assert "1人目として承認する" in chief.words
        chief.open(page + "/accept").send()
        assert "1人目として承認しました" in chief.words
        assert run("SELECT state FROM register.import_ ORDER BY id DESC LIMIT 1") == [("staged",)]
    finally:
        p.place().set_clock(p.DAY)
    withdraw_all(chief)


def test_the_confirmation_code_is_asked_again(staged):
    page = staged.path
    staged.stale().open(page + "/accept")
    assert staged.path == "/signin/again"
    staged.stale().post(page + "/accept")
    assert staged.path == "/signin/again"
    assert staged.client.session["back"] == page + "/accept"  # and from there back to the empty form
    assert run("SELECT first_by FROM register.import_ ORDER BY id DESC LIMIT 1") == [(None,)]
    withdraw_all(staged)


def test_a_reason_to_wait_must_be_ticked_by_both(officer, chief, town, tmp_path):
    """保留 — a file older than the last one: the button says no, and each person ticks the reason."""
    given_older = given_file(tmp_path, *month_later())
    if not run("SELECT 1 FROM register.import_ WHERE state = 'accepted' AND as_of >= '2026-11-20'"):
        handed_over(officer, given_file(tmp_path, *month_later(), name="later.csv"))
        page = officer.path
        officer.open(page + "/accept").send()
        chief.open(page + "/accept").send()
    handed_over(officer, given_older, as_of="2026-11-01")
    page = officer.path
    assert "承認できません" in officer.words and "R76" in officer.words and "保留" in officer.words
    officer.open(page + "/accept").send()
    assert "確かめたら印をつけてください" in officer.words
    officer.open(page + "/accept").send(R76="on")
    assert "1人目として承認しました" in officer.words
    chief.open(page + "/accept").send()
    assert "確かめたら印をつけてください" in chief.words
    chief.open(page + "/accept").send(R76="on")
    assert "反映しました" in chief.words


def test_withdrawn_leaves_nothing(staged):
    page = staged.path
    staged.open(page + "/withdraw").send()
    assert "取り下げました" in staged.words
    assert run("SELECT count(*) FROM register.staging") == [(0,)]
    assert "承認する" not in staged.words


@pytest.mark.parametrize("what", ["no register", "one column too many", "empty"])
def test_a_file_that_is_none_is_refused_as_a_whole(officer, town, tmp_path, what):
    before = run("SELECT count(*) FROM register.import_")
    path = tmp_path / "x.csv"
    if what == "no register":
        path.write_bytes(b"\x00\x01\x02 not a table")
    elif what == "empty":
        path.write_bytes(b"")
    else:
        r.write(path, header=(*r.COLUMNS, "個人番号"))
    handed_over(officer, path)
    assert officer.path == "/imports/new" and "入力を確かめてください" in officer.words
    assert run("SELECT count(*) FROM register.import_") == before


def test_nothing_of_the_file_stays_on_the_disk(staged):
    folder = Path(p.place().dir) / "incoming"
    assert folder.stat().st_mode & 0o077 == 0 and list(folder.iterdir()) == []
    withdraw_all(staged)


def test_too_large_a_file_is_said_so(officer, town, tmp_path, monkeypatch):
    monkeypatch.setattr(upload, "LARGEST", 1000)
    handed_over(officer, given_file(tmp_path, *month_later()))
    assert "200MBを超えています" in officer.words


def test_nobody_else_may_hand_a_file_over(auditor, town, tmp_path):
    """The upload is cut at its first byte: no account, the wrong role, another page."""
    from tests.inside.office.officer import Officer

    path = given_file(tmp_path, *month_later())
    before = run("SELECT count(*) FROM register.import_")
    handed_over(auditor, path)
    assert auditor.answer.status_code == 403
    nobody = Officer()
    handed_over(nobody, path)
    assert nobody.path == "/signin"
    with path.open("rb") as file:
        answer = auditor.client.post("/disclosure", {"file": file, "reference": "1001"})
    assert answer.status_code in (200, 302)
    assert run("SELECT count(*) FROM register.import_") == before


def test_an_extract_of_tomorrow_is_refused(officer, town, tmp_path):
    handed_over(
        officer,
        given_file(tmp_path, *month_later()),
        as_of=str(clock.today() + dt.timedelta(days=1)),
    )
    assert "抽出日が今日より後です" in officer.words
