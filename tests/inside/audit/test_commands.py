"""`sesshu audit`, `sesshu disclose`: what a person on the host types, and what they take away."""

import datetime as dt
import json
import shutil
import subprocess
import sys

import pytest

from sesshu.base.crypto import KeyRing
from sesshu.base.machine import read
from sesshu.cli.ready import ready_account
from sesshu.db import checkpoints as db
from sesshu.inside.register.residents.models import Resident
from sesshu.trust.access import factors
from sesshu.trust.audit import checkpoint
from sesshu.trust.audit.checkpoint import Store
from tests.inside.records.test_worker import wait_for, worker
from tests.support import paper
from tests.support import place as p
from tests.support import tampering as t
from tests.support.commands import sesshu
from tests.support.residents import given_resident, run
from tests.support.tampering import tamper, write_entries

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def _empty_outside():
    yield
    p.empty(p.place(), "outside")


def seal(building: str = "inside") -> None:
    """One checkpoint, with the worker's login and key."""
    m = read(p.place().config(f"{building}_worker"))
    with db.connect(m.database) as conn:
        assert checkpoint.make(Store.of(m, conn), KeyRing.load(m.keys_dir)) > 0


@pytest.fixture
def sealed():
    """Entries 1 to 6 inside, in two checkpoints."""
    for _ in range(2):
        write_entries("inside", 3)
        seal()


def verify(*more: str):
    said = sesshu("audit", "verify", "--building", "inside", "--json", *more)
    assert said.stderr == ""
    return said.returncode, json.loads(said.stdout)["inside"]


@pytest.mark.parametrize("building", ["inside", "outside"])
def test_the_real_worker_seals(building):
    write_entries(building, 3)
    with worker(building):
        wait_for(lambda: t.statements(building) and t.second_place(building).exists())
    said = sesshu("audit", "verify", "--building", building)
    assert said.returncode == 0 and "whole until checkpoint 1" in said.stdout and "3 entries" in said.stdout


def test_the_command_says_until_where(sealed):
    status, found = verify()
    assert (
        status == 0
        and found["whole"]
        and (found["until"], found["entries"], found["first_bad_id"]) == (2, 6, None)
    )
    said = sesshu("audit", "verify", "--building", "inside")
    assert "inside: whole until checkpoint 2 (2026-11-24 10:0" in said.stdout
    assert (
        run("SELECT act, actor, result, case_ref FROM audit.entry WHERE id > 6")
        == [("trail.verify", "host", "done", "checkpoint 2")] * 2
    )
    both = sesshu("audit", "verify")
    assert both.returncode == 0 and "outside: no checkpoint yet; 0 entries wait" in both.stdout


def test_a_bad_entry_is_named_and_the_status_is_one(sealed):
    tamper("inside", t.WAYS["edit"][0])
    status, found = verify()
    assert status == 1 and not found["whole"] and (found["first_bad_id"], found["until"]) == (3, 0)
    said = sesshu("audit", "verify", "--building", "inside")
    assert (
        said.returncode == 1
        and "NOT WHOLE: the first bad entry is 3; whole until checkpoint 0" in said.stdout
    )
    assert run("SELECT result FROM audit.entry WHERE act = 'trail.verify'") == [("V05",), ("V05",)]


def test_a_restore_is_owned_up_to(sealed):
    assert sesshu("audit", "resume", "inside", "--by", "au-1").stderr.startswith("Error: V04")
    tamper("inside", "DELETE FROM audit.entry WHERE id > 3")
    tamper("inside", "DELETE FROM audit.checkpoint WHERE number = 2")
    assert verify()[0] == 1
    assert "Checkpoints 2 to 2" in sesshu("audit", "resume", "inside", "--by", "au-1").stdout
    seal()
    status, found = verify()
    assert status == 0 and found["losses"][0]["by"] == "AU-1"


# --- What is taken away ---------------------------------------------------------------------------------------


@pytest.fixture
def folder(sealed, tmp_path):
    write_entries("outside", 2)
    seal("outside")
    said = sesshu("audit", "export", str(tmp_path / "away"))
    assert said.returncode == 0, said.stderr
    return tmp_path / "away"


def alone(folder):
    """The script as somebody runs it who has neither Sesshu nor Django."""
    blind = "import sys; sys.modules['django'] = sys.modules['sesshu'] = sys.modules['psycopg'] = None; import runpy; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0], run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-I", "-c", blind, str(folder / "verify.py")],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_folder_holds_all_and_verifies_alone(folder):
    assert {f.name for f in folder.iterdir()} == {"README.md", "matrix.md", "verify.py", "inside", "outside"}
    said = alone(folder)
    assert said.returncode == 0 and said.stderr == ""
    assert (
        "inside: whole until checkpoint 2" in said.stdout
        and "outside: whole until checkpoint 1" in said.stdout
    )
    status = json.loads(sesshu("keys", "status", "--json").stdout)
    for row in status:
        if row["name"].endswith("-sign.pub"):
            assert row["fingerprint"] in said.stdout
    first = json.loads((folder / "inside" / "entries.jsonl").read_text().splitlines()[0])
    assert first["id"] == 1 and first["fields"] == ["name", "dob"]
    assert "disclosure.make" in (folder / "matrix.md").read_text()
    again = sesshu("audit", "export", str(folder))
    assert again.returncode == 1 and "not empty" in again.stderr


def change(n: int, **changes):
    def do(lines):
        return [json.dumps(json.loads(x) | changes) if json.loads(x)["id"] == n else x for x in lines]

    return do


def swap(lines):
    return [lines[0], lines[2], lines[1], *lines[3:]]


def insert(lines):
    return [*lines[:3], json.dumps(json.loads(lines[2]) | {"id": 77}), *lines[3:]]


@pytest.mark.parametrize("do, bad", [
    (change(2, actor="nobody"), 2),
    (change(4, request="00000000-0000-0000-0000-000000000001"), 4),
    (lambda lines: lines[:1] + lines[2:], 2),
    (insert, 77),
    (swap, 2),
    (lambda lines: lines[:4], 5),
    (lambda lines: [], 1),
], ids="edit edit2 delete insert reorder cut empty".split())  # fmt: skip
def test_whatever_is_done_to_the_folder_is_named(folder, do, bad):
    file = folder / "inside" / "entries.jsonl"
    file.write_text("".join(x + "\n" for x in do(file.read_text().splitlines())))
    said = alone(folder)
    assert said.returncode == 1 and f"inside: NOT WHOLE: the first bad entry is {bad};" in said.stdout
    assert "outside: whole" in said.stdout


def test_forged_checkpoints_of_the_folder_are_found(folder):
    own = folder / "inside"
    lines = (own / "checkpoints.jsonl").read_text().splitlines(keepends=True)
    for file in ("checkpoints.jsonl", "second_place.jsonl"):
        copy = (own / file).read_text()
        (own / file).write_text("".join(copy.splitlines(keepends=True)[:1]))
        assert alone(folder).returncode == 1
        (own / file).write_text(copy)
    assert alone(folder).returncode == 0
    (own / "checkpoints.jsonl").write_text(lines[0] + lines[1].replace('"rows":3', '"rows":2'))
    assert "changed in the database" in alone(folder).stdout
    shutil.copy(folder / "outside" / "public.key", own / "public.key")
    assert alone(folder).returncode == 1
    (own / "checkpoints.jsonl").write_text("broken\n")
    assert "a file is broken" in alone(folder).stdout


# --- The resident's own list ----------------------------------------------------------------------------------


@pytest.fixture
def officer():
    return ready_account(p.place(), "office", "OF-1", "officer")


def disclose(reference: str, who, *more: str, word: str = ""):
    with p.superuser("inside") as c:  # a code counts once; here it may be used again, so that nobody waits
        c.execute("UPDATE shelf_office.account SET totp_last = DEFAULT")
    typed = f"{word or who.password}\n{factors.totp(who.totp_secret)}\n"
    return sesshu("disclose", reference, "--by", who.code, *more, typed=typed)


def test_an_officer_makes_the_list_on_screen_and_on_paper(officer, tmp_path):
    reference = Resident.objects.get(pk=given_resident()).reference_no
    first = disclose(reference, officer, "--json")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["entries"] == [] and json.loads(first.stdout)["verified_until"] is None
    seal()
    pdf = tmp_path / "list.pdf"
    second = disclose(reference, officer, "--out", str(pdf), "--from", "2026-11-01")
    assert second.returncode == 0, second.stderr
    assert "この一覧を作りました" in second.stdout and "見本" not in second.stdout
    assert "改ざんの検査 済（令和8年11月24日 10:00 の検証点 № 1 まで）" in second.stdout
    text = "".join(paper.text(pdf.read_bytes(), n) for n in range(paper.pages(pdf.read_bytes())))
    assert "改ざんの検査済" in text and "検証点№1まで" in text and pdf.stat().st_mode & 0o777 == 0o600
    third = json.loads(disclose(reference, officer, "--json").stdout)
    assert [e["act"] for e in third["entries"]] == ["disclosure.make"] * 2 and third["verified_until"] == 1
    assert dt.datetime.fromisoformat(third["entries"][0]["at"]).date() == dt.date(2026, 11, 24)


def test_after_a_fault_was_found_no_list_says_that_it_is_certain(officer, sealed):
    reference = Resident.objects.get(pk=given_resident()).reference_no
    assert json.loads(disclose(reference, officer, "--json").stdout)["verified_until"] == 2
    tamper("inside", t.WAYS["delete"][0])
    assert verify()[0] == 1
    assert json.loads(disclose(reference, officer, "--json").stdout)["verified_until"] is None
    assert "改ざんの検査 未了" in disclose(reference, officer).stdout


def test_the_command_refuses_as_the_page_does(officer, tmp_path):
    walled = Resident.objects.get(pk=given_resident(protected=True)).reference_no
    pdf = tmp_path / "list.pdf"
    refused = disclose(walled, officer, "--out", str(pdf))
    assert (refused.returncode, refused.stderr.split()[0], refused.stdout) == (
        1,
        "F03",
        "",
    ) and not pdf.exists()
    assert disclose("424242", officer).stderr.split()[0] == "F01"
    assert disclose(walled, officer, word="another password").stderr.split()[0] == "S03"
    pdf.touch()
    assert sesshu("disclose", walled, "--by", "OF-1", "--out", str(pdf)).returncode == 2
    assert pdf.read_bytes() == b""
