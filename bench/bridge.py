"""The bridge in bulk: subjects made, packed, carried and received, beside a raw COPY into the same indexed table.

The subject hashes ticket, birth date and address of N made-up persons and writes them to the outbox; two real courier
processes pack, sign, encrypt, carry, verify, decrypt and apply them. It ends when the last row is committed outside.
The baseline copies the finished lines into an empty table with the same indexes. Both commit durably. Goal: ratio ≤ 3.
"""

import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.types.json import Jsonb

from bench import frame
from sesshu.base import crypto
from sesshu.base.machine import child_environment
from sesshu.bridge.rows import chunks
from sesshu.cli.place import Place
from sesshu.db import courier as db

RESIDENTS, ROUNDS = 280_000, 3
TABLES = "booking.subject, booking.entitlement, booking.draft, calls.case, calls.slip"
Person = tuple[uuid.UUID, str, str, str]  # subject id, ticket, birth date, address


def persons(count: int) -> list[Person]:
    """Made-up persons of nobody."""
    return [
        (uuid.UUID(int=n + 1), f"{n * 7919 % 10**10:010d}", f"{1930 + n % 90}{n % 12 + 1:02d}{n % 28 + 1:02d}", f"見本町{n % 30}-{n}")
        for n in range(count)
    ]  # fmt: skip


def subjects(ring: crypto.KeyRing, people: list[Person]) -> Iterator[tuple]:
    """Rows of ``subject.rows``, as the inside makes them: four keyed hashes a person."""
    act, ask, try_ = crypto.act_hasher(ring), crypto.ask_hasher(ring, 1), crypto.try_hasher(ring)
    for id_, ticket, dob, address in people:
        full, lot = ask(address, dob), ask(address[:-1], dob)
        yield id_, "bench", act(ticket, dob), try_(ticket), full, lot, None, 1


def copied(place: Place, people: list[Person]) -> float:
    """Seconds of the baseline."""
    _empty(place)
    ring = crypto.KeyRing.load(place.keys / "inside")
    finished = "".join(chunks("subject.rows", subjects(ring, people))).encode()
    began = time.perf_counter()
    with (
        psycopg.connect(place.admin("outside")) as c,
        c.cursor().copy("COPY booking.subject FROM STDIN") as copy,
    ):
        copy.write(finished)
    return time.perf_counter() - began


def carried(place: Place, people: list[Person]) -> tuple[float, int]:
    """Seconds of the subject, and the larger courier's peak of memory in MB."""
    _empty(place)
    ring = crypto.KeyRing.load(place.keys / "inside")
    couriers = [_courier(place, building) for building in ("inside", "outside")]
    try:
        with db.connect(place.address("out_courier")) as there:
            while len(list(place.spool.glob("*.ack"))) < 2:
                time.sleep(0.05)  # both are up
            began = time.perf_counter()
            packets = 0
            with psycopg.connect(place.admin("inside")) as c:
                for text in chunks("subject.rows", subjects(ring, people)):
                    c.execute("SELECT bridge.put_rows_v1('subject.rows', %s, %s)", [Jsonb({}), text])
                    packets += 1
            while (here := db.streams(there)["in"]).last_number < packets:
                assert here.state == "running", here.reason
                time.sleep(0.02)
            return time.perf_counter() - began, max(_peak_mb(c.pid) for c in couriers)
    finally:
        for process in couriers:
            process.terminate()
        for process in couriers:
            process.wait(10)


def _peak_mb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def _courier(place: Place, building: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "sesshu.cli.main", "courier", building, "--data", str(place.dir)],
        env=child_environment(place.config(f"{building}_courier")),
    )


def _empty(place: Place) -> None:
    shutil.rmtree(place.spool, ignore_errors=True)
    place.spool.mkdir(mode=0o700)
    for building in ("inside", "outside"):
        with psycopg.connect(place.admin(building), autocommit=True) as c:
            c.execute("TRUNCATE bridge.outbox, bridge.inbox, bridge.stream, bridge.receipt, bridge.alarm")
            c.execute("INSERT INTO bridge.stream (direction) VALUES ('out'), ('in')")
            if building == "outside":
                c.execute(f"TRUNCATE {TABLES} CASCADE")
            c.execute("CHECKPOINT")


def rows(count: int = RESIDENTS) -> Iterator[frame.Row]:
    """Interleaved rounds."""
    people = persons(count)
    with frame.standing() as place:
        base, mine, peaks = [], [], []
        for _ in range(ROUNDS):
            base.append(copied(place, people))
            took, peak = carried(place, people)
            mine.append(took)
            peaks.append(peak)
        _empty(place)
    what = f"{count:,} subjects made, packed, carried and received, beside a raw COPY into the same indexed table"
    yield frame.row("bridge", what, mine, base, "s", "≤ 3", courier_peak_mb=max(peaks))
