"""`sesshu register`, `sesshu admin`, `sesshu member`: what a person on the host types, and what comes back."""

import json
import time

import pytest

from sesshu.cli.ready import ready_account
from sesshu.inside.register.residents.models import Resident
from sesshu.trust.access import accounts, factors
from sesshu.trust.access.models import Account
from tests.support import place as p
from tests.support import register as r
from tests.support.commands import sesshu
from tests.support.register import person

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def officers():
    return [
        ready_account(p.place(), "office", code, role)
        for code, role in (("OF-1", "officer"), ("CH-1", "chief"))
    ]


def accept(number: int, who, *more: str, word: str = "", totp: str = ""):
    typed = f"{word or who.password}\n{totp or factors.totp(who.totp_secret)}\n"
    return sesshu("register", "accept", str(number), "--by", who.code, *more, typed=typed)


def test_two_officers_accept_a_file_at_the_command_line(tmp_path, officers):
    path = r.write(tmp_path / "r.csv", person(1), person(2, sex="?"), person(3, protected="1"))
    said = sesshu("register", "stage", str(path), "--as-of", "2026-10-20", "--json")
    assert said.returncode == 0 and said.stderr == ""
    found = json.loads(said.stdout)
    assert (found["new"], found["refused"]) == (2, [{"line": 3, "column": "性別", "rule": "R09"}])

    first = accept(found["import"], officers[0])
    assert first.returncode == 0 and "Another officer" in first.stdout and Resident.objects.count() == 0
    second = accept(found["import"], officers[1], "--json")
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout) == {
        "import": found["import"], "state": "accepted", "new": 2, "changed": 0, "gone": 0, "protected": 1,
    }  # fmt: skip
    assert Resident.objects.count() == 2

    listed = json.loads(sesshu("register", "list", "--json").stdout)
    assert (listed["state"], listed["first_by"], listed["second_by"]) == ("accepted", "OF-1", "CH-1")
    shown = sesshu("register", "show", str(found["import"]))
    assert "3行目 性別 R09 性別が男・女・不明のどれでもありません。" in shown.stdout


def test_refusals_end_with_status_one_code_and_sentence(tmp_path, officers):
    path = r.write(tmp_path / "r.csv", person(1))
    number = json.loads(sesshu("register", "stage", str(path), "--json").stdout)["import"]
    assert accept(number, officers[0]).returncode == 0
    time.sleep(0.01)
    again = accept(number, officers[0], totp=factors.totp(officers[0].totp_secret, time.time() + 30))
    assert again.returncode == 1 and again.stderr.startswith("A03 ") and again.stdout == ""
    wrong = accept(number, officers[1], word="another password")
    assert wrong.returncode == 1 and wrong.stderr.startswith("S03 ")
    assert Resident.objects.count() == 0
    nothing = sesshu("register", "show", "999")
    assert (nothing.returncode, nothing.stderr.split()[0]) == (1, "R80")
    cut = r.write(tmp_path / "cut.csv", list(person(1).values())[:-1], header=r.COLUMNS[:-1])
    refused = sesshu("register", "stage", str(cut))
    assert (refused.returncode, refused.stderr.split()[0]) == (1, "TB05")
    assert sesshu("register", "stage", str(tmp_path / "nowhere.csv")).returncode == 2
    assert sesshu("register", "stage").returncode == 2


def test_an_officer_withdraws(tmp_path, officers):
    path = r.write(tmp_path / "r.csv", person(1))
    number = json.loads(sesshu("register", "stage", str(path), "--json").stdout)["import"]
    typed = f"{officers[0].password}\n"
    said = sesshu(
        "register",
        "withdraw",
        str(number),
        "--by",
        "OF-1",
        "--code",
        factors.totp(officers[0].totp_secret),
        typed=typed,
    )
    assert said.returncode == 0 and r.run("SELECT state FROM register.import_") == [("withdrawn",)]


# --- accounts ------------------------------------------------------------------------------------------------


def test_the_first_officer_gets_a_code_that_is_shown_once():
    said = sesshu("admin", "first", "of-1", "--role", "officer", "--display", "担当 03", "--json")
    made = json.loads(said.stdout)
    assert (made["account"], made["zone"]) == ("OF-1", "office")
    row = Account.objects.get(code="OF-1")
    assert row.state == "invited" and made["one_time_code"] not in row.enrol_hash
    assert accounts.start_enrolment("OF-1", made["one_time_code"]).code == "OF-1"
    assert r.run("SELECT act, actor, case_ref FROM audit.entry") == [("account.add", "host", "account OF-1")]


def test_first_is_refused_where_somebody_has_enrolled_and_add_is_not(officers):
    refused = sesshu("admin", "first", "OF-9", "--role", "officer")
    assert (refused.returncode, refused.stderr.split()[0]) == (1, "S08")
    assert sesshu("admin", "add", "OF-9", "--role", "chief").returncode == 0
    assert sesshu("admin", "add", "山田", "--role", "chief").stderr.split()[0] == "S06"
    assert sesshu("admin", "add", "OF-8", "--role", "section").stderr.split()[0] == "S07"


def test_the_sealed_room_has_its_own_shelf():
    assert sesshu("admin", "first", "SE-1", "--role", "section", "--zone", "sealed").returncode == 0
    assert not Account.objects.filter(code="SE-1").exists()
    with p.superuser("inside") as c:
        assert c.execute("SELECT state FROM shelf_sealed.account WHERE code = 'SE-1'").fetchone() == (
            "invited",
        )


def test_a_disabled_officer_accepts_nothing(tmp_path, officers):
    path = r.write(tmp_path / "r.csv", person(1))
    number = json.loads(sesshu("register", "stage", str(path), "--json").stdout)["import"]
    assert sesshu("admin", "disable", "OF-1").returncode == 0
    assert accept(number, officers[0]).stderr.split()[0] == "S03"


def test_a_member_is_told_to_the_outside_by_a_hash():
    said = sesshu(
        "member",
        "put",
        "op-117",
        "--zone",
        "desk",
        "--role",
        "operator",
        "--trained-until",
        "2027-03-31",
        "--json",
    )
    code = json.loads(said.stdout)["one_time_code"]
    [(body,)] = r.run("SELECT body FROM bridge.outbox WHERE type = 'member.put'")
    body = json.loads(body)
    assert (body["code"], body["zone"], body["role"], body["state"]) == (
        "OP-117",
        "desk",
        "operator",
        "invited",
    )
    assert factors.same_enrolment(code, body["enrol_hash"]) and code not in str(body)
    assert (
        sesshu("member", "put", "RE-1", "--zone", "venue", "--role", "reception").stderr.split()[0] == "S09"
    )
    assert sesshu("member", "put", "RE-1", "--zone", "desk", "--role", "doctor").stderr.split()[0] == "S07"
    late = ("--zone", "desk", "--role", "operator", "--trained-until", "2026-11-23")
    assert sesshu("member", "put", "OP-2", *late).stderr.split()[0] == "S10"
    assert sesshu("member", "disable", "OP-117", "--zone", "desk", "--role", "operator").returncode == 0
    [(body,)] = r.run("SELECT body FROM bridge.outbox ORDER BY id DESC LIMIT 1")
    assert json.loads(body)["state"] == "disabled"
