"""What the worker does by itself: the log goes inside, dead numbers are reported, what is over is removed."""

import datetime as dt
import uuid

import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture
def t():
    return o.town(subjects=3, halls=1, days=30)


def later(**delta):
    p.place().set_clock(p.DAY + dt.timedelta(**delta))


# --- Audit pages ----------------------------------------------------------------------------------------------


def ship():
    return z.one("out_worker", "audit.ship_v1")


def shipped():
    return [
        row["id"]
        for (body,) in z.sql("SELECT body FROM bridge.outbox WHERE type = 'audit.page' ORDER BY id")
        for row in body["rows"]
    ]


def test_every_entry_goes_inside_once(t):
    for n in range(3):
        z.booked(t, n, t.slots[0])
    assert ship() == 6 and ship() == 0
    z.find(t, 0)
    assert ship() == 1
    assert shipped() == [i for (i,) in z.sql("SELECT id FROM audit.entry ORDER BY id")]
    row = z.value("SELECT body FROM bridge.outbox WHERE type = 'audit.page' ORDER BY id LIMIT 1")["rows"][1]
    assert (row["act"], row["subject"], row["case_ref"], row["zone"]) == (
        "booking.book",
        str(t.subjects[0]),
        "booking 1",
        "public",
    )
    assert "resident" not in row


def test_a_slow_transaction_is_not_stepped_over(t):
    with z.apart("out_public") as slow:
        z.find(t, 0, via=slow)  # entry 1, not committed
        z.find(t, 1)  # entry 2
        assert ship() == 0  # entry 2 waits with it
        slow.commit()
    assert ship() == 2 and shipped() == [1, 2]


def test_a_page_has_at_most_500_rows_and_a_rolled_back_entry_none(t):
    z.sql(
        "SELECT audit.put_v1('booking.find', 'public') FROM generate_series(1, 1100)",
    )
    with z.apart("out_public") as gone:
        z.find(t, 0, via=gone)
        gone.rollback()
    assert ship() == 1100
    pages = [
        len(b["rows"])
        for (b,) in z.sql("SELECT body FROM bridge.outbox WHERE type = 'audit.page' ORDER BY id")
    ]
    assert pages == [500, 500, 100]


def test_two_workers_ship_each_entry_once(t):
    z.find(t, 0)
    with z.apart("out_worker") as one:
        assert z.one("out_worker", "audit.ship_v1", via=one) == 1
        other = z.meanwhile(lambda: _ship_apart())
        one.commit()
        assert other() == 0
    assert shipped() == [1]


def _ship_apart():
    with p.connect("out_worker") as c:
        return c.execute("SELECT audit.ship_v1()").fetchone()[0]


# --- Tripwires ------------------------------------------------------------------------------------------------


def watch():
    return z.one("out_worker", "booking.watch_v1")


def hits():
    return [
        b["try"] for (b,) in z.sql("SELECT body FROM bridge.outbox WHERE type = 'tripwire.hit' ORDER BY id")
    ]


def dead(*numbers):
    o.arrive("number.dead", {"tries": [o.h("try", n).hex() for n in numbers]})


def typed(n, via=None, zone="out_public"):
    said = {"draft": uuid.uuid4(), "act": o.h("act", n), "network": b"net", "try": o.h("try", n)}
    return z.one(zone, "api.find_subject_v1", via=via, **said)


def test_a_dead_number_is_reported_once_for_each_use_and_others_are_not(t):
    dead("old", "gone")
    typed("old"), typed("unknown"), typed("old", zone="out_venue")
    assert watch() == 2 and watch() == 0
    assert hits() == [o.h("try", "old").hex()] * 2
    assert [
        b["zone"] for (b,) in z.sql("SELECT body FROM bridge.outbox WHERE type = 'tripwire.hit' ORDER BY id")
    ] == ["public", "venue"]
    typed("gone")
    assert watch() == 1


def test_a_slow_try_is_not_stepped_over_by_the_watch(t):
    dead("old", "gone")
    with z.apart("out_public") as slow:
        typed("old", via=slow)
        typed("gone")
        assert watch() == 0
        slow.commit()
    assert watch() == 2 and hits() == [o.h("try", n).hex() for n in ("old", "gone")]


def test_the_desk_and_the_hall_trip_it_as_well(t):
    dead("old")
    z.match(z.case(), act=o.h("act", "old"), try_=o.h("try", "old"))
    z.one(
        "out_venue",
        "api.check_in_v1",
        request=uuid.uuid4(),
        venue=1,
        by="VN-3",
        act=o.h("act", "old"),
        **{"try": o.h("try", "old")},
    )
    assert watch() == 2


def test_a_dead_number_is_the_same_to_its_user(t):
    """P-04: the work before the answer is the same; the wire is looked at afterwards."""
    dead("old")
    for n in ("old", "unknown"):
        assert typed(n) is False
    assert z.sql("SELECT zone, network, ok, count(*) FROM booking.attempt GROUP BY 1, 2, 3") == [
        ("public", b"net", False, 2)
    ]
    assert z.sql("SELECT count(*) FROM bridge.outbox") == z.sql("SELECT count(*) FROM audit.entry") == [(0,)]


# --- Tidy -----------------------------------------------------------------------------------------------------


def tidy():
    return z.one("out_worker", "booking.tidy_v1")


def test_drafts_matches_and_attempts_end(t):
    dead(0)
    z.find(t, 0)
    case = z.case()
    z.match(case, act=t.act(1), try_=t.try_(1))
    assert tidy() == 0
    later(minutes=39)
    assert tidy() == 1  # the match is over
    assert z.sql("SELECT subject_id, until_at IS NULL FROM calls.case") == [(None, False)]
    later(minutes=99)
    assert tidy() == 0
    later(minutes=101)
    assert tidy() == 1 and z.sql("SELECT * FROM booking.draft") == []
    later(days=31)
    assert tidy() == 0  # the watch has not seen them
    watch()
    assert tidy() == 2 and z.sql("SELECT * FROM booking.attempt") == [] and len(hits()) == 1
