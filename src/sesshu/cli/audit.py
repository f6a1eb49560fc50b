"""`sesshu audit` – verify the log, take it away, go on after a restore (監査記録の検査と持出し)."""

import contextlib
import dataclasses
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import click
import psycopg

from sesshu.base import clock, logs
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.base.machine import BadSettings, Machine, read
from sesshu.cli import takeaway
from sesshu.cli.db import data_option
from sesshu.cli.place import Place
from sesshu.cli.saying import json_option
from sesshu.db import checkpoints as db
from sesshu.trust.audit import checkpoint
from sesshu.trust.audit.checkpoint import NOT_WHOLE, Store
from sesshu.trust.audit.verifier import Verdict

BUILDINGS = ("inside", "outside")
building_option = click.option(
    "--building",
    type=click.Choice(BUILDINGS),
    help="only this one (default: every building that is on this host)",
)


@click.group()
def audit() -> None:
    """Verify the audit log of a building, take it away, go on after a restore."""


@audit.command()
@building_option
@json_option
@data_option
def verify(building: str | None, as_json: bool, data: Path) -> None:
    """Recompute every entry and checkpoint and compare with the second place.

    Says until which checkpoint the log is whole, or names the first bad entry; then the exit status is 1.
    """
    verdicts = []
    for m in _machines(data, building):
        with _store(m) as store:
            verdict = checkpoint.verify(store)
            db.enter(
                store.conn,
                "trail.verify",
                "done" if verdict.whole else NOT_WHOLE.code,
                f"checkpoint {verdict.until}",
            )
        verdicts.append(verdict)
        if not as_json:
            click.echo(verdict.says())
    if as_json:
        click.echo(json.dumps({v.building: _as_json(v) for v in verdicts}, ensure_ascii=False))
    if not all(v.whole for v in verdicts):
        raise SystemExit(1)


def _as_json(v: Verdict) -> dict:
    faults = [dataclasses.asdict(f) for f in v.faults]
    return dataclasses.asdict(v) | {"whole": v.whole, "first_bad_id": v.first_bad_id, "faults": faults}


@audit.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@building_option
@data_option
def export(folder: Path, building: str | None, data: Path) -> None:
    """Write one folder to take away: entries, checkpoints, public key, a verifier, who may do what.

    No name, address or number of a person is in it. It verifies off-line: python DIR/verify.py
    """
    if folder.exists() and any(folder.iterdir()):
        raise click.ClickException("The folder is not empty. Name a new one.")
    for m in _machines(data, building):
        with _store(m) as store:
            db.enter(store.conn, "trail.export", "done", f"building {m.building}")
            made = takeaway.write(folder, store, KeyRing.load(m.keys_dir).signing_public(m.building))
        click.echo(
            f"{m.building}: {made.entries} entries, {made.checkpoints} checkpoints, public key {made.key}"
        )
    click.echo(f"Verify it anywhere: python {folder / 'verify.py'}")


@audit.command()
@click.argument("building", type=click.Choice(BUILDINGS))
@click.option("--by", required=True, metavar="NAME", help="account code of who answers for the loss")
@data_option
def resume(building: str, by: str, data: Path) -> None:
    """After a restore: own up, in the second place, to the checkpoints that are lost, so that new ones are made.

    The loss stays visible in every later verification.
    """
    for m in _machines(data, building):
        with _store(m) as store:
            ring = KeyRing.load(m.keys_dir, need=("sign.key",))
            first, last = checkpoint.resume(store, ring, by.upper())
            db.enter(store.conn, "trail.resume", "done", f"checkpoint {first}")
        click.echo(f"Checkpoints {first} to {last} are noted as lost. The worker goes on by itself.")


def _machines(data: Path, building: str | None) -> list[Machine]:
    """The workers' settings of the buildings asked for, as far as they are on this host."""
    place = Place(data.resolve())
    found = [b for b in ([building] if building else BUILDINGS) if place.config(f"{b}_worker").exists()]
    if not found:
        raise click.ClickException(f"There is no installation in {data}. Make one with: sesshu db install")
    logs.set_up("command", logging.ERROR)
    try:
        machines = [read(place.config(f"{b}_worker")) for b in found]
    except BadSettings as e:
        raise click.ClickException(str(e)) from None
    clock.use_file(Path(machines[0].clock_file) if machines[0].clock_file else None)
    return machines


@contextlib.contextmanager
def _store(m: Machine) -> Iterator[Store]:
    try:
        with db.connect(m.database) as conn:
            yield Store.of(m, conn)
    except psycopg.OperationalError:
        raise click.ClickException("The database does not answer. Start it with: sesshu db start") from None
    except Refused as no:
        raise click.ClickException(f"{no.refusal.code} {no.refusal.sentence}") from None
