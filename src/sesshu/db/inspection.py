"""What a database really lets its logins do (実効権限の点検): read from the catalogue, for `sesshu doctor`.

Every login may ask the catalogue about every other one, so no superuser is needed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

NAME = "sesshu doctor"
OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
# Which schemas a login may enter (house §6). Office and worker inside: every room, so what they may not is named.
SCHEMAS: dict[str, set[str]] = {
    "in_sealed": {"base", "audit", "sealed", "shelf_sealed", "register", "api", "bridge", "records"},
    "in_courier": {"base", "bridge", "arrive"},
    "out_public": {"base", "api"},
    "out_desk": {"base", "api", "audit", "shelf_desk"},
    "out_venue": {"base", "api", "audit", "shelf_venue"},
    "out_partner": {"base"},
    "out_worker": {"base", "booking", "audit"},
    "out_courier": {"base", "bridge", "arrive"},
}
BARRED = {
    "in_office": {"sealed", "shelf_sealed", "arrive"},
    "in_worker": {"sealed", "shelf_sealed", "arrive"},
}


@dataclass(frozen=True)
class Role:
    """ログイン — one role of the server and what it is beyond a login."""

    name: str
    can_log_in: bool
    more: bool  # superuser, may make roles or databases, replicates, passes row security
    member: bool  # of another role


def connect(address: str) -> psycopg.Connection:
    """A connection that looks and changes nothing."""
    return psycopg.connect(
        address,
        autocommit=True,
        application_name=NAME,
        connect_timeout=5,
        options="-c default_transaction_read_only=on",
    )


def version(conn: psycopg.Connection) -> int:
    """15, 16, …"""
    return conn.info.server_version // 10000


def now(conn: psycopg.Connection) -> datetime:
    """The server's own clock."""
    return _value(conn, "SELECT clock_timestamp()")


def setting(conn: psycopg.Connection, name: str) -> str:
    """A setting of the server, such as archive_mode."""
    return _value(conn, "SELECT current_setting(%s)", name)


def roles(conn: psycopg.Connection) -> dict[str, Role]:
    """Every role that is named like one of ours."""
    rows = conn.execute(
        "SELECT r.rolname, r.rolcanlogin, r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls, "
        "EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) FROM pg_roles r WHERE r.rolname ~ '^(in|out)_'"
    ).fetchall()
    return {row[0]: Role(*row) for row in rows}


def open_databases(conn: psycopg.Connection) -> list[str]:
    """Databases that give PUBLIC anything: this one, postgres, template1."""
    return _names(
        conn,
        "SELECT d.datname FROM pg_database d WHERE d.datname IN (current_database(), 'postgres', 'template1') AND (d.datacl IS NULL "
        "OR EXISTS (SELECT FROM aclexplode(d.datacl) a WHERE a.grantee = 0)) ORDER BY 1",
    )


def guests(conn: psycopg.Connection, logins: tuple[str, ...]) -> list[str]:
    """Roles that may connect here and are neither ours, nor owners, nor superusers."""
    return _names(
        conn,
        "SELECT r.rolname FROM pg_roles r WHERE r.rolname <> ALL (%s) AND r.rolcanlogin AND NOT r.rolsuper "
        "AND has_database_privilege(r.oid, current_database(), 'CONNECT') ORDER BY 1",
        list(logins),
    )


def barred(conn: psycopg.Connection, logins: tuple[str, ...]) -> list[str]:
    """Of these logins, those that may not connect here."""
    return _names(
        conn,
        "SELECT r.rolname FROM pg_roles r WHERE r.rolname = ANY (%s) "
        "AND NOT has_database_privilege(r.oid, current_database(), 'CONNECT') ORDER BY 1",
        list(logins),
    )


def schemas(conn: psycopg.Connection, login: str) -> set[str]:
    """Schemas that a login may enter."""
    return set(
        _names(
            conn,
            f"SELECT n.nspname FROM pg_namespace n WHERE {OURS} AND has_schema_privilege(%s::name, n.oid, 'USAGE')",
            login,
        )
    )


def strange_schemas(conn: psycopg.Connection, login: str) -> set[str]:
    """Schemas that a login may enter and should not, or should and may not."""
    entered = schemas(conn, login)
    return entered & BARRED[login] if login in BARRED else entered ^ SCHEMAS[login]


def functions(conn: psycopg.Connection, login: str, schema: str) -> set[str]:
    """Functions of a schema that a login may execute."""
    return set(
        _names(
            conn,
            "SELECT f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE n.nspname = %s "
            "AND has_function_privilege(%s::name, f.oid, 'EXECUTE')",
            schema,
            login,
        )
    )


def tables(conn: psycopg.Connection, login: str) -> dict[str, set[str]]:
    """Table → rights that a login has on it, also on single columns; tables without any are left out."""
    rows = conn.execute(
        f"SELECT n.nspname || '.' || k.relname, array_agg(w.name) FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace, "
        f"unnest(%s::text[]) AS w(name) WHERE {OURS} AND k.relkind IN ('r', 'p', 'v', 'm', 'f') AND CASE "
        "WHEN w.name IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege(%s::name, k.oid, w.name) "
        "ELSE has_table_privilege(%s::name, k.oid, w.name) END GROUP BY 1",
        [list(_RIGHTS), login, login],
    ).fetchall()
    return {name: set(rights) for name, rights in rows}


def open_to_public(conn: psycopg.Connection) -> list[str]:
    """Schemas, tables and functions of ours that give PUBLIC anything."""
    return _names(
        conn,
        f"SELECT n.nspname || '.' || f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE {OURS} "
        "AND (f.proacl IS NULL OR EXISTS (SELECT FROM aclexplode(f.proacl) a WHERE a.grantee = 0)) UNION "
        f"SELECT n.nspname || '.' || k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace, aclexplode(k.relacl) a "
        f"WHERE {OURS} AND a.grantee = 0 UNION "
        f"SELECT n.nspname FROM pg_namespace n, aclexplode(n.nspacl) a WHERE {OURS} AND a.grantee = 0 ORDER BY 1",
    )


def loose_functions(conn: psycopg.Connection, owner: str) -> list[str]:
    """Functions with the owner's rights that fix no search path, and functions that belong to somebody else."""
    return _names(
        conn,
        f"SELECT n.nspname || '.' || f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE {OURS} "
        "AND (pg_get_userbyid(f.proowner) <> %s OR (f.prosecdef AND NOT coalesce(f.proconfig[1] ~ '^search_path=.*pg_temp$', false))) "
        "ORDER BY 1",
        owner,
    )


def guards(conn: psycopg.Connection) -> set[str]:
    """Triggers of the audit log that are switched on: table.trigger."""
    return set(
        _names(
            conn,
            "SELECT k.relname || '.' || t.tgname FROM pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = k.relnamespace WHERE n.nspname = 'audit' AND t.tgenabled IN ('O', 'A')",
        )
    )


def others(conn: psycopg.Connection) -> int:
    """Sessions of this very login that belong to a running process of it."""
    return _value(
        conn,
        "SELECT count(*) FROM pg_stat_activity WHERE usename = session_user AND pid <> pg_backend_pid() "
        "AND application_name NOT IN ('sesshu doctor', 'sesshu audit')",
    )


def _names(conn: psycopg.Connection, query: Any, *args: Any) -> list[str]:
    return [name for (name,) in conn.execute(query, args or None).fetchall()]


def _value(conn: psycopg.Connection, query: str, *args: Any) -> Any:
    row = conn.execute(query, args or None).fetchone()
    return row[0] if row else None
