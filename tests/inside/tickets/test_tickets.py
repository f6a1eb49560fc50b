"""Tickets: issued to all who are entitled and to nobody else, reissued, ended."""

import pytest

from sesshu.base.crypto import hash_try, load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.base.numbers import is_ticket_number
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.tickets import queries, rules
from sesshu.inside.tickets.actions import issue, issue_one, reissue, void
from sesshu.trust.access.acting import NOT_ALLOWED
from tests.support import place as p
from tests.support.residents import (
    AUDITOR,
    HOST,
    OFFICER,
    PROGRAMME,
    given_programme,
    given_resident,
    messages,
    run,
)


@pytest.fixture
def old():
    """An entitled resident, recomputed, without a ticket."""
    given_programme()
    made = given_resident()
    recompute(by=HOST, programme=PROGRAMME)
    return made


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def test_everybody_entitled_gets_one_number_once(old):
    child, gone = given_resident(dob="20200101"), given_resident(status="left")
    hidden, unknown = given_resident(protected=True), given_resident(dob="19400000")
    recompute(by=HOST, programme=PROGRAMME)
    assert issue(by=HOST, programme=PROGRAMME) == 1
    assert is_ticket_number(queries.find_live(old, PROGRAMME).number)
    assert [queries.list_tickets(r) for r in (child, gone, hidden, unknown)] == [[]] * 4
    assert issue(by=HOST, programme=PROGRAMME) == 0
    assert queries.count_tickets(PROGRAMME) == {"issued": 1, "void": 0}
    assert run("SELECT resident_id, recompute FROM records.dirty WHERE resident_id = %s", old) == [
        (old, False)
    ]


def test_issue_asks_the_matrix(old):
    assert refusal_of(issue, by=AUDITOR, programme=PROGRAMME) == NOT_ALLOWED.code
    assert queries.list_tickets(old) == []


def test_no_tickets_for_an_unknown_programme(old):
    assert refusal_of(issue, by=HOST, programme="nothing") == rules.PROGRAMME_CLOSED.code


def test_one_ticket_and_why_not(old):
    issue_one(by=OFFICER, resident_id=old, programme=PROGRAMME)
    hidden, child = given_resident(protected=True), given_resident(dob="20200101")
    why = {
        r: refusal_of(issue_one, by=OFFICER, resident_id=r, programme=PROGRAMME)
        for r in (old, hidden, child, 0)
    }
    assert why == {
        old: rules.TICKET_LIVE.code,
        hidden: rules.HANDED_ON.code,
        child: rules.NOT_ENTITLED.code,
        0: rules.NOBODY.code,
    }


def test_reissue_kills_the_old_number(old):
    first = issue_one(by=OFFICER, resident_id=old, programme=PROGRAMME)
    second = reissue(by=OFFICER, resident_id=old, programme=PROGRAMME, reason=rules.Reason.LOST)
    assert first.number != second.number
    newest, dead = queries.list_tickets(old)
    assert (newest.state, newest.replaces) == ("issued", first.id)
    assert (dead.state, dead.void_reason) == ("void", "lost")
    buried = hash_try(load_keys(machine().keys_dir), first.number)
    assert messages("number.dead") == [("number.dead", {"tries": [buried.hex()]})]
    assert queries.find_dead(buried).resident_id == old
    assert first.number not in repr(dead) and first.number not in repr(first)


def test_reissue_refuses(old):
    assert (
        refusal_of(reissue, by=OFFICER, resident_id=old, programme=PROGRAMME, reason=rules.Reason.LOST)
        == rules.TICKET_DEAD.code
    )
    issue_one(by=OFFICER, resident_id=old, programme=PROGRAMME)
    run(
        "UPDATE register.resident SET protected = true, town = NULL, banchi = NULL, building = NULL WHERE id = %s",
        old,
    )
    assert (
        refusal_of(reissue, by=OFFICER, resident_id=old, programme=PROGRAMME, reason=rules.Reason.LOST)
        == rules.HANDED_ON.code
    )
    assert queries.find_live(old, PROGRAMME) is not None
    assert (
        refusal_of(reissue, by=AUDITOR, resident_id=old, programme=PROGRAMME, reason=rules.Reason.LOST)
        == NOT_ALLOWED.code
    )


def test_void_once(old):
    made = issue_one(by=OFFICER, resident_id=old, programme=PROGRAMME)
    void(by=OFFICER, ticket_id=made.id, reason=rules.Ending.MISISSUED)
    assert queries.find_live(old, PROGRAMME) is None
    again = refusal_of(void, by=OFFICER, ticket_id=made.id, reason=rules.Ending.MISISSUED)
    assert again == rules.TICKET_DEAD.code
    assert len(messages("number.dead")) == 1


def test_the_database_keeps_the_same_lifecycle():
    with p.superuser("inside") as c:
        held = set(
            c.execute("SELECT old_state, new_state FROM base.lifecycle WHERE name = 'ticket'").fetchall()
        )
    assert held == rules.LIFE.pairs()


@pytest.mark.parametrize(
    "wrong",
    [
        "UPDATE tickets.ticket SET state = 'issued', void_at = NULL, void_reason = ''",
        "DELETE FROM tickets.ticket",
    ],
)
def test_a_dead_number_stays_dead(old, wrong):
    from django.db import Error

    made = issue_one(by=OFFICER, resident_id=old, programme=PROGRAMME)
    void(by=OFFICER, ticket_id=made.id, reason=rules.Ending.MISISSUED)
    with pytest.raises(Error):
        run(wrong)


def test_every_reason_has_a_word():
    assert set(rules.REASON_WORDS) == {*rules.Reason, *rules.Ending}
