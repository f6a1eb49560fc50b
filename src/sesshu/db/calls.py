"""Calls of SQL functions: one function, one typed row (関数の呼出し).

Works on Django's connection of this process.  ``function`` is the qualified name (``api.book_v1``), arguments are named
as in SQL (``p_request=…``).  What is not named keeps the function's default.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any, TypeVar

from django.db import connection
from psycopg import sql

T = TypeVar("T")


def _run(cursor: Any, function: str, args: dict[str, Any]) -> None:
    schema, _, name = function.partition(".")
    named = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(a)) for a in args)
    query = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier(schema, name), named)
    cursor.execute(query, list(args.values()))


def many(function: str, row_type: type[T], **args: Any) -> list[T]:
    """All rows of a function, in its order."""
    with connection.cursor() as c:
        _run(c, function, args)
        known = {f.name for f in fields(row_type)}  # type: ignore[arg-type]
        places = [(d.name, i) for i, d in enumerate(c.description) if d.name in known]
        return [row_type(**{name: row[i] for name, i in places}) for row in c.fetchall()]


def maybe(function: str, row_type: type[T], **args: Any) -> T | None:
    """The first row, or None."""
    rows = many(function, row_type, **args)
    return rows[0] if rows else None


def one(function: str, row_type: type[T], **args: Any) -> T:
    """The one row of a function that always answers."""
    row = maybe(function, row_type, **args)
    if row is None:
        raise LookupError(f"{function} gave no row")
    return row


def scalar(function: str, **args: Any) -> Any:
    """The single value of a function."""
    with connection.cursor() as c:
        _run(c, function, args)
        return c.fetchone()[0]


def column(function: str, **args: Any) -> list[Any]:
    """The first column of all rows of a function, in its order."""
    with connection.cursor() as c:
        _run(c, function, args)
        return [row[0] for row in c.fetchall()]


def copy_in(table: str, columns: Iterable[str], rows: Iterable[tuple]) -> int:
    """COPY typed rows into a table; constant memory.  Gives the number of rows."""
    n = 0
    schema, _, name = table.partition(".")
    query = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(schema, name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as c, c.cursor.copy(query) as copy:
        for row in rows:
            copy.write_row(row)
            n += 1
    return n


def copy_text(table: str, columns: Iterable[str], blocks: Iterable[bytes], delimiter: str = "\t") -> None:
    """COPY ready-made lines (PostgreSQL's text format, UTF-8) into a table: twice as fast as typed rows."""
    schema, _, name = table.partition(".")
    query = sql.SQL("COPY {} ({}) FROM STDIN (DELIMITER {})").format(
        sql.Identifier(schema, name),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.Literal(delimiter),
    )
    with connection.cursor() as c, c.cursor.copy(query) as copy:
        for block in blocks:
            copy.write(block)


def run(function: str, **args: Any) -> None:
    """A function whose answer nobody needs."""
    with connection.cursor() as c:
        _run(c, function, args)


def stream(function: str, batch: int = 5000, **args: Any) -> Iterator[tuple]:
    """Rows of a set-returning function through a server-side cursor: constant memory, inside a transaction."""
    connection.ensure_connection()
    schema, _, name = function.partition(".")
    named = sql.SQL(", ").join(sql.SQL("{} => %s").format(sql.Identifier(a)) for a in args)
    query = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier(schema, name), named)
    with connection.connection.cursor(name="sesshu_stream") as c:
        c.itersize = batch
        c.execute(query, list(args.values()))
        yield from c
