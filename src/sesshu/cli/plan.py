"""`sesshu plan` – halls, sessions, slots, lots and deliveries from one file (inside)."""

import dataclasses
from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.saying import json_option, programme_option, say, the_programme

file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def plan() -> None:
    """Check and load a plan file; count what is planned."""


@plan.command()
@file_argument
@json_option
@refusals
def check(file: Path, as_json: bool) -> None:
    """Say whether FILE is a sound plan. Needs no database."""
    from sesshu.inside.planning.plans import rules

    read = rules.read(file.read_bytes())
    sessions = sum(len(h.sessions) for h in read.halls)
    say({"programme": read.programme, "venues": len(read.halls), "sessions": sessions}, as_json)


@plan.command()
@file_argument
@json_option
@data_option
@refusals
def load(file: Path, as_json: bool, data: Path) -> None:
    """Open the halls of FILE; everything or nothing. Loading it again renews what is there."""
    enter(data)
    from sesshu.inside.planning.plans import actions, rules
    from sesshu.trust.access.actor import host_actor

    made = actions.load_plan(by=host_actor(), plan=rules.read(file.read_bytes()))
    say(dataclasses.asdict(made), as_json)


@plan.command()
@programme_option
@json_option
@data_option
@refusals
def count(programme: str | None, as_json: bool, data: Path) -> None:
    """Count halls, sessions, slots, places, lots and doses of a programme."""
    enter(data)
    from sesshu.inside.planning.queries import count_plan

    say(count_plan(the_programme(programme)), as_json)
