"""Calls of the bridge's SQL functions by the courier (連携の受渡し): plain psycopg, no Django.

The connection is in autocommit mode; each call is its own transaction, save inside ``conn.transaction()``.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

COURIER_LOCK = 5_371_201  # advisory lock: one courier per database


@dataclass(frozen=True)
class Stream:
    """系列 — one direction as this side's database knows it."""

    direction: str  # out | in
    epoch: int
    last_number: int  # out: last given; in: last applied
    written: int
    acked: int
    before: int
    heard_at: datetime | None
    asked_at: datetime | None
    state: str  # running | stopped
    reason: str
    waiting: int  # out: messages that the other side has not applied
    alarms: int  # open alarms of the bridge


@dataclass(frozen=True)
class Alarm:
    """警報 — something that a person must look at."""

    at: datetime
    code: str
    detail: str


@dataclass(frozen=True)
class Listed:
    """送信待ち — a numbered message, without its content."""

    number: int
    bulk: bool
    bytes: int


@dataclass(frozen=True)
class Taken:
    """取出し — a numbered message with its content."""

    number: int
    type: str
    version: int
    body: dict
    rows: str | None


def connect(address: str) -> psycopg.Connection:
    """The courier's own connection (autocommit)."""
    return psycopg.connect(address, autocommit=True, application_name="sesshu courier")


def hold(conn: psycopg.Connection) -> bool:
    """True when no other courier serves this database; holds the place as long as the connection lives."""
    return _value(conn, "SELECT pg_try_advisory_lock(%s)", COURIER_LOCK)


def streams(conn: psycopg.Connection) -> dict[str, Stream]:
    """Both directions, by ``out`` and ``in``."""
    with conn.cursor(row_factory=class_row(Stream)) as c:
        return {s.direction: s for s in c.execute("SELECT * FROM bridge.streams_v1()")}


def number(conn: psycopg.Connection, limit: int) -> int:
    """Numbers waiting messages; the last number given."""
    return _value(conn, "SELECT bridge.number_v1(%s)", limit)


def list_waiting(conn: psycopg.Connection, first: int, limit: int) -> list[Listed]:
    with conn.cursor(row_factory=class_row(Listed)) as c:
        return c.execute("SELECT * FROM bridge.list_v1(%s, %s)", [first, limit]).fetchall()


def take(conn: psycopg.Connection, first: int, last: int) -> list[Taken]:
    with conn.cursor(row_factory=class_row(Taken)) as c:
        return c.execute("SELECT * FROM bridge.take_v1(%s, %s)", [first, last]).fetchall()


def written(conn: psycopg.Connection, last: int) -> None:
    conn.execute("SELECT bridge.written_v1(%s)", [last])


def heard(conn: psycopg.Connection, epoch: int, last: int, resend: int, asked: str) -> str:
    """done | old | ahead"""
    return _value(conn, "SELECT bridge.heard_v1(%s, %s, %s, %s)", epoch, last, resend, asked)


def arrive(
    conn: psycopg.Connection,
    type_: str,
    version: int,
    body: dict,
    rows: bytes | None,
    columns: Iterable[str] = (),
) -> str:
    """Applies one message by its SQL function ``arrive.{type}_v{version}(jsonb)``; bulk rows are copied in first.

    Gives the function's answer: ``done``, or a code. ``columns`` of the rows, in the order of the published
    language; a column that this version does not have stays empty.
    """
    name = type_.replace(".", "_")
    with conn.cursor() as c:
        if rows is not None:
            named = sql.SQL(", ").join(map(sql.Identifier, columns))
            query = sql.SQL("COPY arrive.{} ({}) FROM STDIN").format(sql.Identifier(f"{name}_in"), named)
            with c.copy(query) as copy:
                copy.write(rows)
        function = sql.Identifier("arrive", f"{name}_v{version}")
        row = c.execute(sql.SQL("SELECT {}(%s)").format(function), [_jsonb(body)]).fetchone()
    return (row and row[0]) or "done"


def arrived(conn: psycopg.Connection, epoch: int, number: int, type_: str, result: str) -> None:
    """Notes that a number is applied; belongs into the transaction of its effect."""
    conn.execute("SELECT bridge.arrive_v1(%s, %s, %s, %s)", [epoch, number, type_, result])


def ask_again(conn: psycopg.Connection, code: str) -> bool:
    return _value(conn, "SELECT bridge.ask_again_v1(%s)", code)


def clear(conn: psycopg.Connection, codes: Iterable[str]) -> None:
    """Clears open alarms whose cause has gone by itself."""
    conn.execute("SELECT bridge.clear_v1(%s)", [sorted(codes)])


def alarm(conn: psycopg.Connection, code: str, detail: str) -> None:
    conn.execute("SELECT bridge.alarm_v1(%s, %s)", [code, detail])


def list_alarms(conn: psycopg.Connection) -> list[Alarm]:
    """Open alarms, oldest first."""
    with conn.cursor(row_factory=class_row(Alarm)) as c:
        return c.execute("SELECT * FROM bridge.list_alarms_v1()").fetchall()


def stop(conn: psycopg.Connection, direction: str, code: str, detail: str) -> None:
    conn.execute("SELECT bridge.stop_v1(%s, %s, %s)", [direction, code, detail])


def restart(conn: psycopg.Connection, direction: str, by: str) -> bool:
    return _value(conn, "SELECT bridge.restart_v1(%s, %s)", direction, by)


def begin_epoch(conn: psycopg.Connection, epoch: int, resend_after: int, before: int) -> int:
    """Numbers that are sent again in the new epoch."""
    return _value(conn, "SELECT bridge.begin_epoch_v1(%s, %s, %s)", epoch, resend_after, before)


def enter_epoch(conn: psycopg.Connection, epoch: int, before: int) -> str:
    """done | old | lost | forgotten"""
    return _value(conn, "SELECT bridge.enter_epoch_v1(%s, %s)", epoch, before)


def purge(conn: psycopg.Connection, keep: str) -> int:
    return _value(conn, "SELECT bridge.purge_v1(%s::interval)", keep)


def passes(error: BaseException) -> bool:
    """True for a fault that a later try may not meet: a deadlock, a serialization failure, a lost connection."""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def sqlstate(error: BaseException) -> str:
    """The SQLSTATE of a database error, which names no value; "" for others."""
    return getattr(error, "sqlstate", None) or ""


def _value(conn: psycopg.Connection, query: str, *args: Any) -> Any:
    row = conn.execute(query, args).fetchone()
    return row[0] if row else None


def _jsonb(body: dict) -> Jsonb:
    return Jsonb(body, dumps=lambda b: json.dumps(b, ensure_ascii=False))
