"""Child processes of one installation: start, look after, stop (子プロセスの監督)."""

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from sesshu.base.machine import child_environment
from sesshu.cli.place import PORTS, Place

ZONES = ("public", "desk", "venue", "office", "sealed")
WORKERS = ("inside_worker", "outside_worker", "inside_courier", "outside_courier")


class ChildFailed(Exception):
    """A process did not come up, or went down; carries its name and the end of its log."""


@dataclass
class Child:
    """One process and how often it had to be started again."""

    name: str
    process: subprocess.Popen
    restarts: int = 0


@dataclass
class Children:
    """All processes of one place. ``stop`` ends every one of them, also after an error half way."""

    place: Place
    workers: int = 1  # of each zone
    running: dict[str, Child] = field(default_factory=dict)

    def start(self, name: str) -> None:
        log = open(self.place.dir / "log" / f"{name}.log", "ab")
        process = subprocess.Popen(
            command(self.place, name, self.workers),
            env=child_environment(self.place.config(name), PYTHONUNBUFFERED="1"),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        log.close()
        self.running[name] = Child(
            name, process, self.running[name].restarts + 1 if name in self.running else 0
        )

    def wait_for_zones(self, seconds: float = 60) -> None:
        """Until every zone answers /health. Raises ChildFailed at once when its process ends instead."""
        until = time.monotonic() + seconds
        for name in (n for n in self.running if n in PORTS):
            while not healthy(self.place, name):
                if self.running[name].process.poll() is not None:
                    raise ChildFailed(f"{name} ended:\n{self.log_end(name)}")
                if time.monotonic() > until:
                    raise ChildFailed(f"{name} does not answer:\n{self.log_end(name)}")
                time.sleep(0.1)

    def look_after(self) -> None:
        """Start again what ended by itself; three times, then ChildFailed."""
        for child in list(self.running.values()):
            if child.process.poll() is None:
                continue
            if child.restarts >= 3:
                raise ChildFailed(f"{child.name} ended again and again:\n{self.log_end(child.name)}")
            self.start(child.name)

    def stop(self) -> None:
        for child in self.running.values():
            signal_group(child.process.pid, signal.SIGTERM)
        until = time.monotonic() + 10
        for child in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.1, until - time.monotonic()))
        for child in self.running.values():
            signal_group(child.process.pid, signal.SIGKILL)
            child.process.wait()
        self.running.clear()

    def kill(self) -> None:
        """kill −9 of everything at once, for tests that want to see what survives."""
        for child in self.running.values():
            signal_group(child.process.pid, signal.SIGKILL)
        for child in self.running.values():
            child.process.wait()
        self.running.clear()

    def log_end(self, name: str, lines: int = 15) -> str:
        path = self.place.dir / "log" / f"{name}.log"
        return (
            "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else "(no log)"
        )


def signal_group(pid: int, what: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, what)


def command(place: Place, name: str, workers: int = 1) -> list[str]:
    """The command line of a process: granian for a zone, our own for workers and couriers."""
    if name in PORTS:
        return [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(place.base_port + PORTS[name]),
            "--workers", str(workers), "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "sesshu.web.serve:application",
        ]  # fmt: skip
    building, _, kind = name.partition("_")
    return [sys.executable, "-m", "sesshu.cli.main", kind, building, "--data", str(place.dir)]


def healthy(place: Place, zone: str) -> bool:
    try:
        with urllib.request.urlopen(
            f"http://127.0.0.1:{place.base_port + PORTS[zone]}/health", timeout=2
        ) as answer:
            return answer.status == 200
    except OSError:
        return False


def run_inside(
    place: Place, *arguments: str, process: str = "inside", **options
) -> subprocess.CompletedProcess:
    """Run one `sesshu` command with the settings of a process; raises ChildFailed with its last words."""
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        env=child_environment(place.config(process), SESSHU_DATA=str(place.dir)), capture_output=True, text=True, **options,
    )  # fmt: skip
    if done.returncode:
        raise ChildFailed(f"{' '.join(arguments[:4])}: {(done.stderr or done.stdout)[-1500:]}")
    return done


def processes_of(folder: Path) -> list[int]:
    """Process ids whose settings file lies in this data folder (Linux); for stopping what a lost supervisor left."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                if f"SESSHU_CONFIG={folder}/etc/".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
    return found
