"""`sesshu mailing`: a batch from the question to its end as a person on the host types it; refusals with status 1."""

import csv
import json

import pytest
from pyrage import x25519

from sesshu.cli.ready import ready_account
from sesshu.inside.mailing.batches import files
from sesshu.inside.mailing.batches.rules import LETTERS, Code
from sesshu.trust.access import factors
from tests.support import paper
from tests.support import place as p
from tests.support.commands import sesshu
from tests.support.mailing import given_tickets, run, scan_log, serials

pytestmark = pytest.mark.usefixtures("committed")
PRINTER = x25519.Identity.generate()


@pytest.fixture(autouse=True)
def _no_files_stay():
    yield
    for batch in files.list_batch_ids():
        files.remove_all(batch)


def done(*words: str, typed: str = "") -> dict:
    said = sesshu("mailing", *words, "--json", typed=typed)
    assert said.returncode == 0, said.stderr
    assert "花子" not in said.stdout and said.stderr == ""
    return json.loads(said.stdout)


def refused(*words: str, typed: str = "") -> str:
    said = sesshu("mailing", *words, typed=typed)
    assert said.returncode == 1 and said.stdout == "", said
    return said.stderr.split()[0]


def test_a_mailing_at_the_command_line(tmp_path):
    given_tickets()
    officers = [
        ready_account(p.place(), "office", code, role)
        for code, role in (("OF-1", "officer"), ("CH-1", "chief"))
    ]
    firm = done("printer", "印刷A", str(PRINTER.to_public()))["printer"]
    question = (
        "build", "--title", "65歳以上 第1便", "--from", "2026-10-01", "--until", "2027-03-31", "--printer", str(firm),
        "--measure", "1100", "1300",
    )  # fmt: skip
    shown = sesshu("mailing", *question)
    assert (
        shown.returncode == 0
        and "生まれ年度" in shown.stdout
        and "一度も発送していない接種券だけ" in shown.stdout
    )
    assert run("SELECT count(*) FROM mailing.batch") == [(0,)]  # the counts come before any extraction
    made = done(*question, "--yes")
    batch = str(made["batch"])
    assert (made["chosen"], made["pieces"], made["seeds"], made["parts"]) == (12, 15, 3, 1)

    assert refused("sheets", batch) == "ML02"
    assert done("seal", batch) == {"batch": made["batch"], "withheld": 0}
    printed = done("sheets", batch)
    assert (printed["files"], printed["pages"], printed["sampled"], printed["read_back"]) == (1, 15, 15, 15)
    assert done("sheets", batch)["files"] == 0

    def release(who, *more):
        typed = f"{who.password}\n{factors.totp(who.totp_secret)}\n"
        return sesshu("mailing", "release", batch, "--by", who.code, *more, typed=typed)

    assert "Another officer" in release(officers[0]).stdout
    second = release(officers[1], "--json")
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["state"] == "released"

    cut = scan_log(tmp_path / "cut.csv", made["batch"], [1, 2], end=False)
    assert refused("reconcile", batch, str(cut)) == "SC02"
    log = scan_log(tmp_path / "log.csv", made["batch"], [*range(1, 7), *range(8, 16)])
    found = done("reconcile", batch, str(log))
    assert (found["envelopes"], found["enclosed"], found["differences"], found["unread"]) == (14, 14, 1, 0)
    shown = sesshu(
        "mailing", "reconcile", batch, str(scan_log(tmp_path / "x.csv", made["batch"], [("?", "", 1)] + [1]))
    )
    assert "SC15" in shown.stdout and "SC12" in shown.stdout
    assert refused("post", batch) == "ML11"
    assert refused("resolve", "1", "checked") == "SC21"
    assert done("resolve", "1", "reprinted")["reprint"] == str(Code(made["batch"], 16))
    for number, kind in run("SELECT id, kind FROM mailing.difference WHERE state = 'open'"):
        done("resolve", str(number), "removed" if kind == "foreign" else "checked")
    first = str(Code(made["batch"], 1))
    done("spoil", batch, first, "--why", "S")
    run(
        "UPDATE register.resident SET status = 'dead' WHERE id = (SELECT resident_id FROM mailing.piece WHERE serial = 3)"
    )
    assert done("pull", batch)["to_pull"] == [str(Code(made["batch"], 3))]
    assert refused("post", batch) == "ML07"
    done("sheets", batch)
    assert release(officers[0], "--code", "000000").returncode == 1
    for who, at in zip(officers, (30, 30), strict=True):
        said = sesshu(
            "mailing", "release", batch, "--by", who.code,
            typed=f"{who.password}\n{factors.totp(who.totp_secret, _later(at))}\n",
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
    rest = scan_log(tmp_path / "rest.csv", made["batch"], [16, 17], box="02")
    done("reconcile", batch, str(rest))
    assert refused("post", batch) == "ML12"
    assert refused("pull", batch, str(Code(made["batch"], 4))) == "ML16"
    done("pull", batch, str(Code(made["batch"], 3)))
    assert done("post", batch)["posted"] == 14
    back = done("return", str(Code(made["batch"], 4)), "--why", "kept")
    assert back["next"] == "send_again"
    ended = done("close", batch)
    assert (ended["printed"], ended["posted"], ended["pulled"], ended["spoiled"], ended["returned"]) == (
        17,
        14,
        1,
        2,
        1,
    )
    assert refused("withdraw", batch) == "ML02"
    assert done("status", batch)["state"] == "closed"
    assert len(serials(made["batch"])) == 17


def _later(seconds: int) -> float:
    """A code is good once; the next one comes half a minute later."""
    import time

    return time.time() + seconds


def test_the_sample_pack_holds_nobody(tmp_path):
    given_tickets(1)
    out = tmp_path / "pack"
    made = done("sample", "--out", str(out))
    pdf = (out / "sample.pdf").read_bytes()
    assert (
        paper.pages(pdf) == made["pages"] and made["pages"] + made["withheld"] == 20 and made["pages"] >= 18
    )
    with (out / "codes.csv").open(encoding="cp932") as file:
        codes = [row[1] for row in csv.reader(file)][1:]
    assert all(code.startswith("00-") and code[-1] in LETTERS for code in codes)
    for page, code in enumerate(codes):
        assert code in paper.text(pdf, page)
    assert refused("reconcile", "99", str(out / "scan-log.csv")) == "ML01"


def test_wrong_use(tmp_path):
    given_tickets(1)
    assert refused("printer", "印刷A", "age1wrong") == "ML05"
    assert sesshu("mailing", "build").returncode == 2
    assert sesshu("mailing", "spoil", "1", "12-000001-A", "--why", "Q").returncode == 2
    assert refused("seal", "99") == "ML01"
    done("watch", "--postcode", "152-0001", "--town", "中央町一丁目", "--banchi", "1番1号")
