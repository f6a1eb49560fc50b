"""`sesshu demo` – a made-up town with every state present, every zone on its port (見本の町)."""

import contextlib
import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from sesshu.base import clock
from sesshu.base.machine import child_environment
from sesshu.cli.db import data_option
from sesshu.cli.place import PORTS, Place
from sesshu.cli.supervise import WORKERS, ZONES, ChildFailed, Children, processes_of
from sesshu.db.embedded import ServerFailed
from sesshu.db.install import TableFileChanged

FIRST_DAY = dt.date(2026, 11, 24)


@click.command()
@click.option("--detach", is_flag=True, help="return when the town lives; stop it with --stop")
@click.option("--stop", "stop_it", is_flag=True, help="stop a detached town")
@click.option("--fresh", is_flag=True, help="start over with a new town")
@click.option("--residents", default=2000, show_default=True, type=click.IntRange(500, 300_000))
@click.option("--seed", default=1, show_default=True)
@click.option(
    "--today", type=click.DateTime(["%Y-%m-%d"]), help=f"the day a new town begins (default {FIRST_DAY})"
)
@click.option("--base-port", default=8100, show_default=True)
@data_option
def demo(detach, stop_it, fresh, residents, seed, today, base_port, data: Path) -> None:
    """Make a made-up town (once), start every zone and worker on loopback, print addresses and sign-ins.

    An existing town is continued, never seeded again. Ctrl-C stops everything it started.
    """
    place = Place(data.resolve(), base_port=base_port)
    if stop_it:
        _stop(place)
        return
    if detach:
        _detach(place)
        return
    console = Console()
    if processes_of(place.dir):
        raise click.ClickException("This town is running already. Stop it with: sesshu demo --stop")
    if fresh or not (place.dir / "access.json").exists():
        # A town that was never finished, or whose folder was removed by hand, begins again.
        place.cluster.remove()
        _remove(place.dir)
    children = Children(place)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with console.status("Starting the database …"):
            place.prepare(test_clock=True)
            clock.use_file(place.clock_file)
        if not (place.dir / "access.json").exists():
            from sesshu.cli.demo_seed import seed_town

            day = today.date() if today else FIRST_DAY
            seed_town(place, children, residents=residents, seed=seed, day=day, say=console.print)
        for name in (*WORKERS, *ZONES):
            if name not in children.running:
                children.start(name)
        with console.status("Waiting for the zones …"):
            children.wait_for_zones()
        (place.dir / "demo.pid").write_text(str(os.getpid()))
        _show(console, place)
        while True:
            time.sleep(1)
            children.look_after()
    except KeyboardInterrupt:
        console.print("Stopping …")
    except (ChildFailed, ServerFailed) as e:
        raise click.ClickException(str(e)) from None
    except TableFileChanged:
        raise click.ClickException(
            "This town was made by an older checkout, whose tables differ. Begin a new one: make demo FRESH=1"
        ) from None
    finally:
        children.stop()
        with contextlib.suppress(ServerFailed):
            place.cluster.stop()
        (place.dir / "demo.pid").unlink(missing_ok=True)


def _interrupt(*_) -> None:
    raise KeyboardInterrupt


def _remove(folder: Path) -> None:
    """Empty a data folder; the log of a detached start, which is being written, stays."""
    for entry in folder.iterdir() if folder.exists() else ():
        if entry.is_dir():
            shutil.rmtree(entry, ignore_errors=True)
        elif entry.name != "demo.log":
            entry.unlink()


def _detach(place: Place) -> None:
    arguments = [a for a in sys.argv[1:] if a != "--detach"]
    place.dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = place.dir / "demo.log"
    with open(log, "wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "sesshu.cli.main", *arguments],
            env=child_environment(Path()), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    while not (place.dir / "demo.pid").exists():
        if child.poll() is not None:
            raise click.ClickException("The demo did not start:\n" + log.read_text(errors="replace")[-2000:])
        time.sleep(0.2)
    _show(Console(), place)
    click.echo(
        "Stop it with: sesshu demo --stop" + (f" --data {place.dir}" if place.dir.name != "var" else "")
    )


def _stop(place: Place) -> None:
    """Stop the supervisor, and whatever a killed supervisor left behind."""
    file = place.dir / "demo.pid"
    with contextlib.suppress(OSError, ValueError):
        os.kill(int(file.read_text()), signal.SIGTERM)
        until = time.monotonic() + 20
        while file.exists() and time.monotonic() < until:
            time.sleep(0.1)
    for pid in processes_of(place.dir):
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    if place.cluster.home.exists():
        place.cluster.stop()
    file.unlink(missing_ok=True)
    click.echo("Stopped.")


def _show(console: Console, place: Place) -> None:
    access = json.loads((place.dir / "access.json").read_text())
    table = Table(title=f"見本の町 — {clock.now():%Y-%m-%d %H:%M}", title_justify="left")
    for column in ("zone", "address", "account", "role", "password"):
        table.add_column(column, overflow="fold")
    for zone in ZONES:
        accounts = [a for a in access["accounts"] if a["zone"] == zone] or [{"name": "–", "password": ""}]
        for n, a in enumerate(accounts):
            address = access["zones"][zone]["url"] if not n else ""
            table.add_row(zone if not n else "", address, a["name"], a.get("role", ""), a["password"])
    console.print(table)
    residents = Table(title="住民の例", title_justify="left")
    for column in ("situation", "ticket", "birth date", "address", "receipt"):
        residents.add_column(column, overflow="fold")
    shown: dict[str, int] = {}
    for r in access["residents"]:
        shown[r["situation"]] = shown.get(r["situation"], 0) + 1
        if shown[r["situation"]] <= 1:
            residents.add_row(r["situation"], r["ticket"], r["dob"], r["address"], r["receipt"] or "")
    console.print(residents)
    where = "" if place.dir == Path("var").resolve() else f" --data {place.dir}"
    console.print(f"More residents, second factors: {place.dir / 'access.json'}")
    console.print(f"A confirmation code for a sign-in: .venv/bin/sesshu code NAME{where}", highlight=False)
    console.print("Ctrl-C stops everything.")


@click.command()
@click.argument("name")
@data_option
def code(name: str, data: Path) -> None:
    """The present six-digit confirmation code of a made-up account of the demo."""
    from sesshu.trust.access.factors import totp

    accounts = json.loads((data.resolve() / "access.json").read_text())["accounts"]
    found = next((a for a in accounts if a["name"] == name.upper()), None)
    if found is None:
        raise click.ClickException(
            f"no made-up account {name}; there are " + ", ".join(a["name"] for a in accounts)
        )
    click.echo(totp(found["totp_secret"]))


def zone_addresses(place: Place) -> dict[str, dict[str, str]]:
    """The addresses of access.json: *.localhost for people, loopback for scripts."""
    return {
        zone: {
            "url": f"http://{zone}.localhost:{place.base_port + port}/",
            "loopback": f"http://127.0.0.1:{place.base_port + port}/",
        }
        for zone, port in PORTS.items()
        if zone in ZONES
    }
