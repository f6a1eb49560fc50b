"""The published language and the databases say the same (電文と到着の関数)."""

import pytest

from sesshu.bridge import messages
from tests.support import place as p


@pytest.mark.parametrize("message", messages.registry().values(), ids=lambda m: m.name)
def test_every_message_has_its_arrival_and_its_columns(message):
    if message is messages.VOID:
        return
    name = message.name.replace(".", "_")
    for direction in message.directions:
        with p.superuser(direction.rpartition("-")[2]) as c:
            function = f"arrive.{name}_v{message.version}(jsonb)"
            assert c.execute("SELECT to_regprocedure(%s)", [function]).fetchone() != (None,), function
            if message.bulk:
                found = c.execute(
                    "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 ORDER BY attnum",
                    [f"arrive.{name}_in"],
                ).fetchall()
                here = [column for (column,) in found]
                assert set(message.column_names) <= set(here)  # an older version may lack a column
                newest = max(v for n, v in messages.registry() if n == message.name)
                if message.version == newest:
                    assert tuple(here) == message.column_names


def test_every_arrival_has_its_message():
    for direction in ("inside-outside", "outside-inside"):
        with p.superuser(direction.rpartition("-")[2]) as c:
            found = {
                name
                for (name,) in c.execute(
                    "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'arrive'"
                )
            }
        known = {
            f"{m.name.replace('.', '_')}_v{m.version}"
            for m in messages.registry().values()
            if direction in m.directions
        }
        assert found <= known
