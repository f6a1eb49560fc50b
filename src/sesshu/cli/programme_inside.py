"""``sesshu programme`` with a database (接種事業, 庁内): put a document in force, list what is in force."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.programme import FILE, say_findings
from sesshu.cli.saying import json_option, say
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.refusals import BadDocument


@click.command("load")
@FILE
@json_option
@data_option
@refusals
def load_(file: Path, as_json: bool, data: Path) -> None:
    """Put the document in FILE in force and send its interval table (inside). Recompute entitlements afterwards."""
    enter(data)
    from sesshu.inside.planning.programme.actions import load_programme
    from sesshu.trust.access.actor import host_actor

    try:
        made = load_programme(by=host_actor(), document=document.read(file))
    except BadDocument as e:
        say_findings(e, as_json)
        sys.exit(1)
    say(dataclasses.asdict(made), as_json)


@click.command("list")
@json_option
@data_option
@refusals
def list_(as_json: bool, data: Path) -> None:
    """List the programmes in force (inside)."""
    enter(data)
    from sesshu.inside.planning.queries import list_programmes

    rows = [dataclasses.asdict(row) for row in list_programmes()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        say(row, as_json)
