"""Entitlements: recomputed from facts, for everybody and by name."""

import datetime as dt

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.records.entitlements.queries import count_entitled
from sesshu.inside.records.models import Entitlement
from sesshu.inside.tickets.rules import PROGRAMME_CLOSED
from sesshu.trust.access.acting import NOT_ALLOWED
from tests.support.residents import AUDITOR, HOST, PROGRAMME, given_programme, given_resident, run


@pytest.fixture(autouse=True)
def programme():
    given_programme()


def rows_of(resident: int) -> list[tuple]:
    found = Entitlement.objects.filter(resident_id=resident).order_by("dose")
    return [(e.dose, e.from_on, e.until_on, e.products, e.after_previous) for e in found]


def test_an_old_person_may_book_both_doses():
    old = given_resident()
    said = recompute(by=HOST, programme=PROGRAMME)
    assert (said.residents, said.entitled, said.changed) == (1, 1, 1)
    first, last, both = dt.date(2026, 10, 1), dt.date(2027, 3, 31), ["pfizer", "moderna"]
    [one, two] = rows_of(old)
    assert one == (1, first, last, both, False)
    assert (two[0], two[2:]) == (2, (last, both, True))
    assert count_entitled(PROGRAMME) == {1: 1, 2: 1}


def test_again_changes_nothing():
    given_resident()
    recompute(by=HOST, programme=PROGRAMME)
    assert recompute(by=HOST, programme=PROGRAMME).changed == 0


def test_a_later_wave_opens_later():
    young = given_resident(dob="19900515")
    recompute(by=HOST, programme=PROGRAMME)
    [opens, _] = Entitlement.objects.filter(resident_id=young).values_list("opens_at", flat=True)
    assert opens == dt.datetime(2026, 12, 7, 0, 0, tzinfo=dt.UTC)
    assert rows_of(young)[0][1] == dt.date(2026, 12, 14)


def test_without_a_day_of_birth_nobody_is_entitled():
    for dob in ("19500000", "00000000", "19500400"):
        given_resident(dob=dob)
    recompute(by=HOST, programme=PROGRAMME)
    assert count_entitled(PROGRAMME) == {}


def test_who_left_loses_it():
    one = given_resident()
    recompute(by=HOST, programme=PROGRAMME)
    run("UPDATE register.resident SET status = 'left' WHERE id = %s", one)
    assert recompute(by=HOST, programme=PROGRAMME).changed == 1
    assert rows_of(one) == []


def test_recompute_asks_the_matrix_and_the_programme():
    for by, programme, code in ((AUDITOR, PROGRAMME, NOT_ALLOWED), (HOST, "nothing", PROGRAMME_CLOSED)):
        with pytest.raises(Refused) as no:
            recompute(by=by, programme=programme)
        assert no.value.refusal == code
