"""Calls of the audit's SQL functions for checkpoints and verification (検証点の呼出し), on any connection.

The verifying command looks at two buildings in one process, so these take a psycopg connection; a process that has
Django's uses ``ours()``.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from psycopg.rows import dict_row

PAGE = 10_000  # entries
BEFORE_ALL = -(2**63)  # below every id, forged ones too


def connect(address: str) -> psycopg.Connection:
    """A connection of its own (autocommit)."""
    return psycopg.connect(address, autocommit=True, application_name="sesshu audit", connect_timeout=10)


def ours() -> psycopg.Connection:
    """The connection that Django holds for this process."""
    connection.ensure_connection()
    return connection.connection


def bounds(conn: psycopg.Connection) -> dict[str, Any]:
    """at, shown_at, clock (real or test), upto, running: where a checkpoint that is made now would end."""
    with conn.cursor(row_factory=dict_row) as c:
        row = c.execute("SELECT * FROM audit.bounds_v1()").fetchone()
    assert row is not None
    return row


def newest(conn: psycopg.Connection) -> int:
    """Number of the newest checkpoint; 0 = none."""
    return _value(conn, "SELECT audit.newest_v1()")


def checkpoints(conn: psycopg.Connection, after: int, limit: int = 1_000_000) -> list[tuple[int, str, bytes]]:
    """(number, statement, signature) of the checkpoints after a number, oldest first."""
    with conn.cursor() as c:
        c.execute("SELECT number, statement, signature FROM audit.checkpoints_v1(%s, %s)", [after, limit])
        return [(n, text, bytes(signature)) for n, text, signature in c.fetchall()]


def entries(conn: psycopg.Connection, from_xid: int, upto: int, page: int = PAGE) -> Iterator[dict[str, Any]]:
    """All entries of the transactions from ``from_xid`` to below ``upto``, by transaction and id, page by page."""
    place = (from_xid, BEFORE_ALL)
    while True:
        with conn.cursor(row_factory=dict_row) as c:
            rows = c.execute("SELECT * FROM audit.read_v1(%s, %s, %s, %s)", [*place, upto, page]).fetchall()
        yield from rows
        if len(rows) < page:
            return
        place = (rows[-1]["xid"], rows[-1]["id"])


def put(conn: psycopg.Connection, number: int, statement: str, signature: bytes) -> bool:
    """Write the next checkpoint; False where another process was first."""
    return _value(conn, "SELECT audit.put_checkpoint_v1(%s, %s, %s)", number, statement, signature)


def oldest_waiting(conn: psycopg.Connection, from_xid: int) -> datetime | None:
    """Since when a finished entry waits for its checkpoint."""
    return _value(conn, "SELECT audit.oldest_v1(%s)", from_xid)


def last_verified(conn: psycopg.Connection) -> tuple[datetime | None, str | None]:
    """When the whole log was last verified, and with which result (done or a code)."""
    with conn.cursor() as c:
        row = c.execute("SELECT shown_at, result FROM audit.last_verified_v1()").fetchone()
    return row or (None, None)


def enter(conn: psycopg.Connection, act: str, result: str, case: str) -> None:
    """An audit entry of somebody at the command line of the host."""
    conn.execute(
        "SELECT audit.put_v1(p_act => %s, p_actor => 'host', p_result => %s, p_case => %s)",
        [act, result, case],
    )


def _value(conn: psycopg.Connection, query: str, *args: Any) -> Any:
    with conn.cursor() as c:
        row = c.execute(query, args).fetchone()
    return row[0] if row else None
