"""A living made-up town for journeys: the demo itself, on ports and in a folder of its own."""

import datetime as dt
import json
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Page

from sesshu.base import clock, jdate
from sesshu.base.machine import child_environment, variable
from sesshu.cli.demo_seed import settle
from sesshu.cli.place import Place
from sesshu.cli.ready import ReadyAccount, ready_account
from tests.support import look

ROOT = Path(__file__).parents[2]
KEEP = bool(variable("SESSHU_KEEP_TOWN"))  # for working on a journey: the town lives on between runs


@dataclass
class LivingTown:
    """見本の町 — addresses, sign-ins and residents of ``access.json``; residents are handed out once each."""

    place: Place
    used: set[str] = field(default_factory=set)

    @cached_property
    def access(self) -> dict:
        return json.loads((self.place.dir / "access.json").read_text())

    def url(self, zone: str) -> str:
        return self.access["zones"][zone]["url"]

    def resident(self, situation: str) -> dict:
        """A resident in a situation whom no other journey has used."""
        for r in self.access["residents"]:
            if r["situation"] == situation and r["ticket"] not in self.used:
                self.used.add(r["ticket"])
                return r
        raise LookupError(f"no resident left who is {situation}")

    def now_is(self, moment: dt.datetime) -> None:
        self.place.set_clock(moment)
        clock.use_file(self.place.clock_file)

    def settle(self) -> None:
        settle(self.place)

    def ask(self, building: str, query: str, *parameters: object) -> list[tuple]:
        """Look as superuser: for then-steps only."""
        with psycopg.connect(self.place.admin(building)) as c:
            return c.execute(query, parameters).fetchall()

    def staff(self, chromium: Browser, role: str, *, look_inside: bool = False) -> Page:
        """A page signed in as a role, in a browser of its own: first the town's own people, then new colleagues.

        A confirmation code is good once, so the same person could sign in again only half a minute later.
        """
        mine = [a for a in self.access["accounts"] if a["role"] == role and a["name"] not in self.used]
        if mine:
            a = mine[0]
            account = ReadyAccount(a["zone"], a["name"], role, a["password"], a["totp_secret"])
        else:
            zone = next(a["zone"] for a in self.access["accounts"] if a["role"] == role)
            trained = dt.date(2027, 3, 31)
            venue = 1 if zone == "venue" else None
            account = ready_account(
                self.place, zone, f"X-{len(self.used)}", role, venue_id=venue, trained_until=trained
            )
        self.used.add(account.code)
        page = look.person(chromium, scripts=look_inside)
        look.sign_in(page, self.url(account.zone), account)
        return page


def born_fields(dob: str) -> dict[str, str]:
    """The four fields of a birth date form."""
    day = dt.date.fromisoformat(dob)
    era, year = jdate.japanese(day).split("年")[0][:2], jdate.japanese(day).split("年")[0][2:]
    return {"born_0": era, "born_1": year, "born_2": str(day.month), "born_3": str(day.day)}


def start_town(name: str = "journeys", base_port: int = 8600, residents: int = 1200) -> LivingTown:
    """Make a fresh town and wait until it lives. Raises AssertionError with what it said."""
    folder = ROOT / ".pg" / name
    if KEEP and (folder / "demo.pid").exists():
        return _living(folder, base_port)
    _sesshu("demo", "--stop", "--data", str(folder))  # what a killed run left
    Place(folder).cluster.remove()
    shutil.rmtree(folder, ignore_errors=True)
    done = _sesshu(
        "demo",
        "--detach",
        "--data",
        str(folder),
        "--base-port",
        str(base_port),
        "--residents",
        str(residents),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return _living(folder, base_port)


def _living(folder: Path, base_port: int) -> LivingTown:
    town = LivingTown(Place(folder, base_port=base_port))
    clock.use_file(town.place.clock_file)
    return town


def stop_town(town: LivingTown) -> None:
    if KEEP:
        return
    _sesshu("demo", "--stop", "--data", str(town.place.dir))


def _sesshu(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "sesshu.cli.main", *arguments],
        env=child_environment(Path(), PYTHONPATH=str(ROOT / "src")), capture_output=True, text=True,
    )  # fmt: skip
