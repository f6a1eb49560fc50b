"""What a thief of the whole database would read: every table of a building, and how a token could hide in it."""

import base64
from collections.abc import Iterable

from tests.support import place as p


def dump(building: str, *, without: Iterable[str] = ()) -> dict[str, bytes]:
    """Every table of a building as a superuser copies it, by name; ``without``: schemas left out."""
    with p.superuser(building) as c:
        tables = c.execute(
            "SELECT format('%%I.%%I', n.nspname, k.relname) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace "
            "WHERE k.relkind = 'r' AND n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema' "
            "AND NOT n.nspname = ANY(%s) ORDER BY 1",
            [list(without)],
        ).fetchall()
        found = {}
        for (table,) in tables:
            with c.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                found[table] = b"".join(bytes(part) for part in copy)
    return found


def disguises(token: str) -> set[bytes]:
    """A token in plain, hexadecimal and base64 (at all three offsets), in UTF-8, UTF-16 and CP932."""
    plain = {
        token.encode("utf-8"),
        token.encode("utf-16-le"),
        token.encode("utf-16-be"),
        token.encode("cp932"),
    }
    plain.add(token.encode("unicode_escape"))
    hidden = set()
    for one in plain:
        hidden |= {one.hex().encode(), one.hex().upper().encode()}
        for offset in range(3):
            whole = base64.b64encode(b"\0" * offset + one)
            hidden.add(whole[4 if offset else 0 : -4])  # without the ends, which hang on the neighbours
    return {x for x in plain | hidden if len(x) >= 6}


def leaks(tables: dict[str, bytes], tokens: Iterable[str]) -> list[tuple[str, str]]:
    """(table, token) for every token that can be read."""
    return [
        (table, token)
        for token in tokens
        for table, content in tables.items()
        if any(form in content for form in disguises(token))
    ]
