"""Booking: the function as the public site calls it, beside bare SQL that does the least a booking is (rows 1 and 2).

One booking = may this person → take the place → write the booking → write the audit entry, durable commit, pgbench with
16 connections, 2,000 slots taken evenly. The first baseline is the best bare script for that: one data-modifying CTE, one
round trip. The function does besides: same request → same answer, the visitor's draft, closed and full slots, openings,
intervals, twins, the message for the inside. The second baseline does the same five things (with the message) as five
statements in a transaction, as an application would. Both run on the same tables with the same indexes, as superuser,
and know the subject already.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench import frame
from sesshu.cli.place import Place

CLIENTS, EACH, SLOTS, ROUNDS = 16, 2500, 2000, 7
SUBJECT = "md5('s' || :n)::uuid"
RECEIPT = "sha256(int8send(:n::bigint))"
NEXT = f"""\\set i :i + 1
\\set n :client_id * {EACH} + :i
\\set slot random(1, {SLOTS})
"""
FUNCTION = (
    NEXT
    + f"SELECT * FROM api.book_v1(gen_random_uuid(), md5('d' || :n)::uuid, 1::smallint, :slot::bigint, {RECEIPT});\n"
)
MAY = f"""SELECT s.programme, s.on_date, s.product FROM booking.entitlement e, booking.slot s
  WHERE e.subject_id = {SUBJECT} AND e.dose = 1 AND s.id = :slot AND s.on_date BETWEEN e.from_on AND e.until_on
    AND s.product = ANY (e.products)"""
BOOKING = "request, subject_id, programme, dose, slot_id, on_date, product, share, channel, receipt"
ENTRY = "shown_at, actor, zone, act, case_ref, subject, fields, request"
ONE_STATEMENT = (
    NEXT
    + f"""WITH may AS ({MAY}),
took AS (UPDATE booking.slot SET taken_web = taken_web + 1 WHERE id = :slot AND taken_web < cap_web AND EXISTS (SELECT FROM may) RETURNING id),
made AS (INSERT INTO booking.booking ({BOOKING})
  SELECT gen_random_uuid(), {SUBJECT}, may.programme, 1, took.id, may.on_date, may.product, 'web', 'web', {RECEIPT} FROM took, may
  RETURNING id, subject_id, request)
INSERT INTO audit.entry ({ENTRY})
SELECT clock_timestamp(), 'public', 'public', 'booking.book', 'booking ' || id, subject_id, '{{slot,dose}}', request FROM made;
"""
)
FIVE_STATEMENTS = (
    NEXT
    + f"""BEGIN;
{MAY} FOR SHARE OF e;
UPDATE booking.slot SET taken_web = taken_web + 1 WHERE id = :slot AND taken_web < cap_web;
INSERT INTO booking.booking ({BOOKING}) SELECT gen_random_uuid(), {SUBJECT}, programme, 1, id, on_date, product, 'web', 'web', {RECEIPT}
  FROM booking.slot WHERE id = :slot;
INSERT INTO audit.entry ({ENTRY})
VALUES (clock_timestamp(), 'public', 'public', 'booking.book', 'booking ' || :n, {SUBJECT}, '{{slot,dose}}', gen_random_uuid());
INSERT INTO bridge.outbox (type, body) VALUES ('booking.made', jsonb_build_object('id', :n::bigint, 'subject', {SUBJECT}, 'programme', 'bench',
  'dose', 1, 'slot', :slot::bigint, 'channel', 'web', 'made_at', clock_timestamp()));
COMMIT;
"""
)


def fill(admin: str) -> None:
    """Subjects, drafts and slots for one round each."""
    count = CLIENTS * EACH + 1
    with psycopg.connect(admin, autocommit=True) as c:
        c.execute("SET session_replication_role = replica")
        c.execute(
            "TRUNCATE booking.subject, booking.slot, booking.session, booking.venue, booking.programme CASCADE"
        )
        c.execute(
            "INSERT INTO booking.programme VALUES ('bench', 'bench', 2, current_date, current_date + 99)"
        )
        c.execute("INSERT INTO booking.venue (id, name) VALUES (1, 'bench')")
        c.execute(
            "INSERT INTO booking.session VALUES (1, 1, 'bench', 'pfizer', current_date + 9, '09:00', '17:00')"
        )
        c.execute(
            "INSERT INTO booking.slot (id, session_id, venue_id, programme, product, on_date, at, cap_web, cap_phone) "
            "SELECT i, 1, 1, 'bench', 'pfizer', current_date + 9, '09:00', 30000, 10 FROM generate_series(1, %s) i",
            [SLOTS],
        )
        c.execute(
            "INSERT INTO booking.subject (id, programme, act, try, form_version) "
            "SELECT md5('s' || i)::uuid, 'bench', sha256(int4send(i)), sha256(int4send(-i)), 1 FROM generate_series(1, %s) i",
            [count],
        )
        c.execute(
            "INSERT INTO booking.entitlement SELECT id, 1, current_date, current_date + 99, '{pfizer,moderna}', false FROM booking.subject"
        )
        c.execute(
            "INSERT INTO booking.draft (id, subject_id, made_at, until_at) "
            "SELECT md5('d' || i)::uuid, md5('s' || i)::uuid, now(), now() + interval '1 day' FROM generate_series(1, %s) i",
            [count],
        )
        c.execute("VACUUM ANALYZE")


def tps(place: Place, address: str, script: str) -> float:
    """Bookings a second of one round that begins with no booking."""
    admin = place.admin("outside")
    frame.empty(admin, "booking.booking", "audit.entry", "bridge.outbox")
    with psycopg.connect(admin, autocommit=True) as c:
        c.execute("UPDATE booking.slot SET taken_web = 0")
        c.execute("VACUUM booking.slot")
    known = conninfo_to_dict(address)
    env = {
        "PGHOST": known["host"],
        "PGUSER": known["user"],
        "PGPASSWORD": known["password"],
        "PGDATABASE": known["dbname"],
    }
    with TemporaryDirectory() as folder:
        file = Path(folder) / "script.sql"
        file.write_text(script)
        done = subprocess.run(
            [str(place.cluster.bindir / "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-t", str(EACH), "-D", "i=0", "-f", str(file)],
            env=env | {"LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr[-500:]
    with psycopg.connect(admin) as c:
        booked, taken, entries = c.execute(
            "SELECT (SELECT count(*) FROM booking.booking), (SELECT sum(taken_web) FROM booking.slot), (SELECT count(*) FROM audit.entry)"
        ).fetchone()
    assert booked == taken == entries == CLIENTS * EACH, "a round that did not book what it counted"
    return float(re.search(r"tps = ([0-9.]+)", done.stdout)[1])


def rows() -> Iterator[frame.Row]:
    with frame.standing() as place:
        admin = place.admin("outside")
        fill(admin)
        found = frame.in_turns(
            {
                "function": lambda: tps(place, place.address("out_public"), FUNCTION),
                "one": lambda: tps(place, admin, ONE_STATEMENT),
                "five": lambda: tps(place, admin, FIVE_STATEMENTS),
            },
            ROUNDS,
        )
        frame.empty(admin, "booking.booking", "audit.entry", "bridge.outbox", "booking.subject")
    what = "bookings by the function beside "
    yield frame.row(
        "booking-one", what + "the best bare statement", found["function"], found["one"], "/s", "≥ 0.80"
    )
    yield frame.row(
        "booking-five", what + "the five-statement form", found["function"], found["five"], "/s", "≥ 1.7"
    )
