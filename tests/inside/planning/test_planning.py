"""Programmes and plans: what is put stays inside, what the outside needs crosses."""

import copy
import datetime as dt

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.planning import queries
from sesshu.inside.planning.models import Slot
from sesshu.inside.planning.plans import rules as plans
from sesshu.inside.planning.plans.actions import load_plan
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.actions import load_programme
from sesshu.inside.planning.programme.refusals import BadDocument
from sesshu.inside.planning.supply.actions import put_delivery, put_lot
from sesshu.inside.planning.venues.actions import put_session, put_venue
from sesshu.inside.planning.venues.rules import Pattern
from sesshu.trust.access.acting import NOT_ALLOWED
from tests.support.plan import PLAN
from tests.support.residents import (
    AUDITOR,
    HOST,
    OFFICER,
    PROGRAMME,
    given_programme,
    messages,
    newest_message,
    run,
)

DAY, MORNING = dt.date(2026, 11, 26), (dt.time(9, 30), dt.time(11, 0))


def refusal_of(call, **arguments) -> str:
    with pytest.raises(Refused) as no:
        call(**arguments)
    return no.value.refusal.code


def test_a_programme_crosses_with_its_interval_table():
    given_programme()
    [(_, body)] = messages("programme.put")
    assert body["code"] == PROGRAMME and body["doses"] == 2 and body["state"] == "open"
    assert (body["season_from"], body["season_until"]) == ("2026-10-01", "2027-03-31")
    [(text,)] = run("SELECT rows FROM bridge.outbox WHERE type = 'interval.rows'")
    rows = [line.split("\t") for line in text.splitlines()]
    assert [PROGRAMME, "2", "pfizer", "2026-11-24", "2026-12-13", "2027-03-31", '{"pfizer"}'] in rows
    assert len({tuple(r[1:4]) for r in rows}) == len(rows)


def test_the_same_document_again_sends_its_table_again():
    given_programme()
    before = newest_message()
    again = document.read(document.SHIPPED / f"{PROGRAMME}.json")
    said = load_programme(by=HOST, document=again)
    assert (said.version, said.is_new, said.state) == (1, False, "approved")
    assert [t for t, _ in messages(after=before)][:2] == ["programme.put", "interval.rows"]


def test_a_programme_needs_two_hands_and_the_right():
    same = copy.deepcopy(document.read(document.SHIPPED / f"{PROGRAMME}.json"))
    same["checked_by"] = same["written_by"]
    with pytest.raises(BadDocument):
        load_programme(by=HOST, document=same)
    good = document.read(document.SHIPPED / f"{PROGRAMME}.json")
    assert refusal_of(load_programme, by=AUDITOR, document=good) == NOT_ALLOWED.code
    assert queries.list_programmes() == [] and messages() == []


def test_a_plan_opens_halls():
    given_programme()
    plan = plans.plan_of(PLAN)
    said = load_plan(by=HOST, plan=plan)
    assert (said.venues, said.sessions, said.slots, said.lots, said.deliveries) == (1, 2, 7, 1, 1)
    assert queries.count_plan(PROGRAMME) == {
        "venues": 1, "sessions": 2, "slots": 7, "places": 7 * 8 + 5, "lots": 1, "doses": 600,
    }  # fmt: skip
    kinds = [t for t, _ in messages() if t not in ("programme.put", "interval.rows")]
    assert kinds == ["venue.put", *["session.put"] * 2, *["slot.put"] * 2, "lot.put", "delivery.put"]
    # again: the same numbers, and no doses a second time
    ids = set(Slot.objects.values_list("pk", flat=True))
    assert load_plan(by=HOST, plan=plan) == said
    assert set(Slot.objects.values_list("pk", flat=True)) == ids
    assert len(messages("delivery.put")) == 1
    slot = queries.find_slot(min(ids))
    assert (slot.venue, slot.on_date, slot.product) == ("見本会場", DAY, "pfizer")


def test_a_plan_with_a_strange_product_or_programme():
    given_programme()
    strange = copy.deepcopy(PLAN)
    strange["lots"][0]["product"] = strange["deliveries"][0]["product"] = "novavax"
    assert refusal_of(load_plan, by=HOST, plan=plans.plan_of(strange)) == "L05"
    strange = PLAN | {"programme": "nothing"}
    assert refusal_of(load_plan, by=HOST, plan=plans.plan_of(strange)) == "L04"
    assert refusal_of(load_plan, by=AUDITOR, plan=plans.plan_of(PLAN)) == NOT_ALLOWED.code
    assert messages("venue.put") == []


def test_halls_and_sessions_by_hand():
    given_programme()
    hall = put_venue(by=OFFICER, name="見本会場", address="中央町一丁目9番", step_free=True)
    wanted = {"venue_id": hall, "programme": PROGRAMME, "product": "pfizer", "on_date": DAY}
    hours = dict(zip(("opens_at", "closes_at"), MORNING, strict=True))
    first = put_session(by=OFFICER, **wanted, **hours, pattern=Pattern(30, 5, 2))
    assert put_session(by=OFFICER, **wanted, **hours, pattern=Pattern(30, 6, 2)) == first
    assert {(str(s.at)[:5], s.cap_web) for s in Slot.objects.all()} == {
        ("09:30", 6),
        ("10:00", 6),
        ("10:30", 6),
    }
    assert put_venue(by=OFFICER, name="見本会場", state="closed") == hall
    assert [b["state"] for _, b in messages("venue.put")] == ["open", "closed"]
    wrong = {
        "L01": wanted | {"opens_at": MORNING[1], "closes_at": MORNING[0]},
        "L03": wanted | hours | {"venue_id": 0},
        "L04": wanted | hours | {"programme": "nothing"},
    }
    for code, arguments in wrong.items():
        assert refusal_of(put_session, by=OFFICER, pattern=Pattern(30, 5, 2), **arguments) == code
    assert refusal_of(put_venue, by=AUDITOR, name="見本会場") == NOT_ALLOWED.code


def test_lots_and_deliveries_by_hand():
    given_programme()
    hall = put_venue(by=OFFICER, name="見本会場", address="中央町一丁目9番")
    lot = put_lot(by=OFFICER, product="pfizer", lot_no="FA1234", expires_on=dt.date(2027, 3, 31))
    assert (
        put_lot(
            by=OFFICER, product="pfizer", lot_no="FA1234", expires_on=dt.date(2027, 3, 31), state="recalled"
        )
        == lot
    )
    assert [b["state"] for _, b in messages("lot.put")] == ["usable", "recalled"]
    put_delivery(by=OFFICER, venue_id=hall, lot_id=lot, doses=60, on_date=DAY)
    assert messages("delivery.put")[0][1] | {"id": 0} == {"id": 0, "venue": hall, "lot": lot, "doses": 60}
    for code, arguments in (
        ("L03", {"venue_id": 0, "lot_id": lot, "doses": 1}),
        ("L06", {"venue_id": hall, "lot_id": 0, "doses": 1}),
        ("L07", {"venue_id": hall, "lot_id": lot, "doses": 0}),
    ):
        assert refusal_of(put_delivery, by=OFFICER, on_date=DAY, **arguments) == code
    assert refusal_of(put_lot, by=AUDITOR, product="pfizer", lot_no="X", expires_on=DAY) == NOT_ALLOWED.code
