"""Both ends of the bridge: two databases, two key rings, one folder; every test begins with nothing in any of them."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from sesshu.base.crypto import KeyRing
from sesshu.bridge import courier, inbox, packets, spool
from sesshu.db import courier as db
from tests.support import place as p


@dataclass
class End:
    """One building's courier, and what it did with the messages that it was given."""

    name: str
    conn: Any
    ring: KeyRing
    folder: Path
    did: list = field(default_factory=list)  # (number, type, body) in the order of arrival
    fails_at: dict = field(default_factory=dict)  # number → exception to raise

    def put(self, n: int, type_: str = "") -> int:
        """A message with a number in it, as an SQL function would write it."""
        type_ = type_ or ("slip.receipt" if self.name == "inside" else "booking.ended")
        body = (
            {"number": n}
            if type_ == "slip.receipt"
            else {"id": n, "how": "cancelled", "at": "2026-11-24T10:00:00+09:00"}
        )
        return self.raw(type_, body)

    def raw(self, type_: str, body: dict) -> int:
        with p.superuser(self.name) as c:
            return c.execute("SELECT bridge.put_v1(%s, %s)", [type_, Jsonb(body)]).fetchone()[0]

    def apply(self, conn: Any, line: packets.Line) -> str:
        if line.number in self.fails_at:
            raise self.fails_at[line.number]
        answer = inbox.apply(conn, line)
        self.did.append((line.number, line.type, line.body))
        return answer

    def send(self, **kwargs: Any) -> int:
        return courier.send_once(self.conn, self.ring, self.folder, **kwargs)

    def receive(self) -> int:
        return courier.receive_once(self.conn, self.ring, self.folder, self.apply)

    def stream(self, direction: str) -> db.Stream:
        return db.streams(self.conn)[direction]

    def alarms(self) -> list[str]:
        with p.superuser(self.name) as c:
            return [
                code
                for (code,) in c.execute("SELECT code FROM bridge.alarm WHERE cleared_at IS NULL ORDER BY id")
            ]

    def packets(self) -> list[Path]:
        """The packets that this end has sent and nobody has taken yet."""
        names = [n for _, _, n in spool.list_packets(self.folder, packets.stream_from(self.name))]
        return [self.folder / n for n in names]

    def numbers(self) -> list[int]:
        """What arrived here, by the number in the body."""
        return [body.get("number") or body["id"] for _, _, body in self.did]


@pytest.fixture
def ends():
    made = p.place()
    made.set_clock(p.DAY)
    shutil.rmtree(made.spool, ignore_errors=True)
    made.spool.mkdir(mode=0o700)
    found = []
    for name in ("inside", "outside"):
        _nothing_waits(name)
        login = "in_courier" if name == "inside" else "out_courier"
        found.append(End(name, db.connect(made.address(login)), KeyRing.load(made.keys / name), made.spool))
    yield found
    for end in found:
        end.conn.close()
        _nothing_waits(end.name)


def _nothing_waits(building: str) -> None:
    """Only the bridge's own tables: emptying all of them takes a second."""
    with p.superuser(building) as c:
        c.execute(
            "TRUNCATE bridge.outbox, bridge.inbox, bridge.stream, bridge.receipt, bridge.alarm RESTART IDENTITY"
        )
        c.execute("INSERT INTO bridge.stream (direction) VALUES ('out'), ('in')")


@pytest.fixture
def inside(ends):
    return ends[0]


@pytest.fixture
def outside(ends):
    return ends[1]
