"""The plan file: what it opens, and why it is refused."""

import copy
import datetime as dt
import json

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.planning.plans import rules
from sesshu.inside.planning.venues.rules import Pattern, slot_times
from tests.support.plan import PLAN


def test_a_plan_opens_sessions_in_order():
    plan = rules.plan_of(PLAN)
    [hall] = plan.halls
    assert [(s.on_date, s.opens_at, s.pattern) for s in hall.sessions] == [
        (dt.date(2026, 11, 26), dt.time(9, 30), Pattern(30, 6, 2, 1)),
        (dt.date(2026, 11, 26), dt.time(13, 30), Pattern(45, 6, 2)),
    ]
    assert plan.deliveries[0].doses == 600 and plan.lots[0].state == "usable"


def test_the_last_slot_begins_before_closing():
    assert [str(t)[:5] for t in slot_times(dt.time(9, 30), dt.time(11, 0), 30)] == ["09:30", "10:00", "10:30"]
    assert [str(t)[:5] for t in slot_times(dt.time(13, 30), dt.time(15, 0), 45)] == ["13:30", "14:15"]


def broken(*path, value) -> dict:
    plan = copy.deepcopy(PLAN)
    place = plan
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return plan


HOURS = ("venues", 0, "open", 0, "hours")
WRONG = [
    (broken("format", value="sesshu-plan/2"), "L11", "format"),
    (broken("venues", 0, "open", 0, "weekdays", value=["someday"]), "L11", "venues/0/open/0/weekdays/0"),
    (broken("surplus", value=1), "L11", ""),
    (broken("checked_by", value="作成 担当"), "L12", "checked_by"),
    (broken("venues", 0, "open", 0, "until", value="2026-11-25"), "L13", "venues/0/open/0/until"),
    (broken("lots", 0, "expires_on", value="2027-02-29"), "L13", "lots/0/expires_on"),
    (broken("deliveries", 0, "venue", value="別の会場"), "L14", "deliveries/0"),
    (broken("deliveries", 0, "lot_no", value="FA1235"), "L14", "deliveries/0"),
    (broken("venues", value=PLAN["venues"] * 2), "L15", "venues"),
    (broken(*HOURS, 0, "opens", value="11:30"), "L16", "venues/0"),
    (broken(*HOURS, 0, "closes", value="13:30"), "L01", None),
]


@pytest.mark.parametrize("plan, code, place", WRONG)
def test_a_faulty_plan_is_refused_whole(plan, code, place):
    with pytest.raises(Refused) as no:
        rules.plan_of(plan)
    assert (no.value.refusal.code, no.value.column) == (code, place)


@pytest.mark.parametrize("text", [b"", b"[]", b"\xff", b"{"])
def test_what_is_no_plan_at_all(text):
    with pytest.raises(Refused) as no:
        rules.read(text)
    assert no.value.refusal == rules.BAD_FORM


def test_a_plan_is_read_from_json():
    assert rules.read(json.dumps(PLAN)) == rules.plan_of(PLAN)


@pytest.mark.parametrize("minutes, web", [(0, 1), (241, 1), (30, -1), (30, 1001)])
def test_a_pattern_keeps_its_bounds(minutes, web):
    with pytest.raises(Refused) as no:
        Pattern(minutes, web, 0)
    assert no.value.refusal.code == "L02"
