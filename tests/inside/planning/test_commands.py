"""``sesshu programme`` as somebody on the host types it: compare, load, try, approve by two, golden."""

import copy
import json
import time

import pytest
from click.testing import CliRunner

from sesshu.cli.programme import programme
from sesshu.cli.ready import ready_account
from sesshu.inside.planning.programme import document
from sesshu.trust.access import factors
from tests.support import place as p
from tests.support.commands import sesshu
from tests.support.residents import PROGRAMME, given_programme, run

SHIPPED = document.SHIPPED / f"{PROGRAMME}.json"


@pytest.fixture
def officers(committed):
    made = p.place()
    return [
        ready_account(made, "office", code, role) for code, role in (("OF-1", "officer"), ("CH-1", "chief"))
    ]


@pytest.fixture
def from_60(tmp_path):
    made = copy.deepcopy(document.read(SHIPPED))
    made["groups"][0]["who"]["age"]["min"]["years"] = 60
    path = tmp_path / "from_60.json"
    path.write_text(json.dumps(made, ensure_ascii=False))
    return path


def approve(version: int, who, *more: str, later: int = 0):
    typed = f"{who.password}\n{factors.totp(who.totp_secret, time.time() + later)}\n"
    return sesshu("programme", "approve", str(version), "--by", who.code, *more, typed=typed)


def test_friday_night_at_the_command_line(officers, from_60):
    """An age limit falls from 65 to 60: compared, loaded, tried out, approved by two, seen by golden residents."""
    given_programme()
    said = CliRunner().invoke(programme, ["compare", str(SHIPPED), str(from_60)])
    assert said.exit_code == 0 and "接種日に65歳以上 → 接種日に60歳以上" in said.output
    loaded = json.loads(sesshu("programme", "load", str(from_60), "--json").stdout)
    assert (loaded["version"], loaded["state"]) == (2, "draft")
    [version] = [
        v["id"] for v in json.loads(sesshu("programme", "versions", "--json").stdout) if v["state"] == "draft"
    ]
    tried = json.loads(sesshu("programme", "try", str(version), "--json").stdout)
    assert tried["holds"] == ["G25"] and tried["golden"] == len(tried["changed"]) > 0
    blind = approve(version, officers[0])
    assert blind.returncode == 1 and "G25" in blind.stderr
    assert "Another officer" in approve(version, officers[0], "--despite", "G25", later=30).stdout
    done = approve(version, officers[1], "--despite", "G25", "--json")
    assert json.loads(done.stdout) == {"version": version, "state": "in_force"}
    assert run("SELECT count(*) FROM planning.programme_version WHERE state = 'approved'") == [(2,)]
    golden = sesshu("programme", "golden", "--json")
    assert golden.returncode == 0
    sixty = next(a for a in json.loads(golden.stdout)["answers"] if a["title"] == "62歳の人")
    assert sixty["after"]["web"].startswith("1回目を予約できる")


def test_golden_with_a_document_that_is_not_loaded(committed, from_60):
    given_programme()
    shown = sesshu("programme", "golden", str(from_60), "--changed")
    assert shown.returncode == 0 and "62歳の人" in shown.stdout and "79歳の人" not in shown.stdout
    text = "    ウェブ: 受付は2026/12/7 9:00から → 1回目を予約できる"
    assert text in shown.stdout
    from_60.write_text("{")
    assert "G01" in sesshu("programme", "golden", str(from_60)).stderr


def test_an_answer_nobody_signed_is_an_error(officers, from_60):
    given_programme()
    run("UPDATE planning.programme_version SET golden = jsonb_set(golden, '{answers,g09}', '[]')")
    said = sesshu("programme", "golden", "--changed")
    assert said.returncode == 1 and said.stderr.startswith("g09 ")
    for who, words in zip(officers, ("First signature", "Signed."), strict=True):
        typed = f"{who.password}\n{factors.totp(who.totp_secret)}\n"
        done = sesshu("programme", "sign", "1", "--by", who.code, typed=typed)
        assert words in done.stdout, done.stderr
    assert sesshu("programme", "golden", "--changed").returncode == 0


def test_a_draft_is_withdrawn(officers, from_60):
    given_programme()
    sesshu("programme", "load", str(from_60))
    who = officers[0]
    typed = f"{who.password}\n{factors.totp(who.totp_secret)}\n"
    assert sesshu("programme", "withdraw", "2", "--by", who.code, typed=typed).returncode == 0
    assert "取下げ" in sesshu("programme", "versions").stdout
