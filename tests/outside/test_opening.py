"""Booking opens by itself at the moment that crossed ahead (受付の開始, G-02): before it, a day and an hour and no more."""

import datetime as dt
import uuid

import pytest

from sesshu.base import clock
from sesshu.bridge import messages, rows
from sesshu.db import courier
from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z

OPENS = dt.datetime(2026, 12, 7, 9, 0, tzinfo=clock.TOKYO)
SEASON = {"from_on": "2026-10-01", "until_on": "2027-03-31", "products": list(o.PRODUCTS)}


@pytest.fixture
def t():
    """Subject 0 may book from 7 December, 9:00; subject 1 may already."""
    made = o.town(subjects=2)
    doses = [{"dose": n, **SEASON, "after_previous": n == 2, "opens_at": OPENS.isoformat()} for n in (1, 2)]
    assert put(made, 0, doses) == "done"
    return made


def put(t, n: int, doses: list[dict]) -> str:
    """The subject arrives as version 2 of the message tells it."""
    body = {
        "id": str(t.subjects[n]), "programme": o.PROGRAMME, "act": t.act(n).hex(), "try": t.try_(n).hex(),
        "ask_full": o.h("full", n).hex(), "ask_lot": None, "ask_former": None, "form_version": 1, "entitlements": doses,
    }  # fmt: skip
    messages.validate("subject.put", body, 2, direction="inside-outside")
    with p.connect("out_courier") as c:
        return courier.arrive(c, "subject.put", 2, body, None)


def opening(holder, login="out_public"):
    return z.one(login, "api.next_opening_v1", holder=holder)


def doses(holder, login="out_public"):
    return [d.dose for d in z.rows(login, "api.list_doses_v1", holder=holder)]


def test_before_the_moment_it_is_told_and_nothing_is_offered(t):
    draft = o.draft_for(0, t)
    assert opening(draft) == OPENS and doses(draft) == []
    assert z.rows("out_public", "api.list_venues_v1", holder=draft, dose=1) == []
    assert z.book(draft, t.slots[90]).refusal == "B13"
    pair = z.book(draft, t.slots[90], slot2=t.slots[160])
    assert pair.refusal == "B13" and z.value("SELECT count(*) FROM booking.booking") == 0
    assert z.counters_hold()


def test_it_opens_by_itself_to_the_second(t):
    draft = o.draft_for(0, t)
    for seconds, refusal in ((-1, "B13"), (0, None)):
        p.place().set_clock(OPENS + dt.timedelta(seconds=seconds))
        draft = o.draft_for(0, t)
        assert z.book(draft, t.slots[90]).refusal == refusal
    assert opening(draft) is None and doses(draft) == [2]


def test_an_open_dose_says_no_moment(t):
    draft = o.draft_for(1, t)
    assert opening(draft) is None and doses(draft) == [1]
    assert z.book(draft, t.slots[90]).refusal is None


def test_only_a_recognised_person_hears_of_it(t):
    ok, draft = z.find(t, 0, act=o.h("act", "wrong"))
    assert not ok and opening(draft) is None and opening(uuid.uuid4()) is None
    assert z.book(draft, t.slots[90]).refusal == "B07"


def test_a_day_that_was_never_theirs_is_refused_as_such(t):
    """Who asks for a product they may not have is told so, before and after the moment."""
    short = {
        "dose": 1,
        **SEASON,
        "products": ["moderna"],
        "after_previous": False,
        "opens_at": OPENS.isoformat(),
    }
    put(t, 0, [short])
    assert z.book(o.draft_for(0, t), t.slots[0]).refusal == "B03"


def test_the_desk_hears_the_same(t):
    case = z.case()
    z.match(case, act=t.act(0), try_=t.try_(0))
    assert opening(case, "out_desk") == OPENS and doses(case, "out_desk") == []
    assert z.book(case, t.slots[90], login="out_desk").refusal == "B13"


def test_a_closed_programme_opens_for_nobody(t):
    with p.superuser("outside") as c:
        c.execute("UPDATE booking.programme SET state = 'closed'")
    assert opening(o.draft_for(0, t)) is None


def test_moments_cross_in_bulk_and_rows_of_before_are_open(t):
    lines = [(t.subjects[1], 1, dt.date(2026, 10, 1), dt.date(2027, 3, 31), ["pfizer"], False)]
    for version, more in ((2, (OPENS,)), (1, ())):
        (text,) = rows.chunks("entitlement.rows", [(*line, *more) for line in lines], version=version)
        messages.validate("entitlement.rows", {}, version, rows=text.encode())
        columns = messages.get("entitlement.rows", version).column_names
        with p.connect("out_courier") as c, c.transaction():
            assert courier.arrive(c, "entitlement.rows", version, {}, text.encode(), columns) == "done"
        assert opening(o.draft_for(1, t)) == (OPENS if version == 2 else None)
