"""From the question to the sealed list: who is in it, who never is, and what each step refuses."""

import dataclasses
import datetime as dt

import pytest
from django.db import Error

from sesshu.base.errors import Refused
from sesshu.base.numbers import is_ticket_number
from sesshu.inside.mailing.batches import actions, queries, rules
from sesshu.inside.mailing.batches.rules import (
    BATCH_LIFE,
    PART_LIFE,
    PIECE_LIFE,
    PieceClass,
    PieceState,
    Pull,
)
from sesshu.inside.mailing.enclosure.rules import Window
from sesshu.inside.records.protection.actions import protect_by_hand
from sesshu.inside.tickets.actions import reissue, void
from sesshu.inside.tickets.queries import find_live
from sesshu.inside.tickets.rules import Ending, Reason
from tests.support import place as p
from tests.support.mailing import (
    HOST,
    OFFICER,
    QUERY,
    given_built,
    given_draft,
    given_files,
    given_posted,
    given_printer,
    given_sealed,
    given_tickets,
    piece_of,
    run,
    serials,
    state,
)
from tests.support.residents import AUDITOR, PROGRAMME


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def test_counts_by_birth_year_stand_beside_the_population():
    """G-03."""
    residents = given_tickets()
    run("UPDATE register.resident SET dob = NULL, dob_key = '19330000' WHERE id = %s", residents[3])
    cohorts = {c.year: c for c in queries.count_cohorts(QUERY)}
    assert sum(c.population for c in cohorts.values()) == 12 == sum(c.chosen for c in cohorts.values()) + 0
    assert cohorts[1929].population == 1  # born 1 April 1930: the older year
    assert cohorts[None].population == 1
    narrow = dataclasses.replace(QUERY, cohort_from=1930, cohort_until=1934)
    assert sum(c.chosen for c in queries.count_cohorts(narrow)) == 4  # of five years, one has no day of birth
    made = given_draft(query=narrow)
    assert [c.chosen for c in queries.cohorts_of(queries.get_batch(made))] == [
        c.chosen for c in queries.count_cohorts(narrow)
    ]


def test_a_batch_is_built_in_the_order_of_postcodes():
    residents = given_tickets()
    batch = given_built()
    rows = run(
        "SELECT p.serial, coalesce(r.postcode, s.postcode), p.seed_id FROM mailing.piece p LEFT JOIN register.resident r "
        "ON r.id = p.resident_id LEFT JOIN mailing.seed s ON s.id = p.seed_id WHERE p.batch_id = %s ORDER BY p.serial",
        batch,
    )
    assert [n for n, _, _ in rows] == list(range(1, 16))
    assert [code for _, code, _ in rows] == sorted(code for _, code, _ in rows)
    assert sum(seed is not None for _, _, seed in rows) == 3
    assert state(batch, piece_of(batch, residents[0])) == "planned"
    assert refusal_of(actions.build, by=HOST, batch_id=batch) == rules.WRONG_STATE.code


def test_parts_and_seeds():
    """FX-17: seeds in each file whose postcodes have a watch address; the others are told."""
    given_tickets(30)
    built = actions.build(by=HOST, batch_id=given_draft(part_size=10))
    assert (built.pieces, built.seeds, built.parts, built.parts_without_seed) == (33, 3, 4, 4)
    actions.put_watch_address(
        by=HOST, postcode="1520020", town="中央町一丁目", banchi="8番8号", building="見本区民館"
    )
    assert all(
        is_ticket_number(n) and not run("SELECT 1 FROM tickets.ticket WHERE number = %s", n)
        for (n,) in run("SELECT number FROM mailing.seed")
    )
    with pytest.raises(Error):
        run("INSERT INTO mailing.seed SELECT * FROM mailing.seed LIMIT 1")


def test_seeds_of_two_jobs_have_no_name_in_common():
    given_tickets()
    actions.withdraw(by=HOST, batch_id=given_built())
    given_built()
    names = [n for (n,) in run("SELECT name FROM mailing.seed")]
    assert len(set(names)) == len(names) == 6


def test_whoever_must_not_get_a_letter_is_not_in_it():
    dead, left, hidden, lost, twice, *others = given_tickets()
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    run("UPDATE register.resident SET status = 'left' WHERE id = %s", left)
    protect_by_hand(by=OFFICER, resident_id=hidden)
    void(by=OFFICER, ticket_id=find_live(lost, PROGRAMME).id, reason=Ending.MISISSUED)
    reissue(by=OFFICER, resident_id=twice, programme=PROGRAMME, reason=Reason.LOST)
    batch = given_built()
    held = {
        r
        for (r,) in run(
            "SELECT resident_id FROM mailing.piece WHERE batch_id = %s AND resident_id IS NOT NULL", batch
        )
    }
    assert held == {twice, *others}


def test_a_ticket_is_mailed_once_unless_asked_otherwise(tmp_path):
    given_tickets()
    given_posted(tmp_path)
    assert refusal_of(given_draft) == rules.NOBODY.code
    again = given_draft(query=dataclasses.replace(QUERY, never_mailed=False))
    assert sum(c.chosen for c in queries.cohorts_of(queries.get_batch(again))) == 12


def test_a_ticket_is_in_one_running_batch_only():
    given_tickets()
    given_built()
    assert refusal_of(given_draft, query=dataclasses.replace(QUERY, never_mailed=False)) == rules.NOBODY.code


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "長" * 61},
        {"query": dataclasses.replace(QUERY, dose=0)},
        {"query": dataclasses.replace(QUERY, entitled_until=dt.date(2026, 9, 1))},
        {"query": dataclasses.replace(QUERY, cohort_from=1960, cohort_until=1950)},
        {"query": dataclasses.replace(QUERY, cohort_from=3)},
        {"part_size": 9},
        {"part_size": 10_001},
        {"per_part": 2},
        {"per_part": 11},
        {"window": Window(10, 9)},
    ],
)
def test_a_wrong_question_is_refused(changes):
    given_tickets(1)
    assert refusal_of(given_draft, **changes) == rules.BAD_QUERY.code


def test_a_draft_refuses_nobody_no_printer_no_programme():
    given_tickets(1)
    assert refusal_of(given_draft, query=dataclasses.replace(QUERY, dose=7)) == rules.NOBODY.code
    assert refusal_of(given_draft, printer_id=99) == rules.NO_PRINTER.code
    assert refusal_of(given_draft, query=dataclasses.replace(QUERY, programme="nothing")) == "T05"
    assert (
        refusal_of(actions.put_printer, by=HOST, name="印刷B", recipient="age1nothing")
        == rules.NO_PRINTER.code
    )
    assert refusal_of(queries.get_batch, batch_id=99) == rules.NO_BATCH.code


def test_a_batch_without_a_watch_address_is_not_built():
    given_tickets(1)
    run("UPDATE mailing.watch_address SET state = 'ended'")
    assert refusal_of(actions.build, by=HOST, batch_id=given_draft()) == rules.NO_WATCH_ADDRESS.code


def test_a_batch_that_lost_everybody_is_not_built_and_not_sealed():
    [only] = given_tickets(1)
    (draft,) = [given_draft()]
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", only)
    assert refusal_of(actions.build, by=HOST, batch_id=draft) == rules.NOBODY.code


def test_sealing_asks_again():
    """G-04: computed when the batch was planned is not enough."""
    dead, renewed, *_ = given_tickets()
    batch = given_built()
    run("UPDATE register.resident SET status = 'dead' WHERE id = %s", dead)
    assert state(batch, piece_of(batch, dead)) == "pulled"  # in the same moment, before anybody asked
    reissue(by=OFFICER, resident_id=renewed, programme=PROGRAMME, reason=Reason.LOST)
    actions.seal(by=HOST, batch_id=batch)
    assert {
        r: (w, q) for r, w, q in ((c.reason, c.withheld, c.to_pull) for c in queries.count_pulled(batch))
    } == {
        "dead": (1, 0),
        "void": (1, 0),
    }
    assert queries.get_batch(batch).state == "sealed"
    assert refusal_of(actions.seal, by=HOST, batch_id=batch) == rules.WRONG_STATE.code


def test_asking_finds_what_no_trigger_saw(committed):
    """The belt beside the braces: a register put back from a copy, for example, runs no trigger."""
    dead, *_ = given_tickets()
    batch = given_built()
    with p.superuser("inside") as c:
        c.execute("SET session_replication_role = replica")
        c.execute("UPDATE register.resident SET status = 'dead' WHERE id = %s", [dead])
    assert state(batch, piece_of(batch, dead)) == "planned"
    assert actions.seal(by=HOST, batch_id=batch).withheld == 1
    assert state(batch, piece_of(batch, dead)) == "pulled"


def test_whoever_becomes_protected_leaves_every_batch_at_once():
    """P-07, P-15: no piece leads to them, no reason is told, the file that held them is void."""
    hidden, *_ = given_tickets()
    batch = given_files()
    serial = piece_of(batch, hidden)
    protect_by_hand(by=OFFICER, resident_id=hidden)
    assert run(
        "SELECT state, pull_reason, resident_id, ticket_id FROM mailing.piece WHERE batch_id = %s AND serial = %s",
        batch, serial,
    ) == [("pulled", "other", None, None)]  # fmt: skip
    assert [part.state for part in queries.list_parts(batch)] == ["planned"]
    assert queries.list_pieces_of(hidden) == []


def test_a_withdrawn_batch_prints_nobody_and_frees_the_tickets():
    given_tickets()
    batch = given_sealed()
    assert actions.withdraw(by=HOST, batch_id=batch) == 15
    assert {state for (state,) in run("SELECT state FROM mailing.piece WHERE batch_id = %s", batch)} == {
        "pulled"
    }
    given_built()
    assert refusal_of(actions.withdraw, by=HOST, batch_id=batch) == rules.WRONG_STATE.code


def test_who_may():
    given_tickets(1)
    batch = given_draft()
    for call in (actions.build, actions.seal, actions.withdraw, actions.ask_again):
        assert refusal_of(call, by=AUDITOR, batch_id=batch) == "A01"
    assert refusal_of(actions.put_printer, by=AUDITOR, name="x", recipient="y") == "A01"
    assert queries.get_batch(batch).state == "draft" and given_printer()


@pytest.mark.parametrize(
    "name, table", [("mailing batch", BATCH_LIFE), ("mailing piece", PIECE_LIFE), ("mailing part", PART_LIFE)]
)
def test_the_database_keeps_the_same_lifecycles(name, table):
    with p.superuser("inside") as c:
        held = c.execute("SELECT old_state, new_state FROM base.lifecycle WHERE name = %s", [name]).fetchall()
    assert set(held) == table.pairs()


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE mailing.piece SET state = 'posted', printed_at = now()",
        "UPDATE mailing.piece SET state = 'returned', printed_at = now()",
        "UPDATE mailing.batch SET state = 'posted'",
        "UPDATE mailing.batch SET state = 'draft'",
        "UPDATE mailing.part SET state = 'released'",
        "DELETE FROM mailing.piece",
    ],
)
def test_the_database_refuses_what_the_lifecycle_does_not_know(wrong):
    given_tickets(1)
    given_built()
    with pytest.raises(Error):
        run(wrong)


def test_the_classes_of_the_tally_are_the_same_in_the_database():
    for st in PieceState:
        for bits in range(16):
            printed, asked, off, enclosed = (bool(bits & 1 << n) for n in range(4))
            [(found,)] = run(
                "SELECT mailing.class_v1(%s, %s, %s, %s, %s)", str(st), printed, asked, off, enclosed
            )
            assert PieceClass(found) is rules.piece_class(
                st, printed=printed, pull_asked=asked, off=off, enclosed=enclosed
            )


def test_every_reason_to_pull_is_known_to_the_database():
    [(held,)] = run(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'piece_pull_reason_check'"
    )
    assert all(f"'{reason}'" in held for reason in Pull)


def test_serials_of_nobody():
    given_tickets(1)
    batch = given_built()
    assert serials(batch) == [1, 2, 3, 4]
    assert queries.find_piece("12-000001-A") is None
    assert queries.find_piece(str(rules.Code(batch, 1))).serial == 1
    assert refusal_of(queries.get_piece, typed="nothing") == rules.NO_PIECE.code
