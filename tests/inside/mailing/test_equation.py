"""Whatever happens to a batch, in whatever order: every printed piece stands in one class, and the end adds up."""

import random
from contextlib import suppress

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.mailing.batches import files, handover, printing, queries
from sesshu.inside.mailing.batches.rules import Spoil
from sesshu.inside.mailing.enclosure import queries as enclosure
from sesshu.inside.mailing.enclosure.actions import check_next, pull, put_on_list, reconcile, resolve, spoil
from sesshu.inside.mailing.enclosure.rules import Kind
from sesshu.inside.mailing.returns.actions import take_back
from sesshu.inside.mailing.returns.rules import Reason
from sesshu.inside.records.protection.actions import protect_by_hand
from tests.support.mailing import (
    HOST,
    OFFICER,
    code,
    given_released,
    given_tickets,
    read_all,
    release,
    run,
    scan_log,
    serials,
)


@pytest.fixture(autouse=True)
def _no_files_stay():
    yield
    for batch in files.list_batch_ids():
        files.remove_all(batch)


@pytest.mark.parametrize("seed", range(4))
def test_a_random_life(seed, tmp_path):
    rng = random.Random(seed)
    residents = given_tickets(20)
    batch = given_released()

    def step(n: int) -> None:
        live = serials(batch, "state = 'printed'")
        what = rng.choice(
            ["log", "log", "station", "spoil", "list", "pull", "resolve", "die", "hide", "again"]
        )
        if what == "log":
            some = rng.sample(live, min(len(live), rng.randint(1, 6)))
            rows = [s if rng.random() < 0.8 else (code(batch, s), "", rng.choice([0, 1200])) for s in some]
            reconcile(by=HOST, batch_id=batch, path=scan_log(tmp_path / f"{n}.csv", batch, rows, box=f"B{n}"))
        elif what == "station":
            check_next(by=HOST, batch_id=batch, box="S", code=code(batch, rng.choice(live)), measure=1200)
        elif what == "spoil":
            spoil(by=HOST, batch_id=batch, codes=[code(batch, rng.choice(live))], reason=Spoil.SMEAR)
        elif what == "list":
            put_on_list(by=OFFICER, code=code(batch, rng.choice(live)))
        elif what == "pull":
            pull(by=HOST, batch_id=batch, code=str(rng.choice(queries.list_to_pull(batch)).code))
        elif what == "resolve":
            d = rng.choice(enclosure.list_differences(batch, open_only=True))
            resolve(by=HOST, difference_id=d.id, resolution=rng.choice(d.may_end))
        elif what == "die":
            run("UPDATE register.resident SET status = 'dead' WHERE id = %s", residents.pop())
        elif what == "hide":
            protect_by_hand(by=OFFICER, resident_id=residents.pop())
        else:
            printing.make_files(by=HOST, batch_id=batch, processes=1)
            release(batch)

    for n in range(40):
        with suppress(Refused, IndexError):
            step(n)
        now = queries.tally(batch)
        assert now.adds_up and now.returned == now.posted == 0
        assert not run(
            "SELECT 1 FROM mailing.piece WHERE batch_id = %s AND resident_id IN (SELECT id FROM register.resident WHERE protected)",
            batch,
        )

    for row in queries.list_to_pull(batch):
        pull(by=HOST, batch_id=batch, code=str(row.code))
    while found := enclosure.list_differences(batch, open_only=True):
        assert found[0].kind is not Kind.PULLED
        resolve(by=HOST, difference_id=found[0].id, resolution=found[0].may_end[0])
    if queries.tally(batch).waiting:
        printing.make_files(by=HOST, batch_id=batch, processes=1)
        if queries.tally(batch).waiting:
            release(batch)
    read_all(tmp_path, batch)
    while found := enclosure.list_differences(batch, open_only=True):
        resolve(by=HOST, difference_id=found[0].id, resolution=found[0].may_end[0])
    assert handover.post(by=HOST, batch_id=batch).complete
    for serial in rng.sample(serials(batch, "state = 'posted'"), 2):
        take_back(by=HOST, code=code(batch, serial), reason=Reason.MOVED)
    end = queries.tally(batch)
    assert end.settled and end.printed == end.posted + end.pulled + end.spoiled and end.returned == 2
    # Nobody got two letters, and whoever is alive, present and unprotected got one.
    twice = run(
        "SELECT ticket_id FROM mailing.piece WHERE batch_id = %s AND state IN ('posted', 'returned') AND ticket_id IS NOT NULL "
        "GROUP BY ticket_id HAVING count(*) > 1", batch,
    )  # fmt: skip
    assert not twice
    handover.close(by=HOST, batch_id=batch)
