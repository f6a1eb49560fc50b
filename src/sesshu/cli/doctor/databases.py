"""What the doctor asks a building's database (データベースの点検): version, walls, log, streams, workers."""

import datetime as dt

import psycopg

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.base.machine import Machine
from sesshu.cli.doctor.findings import OK, WARN, WRONG, Finding, all_of
from sesshu.cli.doctor.host import Machines
from sesshu.cli.place import PROCESSES
from sesshu.db import checkpoints, courier, inspection
from sesshu.db.install import BUILDINGS
from sesshu.trust.access import matrix
from sesshu.trust.access.matrix import Zone
from sesshu.trust.audit import checkpoint
from sesshu.trust.audit.checkpoint import Store

OLDEST_POSTGRESQL = 15
REINSTALL = "sesshu db install sets all rights anew"
GUARDS = {
    f"{table}.{trigger}" for table in ("entry", "checkpoint") for trigger in ("only_grows", "not_emptied")
}
LATE = dt.timedelta(minutes=5)  # a checkpoint is due each minute
RARE = dt.timedelta(hours=26)  # the whole log is verified each day
SILENT = dt.timedelta(minutes=10)  # the other side's courier speaks each few seconds
SKEW = 5.0  # seconds


def building(name: str, machines: Machines) -> list[Finding]:
    """All of one building, as far as its processes are on this host."""
    here = {p: m for p, m in machines.items() if PROCESSES[p][0] == name}
    if not here:
        return [Finding(name, OK, "not on this host")]
    shut = []
    for process, m in here.items():
        try:
            inspection.connect(m.database).close()
        except psycopg.OperationalError:
            shut.append(f"{process} as {PROCESSES[process][2]}")
    found = [all_of(name, shut, f"{len(here)} processes reach their database", "cannot connect",
                    "start it (sesshu db start), or set the logins' passwords anew: sesshu db install")]  # fmt: skip
    worker, carrier = here.get(f"{name}_worker"), here.get(f"{name}_courier")
    if worker and not any(s.startswith(f"{name}_worker ") for s in shut):
        with inspection.connect(worker.database) as conn:
            found += [
                *_server(name, conn, worker),
                *_logins(name, conn),
                *_walls(name, conn),
                *_log(name, conn, worker),
            ]
            found.append(_runs(name, conn, "worker"))
    if carrier and not any(s.startswith(f"{name}_courier ") for s in shut):
        with inspection.connect(carrier.database) as conn:
            found += [*_streams(name, conn), _runs(name, conn, "courier")]
    return found


def _server(area: str, conn: psycopg.Connection, m: Machine) -> list[Finding]:
    number = inspection.version(conn)
    old = number < OLDEST_POSTGRESQL
    found = [
        Finding(
            area,
            WRONG if old else OK,
            f"PostgreSQL {number}",
            f"PostgreSQL {OLDEST_POSTGRESQL} or later" if old else "",
        )
    ]
    skew = abs((inspection.now(conn) - clock.real()).total_seconds())
    found.append(Finding(area, WARN, f"the server's clock differs by {skew:.0f} s", "let both follow NTP") if skew > SKEW
                 else Finding(area, OK, "the server's clock agrees with this host's"))  # fmt: skip
    shifted = checkpoints.bounds(conn)["clock"] == "test"
    if shifted != bool(m.clock_file):
        found.append(Finding(area, WRONG, "the test clock is on in the database or in the settings, not in both",
                             "sesshu db install, with or without --test-clock"))  # fmt: skip
    archived = inspection.setting(conn, "archive_mode") != "off"
    found.append(Finding(area, OK, "the WAL is archived") if archived else
                 Finding(area, WARN, "no WAL archive: between two dumps everything would be lost",
                         "archive_mode = on; see docs/how-to/back_up_and_restore.md"))  # fmt: skip
    return found


def _logins(area: str, conn: psycopg.Connection) -> list[Finding]:
    b = BUILDINGS[area]
    logins, roles = tuple(b.logins), inspection.roles(conn)
    missing = [n for n in (*logins, b.owner) if n not in roles]
    owners = [b.owner] if b.owner in roles and roles[b.owner].can_log_in else []
    strong = [n for n, r in roles.items() if n in (*logins, b.owner) and (r.more or r.member)]
    disabled = [n for n in logins if n in roles and not roles[n].can_log_in]
    return [
        all_of(area, [*missing, *disabled], f"{len(logins)} logins exist", "logins are missing", REINSTALL),
        all_of(area, owners, "the owner of the objects cannot log in", "the owner can log in", f"ALTER ROLE {b.owner} NOLOGIN"),
        all_of(area, strong, "no login is more than a login", "logins with more rights than a login has",
               "ALTER ROLE … NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS; revoke memberships"),
    ]  # fmt: skip


def _walls(area: str, conn: psycopg.Connection) -> list[Finding]:
    """Effective rights: what the logins can do, whatever was granted to whom."""
    b = BUILDINGS[area]
    logins = tuple(n for n in b.logins if n in inspection.roles(conn))
    strange = [f"{n} in {s}" for n in logins for s in inspection.strange_schemas(conn, n)]
    acts = []
    for zone in (Zone.PUBLIC, Zone.DESK, Zone.VENUE) if area == "outside" else ():
        differ = inspection.functions(conn, f"out_{zone}", "api") ^ matrix.functions_of(zone)
        acts += [f"out_{zone} {function}" for function in differ]
    touch = [f"{n} {'/'.join(sorted(rights))} on {table}" for n in logins
             for table, rights in inspection.tables(conn, n).items() if not _may_touch(n, table, rights)]  # fmt: skip
    return [
        all_of(area, inspection.open_databases(conn), "PUBLIC has nothing on databases", "PUBLIC may enter", REINSTALL),
        all_of(area, inspection.open_to_public(conn), "PUBLIC has nothing within", "open to PUBLIC", REINSTALL),
        all_of(area, inspection.barred(conn, logins), "its logins may enter", "logins that may not enter", REINSTALL),
        all_of(area, inspection.guests(conn, (*b.logins, b.owner)), "no other login may enter", "other logins may enter",
               "REVOKE CONNECT ON DATABASE … FROM …"),
        all_of(area, strange, "every login enters its own schemas", "schemas that differ from the house's walls", REINSTALL),
        all_of(area, touch, "no login touches a table beyond its walls", "tables beyond the walls", REINSTALL),
        *([all_of(area, acts, "functions of the zones equal the matrix", "functions that differ from the matrix", REINSTALL)]
          if area == "outside" else []),
        all_of(area, inspection.loose_functions(conn, b.owner), "functions fix their search path and belong to the owner",
               "loose functions", REINSTALL),
    ]  # fmt: skip


def _may_touch(login: str, table: str, rights: set[str]) -> bool:
    """Is this a right on a table that the house gives? Outside: the own shelf and the courier's slots, no more."""
    schema, _, name = table.partition(".")
    if schema == "audit":  # written by functions alone
        return login in ("in_office", "in_worker") and rights == {"SELECT"}
    if login.startswith("out_"):
        own = schema == f"shelf_{login.removeprefix('out_')}"
        return own or (
            login == "out_courier" and schema == "arrive" and name.endswith("_in") and rights == {"INSERT"}
        )
    if login == "in_sealed" and schema in ("register", "records"):
        return table in ("register.resident", "register.protection") and rights == {"SELECT"}
    return (
        login in inspection.BARRED
        and schema not in inspection.BARRED[login]
        or (login == "in_sealed" and "sealed" in schema)
    )


def _log(area: str, conn: psycopg.Connection, m: Machine) -> list[Finding]:
    """Guards of the audit log, and whether its checkpoints go on and fit."""
    found = [all_of(area, GUARDS - inspection.guards(conn), "the audit log refuses changes", "guards of the audit log are off",
                    REINSTALL + "; then: sesshu audit verify")]  # fmt: skip
    try:
        store = Store.of(m, conn)
        newest = store.read(max(0, checkpoints.newest(conn) - 1))
        number = newest[-1].number if newest else 0
        kept = checkpoint.last_kept(store.file)
        certain = checkpoint.certainty(store)
        verified_at, verdict = checkpoints.last_verified(conn)
        waiting = checkpoints.oldest_waiting(conn, newest[-1].statement.get("upto", 0) if newest else 0)
    except (Refused, OSError) as no:
        return [
            *found,
            Finding(
                area,
                WRONG,
                f"the checkpoints cannot be looked at ({no})",
                "check keys_dir and checkpoints_dir",
            ),
        ]
    if kept > number:
        found.append(Finding(area, WRONG, f"the database has {number} checkpoints, the second place {kept}",
                             f"sesshu audit verify; after a restore: sesshu audit resume {area} --by NAME"))  # fmt: skip
    elif number and certain is None:
        found.append(Finding(area, WRONG, f"checkpoint {number} does not fit the ones before it or the second place",
                             "sesshu audit verify"))  # fmt: skip
    elif waiting and inspection.now(conn) - waiting > LATE:
        found.append(Finding(area, WRONG, f"no checkpoint since {number}: entries wait for longer than 5 minutes",
                             f"start the worker: sesshu worker {area}; its log says why it refuses"))  # fmt: skip
    else:
        found.append(Finding(area, OK, f"checkpoints go on: {number}"))
    if verdict not in (None, "done"):
        found.append(Finding(area, WRONG, "the last verification found that the audit log is not whole",
                             f"sesshu audit verify --building {area}; tell the auditor"))  # fmt: skip
    elif number and (verified_at is None or clock.now() - verified_at > RARE):
        found.append(Finding(area, WARN, "the whole audit log was not verified for a day",
                             "sesshu audit verify, each day by the host's timer"))  # fmt: skip
    return found


def _streams(area: str, conn: psycopg.Connection) -> list[Finding]:
    found = []
    streams = courier.streams(conn)
    for name, s in streams.items():
        silent = s.waiting and (s.heard_at is None or inspection.now(conn) - s.heard_at > SILENT)
        if s.state == "stopped":
            found.append(Finding(area, WRONG, f"the stream {name} is stopped ({s.reason})",
                                 f"look at the alarm (sesshu bridge status {area}), then: sesshu bridge restart {area} {name}"))  # fmt: skip
        elif silent:
            found.append(Finding(area, WARN, f"the other side has been silent for longer than 10 minutes; {s.waiting} messages wait",
                                 "start the other building's courier; see whether the folder is carried"))  # fmt: skip
        else:
            found.append(
                Finding(area, OK, f"the stream {name} runs: epoch {s.epoch}, number {s.last_number}")
            )
    alarms = max((s.alarms for s in streams.values()), default=0)
    if alarms:
        found.append(Finding(area, WARN, f"{alarms} open alarms", f"sesshu bridge status {area}"))
    return found


def _runs(area: str, conn: psycopg.Connection, what: str) -> Finding:
    """Does a process of this login hold a connection?"""
    if inspection.others(conn):
        return Finding(area, OK, f"the {what} runs")
    return Finding(area, WARN, f"the {what} does not run", f"sesshu {what} {area}")
