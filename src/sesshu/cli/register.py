"""`sesshu register` – stage a register file, accept it by two persons (inside)."""

import datetime as dt
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.proving import ask_officer
from sesshu.cli.saying import json_option, say

if TYPE_CHECKING:
    from sesshu.inside.register.imports.queries import ImportReport

SHOWN = 20  # refused lines on a screen; --json has them all
BY = click.option("--by", "name", required=True, metavar="NAME", help="account code of the officer")
CODE = click.option("--code", metavar="TOTP", help="confirmation code; asked for if left out")


@click.group()
def register() -> None:
    """Stage a register file, compare it, accept it by two persons (inside)."""


@register.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="day of the extract (default: today)"
)
@click.option("--partial", is_flag=True, help="the file holds changes only: nobody is gone for being absent")
@json_option
@data_option
@refusals
def stage(file: Path, as_of: dt.datetime | None, partial: bool, as_json: bool, data: Path) -> None:
    """Read FILE and compare it with the register. No resident changes; FILE is only read."""
    enter(data)
    from sesshu.base import clock
    from sesshu.inside.register.imports import actions
    from sesshu.trust.access.actor import host_actor

    day = as_of.date() if as_of else clock.today()
    with _progress(file) as progress:
        report = actions.stage(by=host_actor(), path=file, as_of=day, full=not partial, progress=progress)
    _show(report, as_json)


@register.command()
@click.argument("import_id", metavar="IMPORT", type=int)
@BY
@CODE
@click.option("--despite", metavar="CODE", multiple=True, help="reason to wait that was checked, such as R72")
@json_option
@data_option
@refusals
def accept(
    import_id: int, name: str, code: str | None, despite: tuple[str, ...], as_json: bool, data: Path
) -> None:
    """Approve IMPORT as officer NAME. Run by two persons within ten minutes; the second finishes.

    Asks NAME's password and confirmation code; piped, they are the first two lines.
    """
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.inside.records.protection.actions import protect
    from sesshu.inside.register.imports import actions

    done = actions.accept(by=by, import_id=import_id, protect=protect, despite=frozenset(despite))
    if not done.complete:
        said = {"import": import_id, "state": "approved_once"}
        if not as_json:
            click.echo("First approval noted. Another officer approves within ten minutes.")
            return
    else:
        said = {
            "import": import_id,
            "state": "accepted",
            "new": done.added,
            "changed": done.changed,
            "gone": done.gone,
            "protected": done.protected,
        }
    say(said, as_json)


@register.command()
@click.argument("import_id", metavar="IMPORT", type=int)
@BY
@CODE
@data_option
@refusals
def withdraw(import_id: int, name: str, code: str | None, data: Path) -> None:
    """Destroy the staged lines of IMPORT as officer NAME; the register stays as it is."""
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.inside.register.imports import actions

    actions.withdraw(by=by, import_id=import_id)
    click.echo("Withdrawn.")


@register.command("list")
@json_option
@data_option
@refusals
def list_(as_json: bool, data: Path) -> None:
    """List the newest imports."""
    enter(data)
    from sesshu.inside.register.imports import queries

    for report in queries.list_imports():
        if as_json:
            click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        else:
            click.echo(_first_line(report))


@register.command()
@click.argument("import_id", metavar="IMPORT", type=int)
@json_option
@data_option
@refusals
def show(import_id: int, as_json: bool, data: Path) -> None:
    """Show counts, refused lines, characters and reasons to wait of IMPORT."""
    enter(data)
    from sesshu.inside.register.imports import queries

    _show(queries.get_import(import_id), as_json)


def _first_line(report: "ImportReport") -> str:
    c = report.counts
    return (
        f"import {report.id} · {report.state} · as of {report.as_of} · lines {c['lines']} · new {c['new']} · "
        f"changed {c['changed']} · gone {c['gone']} · unchanged {c['unchanged']} · refused {c['refused_lines']}"
    )


def _show(report: "ImportReport", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(report.as_json(), ensure_ascii=False))
        return
    c = report.counts
    click.echo(_first_line(report))
    click.echo(
        f"protected {c['protected']} · kept as they were {c['kept']} · new characters {c['gaiji_new']}"
    )
    if c["kinds"]:
        click.echo(" · ".join(f"{kind} {n}" for kind, n in c["kinds"].items()))
    for line in report.refused[:SHOWN]:
        click.echo(f"  {line.line}行目 {line.column} {line.rule} {line.why.sentence}")
    if len(report.refused) > SHOWN:
        click.echo(f"  … and {len(report.refused) - SHOWN} lines more (--json has them all)")
    if c["nameless"]:
        click.echo(f"  {c['nameless']} refused lines have no readable number: nobody is taken for gone")
    for year, _, before in report.missing_years:
        click.echo(f"  born in fiscal year {year}: nobody, {before} before")
    for reason in report.held:
        click.echo(f"  {reason.code} {reason.sentence}")
    if report.state == "staged":
        despite = "".join(f" --despite {reason.code}" for reason in report.held)
        click.echo(f"Two officers accept it: sesshu register accept {report.id} --by NAME{despite}")


@contextmanager
def _progress(file: Path) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing when piped."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda lines: None
        return
    with file.open("rb") as lines:
        total = sum(part.count(b"\n") for part in iter(lambda: lines.read(1 << 20), b""))
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Reading", total=total)
        yield lambda done: bar.update(task, completed=done)
