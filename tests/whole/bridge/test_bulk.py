"""Bulk messages over the whole way: rows of a table, packets, COPY, the arrival's function."""

import datetime as dt
import uuid

import pytest
from psycopg.types.json import Jsonb

from sesshu.bridge import rows
from tests.support import outside as o
from tests.support import place as p

DAY = dt.date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _clean(ends):
    yield
    for end in ends:
        p.empty(p.place(), end.name)


def put_rows(end, name, body, lines, size):
    with p.superuser(end.name) as c:
        for text in rows.chunks(name, lines, size):
            c.execute("SELECT bridge.put_rows_v1(%s, %s, %s)", [name, Jsonb(body), text])
            if "first" in body:
                body = {**body, "first": False}


def test_subjects_and_entitlements_cross_and_a_second_sending_replaces(inside, outside):
    ids = [uuid.UUID(int=n) for n in range(1, 24)]
    subjects = [(i, "demo-covid19", o.h("act", i), o.h("try", i), o.h("full", i), None, None, 1) for i in ids]
    entitlements = [(i, dose, DAY, DAY, ["pfizer", "a-1"], dose == 2) for i in ids for dose in (1, 2)]
    put_rows(inside, "subject.rows", {}, subjects, 10)
    put_rows(inside, "entitlement.rows", {}, entitlements, 10)
    for _ in range(3):
        inside.send(), outside.receive()
    with p.superuser("outside") as c:
        assert c.execute(
            "SELECT count(*), count(ask_full), count(ask_lot) FROM booking.subject"
        ).fetchone() == (23, 23, 0)
        assert c.execute("SELECT act, try, form_version FROM booking.subject WHERE id = %s", [ids[0]]).fetchone() == (
            o.h("act", ids[0]), o.h("try", ids[0]), 1,
        )  # fmt: skip
        assert c.execute("SELECT dose, from_on, products, after_previous FROM booking.entitlement WHERE subject_id = %s ORDER BY 1", [ids[5]]).fetchall() == [
            (1, DAY, ["pfizer", "a-1"], False), (2, DAY, ["pfizer", "a-1"], True),
        ]  # fmt: skip
        put_rows(inside, "entitlement.rows", {}, [(ids[5], 2, DAY, DAY, ["pfizer"], False)], 10)
        inside.send(), outside.receive()
        assert c.execute(
            "SELECT dose FROM booking.entitlement WHERE subject_id = %s", [ids[5]]
        ).fetchall() == [(2,)]
        assert c.execute("SELECT count(*) FROM booking.entitlement").fetchone() == (45,)
        assert c.execute("SELECT count(*) FROM arrive.subject_rows_in").fetchone() == (0,)
    assert not outside.alarms()


def test_an_interval_table_replaces_the_one_before(inside, outside):
    def table(days):
        return [("p", 2, "pfizer", DAY + dt.timedelta(n), DAY, DAY, ["pfizer"]) for n in range(days)]

    put_rows(inside, "interval.rows", {"programme": "p", "first": True}, table(30), 10)
    inside.send(), outside.receive()
    put_rows(inside, "interval.rows", {"programme": "p", "first": True}, table(5), 10)
    inside.send(), outside.receive()
    with p.superuser("outside") as c:
        assert c.execute("SELECT count(*) FROM booking.interval_row").fetchone() == (5,)
        with p.superuser("inside") as i:
            i.execute(
                "SELECT bridge.put_rows_v1('interval.rows', %s, '')",
                [Jsonb({"programme": "p", "first": True})],
            )
        inside.send(), outside.receive()
        assert c.execute("SELECT count(*) FROM booking.interval_row").fetchone() == (0,)


def test_audit_pages_cross_with_the_fields_that_are_listed(inside, outside):
    with p.superuser("outside") as c:
        for n in range(3):
            c.execute(
                "SELECT audit.put_v1('booking.book', 'public', p_fields => '{slot}', p_case => %s)",
                [f"booking {n}"],
            )
        assert c.execute("SELECT audit.ship_v1()").fetchone() == (3,)
    outside.send(), inside.receive()
    assert not outside.alarms() and not inside.alarms()
    with p.superuser("inside") as c:
        assert c.execute("SELECT id, act, fields, case_ref FROM accountability.trail ORDER BY id").fetchall() == [
            (1, "booking.book", ["slot"], "booking 0"), (2, "booking.book", ["slot"], "booking 1"), (3, "booking.book", ["slot"], "booking 2"),
        ]  # fmt: skip
