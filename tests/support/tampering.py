"""Tampering with the audit log as only a superuser can: every trigger is switched off for it."""

import json
from pathlib import Path

from tests.support import place as p

COPY = "actor, zone, act, purpose, case_ref, subject, resident, result, fields, request"
# What is done → (statement, which entry must be named first). The log holds entries 1 to 6, all sealed.
WAYS = {
    "edit": ("UPDATE audit.entry SET actor = 'somebody' WHERE id = 3", 3),
    "edit of a time": ("UPDATE audit.entry SET shown_at = shown_at + interval '1 day' WHERE id = 4", 4),
    "edit of who it is about": ("UPDATE audit.entry SET fields = '{}' WHERE id = 5", 5),
    "delete": ("DELETE FROM audit.entry WHERE id = 2", 2),
    "cut tail": ("DELETE FROM audit.entry WHERE id >= 5", 5),
    "empty": ("TRUNCATE audit.entry", 1),
    "insert": (
        f"INSERT INTO audit.entry (id, at, shown_at, xid, {COPY}) OVERRIDING SYSTEM VALUE SELECT 900, at, shown_at, xid, {COPY} FROM audit.entry WHERE id = 3",
        900,
    ),
    "insert of a forged number": (
        f"INSERT INTO audit.entry (id, at, shown_at, xid, {COPY}) OVERRIDING SYSTEM VALUE SELECT -7, at, shown_at, '0', {COPY} FROM audit.entry WHERE id = 3",
        -7,
    ),
    "reorder": (
        f"UPDATE audit.entry e SET (at, shown_at, {COPY}) = (SELECT at, shown_at, {COPY} FROM audit.entry o WHERE o.id = 7 - e.id) WHERE id IN (2, 5)",
        2,
    ),
    "push behind the last checkpoint": ("UPDATE audit.entry SET xid = pg_current_xact_id() WHERE id = 3", 3),
}


def tamper(building: str, statement: str) -> None:
    with p.superuser(building) as c:
        c.execute("SET session_replication_role = replica")
        c.execute(statement)


def second_place(building: str) -> Path:
    return p.place().dir / "checkpoints" / f"{building}.jsonl"


def write_entries(building: str, n: int = 6) -> None:
    """Entries as the building's own functions write them, each in its own transaction."""
    with p.superuser(building) as c:
        for i in range(n):
            c.execute(
                "SELECT audit.put_v1('resident.show', 'OF-1', p_case => %s, p_fields => '{name,dob}', p_subject => gen_random_uuid())",
                [f"slip {i}"],
            )


def statements(building: str) -> list[dict]:
    with p.superuser(building) as c:
        rows = c.execute("SELECT statement FROM audit.checkpoint ORDER BY number").fetchall()
    return [json.loads(text) for (text,) in rows]
