"""`sesshu courier` and `sesshu bridge` – carry packets, look at the streams, mend them."""

import dataclasses
import json
import logging
from pathlib import Path
from typing import Any

import click
import psycopg

from sesshu.base import clock, logs
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.base.machine import BadSettings, Machine, read
from sesshu.bridge import courier as carrying
from sesshu.bridge import receiving
from sesshu.cli.db import data_option
from sesshu.cli.place import Place
from sesshu.db import courier as db

building_argument = click.argument("building", type=click.Choice(["inside", "outside"]))
NEEDS = ("sign.key", "age.key")


def _settings(data: Path, building: str) -> Machine:
    try:
        m = read(Place(data.resolve()).config(f"{building}_courier"))
    except BadSettings as e:
        raise click.ClickException(f"{e}. Make an installation with: sesshu db install") from None
    clock.use_file(Path(m.clock_file) if m.clock_file else None)
    return m


class _Alone:
    """The courier's place in one building, for the length of one command."""

    def __init__(self, data: Path, building: str, *, alone: bool):
        m = _settings(data, building)
        logs.set_up("bridge", logging.ERROR)
        try:
            self.ring = KeyRing.load(m.keys_dir, need=(*NEEDS, f"{_other(building)}-sign.pub"))
            self.conn = db.connect(m.database)
        except psycopg.OperationalError:
            raise click.ClickException(
                "The database does not answer. Start it with: sesshu db start"
            ) from None
        except Refused as no:
            raise _said(no) from None
        self.folder = Path(m.spool_dir)
        if alone and not db.hold(self.conn):
            raise click.ClickException("A courier serves this building already; it does this by itself.")

    def __enter__(self) -> "_Alone":
        return self

    def __exit__(self, *_: Any) -> None:
        self.conn.close()


def _other(building: str) -> str:
    return "outside" if building == "inside" else "inside"


def _said(no: Refused) -> click.ClickException:
    return click.ClickException(f"{no.refusal.code} {no.refusal.sentence}")


@click.command()
@building_argument
@data_option
def courier(building: str, data: Path) -> None:
    """Carry packets for one building until SIGTERM; one per building."""
    m = _settings(data, building)
    logs.set_up(f"{building}_courier")
    try:
        ring = KeyRing.load(m.keys_dir, need=(*NEEDS, f"{_other(building)}-sign.pub"))
    except Refused as no:
        raise _said(no) from None
    carrying.run(lambda: db.connect(m.database), ring, Path(m.spool_dir))


@click.group()
def bridge() -> None:
    """Streams, epochs, numbers, gaps of one building's end of the bridge."""


@bridge.command()
@building_argument
@click.option("--json", "as_json", is_flag=True)
@data_option
def status(building: str, as_json: bool, data: Path) -> None:
    """What was sent, what the other side has, what waits, which alarms are open."""
    with _Alone(data, building, alone=False) as end:
        streams = db.streams(end.conn)
        alarms = db.list_alarms(end.conn)
    if as_json:
        found = {
            "streams": {k: dataclasses.asdict(s) for k, s in streams.items()},
            "alarms": list(map(dataclasses.asdict, alarms)),
        }
        click.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for name, s in streams.items():
        parts = [
            f"{name:<3}",
            f"epoch {s.epoch}",
            f"last {s.last_number}",
            s.state + (f" ({s.reason})" if s.reason else ""),
        ]
        if name == "out":
            heard = (
                s.heard_at.astimezone(clock.TOKYO).strftime("%Y-%m-%d %H:%M:%S") if s.heard_at else "never"
            )
            parts[3:3] = [f"there {s.acked}", f"waiting {s.waiting}", f"heard {heard}"]
        click.echo("  ".join(parts))
    for a in alarms:
        click.echo(f"!!  {a.at.astimezone(clock.TOKYO):%Y-%m-%d %H:%M}  {a.code}  {a.detail}")


@bridge.command()
@building_argument
@data_option
def pack(building: str, data: Path) -> None:
    """Write everything that waits into the folder, for a medium or a gateway that moves it."""
    with _Alone(data, building, alone=True) as end:
        made = 0
        while some := carrying.send_once(end.conn, end.ring, end.folder, window=10**9):
            made += some
        _fail_if_stopped(end, "out")
    click.echo(f"{made} packets written.")


@bridge.command()
@building_argument
@data_option
def unpack(building: str, data: Path) -> None:
    """Apply the packets that lie in the folder and write the acknowledgement."""
    with _Alone(data, building, alone=True) as end:
        applied = receiving.receive_once(end.conn, end.ring, end.folder)
        _fail_if_stopped(end, "in")
    click.echo(f"{applied} messages applied.")


@bridge.command()
@building_argument
@click.argument("direction", type=click.Choice(["in", "out"]))
@click.option("--by", required=True, help="who looked at the alarm")
@data_option
def restart(building: str, direction: str, by: str, data: Path) -> None:
    """Let a stopped stream run again, after somebody has looked at its alarm."""
    with _Alone(data, building, alone=False) as end:
        if not db.restart(end.conn, direction, by):
            s = db.streams(end.conn)[direction]
            why = "It needs a new epoch: sesshu bridge epoch" if s.state == "stopped" else "It is running."
            raise click.ClickException(why)
    click.echo("The stream runs again.")


@bridge.command()
@building_argument
@click.option("--epoch", type=int, help="the other side's epoch, where its .ack file is not at hand")
@click.option("--last", type=int, help="the last number that it has applied there")
@data_option
def epoch(building: str, epoch: int | None, last: int | None, data: Path) -> None:
    """Begin a new epoch of the outgoing stream, after this building's database was restored from a backup."""
    with _Alone(data, building, alone=False) as end:
        try:
            new = carrying.begin_epoch(end.conn, end.ring, end.folder, epoch=epoch, last=last)
        except Refused as no:
            raise _said(no) from None
    click.echo(f"Epoch {new} has begun.")


def _fail_if_stopped(end: _Alone, direction: str) -> None:
    s = db.streams(end.conn)[direction]
    if s.state == "stopped":
        raise click.ClickException(f"The stream is stopped: {s.reason}. See: sesshu bridge status")
