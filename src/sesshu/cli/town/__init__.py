"""`sesshu town` – makes the register files of a made-up town (架空の町). Needs no database."""

import datetime as dt
import json
import sys
from pathlib import Path

import click

from sesshu.base.text.towns import municipality
from sesshu.cli.town.writing import SMALLEST, Town

MEGURO = "131105"
AS_OF = "2026-10-20"


@click.group()
def town() -> None:
    """A made-up town: register files with all their traps, of nobody."""


@town.command()
@click.option(
    "--residents",
    type=click.IntRange(SMALLEST, 3_000_000),
    required=True,
    help="good lines of the first file",
)
@click.option("--seed", type=int, required=True, help="equal seeds give equal bytes")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="folder to write into"
)
@click.option(
    "--as-of",
    "as_of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=AS_OF,
    show_default=True,
    help="day of the first extract; the second is a month later",
)
@click.option("--encoding", type=click.Choice(["cp932", "utf-8"]), default="cp932", show_default=True)
@click.option("--ward", default=MEGURO, show_default=True, help="市町村コード whose town names are used")
@click.option("--json", "as_json", is_flag=True, help="report as JSON")
def make(
    residents: int, seed: int, out: Path, as_of: dt.datetime, encoding: str, ward: str, as_json: bool
) -> None:
    """Write register-1.csv, register-2.csv (a month later), register-utf8.csv, expected.json and town.json."""
    try:
        place = municipality(ward)
    except (KeyError, ValueError):
        raise click.BadParameter("no such 市町村コード", param_hint="--ward") from None
    made = Town(residents, seed, as_of.date(), place, encoding)
    hidden = as_json or not sys.stderr.isatty()
    with click.progressbar(length=residents, label="town", file=sys.stderr, hidden=hidden) as bar:
        expected = made.write(out, lambda good: bar.update(good - bar.pos))
    if as_json:
        click.echo(json.dumps(expected, ensure_ascii=False))
        return
    for name in ("register-1.csv", "register-2.csv", "register-utf8.csv"):
        found = expected[name]
        counts = {k: found[k] for k in ("lines", "new", "changed", "gone", "unchanged", "protected")}
        click.echo(
            f"{name}: {counts} refused {len(found['refused'])}, rows with gaiji {found['gaiji']['rows']}"
        )
