"""`sesshu keys` – make the key folders, say where each key lives."""

import dataclasses
import json
from pathlib import Path

import click

from sesshu.base import crypto
from sesshu.cli.db import data_option
from sesshu.cli.place import Place


@click.group()
def keys() -> None:
    """Keys of both buildings and of the sealed room: Ed25519, age, three HMAC keys."""


@keys.command()
@data_option
def make(data: Path) -> None:
    """Make what is missing; nothing is ever overwritten."""
    folder = Place(data.resolve()).keys
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    crypto.make_keys(folder)
    click.echo("Keys are there. Move each building's folder to its own host and keep a copy in the safe.")


@keys.command()
@click.option("--json", "as_json", is_flag=True)
@data_option
def status(data: Path, as_json: bool) -> None:
    """Where each key lives, by fingerprint; no secret is printed."""
    rows = [dataclasses.asdict(s) for s in crypto.status(Place(data.resolve()).keys)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo("  ".join(str(v) for v in row.values()))
