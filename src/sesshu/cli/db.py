"""`sesshu db` – start, stop, install, look at the databases."""

import json
from pathlib import Path

import click

from sesshu.base.machine import variable
from sesshu.cli.place import Place
from sesshu.db.embedded import ServerFailed

data_option = click.option(
    "--data",
    "data",
    type=click.Path(path_type=Path),
    default=lambda: Path(variable("SESSHU_DATA", "var")),
    help="the installation's data folder (default: SESSHU_DATA or var)",
)


@click.group()
def db() -> None:
    """Start, stop, install the databases (both buildings)."""


@db.command()
@data_option
def start(data: Path) -> None:
    """Start the embedded server, making it where there is none."""
    try:
        Place(data.resolve()).start_database()
    except ServerFailed as e:
        raise click.ClickException(str(e)) from None
    click.echo("PostgreSQL is running.")


@db.command()
@data_option
def stop(data: Path) -> None:
    """Stop the embedded server."""
    Place(data.resolve()).cluster.stop()
    click.echo("PostgreSQL is stopped.")


@db.command()
@click.option("--test-clock", is_flag=True, help="let the clock be moved: demo and tests only")
@data_option
def install(data: Path, test_clock: bool) -> None:
    """Install or renew both databases, logins, keys and settings files."""
    Place(data.resolve()).prepare(test_clock=test_clock)
    click.echo("Both databases are installed.")


@db.command()
@click.option("--json", "as_json", is_flag=True)
@data_option
def status(data: Path, as_json: bool) -> None:
    """Say whether the server answers and where it lives."""
    c = Place(data.resolve()).cluster
    answer = {"runs": c.runs(), "home": str(c.home), "socket": str(c.socket), "user": c.user or "self"}
    click.echo(json.dumps(answer) if as_json else "\n".join(f"{k}: {v}" for k, v in answer.items()))


@db.command()
@click.option("--data", "folders", type=click.Path(path_type=Path), multiple=True, required=True)
def remove(folders: tuple[Path, ...]) -> None:
    """Stop the embedded servers of these data folders and remove all they made, also outside the folders."""
    for folder in folders:
        Place(folder.resolve()).cluster.remove()
