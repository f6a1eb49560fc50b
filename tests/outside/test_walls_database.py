"""The outside database itself refuses (house §6): effective rights, other databases, climbing, forging, tampering."""

import itertools

import psycopg
import pytest
from psycopg import sql

from sesshu.bridge import messages
from sesshu.db import install
from sesshu.db.install import BUILDINGS
from sesshu.trust.access import matrix
from sesshu.trust.access.matrix import Zone
from tests.support import outside as o
from tests.support import place as p

OUT = tuple(BUILDINGS["outside"].logins)
OWNER = BUILDINGS["outside"].owner

# --- What each login may do, and nothing more -----------------------------------------------------------------

CLOCK = {"base.now_v1", "base.today_v1"}
LOG = {"audit.put_v1", "audit.zone_v1"}  # sign-ins are entered by the zone itself
CHECKPOINTS = {
    f"audit.{name}_v1"
    for name in ("bounds", "read", "oldest", "checkpoints", "newest", "last_verified", "put_checkpoint")
}  # the worker seals the log
ARRIVALS = {
    f"arrive.{m.name.replace('.', '_')}_v{m.version}"
    for m in messages.registry().values()
    if "inside-outside" in m.directions and m is not messages.VOID
}


def api(zone):
    return {f"api.{name}" for name in matrix.functions_of(zone)}


def bridge():
    with p.superuser("outside") as c:
        return {
            f"bridge.{n}"
            for (n,) in c.execute("SELECT proname FROM pg_proc WHERE pronamespace = 'bridge'::regnamespace")
        }


def functions():
    return {
        "out_public": CLOCK | api(Zone.PUBLIC),
        "out_desk": CLOCK | LOG | api(Zone.DESK),
        "out_venue": CLOCK | LOG | api(Zone.VENUE),
        "out_partner": CLOCK,
        "out_worker": CLOCK
        | {"booking.release_due_v1", "booking.watch_v1", "booking.tidy_v1", "audit.ship_v1"}
        | LOG
        | CHECKPOINTS,
        "out_courier": CLOCK | bridge() | ARRIVALS,
    }


SCHEMAS = {
    "out_public": {"base", "api"},
    "out_desk": {"base", "api", "audit", "shelf_desk"},
    "out_venue": {"base", "api", "audit", "shelf_venue"},
    "out_partner": {"base"},
    "out_worker": {"base", "booking", "audit"},
    "out_courier": {"base", "bridge", "arrive"},
}
SIGN_IN = {
    "password",
    "totp_secret",
    "totp_last",
    "enrol_hash",
    "enrol_until",
    "state",
    "failed",
    "locked_until",
    "session_key",
    "seen_at",
}
TABLES = {
    **{
        (f"out_{z}", f"shelf_{z}.django_session"): {"SELECT", "INSERT", "UPDATE", "DELETE"}
        for z in ("desk", "venue")
    },
    **{(f"out_{z}", f"shelf_{z}.account"): {"SELECT", "UPDATE of a column"} for z in ("desk", "venue")},
    **{
        ("out_courier", f"arrive.{t}_in"): {"INSERT"}
        for t in ("subject_rows", "entitlement_rows", "interval_rows")
    },
}
OURS = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"


@pytest.fixture
def look():
    """A superuser's eyes: rows of a query."""
    with p.superuser("outside") as c:
        yield lambda query, *params: c.execute(query, params or None).fetchall()


def relations(look, kinds):
    return look(
        f"SELECT k.oid, n.nspname || '.' || k.relname FROM pg_class k JOIN pg_namespace n ON n.oid = k.relnamespace "
        f"WHERE {OURS} AND k.relkind::text = ANY (%s) ORDER BY 2",
        list(kinds),
    )


@pytest.mark.parametrize("login", OUT)
def test_wall_effective_rights_on_functions(look, login):
    found = look(
        f"SELECT n.nspname || '.' || f.proname FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace "
        f"WHERE {OURS} AND has_function_privilege(%s, f.oid, 'EXECUTE')",
        login,
    )
    assert {name for (name,) in found} == functions()[login]


@pytest.mark.parametrize("login", OUT)
def test_wall_effective_rights_on_schemas(look, login):
    found = look(
        f"SELECT n.nspname, has_schema_privilege(%(l)s::name, n.oid, 'CREATE') FROM pg_namespace n WHERE {OURS} "
        "AND has_schema_privilege(%(l)s::name, n.oid, 'USAGE')".replace("%(l)s", f"'{login}'")
    )
    assert dict(found) == dict.fromkeys(SCHEMAS[login], False)


def test_wall_effective_rights_on_tables_and_columns(look):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"]
    if int(look("SHOW server_version_num")[0][0]) >= 170000:
        rights.append("MAINTAIN")
    tables = relations(look, "rpvmf")
    assert len(tables) > 35
    for login, (oid, name) in itertools.product(OUT, tables):
        found = {
            r for r in rights if look("SELECT has_table_privilege(%s, %s::oid, %s)", login, oid, r)[0][0]
        }
        found |= {
            f"{r} of a column"
            for r in ("SELECT", "INSERT", "UPDATE")
            if r not in found
            and look("SELECT has_any_column_privilege(%s, %s::oid, %s)", login, oid, r)[0][0]
        }
        assert found == TABLES.get((login, name), set()), (login, name)


@pytest.mark.parametrize("zone", ["desk", "venue"])
def test_wall_a_zone_cannot_make_itself_somebody_else(look, zone):
    """Role, hall and training come over the bridge; signing in changes what signing in needs."""
    columns = look(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0",
        f"shelf_{zone}.account",
    )
    may = {
        c
        for (c,) in columns
        if look(
            "SELECT has_column_privilege(%s, %s, %s, 'UPDATE')", f"out_{zone}", f"shelf_{zone}.account", c
        )[0][0]
    }
    assert may == SIGN_IN


def test_wall_effective_rights_on_sequences(look):
    sequences = relations(look, "S")
    assert len(sequences) > 8
    for login, (oid, name), right in itertools.product(OUT, sequences, ("SELECT", "UPDATE", "USAGE")):
        assert not look("SELECT has_sequence_privilege(%s, %s::oid, %s)", login, oid, right)[0][0], (
            login,
            name,
        )


def test_wall_no_login_is_more_than_a_login(look):
    for login in (*OUT, OWNER):
        (row,) = look(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s",
            login,
        )
        assert row == (False, False, False, False, False, login != OWNER), login
    assert (
        look(
            "SELECT * FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname ~ '^(in|out)_'"
        )
        == []
    )


def test_wall_definer_functions_fix_their_search_path_and_belong_to_the_owner(look):
    rows = look(
        f"SELECT n.nspname || '.' || f.proname, f.prosecdef, f.proconfig, pg_get_userbyid(f.proowner) "
        f"FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE {OURS}"
    )
    assert {owner for *_, owner in rows} == {OWNER}
    for name, definer, config, _ in rows:
        if definer:
            assert config and config[0].startswith("search_path=") and config[0].endswith("pg_temp"), name
        else:
            assert not name.startswith("api."), name


# --- Climbing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("login", OUT)
def test_wall_other_databases_refuse(login):
    with p.connect(login) as c:
        assert c.execute("SELECT current_database()").fetchone() == (p.place().database("outside"),)
    for other in (p.place().database("inside"), "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(p.place().address(login), dbname=other)


@pytest.mark.parametrize("login", tuple(BUILDINGS["inside"].logins))
def test_wall_the_inside_does_not_come_out(login):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(p.place().address(login), dbname=p.place().database("outside"))


CLIMBS = (
    "SET ROLE out_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "CREATE TEMP TABLE t (a int)",
    "CREATE TABLE public.t (a int)",
    "CREATE TABLE api.t (a int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION api.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DO $$ BEGIN PERFORM 1; END $$",
    "SELECT lo_create(0)",
    "SELECT lo_creat(1)",
    "SELECT lo_from_bytea(0, 'x')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_read_file('/etc/passwd')",
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_shadow",
    "SELECT * FROM pg_hba_file_rules",
    "SELECT pg_reload_conf()",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND datname = current_database()",
    "ALTER FUNCTION api.book_v1 OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION base.now_v1() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()'",
    "ALTER TABLE audit.entry DISABLE TRIGGER ALL",
    "SET session_replication_role = replica",
    "LOAD 'auto_explain'",
    "ALTER ROLE CURRENT_USER SUPERUSER",
)


@pytest.mark.parametrize("login", OUT)
def test_wall_climbing(look, login):
    other = next(x for x in OUT if x != login)
    with p.connect(login) as c:
        for climb in (*CLIMBS, f"SET ROLE {other}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                c.execute(climb)
                pytest.fail(climb)


@pytest.mark.parametrize("login", OUT)
def test_wall_every_table_refuses_to_be_read(look, login):
    tables = relations(look, "rpvmf")
    with p.connect(login) as c:
        for _, name in tables:
            query = sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(*name.split(".")))
            if "SELECT" in TABLES.get((login, name), ()):
                c.execute(query)
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    c.execute(query)


# --- Forging --------------------------------------------------------------------------------------------------


def given_entries():
    """One entry, one checkpoint, one dose."""
    with p.superuser("outside") as c:
        c.execute("SELECT audit.put_v1('booking.find', 'public')")
        c.execute("INSERT INTO audit.checkpoint (number, statement, signature) VALUES (1, '{}', '')")
        c.execute("INSERT INTO stock.lot VALUES (1, 'pfizer', 'L1', '2027-01-01', 'usable')")
        c.execute(
            "INSERT INTO visits.visit (id, request, venue_id, programme, on_date, queue_no, subject_id, booking_id, dose, product, received_at, received_by) "
            "VALUES (%(u)s, %(u)s, 1, 'p', '2026-11-24', 1, %(u)s, 1, 1, 'pfizer', now(), 'VN-1')",
            {"u": "00000000-0000-0000-0000-000000000001"},
        )
        c.execute(
            "INSERT INTO visits.dose (id, visit_id, subject_id, programme, dose, product, lot_id, given_at, entered_at, by) "
            "SELECT id, id, id, 'p', 1, 'pfizer', 1, now(), now(), 'VN-1' FROM visits.visit"
        )


@pytest.mark.parametrize("who", ["postgres", OWNER])
@pytest.mark.parametrize(
    "table, change",
    [("audit.entry", "actor = 'nobody'"), ("audit.checkpoint", "number = 2"), ("visits.dose", "lot_id = 2")],
)
def test_wall_what_only_grows_holds_for_owner_and_superuser(who, table, change):
    given_entries()
    with p.superuser("outside") as c:
        c.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(who)))
        for forgery in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"):
                c.execute(forgery)
        assert c.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


def test_wall_a_withdrawal_may_change_the_pseudonym_of_a_dose_alone(look):
    given_entries()
    with p.superuser("outside") as c:
        c.execute("UPDATE visits.dose SET id = gen_random_uuid(), subject_id = gen_random_uuid()")
        c.execute("UPDATE visits.visit SET id = gen_random_uuid()")
    assert look("SELECT count(*) FROM visits.dose d JOIN visits.visit v ON v.id = d.visit_id") == [(1,)]


def test_wall_an_entry_names_its_zone_by_the_login_and_not_by_a_word():
    for login in ("out_desk", "out_venue"):
        with p.connect(login) as c:
            c.execute("SELECT audit.put_v1('account.sign_in', 'OP-1')")
    with p.superuser("outside") as c:
        assert c.execute("SELECT zone FROM audit.entry ORDER BY id").fetchall() == [("desk",), ("venue",)]


# --- Tampering ------------------------------------------------------------------------------------------------


def catalogue(c):
    """What functions and triggers are, with everything that CREATE OR REPLACE may lose."""
    functions = c.execute(
        f"SELECT f.oid::regprocedure::text, pg_get_functiondef(f.oid), pg_get_userbyid(f.proowner), f.proacl::text, f.prosecdef, f.proconfig, "
        f"f.provolatile FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace WHERE {OURS} ORDER BY 1"
    ).fetchall()
    triggers = c.execute(
        f"SELECT pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t JOIN pg_class k ON k.oid = t.tgrelid "
        f"JOIN pg_namespace n ON n.oid = k.relnamespace WHERE {OURS} AND NOT t.tgisinternal ORDER BY 1"
    ).fetchall()
    return functions, triggers


def apply_files(c):
    c.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(OWNER)))
    for folder in ("functions/clock/test.sql", "functions/both", "functions/outside"):
        install._apply(c, folder)
    c.execute("RESET ROLE")


def test_wall_the_catalogue_equals_the_files():
    """Every body is parsed here as well: the install looks at none, because files name functions of later files."""
    with psycopg.connect(p.place().admin("outside")) as c:
        before = catalogue(c)
        apply_files(c)
        assert catalogue(c) == before
        functions, _ = before
        assert len(functions) > 60
        c.rollback()


@pytest.mark.parametrize("tampering", [
    "ALTER FUNCTION api.cancel_v1 SECURITY INVOKER",
    "ALTER FUNCTION api.cancel_v1 RESET search_path",
    "CREATE OR REPLACE FUNCTION booking.spent_v1(p_zone text, p_try bytea, p_network bytea) RETURNS boolean LANGUAGE sql AS 'SELECT false'",
    "DROP TRIGGER only_grows ON audit.entry",
])  # fmt: skip
def test_wall_tampering_is_found(tampering):
    with psycopg.connect(p.place().admin("outside")) as c:
        c.execute(tampering)
        before = catalogue(c)
        apply_files(c)
        assert catalogue(c) != before
        c.rollback()


def test_wall_a_function_that_left_the_files_leaves_the_database():
    with p.superuser("outside") as c:
        c.execute("CREATE FUNCTION api.old_v1() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        c.execute(sql.SQL("ALTER FUNCTION api.old_v1() OWNER TO {}").format(sql.Identifier(OWNER)))
    p.place().prepare(test_clock=True)
    with p.superuser("outside") as c:
        assert c.execute("SELECT to_regprocedure('api.old_v1()')").fetchone() == (None,)


def test_wall_a_second_install_changes_nothing():
    o.town(subjects=1, halls=1, days=1)
    with psycopg.connect(p.place().admin("outside")) as c:
        before = catalogue(c)
    p.place().prepare(test_clock=True)
    with psycopg.connect(p.place().admin("outside")) as c:
        assert catalogue(c) == before
        assert c.execute("SELECT count(*) FROM booking.subject").fetchone() == (1,)
