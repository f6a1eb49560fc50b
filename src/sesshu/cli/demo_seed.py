"""Seeds the made-up town (見本の町の種): a month of real acts, so that every state is present on its first day.

The clock stands five weeks before the demo's day when the register comes in, walks to the days of doses, and ends at
the demo's day. Everything is done by the real actions, functions and messages; nothing is written past them.
"""

import csv
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from sesshu.base import clock, numbers
from sesshu.base.machine import child_environment
from sesshu.cli.place import Place, write_private
from sesshu.cli.ready import ReadyAccount, ready_account
from sesshu.cli.supervise import WORKERS, ChildFailed, Children, run_inside
from sesshu.db.install import ALL_LOGINS

PROGRAMME = "demo-covid19"
HALL, OTHER_HALL = "中央体育館", "緑が丘文化会館"
LAST_DAY = dt.date(2027, 3, 20)
Say = Callable[[str], None]


def seed_town(place: Place, children: Children, *, residents: int, seed: int, day: dt.date, say: Say) -> None:
    """Make the town and write ``access.json``. Raises ChildFailed with what a step said."""
    town = place.dir / "town"
    start = day - dt.timedelta(days=35)
    say(f"Making a town of {residents:,} made-up residents …")
    run_inside(
        place, "sesshu.cli.main", "town", "make", "--residents", str(residents), "--seed", str(seed), "--out", str(town), "--as-of", str(start),
    )  # fmt: skip
    facts = json.loads((town / "town.json").read_text())
    _stand(place, start, 9, 0)
    for name in WORKERS:
        children.start(name)
    say("Reading the register file, two officers accept it …")
    _inside(place, "take_in", {"file": str(town / "register-1.csv"), "as_of": str(start)})
    say("Opening programme and halls, numbering tickets …")
    _inside(
        place,
        "open_programme",
        {
            "programme": PROGRAMME,
            "first": str(start),
            "until": str(max(LAST_DAY, day + dt.timedelta(days=90))),
        },
    )
    settle(place, children)
    say("Five weeks pass: people book, halls record, residents move …")
    people = _five_weeks(place, children, town, facts, day, start)
    accounts = _accounts(place)
    _write_access(place, accounts, people, facts)
    (place.dir / "town.done").touch()


# --- The five weeks -------------------------------------------------------------------------------------------


def _five_weeks(
    place: Place, children: Children, town: Path, facts: dict, day: dt.date, start: dt.date
) -> list[dict]:
    leave_out = sorted(set(_references(facts)))
    chosen = _inside(
        place,
        "choose",
        {
            "programme": PROGRAMME,
            "day": str(start + dt.timedelta(days=1)),
            "count": 24,
            "leave_out": leave_out,
        },
    )
    ready, later = chosen["ready"], chosen["later"]
    if len(ready) < 20:
        raise ChildFailed("the made-up town has too few residents of 65 and over; ask for more residents")
    complete, dose1, booked, unbooked = ready[0:2], ready[2:4], ready[4:6], ready[6:8]
    locked, reissued, pre_reissued, after_booking = ready[8:10], ready[10:12], ready[12:14], ready[14:16]

    two = _book(place, complete, start + dt.timedelta(days=4), HALL, pair=True)
    one = _book(place, dose1, day - dt.timedelta(days=9), HALL)
    for answers in (two, one):
        for on, at in sorted({(a["on"], a["at"]) for a in answers}):
            _give(place, children, answers, on, at, "on")
    for on, at in sorted({(a["on2"], a["at2"]) for a in two}):
        _give(place, children, two, on, at, "on2")

    _stand(place, day - dt.timedelta(days=1), 10, 0)
    _inside(
        place, "take_in", {"file": str(town / "register-2.csv"), "as_of": str(day - dt.timedelta(days=5))}
    )
    settle(place, children)
    _stand(place, day, 9, 30)
    receipts = {
        a["ticket"]: a["receipt"]
        for a in _book(place, booked, day + dt.timedelta(days=2), OTHER_HALL, pair=True)
    }
    today = _book(place, ready[16:18], day, HALL)
    _book(place, after_booking, day + dt.timedelta(days=3), HALL)
    settle(place, children)
    old = {r["id"]: r["ticket"] for r in (*reissued, *pre_reissued)}
    _inside(place, "wall_in", {"programme": PROGRAMME, "reissue": list(old)})
    _inside(
        place,
        "wall_in",
        {"programme": PROGRAMME, "protect": [r["id"] for r in (*pre_reissued, *after_booking)]},
    )
    _outside(place, "public", "lock", {"people": locked})
    dead_walled = _inside(
        place, "find_dead", {"programme": PROGRAMME, "reasons": ["protected"], "protected": True, "count": 6}
    )["dead"]
    dead_left = _inside(
        place,
        "find_dead",
        {
            "programme": PROGRAMME,
            "reasons": ["moved", "left", "moved_away", "deceased"],
            "protected": False,
            "count": 3,
        },
    )["dead"]
    settle(place, children)
    for person in (*dead_walled, *dead_left):
        person["address"] = _address_in_file(town / "register-1.csv", person["reference"])

    def rows(situation: str, people: list[dict], receipt: dict[str, str] | None = None) -> list[dict]:
        return [
            {
                "situation": situation,
                "ticket": p["ticket"],
                "dob": p["dob"],
                "address": p.get("address", ""),
                "receipt": (receipt or {}).get(p["ticket"]),
            }
            for p in people
        ]

    walled_ids = {r["id"] for r in (*pre_reissued, *after_booking)}
    protected = [p for p in dead_walled if p["id"] not in walled_ids]
    never = [
        {"ticket": n, "dob": "1946-04-01"}
        for n in numbers.draw_ticket_numbers(2, {r["ticket"] for r in ready})
    ]
    return [
        *rows("unbooked", unbooked), *rows("booked", booked, receipts), *rows("booked_today", ready[16:18], {a["ticket"]: a["receipt"] for a in today}),
        *rows("dose1", dose1), *rows("complete", complete), *rows("protected", protected[:2]), *rows("protected_reissued_old", pre_reissued),
        *rows("reissued_old", reissued), *rows("moved_away", dead_left[:2]), *rows("not_eligible", later[:2]), *rows("never_issued", never),
        *rows("locked", locked), *rows("protected_after_booking", after_booking),
    ]  # fmt: skip


def _address_in_file(file: Path, reference: str) -> str:
    """The address that the first file gives a made-up person; inside, a protected one's is sealed by now."""
    with open(file, encoding="cp932", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["宛名番号"].lstrip("0") == reference.lstrip("0"):
                return f"{row['町丁目']}{row['番地']} {row['方書']}".strip()
    return ""


def _references(facts: dict) -> list[str]:
    """宛名番号 of the town's named people: they have parts of their own in the second file and stay out of ours."""
    found: list[str] = []
    for value in facts["people"].values():
        found += value if isinstance(value, list) else [value]
    return [str(x) for x in found]


def _book(place: Place, people: list[dict], on: dt.date, venue: str, *, pair: bool = False) -> list[dict]:
    wanted = [p | {"from": str(on), "venue": venue, "pair": pair} for p in people]
    answers = _outside(place, "public", "book", {"people": wanted})
    return [p | a for p, a in zip(people, answers, strict=True)]


def _give(place: Place, children: Children, answers: list[dict], on: str, at: str, key: str) -> None:
    hour, minute = at.split(":")
    _stand(place, dt.date.fromisoformat(on), int(hour), int(minute))
    _outside(
        place,
        "venue",
        "give",
        {"people": [a for a in answers if a[key] == on and a["at" if key == "on" else "at2"] == at]},
    )
    settle(place, children)


# --- Tools ----------------------------------------------------------------------------------------------------


def _stand(place: Place, day: dt.date, hour: int, minute: int) -> None:
    place.set_clock(dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=clock.TOKYO))


def _inside(place: Place, step: str, asked: dict) -> dict:
    return _child(place, "sesshu.cli.demo_inside", "inside", step, asked)


def _outside(place: Place, process: str, step: str, asked: dict) -> list[dict]:
    return _child(place, "sesshu.cli.demo_outside", process, step, asked)


def _child(place: Place, module: str, process: str, step: str, asked: dict) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", module, step], input=json.dumps(asked), capture_output=True, text=True, env=child_environment(place.config(process)),
    )  # fmt: skip
    if done.returncode:
        raise ChildFailed(f"{step}: {done.stderr[-2000:]}")
    return json.loads(done.stdout)


def settle(place: Place, children: Children | None = None, seconds: float = 120) -> None:
    """Wait until both buildings have nothing to say to each other. Raises ChildFailed where a stream has stopped."""
    until = time.monotonic() + seconds
    quiet = 0
    while quiet < 2:
        if children:
            children.look_after()
        quiet = quiet + 1 if _nothing_to_say(place) else 0
        if time.monotonic() > until:
            raise ChildFailed("the bridge did not come to rest; see log/ and `sesshu bridge status`")
        time.sleep(0.3)


def _nothing_to_say(place: Place) -> bool:
    for building in ("inside", "outside"):
        with psycopg.connect(place.admin(building)) as c:
            if c.execute("SELECT 1 FROM bridge.stream WHERE state = 'stopped'").fetchone():
                raise ChildFailed(f"the {building} stream has stopped; see `sesshu bridge status`")
            if c.execute("SELECT 1 FROM bridge.outbox WHERE number IS NULL LIMIT 1").fetchone():
                return False
            if c.execute(
                "SELECT 1 FROM bridge.stream WHERE direction = 'out' AND acked < last_number"
            ).fetchone():
                return False
            if building == "inside" and c.execute("SELECT 1 FROM records.dirty LIMIT 1").fetchone():
                return False
    return True


def _accounts(place: Place) -> list[ReadyAccount]:
    """Made-up staff of every zone, ready to sign in."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
    trained = dt.date(2027, 3, 31)
    staff = [
        ("desk", "OP-117", "operator", None), ("desk", "OP-118", "operator", None), ("desk", "SV-01", "supervisor", None),
        ("venue", "R-03", "reception", 1), ("venue", "D-01", "doctor", 1), ("venue", "N-02", "recorder", 1),
        ("office", "S-03", "officer", None), ("office", "K-01", "chief", None), ("office", "A-01", "auditor", None),
        ("sealed", "T-01", "section", None), ("sealed", "T-02", "section", None),
    ]  # fmt: skip
    return [
        ready_account(
            place,
            zone,
            code,
            role,
            venue_id=venue,
            trained_until=trained if zone in ("desk", "venue") else None,
        )
        for zone, code, role, venue in staff
    ]


def _write_access(place: Place, accounts: list[ReadyAccount], people: list[dict], facts: dict) -> None:
    from sesshu.cli.demo import zone_addresses

    access = {
        "zones": zone_addresses(place),
        "accounts": [
            {
                "zone": a.zone,
                "name": a.code,
                "role": a.role,
                "password": a.password,
                "totp_secret": a.totp_secret,
            }
            for a in accounts
        ],
        "residents": people,
        "database": {
            "socket": str(place.cluster.socket),
            "superuser": {b: place.admin(b) for b in ("inside", "outside")},
            "logins": {name: place.address(name) for name in ALL_LOGINS},
        },
        "canaries": [*facts["canaries"], *facts.get("canaries_after_register_2", [])],
        "names": facts["names"],
    }
    write_private(place.dir / "access.json", json.dumps(access, ensure_ascii=False, indent=1))
