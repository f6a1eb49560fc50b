"""The ledger: a dose that came, its correction by two people, a record that leads to nobody."""

import dataclasses
import datetime as dt
import uuid

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.records.ledger import queries, rules
from sesshu.inside.records.ledger.actions import attribute, correct
from sesshu.inside.records.ledger.rules import Correction, Reason
from sesshu.inside.records.models import Record
from sesshu.trust.access.acting import NOT_ALLOWED, SAME_PERSON
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from tests.support import place as p
from tests.support.residents import AUDITOR, OFFICER, PROGRAMME, given_programme, given_resident, run

SECOND = Actor("OF-2", Role.CHIEF, Zone.OFFICE, Proof.FRESH)
DAY = dt.date(2026, 11, 24)
AS_IT_WAS = Correction("pfizer", 1, "FA1234", DAY)


def given_record(resident: int | None, dose: int = 1, state: str = "valid") -> uuid.UUID:
    return Record.objects.create(
        id=uuid.uuid4(),
        resident_id=resident,
        subject_id=None if resident else uuid.uuid4(),
        programme=PROGRAMME,
        dose=dose,
        product="pfizer",
        lot_id=1,
        lot_no="FA1234",
        venue_id=1,
        place="見本会場",
        given_on=DAY,
        given_at=p.DAY,
        entered_at=p.DAY,
        arrived_at=p.DAY,
        by="VN-1",
        source="hall",
        state=state,
    ).pk


@pytest.fixture
def one():
    given_programme()
    return given_resident()


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def changed(**fields) -> Correction:
    return dataclasses.replace(AS_IT_WAS, **fields)


def test_a_correction_is_a_new_line_by_two_people(one):
    record = given_record(one)
    asked = {"record_id": record, "reason": Reason.WRONG_LOT, "change": changed(lot_no="FA9999")}
    assert correct(by=OFFICER, **asked) is None
    assert [line.state for line in queries.list_records(one)] == ["valid"]
    assert refusal_of(correct, by=OFFICER, **asked) == SAME_PERSON.code
    made = correct(by=SECOND, **asked)
    new, old = queries.find_record(made), queries.find_record(record)
    assert (new.lot_no, new.state, new.replaces_id, new.reason) == ("FA9999", "valid", record, "wrong_lot")
    assert (old.lot_no, old.state) == ("FA1234", "corrected")
    assert (new.place, new.given_at, new.source, new.by) == (old.place, old.given_at, "office", "OF-2")
    assert run("SELECT recompute FROM records.dirty WHERE resident_id = %s", one) == [(True,)]
    assert [x.lot_no for x in queries.list_records(one, valid_only=True)] == ["FA9999"]


def test_the_second_person_must_say_the_same(one):
    record = given_record(one)
    correct(by=OFFICER, record_id=record, reason=Reason.WRONG_LOT, change=changed(lot_no="FA9999"))
    assert (
        correct(by=SECOND, record_id=record, reason=Reason.WRONG_LOT, change=changed(lot_no="FA9998")) is None
    )
    assert queries.find_record(record).state == "valid"


def test_a_dose_that_was_not_given_is_taken_back(one):
    record = given_record(one)
    for by in (OFFICER, SECOND):
        correct(by=by, record_id=record, reason=Reason.NOT_GIVEN)
    assert queries.list_records(one, valid_only=True) == []
    assert refusal_of(correct, by=OFFICER, record_id=record, reason=Reason.NOT_GIVEN) == "RC01"


def test_what_is_refused(one):
    record = given_record(one)
    given_record(one, dose=2)
    tomorrow, before_birth = DAY + dt.timedelta(1), dt.date(1950, 3, 31)
    for code, change in (
        ("RC02", changed(given_on=tomorrow)),
        ("RC02", changed(given_on=before_birth)),
        ("RC03", changed(dose=0)),
        ("RC04", changed(dose=2)),
        ("RC05", AS_IT_WAS),
        ("RC05", None),
        ("L05", changed(product="novavax")),
    ):
        assert (
            refusal_of(correct, by=OFFICER, record_id=record, reason=Reason.WRONG_DAY, change=change) == code
        )
    right = {"record_id": record, "reason": Reason.WRONG_LOT, "change": changed(lot_no="X")}
    assert refusal_of(correct, by=AUDITOR, **right) == NOT_ALLOWED.code
    assert refusal_of(correct, by=OFFICER, **(right | {"record_id": uuid.uuid4()})) == "RC01"
    run(
        "UPDATE register.resident SET protected = true, town = NULL, banchi = NULL, building = NULL WHERE id = %s",
        one,
    )
    assert refusal_of(correct, by=OFFICER, **right) == "RC06"


def test_a_record_of_nobody_finds_its_resident(one):
    loose = given_record(None, state="unattributed")
    assert [x.id for x in queries.list_unattributed()] == [loose]
    asked = {"record_id": loose, "resident_id": one, "dose": 1}
    assert attribute(by=OFFICER, **asked) is None
    made = attribute(by=SECOND, **asked)
    assert [(x.id, x.state, x.replaces_id) for x in queries.list_records(one)] == [(made, "valid", loose)]
    assert queries.list_unattributed() == []
    another = given_record(None, state="unattributed")
    assert refusal_of(attribute, by=OFFICER, record_id=another, resident_id=one, dose=1) == "RC04"
    assert refusal_of(attribute, by=OFFICER, record_id=another, resident_id=one, dose=10) == "RC03"


def test_the_database_keeps_the_same_lifecycle():
    with p.superuser("inside") as c:
        held = set(
            c.execute("SELECT old_state, new_state FROM base.lifecycle WHERE name = 'record'").fetchall()
        )
    assert held == rules.LIFE.pairs()
