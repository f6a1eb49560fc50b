"""The log of the outside is sealed each minute by its worker's login, and whatever a superuser does to it is named."""

import threading

import psycopg
import pytest

from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.base.machine import read
from sesshu.db import checkpoints as db
from sesshu.trust.audit import checkpoint
from sesshu.trust.audit.checkpoint import Store
from tests.support import place as p
from tests.support import tampering as t
from tests.support.tampering import tamper, write_entries

BUILDING = "outside"


@pytest.fixture
def ring():
    return KeyRing.load(p.place().keys / BUILDING)


@pytest.fixture
def store():
    """As the worker has it: the worker's login."""
    m = read(p.place().config(f"{BUILDING}_worker"))
    with db.connect(m.database) as conn:
        yield Store.of(m, conn)


@pytest.fixture
def sealed(store, ring):
    """Entries 1 to 6 in three checkpoints."""
    for _ in range(3):
        write_entries(BUILDING, 2)
        assert checkpoint.make(store, ring) == 2
    return store


def test_wall_an_untouched_log_is_whole(sealed, ring):
    verdict = checkpoint.verify(sealed)
    assert verdict.whole and (verdict.until, verdict.entries, verdict.after) == (3, 6, 0)
    assert checkpoint.make(sealed, ring) == 0  # an empty minute makes none
    write_entries(BUILDING, 1)
    assert checkpoint.verify(sealed).after == 1
    assert t.second_place(BUILDING).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("statement, bad", t.WAYS.values(), ids=t.WAYS)
def test_wall_every_way_of_tampering_names_the_first_bad_entry(sealed, statement, bad):
    tamper(BUILDING, statement)
    verdict = checkpoint.verify(sealed)
    assert not verdict.whole and verdict.first_bad_id == bad, verdict.says()


def test_wall_a_tail_cut_with_its_checkpoint_is_told_by_the_second_place(sealed):
    tamper(BUILDING, "DELETE FROM audit.entry WHERE id >= 5")
    tamper(BUILDING, "DELETE FROM audit.checkpoint WHERE number = 3")
    verdict = checkpoint.verify(sealed)
    assert (verdict.first_bad_id, verdict.until) == (5, 2)


def test_wall_an_entry_with_an_old_time_is_found_after_it_was_sealed(sealed, ring):
    tamper(
        BUILDING,
        "INSERT INTO audit.entry (at, shown_at, actor, zone, act) VALUES (now() - interval '1 hour', now(), 'OF-1', 'office', 'resident.show')",
    )
    assert checkpoint.make(sealed, ring) == 1
    verdict = checkpoint.verify(sealed)
    assert (verdict.first_bad_id, verdict.faults[0].kind) == (7, "back-dated")


def test_wall_a_slow_transaction_is_not_stepped_over(store, ring):
    """A checkpoint by the greatest id would miss it (A-4)."""
    with psycopg.connect(p.place().admin(BUILDING)) as slow:
        slow.execute("SELECT audit.put_v1('booking.book', 'public')")
        write_entries(BUILDING, 3)
        assert checkpoint.make(store, ring) == 0
        slow.commit()
    assert checkpoint.make(store, ring) == 4
    assert checkpoint.verify(store).whole


def test_wall_bookings_and_checkpoints_race_and_the_log_is_whole(store, ring):
    def write():
        write_entries(BUILDING, 40)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for w in writers:
        w.start()
    made = 0
    while any(w.is_alive() for w in writers):
        made += checkpoint.make(store, ring)
    made += checkpoint.make(store, ring)
    verdict = checkpoint.verify(store)
    assert made == 160 and verdict.whole and verdict.entries == 160


def test_wall_two_makers_make_one_chain(store, ring):
    write_entries(BUILDING, 2)
    with db.connect(read(p.place().config("outside_worker")).database) as conn:
        other = Store(store.building, conn, store.file, store.believes)
        runs = [threading.Thread(target=checkpoint.make, args=(s, ring)) for s in (store, other)]
        for r in runs:
            r.start()
        for r in runs:
            r.join()
    assert len(t.statements(BUILDING)) == 1 and checkpoint.verify(store).whole


def test_wall_a_crash_between_the_two_places_is_mended(sealed, ring):
    file = t.second_place(BUILDING)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:2]) + lines[2][:40])
    assert not checkpoint.verify(sealed, patience=0).whole
    assert checkpoint.make(sealed, ring) == 0
    verdict = checkpoint.verify(sealed)
    assert verdict.whole and verdict.until == 3
    assert file.read_text().splitlines(keepends=True)[-1] == lines[2]


def test_wall_nothing_is_sealed_over_a_loss_until_somebody_owns_up_to_it(sealed, ring):
    """What a restore looks like: the database is behind the second place."""
    tamper(BUILDING, "DELETE FROM audit.checkpoint WHERE number = 3")
    tamper(BUILDING, "DELETE FROM audit.entry WHERE id > 4")
    write_entries(BUILDING, 1)
    with pytest.raises(Refused, match="V01"):
        checkpoint.make(sealed, ring)
    assert checkpoint.resume(sealed, ring, "AU-1") == (3, 3)
    assert checkpoint.make(sealed, ring) == 1
    verdict = checkpoint.verify(sealed)
    assert verdict.whole and verdict.until == 3 and "as AU-1 said" in verdict.says()
    with pytest.raises(Refused, match="V04"):
        checkpoint.resume(sealed, ring, "AU-1")


def test_wall_nothing_is_sealed_over_a_forgery(sealed, ring):
    tamper(
        BUILDING,
        """UPDATE audit.checkpoint SET statement = replace(statement, '"rows":2', '"rows":1') WHERE number = 3""",
    )
    write_entries(BUILDING, 1)
    with pytest.raises(Refused, match="V03"):
        checkpoint.make(sealed, ring)
    assert checkpoint.certainty(sealed) is None
    verdict = checkpoint.verify(sealed)
    assert verdict.first_bad_id is None and verdict.faults[0].kind == "changed in the database"


def test_wall_transaction_numbers_that_went_back_stop_the_checkpoints(store, ring):
    write_entries(BUILDING, 1)
    bounds = db.bounds(store.conn)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "bounds", lambda _: bounds | {"upto": bounds["upto"] + 10**9})
        assert checkpoint.make(store, ring) == 1
    with pytest.raises(Refused, match="V02"):
        checkpoint.make(store, ring)


def test_wall_certainty_is_the_newest_checkpoint(sealed):
    found = checkpoint.certainty(sealed)
    assert found.number == 3 and found.shown_at.startswith("2026-11-24T01:")


@pytest.mark.parametrize("login", ["out_public", "out_desk", "out_venue", "out_courier"])
def test_wall_only_the_worker_seals(login):
    with p.connect(login) as c:
        for call in (
            "audit.put_checkpoint_v1(1, '{}', '')",
            "audit.read_v1(0, 0, 100, 1)",
            "audit.checkpoints_v1(0, 1)",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(f"SELECT {call}")
    with p.connect("out_worker") as c:
        assert c.execute("SELECT audit.put_checkpoint_v1(7, '{}', '')").fetchone() == (False,)
        for forgery in (
            "UPDATE audit.checkpoint SET number = 9",
            "INSERT INTO audit.checkpoint VALUES (1)",
            "DELETE FROM audit.entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(forgery)
