"""`sesshu doctor` – says what is wrong on this host, and the mend (点検)."""

import dataclasses
import json
import logging
from pathlib import Path

import click

from sesshu.base import logs
from sesshu.cli.db import data_option
from sesshu.cli.doctor import databases, host
from sesshu.cli.doctor.findings import OK, WARN, WRONG, Finding
from sesshu.cli.place import Place
from sesshu.cli.saying import json_option

_COLOURS = {OK: "green", WARN: "yellow", WRONG: "red"}


@click.command()
@json_option
@data_option
def doctor(as_json: bool, data: Path) -> None:
    """Look at settings, keys, clocks, fonts, disk, logins and their effective rights, streams, the audit log, workers.

    Looks only, changes nothing. Each line is ok, warn or wrong, with the mend; exit status 1 if anything is wrong.
    """
    logs.set_up("command", logging.ERROR)
    place = Place(data.resolve())
    if not place.etc.is_dir():
        raise click.ClickException(f"There is no installation in {data}. Make one with: sesshu db install")
    found = look(place)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(f) for f in found], ensure_ascii=False))
    else:
        for f in found:
            click.echo(f"{click.style(f'{f.state:<6}', fg=_COLOURS[f.state])}{f.area:<11}{f.what}")
            if f.mend:
                click.echo(f"{'':17}→ {f.mend}")
        count = {state: sum(f.state == state for f in found) for state in (OK, WARN, WRONG)}
        click.echo(" · ".join(f"{n} {state}" for state, n in count.items()))
    if any(f.state == WRONG for f in found):
        raise SystemExit(1)


def look(place: Place) -> list[Finding]:
    """Everything, in the order in which one mends it."""
    machines, found = host.settings(place)
    found += host.keys(place, machines)
    found += host.clocks(machines)
    found += host.fonts()
    found += host.storage(place, machines)
    for building in ("inside", "outside"):
        found += databases.building(building, machines)
    return found
