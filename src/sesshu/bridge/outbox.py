"""The outbox (電文の差出し): messages for the other building, written in the transaction that they tell of.

A message exists if and only if that transaction commits. Its number comes later, from the courier.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from sesshu.bridge import messages, rows
from sesshu.db import calls


def put(name: str, body: Mapping[str, Any], version: int = 1) -> int:
    """電文を出す — one message. Raises Refused M01 – M03. Gives its id (ask ``outside_since`` with it).

    Values may be uuids, dates, times and bytes (keyed hashes); they travel as text.
    """
    plain = plain_value(body)
    messages.validate(name, plain, version)
    return calls.scalar("bridge.put_v1", p_type=name, p_body=Jsonb(plain), p_version=version)


def put_rows(name: str, body: Mapping[str, Any], lines: Iterable[Sequence[object]], version: int = 1) -> int:
    """一括の電文を出す — rows of a bulk message, a few thousand to a message. Gives the number of rows.

    ``lines`` are read once and never held together; a generator over a large table is fine. Where the body has a
    field ``first`` (interval.rows), it is true in the first message only, and no rows at all still make one message.
    """
    plain = plain_value(body)
    total = 0
    for text in rows.chunks(name, lines, version=version):
        _put_rows(name, plain, text, version)
        total += text.count("\n")
        if "first" in plain:
            plain = {**plain, "first": False}
    if not total and plain.get("first"):
        _put_rows(name, plain, "", version)
    return total


def _put_rows(name: str, plain: dict[str, Any], text: str, version: int) -> None:
    messages.validate(name, plain, version, rows=text.encode())
    calls.scalar("bridge.put_rows_v1", p_type=name, p_body=Jsonb(plain), p_rows=text, p_version=version)


def outside_since(message: int) -> dt.datetime | None:
    """到達日時 — since when the other building has applied a message; None = not yet there."""
    return calls.scalar("bridge.outside_since_v1", p_message=message)


def plain_value(value: Any) -> Any:
    """A value as JSON carries it: uuids and times as text, keyed hashes as hex."""
    if isinstance(value, Mapping):
        return {k: plain_value(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [plain_value(v) for v in value]
    if isinstance(value, bytes | memoryview):
        return value.hex()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, dt.date | dt.time):  # a datetime is a date
        return value.isoformat()
    return value
