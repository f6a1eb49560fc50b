"""Accounts that are ready to use, for a demo and for tests: made-up people with known words (見本の利用者).

A real account is enrolled by its owner with a one-time code; this writes the same row in one step.
"""

import datetime as dt
import json
import secrets
from dataclasses import dataclass

import psycopg
from psycopg import sql

from sesshu.cli.place import PROCESSES, Place
from sesshu.trust.access import factors


@dataclass(frozen=True)
class ReadyAccount:
    """見本の利用者 — all that somebody needs to sign in; made-up data only."""

    zone: str
    code: str
    role: str
    password: str
    totp_secret: str


def ready_account(
    place: Place,
    zone: str,
    code: str,
    role: str,
    *,
    display: str = "",
    venue_id: int | None = None,
    trained_until: dt.date | None = None,
    password: str = "",
) -> ReadyAccount:
    """Put an enabled account on a zone's shelf (as superuser). Needs Django's settings for the Argon2 hasher."""
    made = ReadyAccount(zone, code, role, password or secrets.token_urlsafe(9), factors.new_secret())
    key = json.loads(place.config(zone).read_text())["secret_key"]
    row = {
        "code": code, "display": display, "role": role, "state": "enabled", "password": factors.hash_password(made.password),
        "totp_secret": factors.seal_secret(key, code, made.totp_secret), "venue_id": venue_id, "trained_until": trained_until,
    }  # fmt: skip
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (code) DO UPDATE SET ({}) = ROW({})").format(
        sql.Identifier(f"shelf_{zone}", "account"),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Placeholder() * len(row)),
        sql.SQL(", ").join(map(sql.Identifier, row)),
        sql.SQL(", ").join(sql.Identifier("excluded", name) for name in row),
    )
    with psycopg.connect(place.admin(PROCESSES[zone][0])) as c:
        c.execute(query, list(row.values()))
    return made
