"""An installation's data folder DIR: databases, keys, settings files of every process (設置場所)."""

import json
import secrets
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from sesshu.base import clock
from sesshu.base.crypto import make_keys
from sesshu.base.machine import Machine, variable
from sesshu.db.embedded import Cluster, cluster
from sesshu.db.install import ALL_LOGINS, BUILDINGS, install

PORTS = {"public": 1, "desk": 2, "venue": 3, "partner": 4, "office": 5, "sealed": 6}
# process → (building of its database, zone, login, key folder)
PROCESSES = {
    "public": ("outside", "public", "out_public", "outside"),
    "desk": ("outside", "desk", "out_desk", "outside"),
    "venue": ("outside", "venue", "out_venue", "outside"),
    "office": ("inside", "office", "in_office", "inside"),
    "sealed": ("inside", "sealed", "in_sealed", "sealed"),
    "inside": ("inside", "", "in_office", "inside"),
    "inside_worker": ("inside", "", "in_worker", "inside"),
    "inside_courier": ("inside", "", "in_courier", "inside"),
    "outside_worker": ("outside", "", "out_worker", "outside"),
    "outside_courier": ("outside", "", "out_courier", "outside"),
}


@dataclass(frozen=True)
class Place:
    """設置場所 — one installation in one folder. ``prepare`` makes or renews it; nothing outside it is changed."""

    dir: Path
    base_port: int = 8100
    system: bool = False  # the installed PostgreSQL instead of the embedded one
    durable: bool = True

    @cached_property
    def cluster(self) -> Cluster:
        return cluster(self.dir, system=self.system, durable=self.durable)

    @property
    def etc(self) -> Path:
        return self.dir / "etc"

    @property
    def keys(self) -> Path:
        return self.dir / "keys"

    @property
    def spool(self) -> Path:
        return self.dir / "spool"

    @property
    def clock_file(self) -> Path:
        return self.dir / "clock.json"

    def config(self, process: str) -> Path:
        """The settings file of a process."""
        return self.etc / f"{process}.json"

    def database(self, building: str) -> str:
        return f"sesshu_{building}"

    def admin(self, building: str) -> str:
        """The superuser address of a building's database; an outside server where the environment names one."""
        given = variable(f"SESSHU_{building.upper()}_ADMIN")
        if given:
            parts = urlsplit(given)
            return urlunsplit(parts._replace(path="/" + self.database(building)))
        return self.cluster.address(self.database(building))

    def address(self, login: str) -> str:
        """The address with which a login reaches its building's database."""
        building = next(b for b, what in BUILDINGS.items() if login in what.logins)
        given = variable(f"SESSHU_{building.upper()}_ADMIN")
        if given:
            parts = urlsplit(given)
            host = parts.netloc.rpartition("@")[2]
            return urlunsplit(
                parts._replace(
                    netloc=f"{login}:{self.passwords[login]}@{host}", path="/" + self.database(building)
                )
            )
        return self.cluster.address(self.database(building), login, self.passwords[login])

    @cached_property
    def passwords(self) -> dict[str, str]:
        """Passwords of the database logins, made once."""
        file = self.etc / "logins.json"
        known = json.loads(file.read_text()) if file.exists() else {}
        if missing := [name for name in ALL_LOGINS if name not in known]:
            known |= {name: secrets.token_urlsafe(24) for name in missing}
            write_private(file, json.dumps(known, indent=1))
        return known

    def start_database(self) -> None:
        """Start the embedded server where no outside server is named."""
        if not variable("SESSHU_INSIDE_ADMIN") or not variable("SESSHU_OUTSIDE_ADMIN"):
            self.cluster.start()

    def prepare(self, *, test_clock: bool) -> None:
        """Databases, keys and settings files; what is there already stays."""
        for folder in (self.dir, self.etc, self.keys, self.spool, self.dir / "log"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.start_database()
        for building in BUILDINGS:
            server = variable(f"SESSHU_{building.upper()}_ADMIN") or self.cluster.address()
            install(server, building, self.database(building), self.passwords, test_clock=test_clock)
        if not (self.keys / "inside").exists():
            make_keys(self.keys)
        if test_clock and not self.clock_file.exists():
            self.clock_file.write_text(json.dumps({"shift_seconds": 0}))
        for process in PROCESSES:
            self._write_config(process, test_clock)

    def _write_config(self, process: str, test_clock: bool) -> None:
        building, zone, login, keys = PROCESSES[process]
        file = self.config(process)
        old = json.loads(file.read_text()) if file.exists() else {}
        known = {f.name for f in fields(Machine)}
        settings = {name: value for name, value in old.items() if name in known} | {
            "building": "sealed" if keys == "sealed" else building,
            "zone": zone,
            "database": self.address(login),
            "secret_key": old.get("secret_key") or secrets.token_urlsafe(48),
            "keys_dir": str(self.keys / keys),
            "spool_dir": str(self.spool),
            "data_dir": str(self.dir),
            "clock_file": str(self.clock_file) if test_clock else "",
        }
        if zone:
            settings |= {
                "hosts": [f"{zone}.localhost", "localhost", "127.0.0.1"],
                "port": self.base_port + PORTS[zone],
                "https": False,
            }
        if not settings.get("checkpoints_dir"):
            settings["checkpoints_dir"] = str(self.dir / "checkpoints")
        settings.setdefault("municipality", "目黒区")
        settings.setdefault("municipality_code", "131105")
        settings.setdefault("host_shown", "yoyaku.example.lg.jp")
        write_private(file, json.dumps(settings, ensure_ascii=False, indent=1))

    def set_clock(self, to: "clock.dt.datetime") -> None:
        """Move the test clock of all processes and both databases to one moment (demo and tests only)."""
        import psycopg

        clock.set_shift(self.clock_file, to)
        shift = json.loads(self.clock_file.read_text())["shift_seconds"]
        for building in BUILDINGS:
            with psycopg.connect(self.admin(building)) as c:
                c.execute("UPDATE base.test_clock SET shift = make_interval(secs => %s)", [shift])


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    tmp = path.with_suffix(path.suffix + ".new")
    tmp.touch(mode=0o600)
    tmp.chmod(0o600)
    tmp.write_text(text, encoding="utf-8")
    tmp.replace(path)
