"""Looking up a subject by ticket number and birth date: one answer for every failure, budgets, one row each."""

import datetime as dt
import uuid

import psycopg
import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z

WRONG = o.h("act", "somebody else")


@pytest.fixture
def t():
    return o.town(subjects=3, halls=1, days=30)


def wrong(t, times, n=0, network=b"net"):
    for _ in range(times):
        assert z.find(t, n, act=WRONG, network=network)[0] is False


def test_the_right_words_bind_a_draft_and_the_wrong_ones_nobody(t):
    ok, draft = z.find(t, 0)
    assert ok and z.value("SELECT subject_id FROM booking.draft WHERE id = %s", draft) == t.subjects[0]
    assert z.find(t, 0, draft=draft, act=WRONG)[0] is False
    assert z.value("SELECT subject_id FROM booking.draft WHERE id = %s", draft) is None


def test_every_look_writes_exactly_one_attempt_and_only_a_match_is_entered(t):
    o.arrive("number.dead", {"tries": [o.h("try", "dead").hex()]})
    z.find(t, 0)
    wrong(t, 1)
    for number in ("dead", "never issued"):
        z.connection("out_public").execute(
            "SELECT api.find_subject_v1(%s, %s, %s, %s)",
            [uuid.uuid4(), o.h("act", number), o.h("try", number), b"n"],
        )
    assert z.sql("SELECT ok, count(*) FROM booking.attempt GROUP BY ok ORDER BY ok") == [
        (False, 3),
        (True, 1),
    ]
    assert z.sql("SELECT act, subject, fields FROM audit.entry") == [
        ("booking.find", t.subjects[0], ["match"])
    ]


def test_after_five_wrong_tries_the_right_words_are_wrong_until_tomorrow(t):
    wrong(t, 4)
    assert z.find(t, 0)[0] is True  # the same number, four wrong tries: open
    wrong(t, 1)
    assert z.find(t, 0)[0] is False  # and one more
    assert z.find(t, 1)[0] is True  # another number from the same network
    p.place().set_clock(p.DAY + dt.timedelta(hours=13, minutes=59))
    assert z.find(t, 0)[0] is False  # 23:59
    p.place().set_clock(p.DAY + dt.timedelta(hours=14, minutes=1))
    assert z.find(t, 0)[0] is True  # 00:01


def test_a_lock_and_an_unknown_number_look_the_same(t):
    wrong(t, 5)
    locked = z.rows(
        "out_public",
        "api.find_subject_v1",
        draft=uuid.uuid4(),
        act=t.act(0),
        network=b"n",
        **{"try": t.try_(0)},
    )
    unknown = z.rows(
        "out_public",
        "api.find_subject_v1",
        draft=uuid.uuid4(),
        act=WRONG,
        network=b"n",
        **{"try": o.h("try", "x")},
    )
    assert locked == unknown == [(False,)]
    assert z.sql("SELECT DISTINCT subject_id, booking_id, by FROM booking.draft") == [(None, None, None)]


def test_a_match_at_the_desk_opens_a_locked_number_by_ticket_and_by_address(t):
    for said in ({"act": t.act(0), "try_": t.try_(0)}, {"ask": [o.h("full", 0), o.h("lot", 0)]}):
        wrong(t, 5)
        assert z.find(t, 0)[0] is False
        assert z.match(z.case(), **said).verdict == "match"
        assert z.find(t, 0)[0] is True


def test_a_network_that_fails_1000_times_an_hour_is_refused_and_others_are_not(t):
    z.sql(
        "INSERT INTO booking.attempt (at, zone, try, network, ok) "
        "SELECT base.now_v1() - interval '30 minutes', 'public', decode(md5(i::text), 'hex'), %s, false FROM generate_series(1, 999) i",
        b"carrier",
    )
    assert z.find(t, 0, network=b"carrier")[0] is True
    wrong(t, 1, n=1, network=b"carrier")
    assert z.find(t, 0, network=b"carrier")[0] is False
    assert z.find(t, 0, network=b"home")[0] is True
    p.place().set_clock(p.DAY + dt.timedelta(hours=2))
    assert z.find(t, 0, network=b"carrier")[0] is True


def test_success_costs_no_budget(t):
    for _ in range(20):
        assert z.find(t, 0)[0] is True


def test_the_halls_have_their_own_budget_and_name_their_member(t):
    wrong(t, 5)
    assert z.one(
        "out_venue",
        "api.find_subject_v1",
        draft=uuid.uuid4(),
        act=t.act(0),
        network=None,
        by="VN-3",
        **{"try": t.try_(0)},
    )
    assert z.sql("SELECT act, actor, zone, subject FROM audit.entry") == [
        ("visit.walk_in", "VN-3", "venue", None)
    ]
    assert z.value("SELECT by FROM booking.draft WHERE subject_id IS NOT NULL") == "VN-3"


def test_race_of_guesses_a_sixth_try_waits_for_the_fifth(t):
    """Without turns, a hundred guesses at once would all be counted before any is written."""
    wrong(t, 4)
    assert _overlapping(t) is False


def test_race_of_guesses_negative_control(t):
    with p.superuser("outside") as c:
        body = c.execute("SELECT pg_get_functiondef('booking.spent_v1'::regproc)").fetchone()[0]
        loose = body.replace("PERFORM pg_advisory_xact_lock(hashtextextended(encode(p_try, 'hex'), 0));", "")
        assert loose != body
        try:
            c.execute(loose)
            wrong(t, 4)
            assert _overlapping(t) is True  # the right guess passes beside the fifth wrong one
        finally:
            c.execute(body)


def _overlapping(t) -> bool:
    """A fifth wrong try is not yet committed when the right words are tried: are they taken?"""
    with z.apart("out_public") as first, p.connect("out_public") as second:
        z.find(t, 0, act=WRONG, via=first)
        second.execute("SET statement_timeout = '400ms'")
        try:
            return z.find(t, 0, via=second)[0]
        except psycopg.errors.QueryCanceled:
            first.commit()
            return z.find(t, 0, via=second)[0]
