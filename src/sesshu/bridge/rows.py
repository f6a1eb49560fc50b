"""Bulk rows (一括の行): PostgreSQL COPY text for the bulk messages, made without a database. Pure.

The columns of a bulk message are its fields in ``messages.py``; their types are the fields' kinds.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from sesshu.base.errors import Refused
from sesshu.bridge import messages

ROWS_PER_PACKET = 10_000  # 28 packets for 280,000 subjects; a courier stays below 90 MB

_ESCAPE = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)


def encode_value(value: object) -> str:
    """One value as COPY text; None is ``\\N``. Raises TypeError for a type that no column has."""
    try:
        return _ENCODE[value.__class__](value)
    except KeyError:
        raise TypeError(f"no COPY text for a {type(value).__name__}") from None


def chunks(
    name: str, rows: Iterable[Sequence[object]], size: int = ROWS_PER_PACKET, version: int = 1
) -> Iterator[str]:
    """Cuts rows of the bulk message ``name`` into COPY texts of about ``size`` lines.

    Where the message says ``together``, rows of one first column come one after the other and are not parted.
    Raises Refused M01 for a type that is not bulk, M02 for a row of another width.
    """
    message = messages.get(name, version)
    if not message.bulk:
        raise Refused(messages.M01)
    width = len(message.columns)
    lines: list[str] = []
    last: object = None
    for row in rows:
        if len(row) != width:
            raise Refused(messages.M02, line=len(lines) + 1, column=name)
        if len(lines) >= size and not (message.together and row[0] == last):
            yield "\n".join(lines) + "\n"
            lines = []
        last = row[0]
        lines.append("\t".join(map(encode_value, row)))
    if lines:
        yield "\n".join(lines) + "\n"


def _array(values: Sequence[object]) -> str:
    """An array literal; every item is quoted, so that NULL and braces inside a text stay text."""
    items = []
    for v in values:
        if v is None:
            items.append("NULL")
        else:
            text = v if isinstance(v, str) else str(v)
            items.append('"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')
    return "{" + ",".join(items) + "}"


_ENCODE: dict[type, Callable[..., str]] = {
    type(None): lambda v: "\\N",
    str: lambda v: v.translate(_ESCAPE),
    bytes: lambda v: "\\\\x" + v.hex(),
    memoryview: lambda v: "\\\\x" + v.hex(),
    bool: lambda v: "t" if v else "f",
    int: str,
    UUID: str,
    dt.date: str,
    dt.datetime: str,
    dt.time: str,
    list: lambda v: _array(v).translate(_ESCAPE),
    tuple: lambda v: _array(v).translate(_ESCAPE),
}
