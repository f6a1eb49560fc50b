"""`sesshu entitlement` – who may book when: recompute, send, check (inside)."""

import dataclasses
from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.saying import json_option, programme_option, say, the_programme


@click.group()
def entitlement() -> None:
    """Recompute entitlements, send what changed to the outside, compare the two."""


@entitlement.command()
@programme_option
@json_option
@data_option
@refusals
def recompute(programme: str | None, as_json: bool, data: Path) -> None:
    """Recompute the entitlements of everybody by the version in force."""
    enter(data)
    from sesshu.inside.records.entitlements import actions
    from sesshu.trust.access.actor import host_actor

    made = actions.recompute(by=host_actor(), programme=the_programme(programme))
    say(dataclasses.asdict(made), as_json)


@entitlement.command()
@programme_option
@json_option
@data_option
@refusals
def send(programme: str | None, as_json: bool, data: Path) -> None:
    """Compare everybody with what was last sent and send the difference. The worker does this by itself."""
    enter(data)
    from sesshu.inside.records.subjects import actions
    from sesshu.trust.access.actor import host_actor

    made = actions.send_changes(by=host_actor(), programme=the_programme(programme))
    say(dataclasses.asdict(made), as_json)


@entitlement.command()
@programme_option
@json_option
@data_option
@refusals
def check(programme: str | None, as_json: bool, data: Path) -> None:
    """Say what would be sent now; status 1 where there is anything."""
    enter(data)
    from sesshu.inside.records.subjects import actions

    found = actions.check_subjects(the_programme(programme))
    say(dataclasses.asdict(found), as_json)
    if found:
        raise SystemExit(1)


@entitlement.command()
@programme_option
@json_option
@data_option
@refusals
def count(programme: str | None, as_json: bool, data: Path) -> None:
    """Count residents by the dose that they may book."""
    enter(data)
    from sesshu.inside.records.entitlements.queries import count_entitled

    say({f"dose {d}": n for d, n in count_entitled(the_programme(programme)).items()}, as_json)
