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
from playwright.sync_api import Page

from sesshu.base import clock, jdate
from sesshu.base.machine import child_environment
from sesshu.cli.demo_seed import settle
from sesshu.cli.place import Place
from sesshu.cli.ready import ReadyAccount
from tests.support import look

ROOT = Path(__file__).parents[2]


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

    def account(self, role: str) -> ReadyAccount:
        """The first account of a role nobody has taken, or the first."""
        found = next(a for a in self.access["accounts"] if a["role"] == role)
        return ReadyAccount(found["zone"], found["name"], role, found["password"], found["totp_secret"])

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

    def staff(self, context, role: str) -> Page:
        """A page signed in as a role."""
        account = self.account(role)
        page = context.new_page()
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
    Place(folder).cluster.remove()
    shutil.rmtree(folder, ignore_errors=True)
    done = subprocess.run(
        [
            sys.executable, "-m", "sesshu.cli.main", "demo", "--detach", "--data", str(folder), "--base-port", str(base_port),
            "--residents", str(residents),
        ],
        env=child_environment(Path(), PYTHONPATH=str(ROOT / "src")), capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    town = LivingTown(Place(folder, base_port=base_port))
    clock.use_file(town.place.clock_file)
    return town


def stop_town(town: LivingTown) -> None:
    subprocess.run(
        [sys.executable, "-m", "sesshu.cli.main", "demo", "--stop", "--data", str(town.place.dir)],
        env=child_environment(Path(), PYTHONPATH=str(ROOT / "src")), capture_output=True, check=True,
    )  # fmt: skip
