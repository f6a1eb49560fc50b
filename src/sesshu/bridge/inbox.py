"""The inbox (電文の受入れ): what a message from the other building does here.

A message is done by the SQL function ``arrive.{type}_v{version}(jsonb)`` of this building, in the same transaction as
its receipt. Work that needs Python is marked in a table there and done by the worker (docs/decisions/0003).
"""

from collections.abc import Callable
from typing import Any

from sesshu.bridge import messages
from sesshu.bridge.packets import Line
from sesshu.db import courier as db

Apply = Callable[[Any, Line], str]  # (psycopg connection, message) → "done" or a code, kept in bridge.inbox


def apply(conn: Any, line: Line) -> str:
    """Applies a message by its SQL function. That is idempotent: after a restore the same message may come again."""
    if line.type == messages.VOID.name:
        return "void"
    columns = messages.get(line.type, line.version).column_names
    return db.arrive(conn, line.type, line.version, line.body, line.rows, columns)
