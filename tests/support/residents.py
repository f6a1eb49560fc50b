"""Given-steps inside: a programme in force, residents on the register, what the outside was told."""

import datetime as dt
import hashlib
import json

from django.db import connection
from psycopg.types.json import Jsonb

from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.actions import load_programme
from sesshu.trust.access.actor import Actor, host_actor, worker_actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from tests.support import place as p

PROGRAMME = "demo-covid19"
HOST, WORKER = host_actor(), worker_actor()
OFFICER = Actor("OF-1", Role.OFFICER, Zone.OFFICE, Proof.FRESH)
AUDITOR = Actor("AU-1", Role.AUDITOR, Zone.OFFICE, Proof.FRESH)

_next = 0


def given_programme() -> None:
    """The sample programme in force: two doses from 65, later from 12."""
    load_programme(by=HOST, document=document.read(document.SHIPPED / f"{PROGRAMME}.json"))


def given_resident(
    *,
    dob: str = "19500401",
    town: str | None = "中央町一丁目",
    banchi: str | None = None,
    building: str | None = "",
    sex: str = "女",
    status: str = "present",
    protected: bool = False,
) -> int:
    """One resident; each has another house unless ``banchi`` says otherwise. Gives the id."""
    global _next
    _next += 1
    if banchi is None:
        banchi = f"{_next // 30 + 1}番{_next % 30 + 1}号"
    if protected:
        town = banchi = building = None
    known = dob[4:6] != "00" and dob[6:] != "00"
    row = {
        "reference_no": f"9{_next:09d}",
        "name": "見本 花子",
        "dob_text": dob,
        "dob_key": dob,
        "dob": dt.date.fromisoformat(dob) if known else None,
        "sex": sex,
        "town": town,
        "banchi": banchi,
        "building": building,
        "status": status,
        "protected": protected,
        "digest": hashlib.sha256(str(_next).encode()).digest(),
    }
    names = ", ".join(row)
    return run(
        f"INSERT INTO register.resident ({names}) VALUES ({', '.join(['%s'] * len(row))}) RETURNING id",
        *row.values(),
    )[0][0]


def given_slot(
    on: dt.date,
    *,
    at: str = "10:00",
    product: str = "pfizer",
    venue: str = "見本会場",
    web: int = 6,
    phone: int = 2,
) -> int:
    """A hall with one open session of a day, and one slot of it. Gives the slot's id."""
    hall = run(
        "INSERT INTO planning.venue (name, kana) VALUES (%s, 'みほん') ON CONFLICT (name) DO UPDATE SET kana = 'みほん' RETURNING id",
        venue,
    )[0][0]
    session = run(
        "INSERT INTO planning.session (venue_id, programme, product, on_date, opens_at, closes_at) VALUES (%s, %s, %s, %s, %s, '17:00') "
        "ON CONFLICT (venue_id, programme, on_date, opens_at) DO UPDATE SET state = 'open' RETURNING id",
        hall, PROGRAMME, product, on, "09:00",
    )[0][0]  # fmt: skip
    return run(
        "INSERT INTO planning.slot (session_id, at, cap_web, cap_phone) VALUES (%s, %s, %s, %s) RETURNING id",
        session, at, web, phone,
    )[0][0]  # fmt: skip


def given_booking(resident: int, slot: int, *, dose: int = 1, channel: str = "web") -> int:
    """The outside told of an active booking of a resident who has crossed. Gives the booking's id."""
    return run(
        "INSERT INTO records.booking (id, subject_id, programme, dose, slot_id, channel, state, made_at) "
        "SELECT coalesce((SELECT max(id) FROM records.booking), 0) + 1, s.id, s.programme, %s, %s, %s, 'active', base.now_v1() "
        "FROM records.subject s WHERE s.resident_id = %s AND s.programme = %s RETURNING id",
        dose, slot, channel, resident, PROGRAMME,
    )[0][0]  # fmt: skip


def run(query: str, *values) -> list[tuple]:
    """Any statement, on the test's own connection."""
    with connection.cursor() as c:
        c.execute(query, values)
        return c.fetchall() if c.description else []


def messages(type_: str = "%", after: int = 0) -> list[tuple[str, dict]]:
    """(type, body) of what waits for the outside, in order."""
    found = run(
        "SELECT type, body FROM bridge.outbox WHERE type LIKE %s AND id > %s ORDER BY id", type_, after
    )
    return [(t, json.loads(b) if isinstance(b, str) else b) for t, b in found]


def newest_message() -> int:
    return run("SELECT coalesce(max(id), 0) FROM bridge.outbox")[0][0]


def arrive(type_: str, body: dict) -> str:
    """What the outside tells, through the real arrival function as the courier calls it. Needs ``committed``."""
    with p.connect("in_courier") as c:
        return c.execute(f"SELECT arrive.{type_.replace('.', '_')}_v1(%s)", [Jsonb(body)]).fetchone()[0]
