"""A resident's data on the way: commands inside, real packets, the functions outside, and back."""

import contextlib
import datetime as dt
import hashlib
import json
import shutil
import signal
import subprocess
import sys
import time
import uuid

import pytest
from psycopg.types.json import Jsonb

from sesshu.base import crypto
from sesshu.base.machine import child_environment
from sesshu.base.text.addresses import ADDRESS_FORM_VERSION, address_book, parse_spoken_address
from sesshu.bridge import courier
from sesshu.db import courier as db
from sesshu.inside.planning.programme import document
from tests.support import place as p
from tests.support.plan import PLAN

PROGRAMME = "demo-covid19"
PEOPLE = {  # name in this test → birth date, lot, building, protected
    "old": ("19500401", "2番3号", "", False),
    "young": ("19900515", "2番4号", "", False),
    "flat": ("19480229", "5番6号", "見本荘101号室", False),
    "flat next door": ("19480229", "5番6号", "見本荘102号室", False),
    "hidden": ("19400101", "7番8号", "", True),
    "child": ("20200101", "9番1号", "", False),
}


@pytest.fixture
def place():
    made = p.place()
    made.set_clock(p.DAY)
    for building in ("inside", "outside"):
        p.empty(made, building)
    shutil.rmtree(made.spool, ignore_errors=True)
    made.spool.mkdir(mode=0o700)
    yield made
    for building in ("inside", "outside"):
        p.empty(made, building)


@pytest.fixture
def bridge(place):
    """Both couriers by hand: ``carry()`` until nothing moves."""
    ends = []
    for building, login in (("inside", "in_courier"), ("outside", "out_courier")):
        ends.append((db.connect(place.address(login)), crypto.KeyRing.load(place.keys / building)))

    def carry() -> None:
        quiet = 0
        while quiet < 2:
            moved = sum(
                courier.send_once(c, ring, place.spool) + courier.receive_once(c, ring, place.spool)
                for c, ring in ends
            )
            quiet = 0 if moved else quiet + 1
        for c, _ in ends:
            assert {s.state for s in db.streams(c).values()} == {"running"}

    yield carry
    for c, _ in ends:
        c.close()


def sesshu(place, *arguments) -> dict:
    """A command of the inside, as somebody on the host types it."""
    ran = subprocess.run(
        [sys.executable, "-m", "sesshu.cli.main", *map(str, arguments), "--json", "--data", str(place.dir)],
        capture_output=True,
        text=True,
        env=child_environment(place.config("inside")),
    )
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


@contextlib.contextmanager
def working(place):
    """The worker of the inside, for a while."""
    run = subprocess.Popen(
        [sys.executable, "-m", "sesshu.cli.main", "worker", "inside", "--data", str(place.dir)],
        env=child_environment(place.config("inside_worker")),
    )
    try:
        yield
    finally:
        run.send_signal(signal.SIGTERM)
        assert run.wait(5) == 0


def until(what, seconds: float = 15):
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def ask(building: str, query: str, *values) -> list[tuple]:
    with p.superuser(building) as c:
        found = c.execute(query, values)
        return found.fetchall() if found.description else []


def given_people() -> dict[str, int]:
    made = {}
    for n, (name, (dob, banchi, building, hidden)) in enumerate(PEOPLE.items()):
        where = (None, None, None) if hidden else ("中目黒二丁目", banchi, building)
        [[made[name]]] = ask(
            "inside",
            "INSERT INTO register.resident (reference_no, name, dob_text, dob_key, dob, sex, town, banchi, building, status, protected, digest)"
            " VALUES (%s, '見本 花子', %s, %s, %s, '女', %s, %s, %s, 'present', %s, %s) RETURNING id",
            f"90{n}", dob, dob, dt.date.fromisoformat(dob), *where, hidden, hashlib.sha256(str(n).encode()).digest(),
        )  # fmt: skip
    return made


def given_town(place, tmp_path) -> dict[str, int]:
    """Programme, halls, people, entitlements and tickets, by commands."""
    people = given_people()
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(PLAN))
    assert sesshu(place, "programme", "load", document.SHIPPED / f"{PROGRAMME}.json")["version"] == 1
    assert sesshu(place, "plan", "load", plan)["slots"] == 7
    assert sesshu(place, "entitlement", "recompute")["entitled"] == 5
    assert sesshu(place, "ticket", "issue") == {"issued": 4}
    return people


def ticket_of(resident: int) -> str:
    [[number]] = ask(
        "inside", "SELECT number FROM tickets.ticket WHERE resident_id = %s AND state = 'issued'", resident
    )
    return number


def found_outside(place, number: str, dob: str) -> uuid.UUID | None:
    """A visitor who types number and birth date; the draft, where the outside knows the two."""
    ring, draft = crypto.KeyRing.load(place.keys / "outside"), uuid.uuid4()
    with p.connect("out_public") as c:
        [ok] = c.execute(
            "SELECT api.find_subject_v1(%s, %s, %s, %s)",
            [draft, crypto.hash_act(ring, number, dob), crypto.hash_try(ring, number), b"net"],
        ).fetchone()
    return draft if ok else None


def asked(place, dob: str, *said: str) -> list[int]:
    """How many subjects the words of a caller mean."""
    ring, book = crypto.KeyRing.load(place.keys / "outside"), address_book("131105")
    answers = []
    for words in said:
        hashes = [
            crypto.hash_ask(ring, form, dob, ADDRESS_FORM_VERSION)
            for form in parse_spoken_address(words, book).asked_as()
        ]
        [[n]] = ask(
            "outside", "SELECT count(*) FROM booking.subject WHERE ask_full = ANY (%s) OR ask_lot = ANY (%s)", hashes, hashes
        )  # fmt: skip
        answers.append(n)
    return answers


def test_from_the_register_to_a_booking_and_back(place, bridge, tmp_path):
    people = given_town(place, tmp_path)
    assert sesshu(place, "entitlement", "send")["new"] == 4
    bridge()
    assert ask("outside", "SELECT count(*) FROM booking.subject") == [(4,)]
    assert ask("outside", "SELECT count(*), sum(cap_web) FROM booking.slot") == [(7, 42)]
    assert sesshu(place, "entitlement", "check") == {"new": 0, "changed": 0, "withdrawn": 0, "died": 0}

    # Words that a caller may say: with the room, without it, of somebody who is not there.
    assert asked(
        place, "19480229", "中目黒2-5-6 見本荘101", "目黒区中目黒二丁目5番6号102号室", "中目黒2-5-6"
    ) == [1, 1, 0]
    assert asked(place, "19500401", "中目黒2-2-3", "中目黒2-2-4") == [1, 0]
    assert asked(place, "19400101", "中目黒2-7-8") == [0]

    # A ticket and a birth date; a booking; the wave that is not open yet.
    draft = found_outside(place, ticket_of(people["old"]), "19500401")
    assert draft and not found_outside(place, ticket_of(people["old"]), "19500402")
    later = found_outside(place, ticket_of(people["young"]), "19900515")
    with p.connect("out_public") as c:
        assert [r[2] for r in c.execute("SELECT * FROM api.list_doses_v1(%s)", [draft]).fetchall()] == [1]
        assert c.execute("SELECT * FROM api.list_doses_v1(%s)", [later]).fetchall() == []
        [slot] = c.execute(
            "SELECT slot_id FROM api.list_times_v1(%s, 1::smallint, 1, '2026-11-26', false) LIMIT 1", [draft]
        ).fetchone()
        booked = c.execute(
            "SELECT booking_id, refusal FROM api.book_v1(%s, %s, 1::smallint, %s, %s)",
            [uuid.uuid4(), draft, slot, hashlib.sha256(b"receipt").digest()],
        ).fetchone()
    assert booked[0] and booked[1] is None
    bridge()
    subject_of = dict(ask("inside", "SELECT resident_id, id FROM records.subject"))
    assert ask("inside", "SELECT subject_id, dose, slot_id, state FROM records.booking") == [
        (subject_of[people["old"]], 1, slot, "active")
    ]

    # The dose is given at the hall, comes back, and the second becomes due.
    given = dt.datetime(2026, 11, 26, 9, 40, tzinfo=p.DAY.tzinfo)
    place.set_clock(given + dt.timedelta(minutes=5))
    told = {
        "id": str(uuid.uuid4()), "visit": str(uuid.uuid4()), "subject": str(subject_of[people["old"]]), "programme": PROGRAMME,
        "dose": 1, "product": "pfizer", "lot": 1, "venue": 1, "given_at": given.isoformat(), "entered_at": given.isoformat(),
        "by": "VN-1", "booking": booked[0], "site": "left_arm",
    }  # fmt: skip
    ask("outside", "SELECT bridge.put_v1('dose.given', %s)", Jsonb(told))
    bridge()
    with working(place):
        until(lambda: not ask("inside", "SELECT 1 FROM records.dirty"))
    bridge()
    assert ask("inside", "SELECT resident_id, lot_no, place, state FROM records.record") == [
        (people["old"], "FA1234", "見本会場", "valid")
    ]
    assert ask(
        "outside",
        "SELECT dose, from_on, products FROM booking.entitlement WHERE subject_id = %s",
        subject_of[people["old"]],
    ) == [(2, dt.date(2026, 12, 15), ["pfizer"])]


def test_who_moves_away_is_gone_outside(place, bridge, tmp_path):
    people = given_town(place, tmp_path)
    sesshu(place, "entitlement", "send")
    bridge()
    number = ticket_of(people["old"])
    ask("inside", "UPDATE register.resident SET status = 'left' WHERE id = %s", people["old"])
    ask("inside", "SELECT records.wake_v1(%s)", people["old"])
    with working(place):
        until(lambda: not ask("inside", "SELECT 1 FROM records.dirty"))
    bridge()
    assert found_outside(place, number, "19500401") is None
    dead = crypto.hash_try(crypto.KeyRing.load(place.keys / "outside"), number)
    assert ask("outside", "SELECT try FROM booking.dead_number") == [(dead,)]
    assert ask("outside", "SELECT count(*) FROM booking.subject") == [(3,)]


def test_wall_commands_print_no_number_and_no_name(place, tmp_path):
    people = given_town(place, tmp_path)
    reference = "900"
    number = ticket_of(people["old"])
    said = sesshu(place, "ticket", "reissue", "--resident", reference, "--reason", "lost")
    assert list(said) == ["ticket"] and number not in str(said) and ticket_of(people["old"]) != number
    assert list(sesshu(place, "ticket", "void", "--resident", reference)) == ["ticket"]
    assert sesshu(place, "ticket", "count") == {"issued": 3, "void": 2}
    log = p.place().dir / "log"
    assert not [f for f in log.glob("*") if number.encode() in f.read_bytes()]


def test_a_command_refuses_in_words(place):
    ran = subprocess.run(
        [sys.executable, "-m", "sesshu.cli.main", "ticket", "issue", "--programme", "nothing", "--data", str(place.dir)],
        capture_output=True,
        text=True,
        env=child_environment(place.config("inside")),
    )  # fmt: skip
    assert (ran.returncode, ran.stderr.split()[0]) == (1, "T05")
