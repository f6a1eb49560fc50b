"""Leaving the house: two people, the printer's key, exclusions asked again; posting and closing with the equation."""

import dataclasses
import hashlib
import json

import pyrage
import pytest

from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.inside.mailing.batches import actions, files, handover, printing, queries, rules
from sesshu.inside.mailing.enclosure.actions import pull, put_on_list, spoil
from sesshu.inside.mailing.enclosure.rules import Window
from sesshu.inside.records.protection.actions import protect_by_hand
from sesshu.inside.tickets.queries import find_dead
from tests.support import paper
from tests.support import place as p
from tests.support.mailing import (
    HOST,
    OFFICER,
    PRINTER,
    SECOND,
    code,
    given_files,
    given_posted,
    given_released,
    given_sealed,
    given_tickets,
    piece_of,
    read_all,
    release,
    run,
    serials,
    state,
)
from tests.support.residents import messages


@pytest.fixture(autouse=True)
def _no_files_stay():
    yield
    for batch in files.list_batch_ids():
        files.remove_all(batch)


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


# --- 印刷の受託者へ -----------------------------------------------------------------------------------------


def test_two_people_give_the_files_to_the_printers_key_alone():
    """S-06, FX-02."""
    given_tickets()
    batch = given_files()
    done = release(batch)
    assert done.complete and done.pages == 15 and done.folder
    manifest = json.loads((done.folder / "manifest.json").read_text())
    [row] = manifest["files"]
    closed = (done.folder / row["file"]).read_bytes()
    pdf = pyrage.decrypt(closed, [PRINTER])
    assert paper.pages(pdf) == 15 == row["pages"] == manifest["pages"]
    assert (row["first"], row["last"]) == (code(batch, 1), code(batch, 15))
    assert row["sha256_of_pdf"] == hashlib.sha256(pdf).hexdigest()
    assert row["sha256_of_file"] == hashlib.sha256(closed).hexdigest()
    signature = bytes.fromhex((done.folder / "manifest.json.sig").read_text())
    other = load_keys(p.place().keys / "outside")
    assert other.verified((done.folder / "manifest.json").read_bytes(), signature, "inside")
    ring = load_keys(machine().keys_dir)
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(closed, [ring.identity])  # the house itself cannot open what has left
    assert "見本" not in manifest["title"] and "花子" not in json.dumps(manifest, ensure_ascii=False)
    held = queries.get_batch(batch)
    assert (held.state, held.first_by, held.second_by) == ("released", "OF-1", "OF-2")
    assert {s for (s,) in run("SELECT state FROM mailing.piece WHERE batch_id = %s", batch)} == {"printed"}
    assert files.list_part_numbers(batch) == set()  # what has left is not kept twice


def test_every_resident_can_see_that_their_sheet_went_to_the_printer():
    """A-1, C-02: one entry each, with the fields that left."""
    residents = given_tickets()
    batch = given_released()
    told = run(
        "SELECT resident, fields FROM audit.entry WHERE act = 'mailing.release' AND case_ref = %s AND resident IS NOT NULL",
        f"batch {batch}",
    )
    assert {r for r, _ in told} == set(residents) and len(told) == len(residents)
    assert all(set(fields) == {"name", "dob", "address", "ticket"} for _, fields in told)


def test_the_same_person_does_not_count_twice():
    given_tickets()
    batch = given_files()
    assert not handover.release(by=OFFICER, batch_id=batch).complete
    assert refusal_of(handover.release, by=OFFICER, batch_id=batch) == "A03"
    assert queries.get_batch(batch).state == "sealed" and not list(files.root().glob("out/*"))


def test_the_host_does_not_release():
    given_tickets()
    assert refusal_of(handover.release, by=HOST, batch_id=given_files()) == "A01"


def test_a_fresh_proof_is_asked():
    given_tickets()
    batch = given_files()
    tired = dataclasses.replace(OFFICER, proof=OFFICER.proof.SIGNED_IN)
    assert refusal_of(handover.release, by=tired, batch_id=batch) == "A02"


def test_what_is_not_made_does_not_leave():
    given_tickets()
    batch = given_sealed()
    assert refusal_of(handover.release, by=OFFICER, batch_id=batch) == rules.NOT_MADE.code


def test_a_file_that_was_touched_does_not_leave():
    given_tickets()
    batch = given_files()
    path = files.part_path(batch, 1)
    handover.release(by=OFFICER, batch_id=batch)
    path.write_bytes(path.read_bytes()[:-1])
    assert refusal_of(handover.release, by=SECOND, batch_id=batch) == rules.FILE_CHANGED.code
    path.unlink()
    assert refusal_of(handover.release, by=SECOND, batch_id=batch) == rules.FILE_CHANGED.code
    assert state(batch, 1) == "planned" and not list(files.root().glob("out/batch-????-?"))


def test_whoever_died_between_the_two_approvals_leaves_the_files():
    """G-04: asked at hand-over. Both people begin again, with files that no longer hold the piece."""
    dead, *_ = given_tickets()
    batch = given_files()
    serial = piece_of(batch, dead)
    handover.release(by=OFFICER, batch_id=batch)
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    assert refusal_of(handover.release, by=SECOND, batch_id=batch) == rules.NOT_MADE.code
    printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert not handover.release(by=SECOND, batch_id=batch).complete  # a first approval, of other files
    done = handover.release(by=OFFICER, batch_id=batch)
    assert done.complete and done.pages == 14
    pdf = pyrage.decrypt(next(done.folder.glob("*.age")).read_bytes(), [PRINTER])
    assert not any(code(batch, serial) in paper.text(pdf, page) for page in range(14))
    assert (queries.tally(batch).printed, queries.tally(batch).withheld) == (14, 1)


def test_somebody_moved_before_the_second_approval():
    """Nobody noticed but the register: asking at hand-over voids the file and says so."""
    mover, *_ = given_tickets()
    batch = given_files()
    run(
        "INSERT INTO register.history (resident_id, until_at, changed, old) VALUES (%s, base.now_v1() + interval '1 s', '{town}', '{}')",
        mover,
    )
    done = handover.release(by=OFFICER, batch_id=batch)
    assert not done.complete and done.asked.void_parts == 1
    assert files.list_part_numbers(batch) == set()


def test_a_crash_between_commit_and_rename_is_finished_by_the_next_call(monkeypatch):
    given_tickets()
    batch = given_files()
    handover.release(by=OFFICER, batch_id=batch)
    with monkeypatch.context() as broken:
        broken.setattr(files, "finish_out", lambda *a: (_ for _ in ()).throw(OSError))
        with pytest.raises(OSError):
            handover.release(by=SECOND, batch_id=batch)
    assert queries.get_batch(batch).state == "released" and not files.out_path(batch, 1).exists()
    assert (
        refusal_of(handover.release, by=SECOND, batch_id=batch) == rules.NOT_MADE.code
    )  # nothing is left to release
    assert files.out_path(batch, 1).exists()


def test_the_numbers_of_seeds_are_tripwires():
    """FX-17: nobody holds them; whoever tries one has seen the files."""
    given_tickets()
    before = len(messages("number.dead"))
    batch = given_released()
    [(_, body)] = messages("number.dead")[before:]
    tries = {t.hex() for (t,) in run("SELECT try FROM mailing.seed WHERE batch_id = %s", batch)}
    assert set(body["tries"]) == tries and len(tries) == 3
    assert queries.find_seed_batch(bytes.fromhex(body["tries"][0])) == batch
    assert queries.find_seed_batch(b"nothing") is None and find_dead(bytes.fromhex(body["tries"][0])) is None
    taken = {n for (n,) in run("SELECT * FROM tickets.list_numbers_v1()")}
    assert {n for (n,) in run("SELECT number FROM mailing.seed")} <= taken


# --- 郵便へ -------------------------------------------------------------------------------------------------


def test_a_mailing_from_files_to_the_end(tmp_path):
    residents = given_tickets()
    batch = given_posted(tmp_path)
    now = queries.tally(batch)
    assert now.settled and (now.printed, now.posted) == (15, 15)
    entries = run("SELECT resident FROM audit.entry WHERE act = 'mailing.post' AND resident IS NOT NULL")
    assert {r for (r,) in entries} == set(residents)
    handover.close(by=HOST, batch_id=batch)
    assert queries.get_batch(batch).state == "closed" and not list(files.root().glob("out/batch-*"))
    assert refusal_of(handover.close, by=HOST, batch_id=batch) == rules.WRONG_STATE.code


def test_a_late_death_is_pulled_and_only_then_the_batch_is_posted(tmp_path):
    """The pull list up to the moment of posting, proven empty by reading each piece."""
    dead, *_ = given_tickets()
    batch = given_released()
    serial = piece_of(batch, dead)
    read_all(tmp_path, batch)
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    [row] = queries.list_to_pull(batch)
    assert (str(row.code), row.word, row.box, row.position) == (code(batch, serial), "死亡", "R1", serial)
    assert refusal_of(handover.post, by=HOST, batch_id=batch) == rules.PULL_LIST_OPEN.code
    assert (
        refusal_of(pull, by=HOST, batch_id=batch, code=code(batch, serial % 15 + 1)) == rules.NOT_ON_LIST.code
    )
    assert refusal_of(pull, by=HOST, batch_id=batch, code="12-999999-A") == rules.NO_PIECE.code
    assert pull(by=HOST, batch_id=batch, code=code(batch, serial)) is None
    assert queries.list_to_pull(batch) == []
    assert handover.post(by=HOST, batch_id=batch).pieces == 14
    now = queries.tally(batch)
    assert now.settled and (now.printed, now.posted, now.pulled) == (15, 14, 1)


def test_asking_at_posting_finds_somebody(tmp_path):
    """Found by the question itself: nothing is posted in that act."""
    mover, *_ = given_tickets()
    batch = given_released()
    read_all(tmp_path, batch)
    run(
        "INSERT INTO register.history (resident_id, until_at, changed, old) VALUES (%s, base.now_v1() + interval '1 s', '{town}', '{}')",
        mover,
    )
    done = handover.post(by=HOST, batch_id=batch)
    assert (done.complete, done.to_pull) == (False, 1) and queries.get_batch(batch).state == "released"
    again = pull(by=HOST, batch_id=batch, code=code(batch, piece_of(batch, mover)))
    assert again == code(batch, 16)  # goes again with the new words, under a new code
    assert refusal_of(handover.post, by=HOST, batch_id=batch) == rules.NOT_MADE.code


def test_a_protected_person_is_on_the_list_without_a_name_or_a_reason(tmp_path):
    hidden, *_ = given_tickets()
    batch = given_released()
    serial = piece_of(batch, hidden)
    read_all(tmp_path, batch)
    protect_by_hand(by=OFFICER, resident_id=hidden)
    [row] = queries.list_to_pull(batch)
    assert (str(row.code), row.word) == (code(batch, serial), "その他")
    pull(by=HOST, batch_id=batch, code=str(row.code))
    assert handover.post(by=HOST, batch_id=batch).complete
    told = run(
        "SELECT count(*) FROM audit.entry WHERE resident = %s AND act IN ('mailing.pull', 'mailing.post')",
        hidden,
    )
    assert told == [(0,)]


def test_what_was_not_read_is_not_posted(tmp_path):
    given_tickets()
    batch = given_released()
    assert refusal_of(handover.post, by=HOST, batch_id=batch) == rules.UNREAD.code
    assert queries.tally(batch).unread == 15


def test_an_officers_own_pull(tmp_path):
    given_tickets()
    batch = given_released()
    put_on_list(by=OFFICER, code=code(batch, 3))
    assert [str(r.code) for r in queries.list_to_pull(batch)] == [code(batch, 3)]
    pull(by=HOST, batch_id=batch, code=code(batch, 3))
    assert refusal_of(put_on_list, by=OFFICER, code=code(batch, 3)) == rules.NOT_PRINTED.code
    assert refusal_of(pull, by=HOST, batch_id=batch, code=code(batch, 3)) == rules.NOT_ON_LIST.code


def test_reprints_leave_by_two_people_as_well(tmp_path):
    """FX-25: damage by management code, a new code, a file of its own."""
    given_tickets()
    batch = given_released()
    again = spoil(by=HOST, batch_id=batch, codes=[code(batch, 2), code(batch, 5)], reason=rules.Spoil.JAM)
    assert again == {code(batch, 2): code(batch, 16), code(batch, 5): code(batch, 17)}
    assert (
        refusal_of(spoil, by=HOST, batch_id=batch, codes=[code(batch, 2)], reason=rules.Spoil.JAM)
        == rules.NOT_PRINTED.code
    )
    read_all(tmp_path, batch)
    assert refusal_of(handover.post, by=HOST, batch_id=batch) == rules.NOT_MADE.code
    made = printing.make_files(by=HOST, batch_id=batch, processes=1)
    assert (made.files, made.pages) == (1, 2)
    done = release(batch)
    assert done.complete and done.pages == 2 and done.folder.name.endswith("-2")
    read_all(tmp_path, batch)
    assert handover.post(by=HOST, batch_id=batch).pieces == 15
    now = queries.tally(batch)
    assert now.settled and (now.printed, now.posted, now.spoiled) == (17, 15, 2)
    assert serials(batch, "replaces IS NOT NULL") == [16, 17]


def test_a_spoiled_piece_that_was_to_be_pulled_is_not_printed_again():
    dead, *_ = given_tickets()
    batch = given_released()
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    serial = piece_of(batch, dead)
    assert spoil(by=HOST, batch_id=batch, codes=[code(batch, serial)], reason=rules.Spoil.TORN) == {
        code(batch, serial): None
    }
    assert queries.list_to_pull(batch) == [] and queries.tally(batch).adds_up


def test_states_refuse(tmp_path):
    given_tickets()
    batch = given_sealed()
    for call in (handover.post, handover.close):
        assert refusal_of(call, by=HOST, batch_id=batch) == rules.WRONG_STATE.code
    assert (
        refusal_of(spoil, by=HOST, batch_id=batch, codes=[code(batch, 1)], reason=rules.Spoil.JAM)
        == rules.WRONG_STATE.code
    )
    assert refusal_of(handover.release, by=OFFICER, batch_id=99) == rules.NO_BATCH.code


def test_an_equation_that_does_not_hold_stops_the_end(tmp_path, monkeypatch):
    """It cannot happen by the lifecycles; if it did, nothing would be closed over it."""
    given_tickets()
    batch = given_posted(tmp_path)
    right = queries.tally(batch)
    monkeypatch.setattr(queries, "tally", lambda batch_id: dataclasses.replace(right, printed=16))
    assert refusal_of(handover.close, by=HOST, batch_id=batch) == rules.DOES_NOT_ADD_UP.code
    monkeypatch.setattr(queries, "tally", lambda batch_id: dataclasses.replace(right, open_differences=1))
    assert refusal_of(handover.close, by=HOST, batch_id=batch) == rules.OPEN_DIFFERENCE.code


def test_a_batch_without_a_window_is_not_measured(tmp_path):
    given_tickets()
    assert given_posted(tmp_path, window=None)
    assert Window(1, 2).holds(None) is False
    assert actions.FEWEST == 3
