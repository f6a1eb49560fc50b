"""Print files: made by two processes, read back, gone on with after a kill, void when somebody in one must not go."""

import hashlib
import os
import signal
import subprocess
import sys
import time

import pytest

from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import child_environment, machine
from sesshu.inside.mailing.batches import files, printing, queries, rules
from sesshu.inside.mailing.sheets import run as runs
from sesshu.inside.mailing.sheets.gate import Fault, What
from sesshu.inside.records.protection.actions import protect_by_hand
from sesshu.trust.access.actor import worker_actor
from tests.support import paper
from tests.support import place as p
from tests.support.mailing import (
    HOST,
    OFFICER,
    address,
    code,
    given_built,
    given_files,
    given_sealed,
    given_tickets,
    piece_of,
    run,
    serials,
    state,
)


@pytest.fixture(autouse=True)
def _no_files_stay():
    yield
    for batch in files.list_batch_ids():
        files.remove_all(batch)


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def ring():
    return load_keys(machine().keys_dir)


def plain(batch: int, number: int) -> bytes:
    part = queries.list_parts(batch)[number - 1]
    return files.read_checked(batch, number, bytes(part.sha256), ring())


def test_a_file_holds_each_piece_once_and_is_ciphertext():
    residents = given_tickets()
    batch = given_sealed()
    told = []
    made = printing.make_files(by=HOST, batch_id=batch, processes=1, progress=told.append)
    assert (made.files, made.pages, made.sampled, made.read_back, made.withheld) == (1, 15, 15, 15, 0)
    assert told[-1].done == told[-1].total == 15 and told[-1].seconds_left == 0
    pdf = plain(batch, 1)
    part = queries.list_parts(batch)[0]
    assert (
        hashlib.sha256(pdf).digest() == bytes(part.sha256)
        and part.size == len(pdf)
        and part.state == "passed"
    )
    for page, serial in enumerate(serials(batch)):
        assert code(batch, serial) in paper.text(pdf, page)
    assert "東京都目黒区中央町一丁目1番1号" in paper.text(pdf, piece_of(batch, residents[0]) - 1)
    raw = files.part_path(batch, 1).read_bytes()
    assert b"%PDF" not in raw and raw.startswith(b"age-encryption.org")


def test_the_second_dose_shows_the_first():
    """済証: what was given, from the ledger."""
    row = runs.Row(1, "0000012343", "見本　花子", "", "", "1520001", "中央町一丁目", "1番1号", "", "19300401",
                   '[[1, "2026-10-05", "pfizer", "EY0001", "", 7]]')  # fmt: skip
    settings = runs.Run(12, None, "東京都", "見本区", {"pfizer": "ファイザー"}, {7: "中央体育館"}, "")
    [dose] = runs.compose(settings, row).past
    assert (dose.given_on, dose.product, dose.venue) == ("令和8年10月5日", "ファイザー EY0001", "中央体育館")
    assert "見本" not in repr(row) + repr(runs.compose(settings, row))


def test_a_sign_that_no_font_has_stops_that_piece():
    residents = given_tickets()
    address(residents[2], name="見本　邉\U000e01ef子")
    address(residents[4], name="見" * 60)
    batch = given_sealed()
    made = printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert (made.pages, made.withheld) == (13, 2)
    assert (
        state(batch, piece_of(batch, residents[2])) == state(batch, piece_of(batch, residents[4])) == "pulled"
    )
    listed = {str(w.code): w.signs for w in queries.list_withheld(batch) if w.field == "name"}
    assert listed == {
        code(batch, piece_of(batch, residents[2])): "U+9089 U+E01EF",
        code(batch, piece_of(batch, residents[4])): "",
    }
    assert [c.reason for c in queries.count_pulled(batch)] == ["unprintable"]


def test_a_file_that_does_not_read_back_is_not_kept(monkeypatch):
    given_tickets()
    batch = given_sealed()
    real = runs.check_file

    def blind(*args):
        seen = real(*args)
        return type(seen)(seen.pages, seen.sampled, seen.read - 1, (Fault("12-000001-A", What.QR),))

    monkeypatch.setattr(runs, "check_file", blind)
    with pytest.raises(printing.GateFailed) as no:
        printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert no.value.refusal.code == rules.GATE.code and no.value.faults[0].what is What.QR
    assert [p_.state for p_ in queries.list_parts(batch)] == ["planned"] and not files.list_part_numbers(
        batch
    )


def test_only_a_sealed_batch_is_printed():
    given_tickets()
    batch = given_built()
    assert refusal_of(printing.make_files, by=HOST, batch_id=batch) == rules.WRONG_STATE.code
    assert refusal_of(printing.ask_for_files, by=HOST, batch_id=batch) == rules.WRONG_STATE.code


def test_who_changes_while_the_file_is_made(monkeypatch):
    """The words were read, then somebody became protected: the file is made again without them."""
    hidden, *_ = given_tickets()
    batch = given_sealed()
    real, turns = printing.press_part, []

    def slow(*args):
        turns.append(1)
        pressed = real(*args)
        if len(turns) == 1:
            protect_by_hand(by=OFFICER, resident_id=hidden)
        return pressed

    serial = piece_of(batch, hidden)
    monkeypatch.setattr(printing, "press_part", slow)
    printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert len(turns) == 2 and code(batch, serial) not in "".join(
        paper.text(plain(batch, 1), n) for n in range(14)
    )


def test_it_gives_up_when_the_register_never_rests(monkeypatch):
    residents = given_tickets()
    batch = given_sealed()
    real = printing.press_part

    def restless(*args):
        pressed = real(*args)
        run("UPDATE register.resident SET status = 'dead' WHERE id = %s", residents.pop())
        return pressed

    monkeypatch.setattr(printing, "press_part", restless)
    assert (
        refusal_of(printing.make_files, by=HOST, batch_id=batch, processes=1) == rules.CHANGED_MEANWHILE.code
    )


def test_somebody_moves_within_the_city():
    """The file holds the old address: it is void, and made again with the new one."""
    mover, *_ = given_tickets()
    batch = given_files()
    address(mover, banchi="77番7号")
    run(
        "INSERT INTO register.history (resident_id, until_at, changed, old) VALUES (%s, base.now_v1() + interval '1 s', '{banchi}', '{}')",
        mover,
    )
    from sesshu.inside.mailing.batches.actions import ask_again

    assert ask_again(by=HOST, batch_id=batch).void_parts == 1
    run("UPDATE register.history SET until_at = base.now_v1() - interval '1 s'")
    printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert "中央町一丁目77番7号" in paper.text(plain(batch, 1), piece_of(batch, mover) - 1)


def test_the_worker_makes_what_is_asked_and_destroys_what_must_not_leave():
    hidden, *_ = given_tickets()
    batch = given_sealed()
    printing.ask_for_files(by=OFFICER, batch_id=batch)
    worker = worker_actor()
    assert printing.tidy(by=worker) == 1 and queries.get_batch(batch).sheets_asked is None
    assert files.list_part_numbers(batch) == {1}
    protect_by_hand(by=OFFICER, resident_id=hidden)
    assert printing.tidy(by=worker) == 1 and files.list_part_numbers(batch) == set()


def test_two_processes_make_the_same_batch(committed):
    given_tickets(60)
    batch = given_sealed(part_size=20)
    made = printing.make_files(by=HOST, batch_id=batch, processes=2)
    assert (made.files, made.pages) == (4, 63)
    pages = [(part.number, page) for part in queries.list_parts(batch) for page in range(part.pages)]
    found = [code(batch, n) for n in serials(batch)]
    texts = {number: plain(batch, number) for number, _ in pages}
    assert [c in paper.text(texts[n], page) for (n, page), c in zip(pages, found, strict=True)] == [True] * 63


KILLED = """
import django; django.setup()
from sesshu.base import clock
from sesshu.base.machine import machine
from pathlib import Path
clock.use_file(Path(machine().clock_file))
from sesshu.inside.mailing.batches import printing
from sesshu.trust.access.actor import host_actor
if __name__ == "__main__":
    printing.make_files(by=host_actor(), batch_id=%d, processes=1, progress=lambda p: print(p.done, flush=True))
"""


def test_a_killed_run_goes_on_without_a_double_piece(committed, tmp_path):
    given_tickets(60)
    batch = given_sealed(part_size=10)
    script = tmp_path / "make.py"
    script.write_text(KILLED % batch)
    env = child_environment(
        p.place().config("inside"),
        DJANGO_SETTINGS_MODULE="sesshu.jobs.settings_inside",
        PYTHONPATH=str(p.ROOT / "src"),
    )
    with subprocess.Popen([sys.executable, str(script)], env=env, stdout=subprocess.PIPE, text=True) as child:
        child.stdout.readline()
        child.stdout.readline()
        os.kill(child.pid, signal.SIGKILL)
        child.wait(20)
    time.sleep(0.2)
    before = [part.state for part in queries.list_parts(batch)]
    assert before.count("passed") >= 2 and "planned" in before
    printing.make_files(by=HOST, batch_id=batch, processes=1)
    parts = queries.list_parts(batch)
    assert {part.state for part in parts} == {"passed"}
    texts = [paper.text(plain(batch, part.number), page) for part in parts for page in range(part.pages)]
    assert [code(batch, n) in text for n, text in zip(serials(batch), texts, strict=True)] == [True] * 63
