"""One installation for a test run: both databases, logins, keys, settings files, in ``.pg/tests`` of the checkout."""

import atexit
import contextlib
import datetime as dt
import functools
import json
import os
from pathlib import Path

import psycopg

from sesshu.base import clock
from sesshu.cli.place import Place
from sesshu.db.install import BUILDINGS, TableFileChanged

ROOT = Path(__file__).parents[2]
DAY = dt.datetime(2026, 11, 24, 10, 0, tzinfo=clock.TOKYO)


@functools.cache
def place(name: str = "tests") -> Place:
    """Start the server and install both buildings; a changed table file makes them anew. Stopped at exit."""
    system = os.environ.get("PG") == "system"  # a server of its own: the data of 15 and of 18 do not mix
    folder = ROOT / ".pg" / (f"{name}-system" if system else name)
    made = Place(folder, system=system, durable=False, base_port=8300)
    atexit.register(made.cluster.stop)
    try:
        made.prepare(test_clock=True)
    except TableFileChanged:
        drop(made)
        made.prepare(test_clock=True)
    for building in BUILDINGS:
        empty(made, building)
    made.set_clock(DAY)
    clock.use_file(made.clock_file)
    return made


def drop(made: Place) -> None:
    with psycopg.connect(made.cluster.address(), autocommit=True) as c:
        for building in BUILDINGS:
            c.execute(f"DROP DATABASE IF EXISTS {made.database(building)} WITH (FORCE)")


KEEP = ("base.installed", "base.setting", "base.lifecycle", "base.test_clock")
ONE_ROW = {
    "bridge.stream": "INSERT INTO bridge.stream (direction) VALUES ('out'), ('in')",
    "audit.shipped": "INSERT INTO audit.shipped DEFAULT VALUES",
    "booking.watched": "INSERT INTO booking.watched DEFAULT VALUES",
}


def empty(made: Place, building: str) -> None:
    """Remove all rows of one building, as superuser with the triggers off; identities start at 1 again."""
    (made.dir / "checkpoints" / f"{building}.jsonl").unlink(missing_ok=True)
    with psycopg.connect(made.admin(building)) as c:
        tables = [
            name
            for (name,) in c.execute(
                "SELECT format('%%I.%%I', n.nspname, k.relname) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace "
                "WHERE k.relkind = 'r' AND n.nspowner = %s::regrole",
                [BUILDINGS[building].owner],
            )
            if name not in KEEP
        ]
        c.execute("SET session_replication_role = replica")
        looks = " UNION ALL ".join(f"SELECT '{t}' WHERE EXISTS (SELECT FROM {t})" for t in tables)
        if full := [
            name for (name,) in c.execute(looks)
        ]:  # emptying an empty table costs as much as a full one
            c.execute("TRUNCATE " + ", ".join(full) + " CASCADE")
        c.execute(
            "SELECT setval(s.oid, 1, false) FROM pg_class s JOIN pg_namespace n ON n.oid = s.relnamespace "
            "WHERE s.relkind = 'S' AND n.nspowner = %s::regrole",
            [BUILDINGS[building].owner],
        )
        for table, statement in ONE_ROW.items():
            if table in tables:
                c.execute(statement)


def connect(login: str, **options) -> psycopg.Connection:
    """A connection of one login, autocommit, as its process would have it."""
    return psycopg.connect(place().address(login), autocommit=True, **options)


@contextlib.contextmanager
def superuser(building: str):
    """A superuser's connection to one building, for given-steps and for looking."""
    with psycopg.connect(place().admin(building), autocommit=True) as c:
        yield c


def place_code() -> str:
    """The 市町村コード of the installation's municipality."""
    return json.loads(place().config("desk").read_text())["municipality_code"]
