"""庁内のデータベースの壁 — effective rights of the inside's logins, and their attempts to climb."""

import psycopg
import pytest

from tests.support import place as p

LOGINS = ("in_office", "in_worker", "in_courier", "in_sealed")
ROOMS = {"planning", "register", "tickets", "records", "mailing", "accountability", "trust"}
# login → schemas of which it may read any table at all
READS = {
    "in_office": ROOMS | {"audit", "base", "bridge", "shelf_office"},
    "in_worker": ROOMS | {"audit", "base", "bridge"},
    "in_courier": set(),
    "in_sealed": {"register", "sealed", "shelf_sealed"},
}
# login → schemas in which it may change any table at all
WRITES = {
    "in_office": ROOMS | {"bridge", "shelf_office"},
    "in_worker": ROOMS,
    "in_courier": set(),
    "in_sealed": {"sealed", "shelf_sealed"},
}
RIGHTS = """
SELECT DISTINCT n.nspname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace, unnest(%s::text[]) v
 WHERE k.relkind IN ('r', 'p', 'v') AND n.nspowner = 'in_owner'::regrole
   AND has_schema_privilege(%s, n.oid, 'USAGE') AND (has_table_privilege(%s, k.oid, v) OR (v = 'SELECT' AND has_any_column_privilege(%s, k.oid, v)))
"""


def schemas(login: str, *rights: str) -> set[str]:
    with p.superuser("inside") as c:
        return {s for (s,) in c.execute(RIGHTS, [list(rights), login, login, login])}


@pytest.mark.parametrize("login", LOGINS)
def test_wall_effective_rights(login):
    assert schemas(login, "SELECT") == READS[login]
    assert schemas(login, "INSERT", "UPDATE", "DELETE", "TRUNCATE") == WRITES[login]


@pytest.mark.parametrize("login", LOGINS)
def test_wall_the_other_building_is_refused(login):
    made = p.place()
    for database in (made.database("outside"), "postgres", "template1"):
        address = made.address(login).replace(made.database("inside"), database)
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(address).close()


CLIMBS = {
    "in_office": (
        "SELECT * FROM sealed.letterbox", "SELECT * FROM shelf_sealed.account", "INSERT INTO audit.entry (actor) VALUES ('x')",
        "UPDATE audit.entry SET actor = 'x'", "DELETE FROM audit.checkpoint", "INSERT INTO bridge.outbox (type, body) VALUES ('x', '{}')",
        "DELETE FROM accountability.trail", "SELECT arrive.booking_made_v1('{}')",
    ),
    "in_worker": (
        "SELECT * FROM sealed.letterbox", "SELECT * FROM shelf_office.account", "TRUNCATE audit.entry", "SELECT arrive.audit_page_v1('{}')",
    ),
    "in_courier": ("SELECT * FROM register.resident", "SELECT * FROM bridge.outbox", "SELECT * FROM sealed.letterbox", "SELECT * FROM tickets.ticket"),
    "in_sealed": (
        "SELECT town FROM register.resident", "SELECT phone FROM register.resident", "SELECT * FROM records.record", "SELECT * FROM tickets.ticket",
        "UPDATE sealed.letterbox SET ciphertext = ''", "SELECT * FROM shelf_office.account",
    ),
}  # fmt: skip


@pytest.mark.parametrize("login", LOGINS)
def test_wall_climbing(login):
    common = (
        "CREATE TABLE public.x ()",
        "CREATE TEMP TABLE x ()",
        "SET ROLE in_owner",
        "DO $$ BEGIN END $$",
        "SELECT lo_create(1)",
    )
    with p.connect(login) as c:
        for climb in (*CLIMBS[login], *common):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(climb)
                pytest.fail(climb)


def test_wall_owners_cannot_log_in():
    with p.superuser("inside") as c:
        assert c.execute(
            "SELECT count(*) FROM pg_roles WHERE rolname IN ('in_owner', 'out_owner') AND rolcanlogin"
        ).fetchone() == (0,)


@pytest.mark.parametrize("table", ["audit.entry", "audit.checkpoint"])
def test_wall_the_log_only_grows_even_for_a_superuser(table):
    with p.superuser("inside") as c:
        c.execute("SELECT audit.put_v1('x', 'x')")
        for climb in (f"TRUNCATE {table}", "UPDATE audit.entry SET actor = 'x'", "DELETE FROM audit.entry"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                c.execute(climb)
