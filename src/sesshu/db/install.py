"""Installs a building's database: logins, walls, tables, functions, grants (データベースの設置).

Table files run once each, in order, and are remembered with their SHA-256; functions and grants are applied again
every time, after everything was revoked, all in one transaction.  Needs a superuser address; the owners of the
objects cannot log in at all.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Building:
    """What the database of one building consists of."""

    name: str  # inside | outside
    owner: str
    logins: dict[str, tuple[str, ...]]  # login → its search_path
    shelves: tuple[str, ...]


OFFICE_PATH = ("planning", "register", "tickets", "records", "mailing", "accountability", "trust", "pg_temp")
BUILDINGS = {
    "inside": Building(
        "inside",
        "in_owner",
        {
            "in_office": ("shelf_office", *OFFICE_PATH),
            "in_worker": OFFICE_PATH,
            "in_courier": ("bridge", "pg_temp"),
            "in_sealed": ("shelf_sealed", "sealed", "register", "pg_temp"),
        },
        ("shelf_office", "shelf_sealed"),
    ),
    "outside": Building(
        "outside",
        "out_owner",
        {
            "out_public": ("api", "pg_temp"),
            "out_desk": ("shelf_desk", "api", "pg_temp"),
            "out_venue": ("shelf_venue", "api", "pg_temp"),
            "out_partner": ("shelf_partner", "api", "pg_temp"),
            "out_worker": ("booking", "pg_temp"),
            "out_courier": ("bridge", "pg_temp"),
        },
        ("shelf_desk", "shelf_venue", "shelf_partner"),
    ),
}
ALL_LOGINS = tuple(name for b in BUILDINGS.values() for name in b.logins)


class TableFileChanged(Exception):
    """A table file that is installed already was edited: write a new file instead."""


def install(admin: str, building: str, database: str, passwords: dict[str, str], *, test_clock: bool) -> None:
    """Make or renew one building's database on the server of ``admin`` (a superuser address of any database there)."""
    b = BUILDINGS[building]
    with psycopg.connect(admin, autocommit=True) as server:
        _make_logins(server, b, passwords)
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
            server.execute(
                sql.SQL(
                    "CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
                ).format(sql.Identifier(database), sql.Identifier(b.owner))
            )
        _wall_off_databases(server, b, database)
    with psycopg.connect(admin, dbname=database) as c:
        _wall_off_defaults(c, b)
        c.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(b.owner)))
        c.execute("SET LOCAL check_function_bodies = off")  # functions may name functions of later files
        _tables(c, b)
        _settings(c, building, test_clock)
        for folder in (
            "functions/clock/" + ("test.sql" if test_clock else "real.sql"),
            "functions/both",
            f"functions/{building}",
            f"views/{building}",
        ):
            _apply(c, folder)
        _drop_forgotten(c, b)
        c.execute("RESET ROLE")
        _revoke_all(c, b)
        _apply(c, f"policies/{building}")


def _make_logins(server: psycopg.Connection, b: Building, passwords: dict[str, str]) -> None:
    have = {name for (name,) in server.execute("SELECT rolname FROM pg_roles")}
    if b.owner not in have:
        server.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(b.owner)))
    for login in b.logins:
        if login not in have:
            server.execute(
                sql.SQL("CREATE ROLE {} LOGIN NOINHERIT NOCREATEDB NOCREATEROLE").format(
                    sql.Identifier(login)
                )
            )
        if login in passwords:
            # Encrypted here, so that the word itself reaches no log of the server.
            secret = server.pgconn.encrypt_password(
                passwords[login].encode(), login.encode(), b"scram-sha-256"
            ).decode()
            server.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(login), sql.Literal(secret))
            )


def _wall_off_databases(server: psycopg.Connection, b: Building, database: str) -> None:
    for (name,) in server.execute(
        "SELECT datname FROM pg_database WHERE datname IN ('postgres', 'template1', %s)", [database]
    ).fetchall():
        server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    for login, path in b.logins.items():
        server.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                sql.Identifier(database), sql.Identifier(login)
            )
        )
        server.execute(
            sql.SQL("ALTER ROLE {} IN DATABASE {} SET search_path = {}").format(
                sql.Identifier(login), sql.Identifier(database), sql.SQL(", ").join(map(sql.Identifier, path))
            )
        )


def _wall_off_defaults(c: psycopg.Connection, b: Building) -> None:
    """Take from PUBLIC what PostgreSQL gives it by default: functions, languages, large objects, the public schema."""
    owner = sql.Identifier(b.owner)
    c.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    c.execute(
        "REVOKE EXECUTE ON FUNCTION lo_creat(int), lo_create(oid), lo_from_bytea(oid, bytea) FROM PUBLIC"
    )
    c.execute("REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC")
    c.execute(sql.SQL("GRANT USAGE ON LANGUAGE plpgsql TO {}").format(owner))
    c.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(sql.Identifier(c.info.dbname), owner))
    c.execute(
        sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC").format(owner)
    )


def _tables(c: psycopg.Connection, b: Building) -> None:
    done: dict[str, bytes] = {}
    if c.execute("SELECT to_regclass('base.installed')").fetchone() != (None,):
        done = dict(c.execute("SELECT file, sha256 FROM base.installed").fetchall())
    for name, schema, text in _table_files(b):
        digest = hashlib.sha256(text.encode()).digest()
        if name in done:
            if done[name] != digest:
                raise TableFileChanged(f"{name} was changed after it was installed; add a new file instead")
            continue
        if schema:
            c.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema)))
            c.execute(sql.SQL("SET LOCAL search_path = {}").format(sql.Identifier(schema)))
        c.execute(text)
        c.execute("INSERT INTO base.installed (file, sha256) VALUES (%s, %s)", [name, digest])
    c.execute("RESET search_path")


def _table_files(b: Building) -> Iterable[tuple[str, str, str]]:
    for folder in ("both", b.name):
        for path in sorted((HERE / "tables" / folder).glob("*.sql")):
            yield f"{folder}/{path.name}", "", path.read_text()
    for shelf in b.shelves:
        for path in sorted((HERE / "tables" / "shelf").glob("*.sql")):
            yield f"{shelf}/{path.name}", shelf, path.read_text()


def _settings(c: psycopg.Connection, building: str, test_clock: bool) -> None:
    for name, value in (("building", building), ("test_clock", "on" if test_clock else "off")):
        c.execute(
            "INSERT INTO base.setting VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )


def _apply(c: psycopg.Connection, folder: str) -> None:
    path = HERE / folder
    for file in [path] if path.suffix else sorted(path.rglob("*.sql")):
        c.execute(file.read_text())


def _drop_forgotten(c: psycopg.Connection, b: Building) -> None:
    """A function that left the files leaves the database: whatever this transaction did not write again."""
    for (name,) in c.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspowner = %s::regrole AND p.xmin <> pg_current_xact_id()::xid",
        [b.owner],
    ).fetchall():
        c.execute(sql.SQL("DROP FUNCTION {}").format(sql.SQL(name)))


def _revoke_all(c: psycopg.Connection, b: Building) -> None:
    """Start the grants from nothing, so that a grant that left the file leaves the database."""
    schemas = [
        s for (s,) in c.execute("SELECT nspname FROM pg_namespace WHERE nspowner = %s::regrole", [b.owner])
    ]
    logins = sql.SQL(", ").join([*map(sql.Identifier, b.logins), sql.SQL("PUBLIC")])
    for schema in schemas:
        s = sql.Identifier(schema)
        for what in ("ALL TABLES IN SCHEMA", "ALL SEQUENCES IN SCHEMA", "ALL FUNCTIONS IN SCHEMA", "SCHEMA"):
            c.execute(sql.SQL("REVOKE ALL ON {} {} FROM {}").format(sql.SQL(what), s, logins))
