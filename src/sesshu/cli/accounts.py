"""`sesshu admin`, `sesshu member` – officers of the inside, members of firms outside; one-time codes (inside)."""

import datetime as dt
from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import INSIDE, SEALED, enter, refusals
from sesshu.cli.saying import json_option, say

ZONE = click.option("--zone", type=click.Choice(["office", "sealed"]), default="office", show_default=True)
ROLE = click.option("--role", type=click.Choice(["officer", "chief", "auditor", "section"]), required=True)
DISPLAY = click.option("--display", default="", help="what colleagues see, such as 担当 03; no name")


@click.group()
def admin() -> None:
    """Invite officers: a one-time code, with which they set password and second factor (inside)."""


@admin.command()
@click.argument("code")
@ROLE
@DISPLAY
@ZONE
@json_option
@data_option
@refusals
def first(code: str, role: str, display: str, zone: str, as_json: bool, data: Path) -> None:
    """Invite the first officer of a zone: only while nobody has enrolled there."""
    _invite(code, role, display, zone, data, as_json, first=True)


@admin.command()
@click.argument("code")
@ROLE
@DISPLAY
@ZONE
@json_option
@data_option
@refusals
def add(code: str, role: str, display: str, zone: str, as_json: bool, data: Path) -> None:
    """Invite a further officer, or invite one again who lost password or second factor."""
    _invite(code, role, display, zone, data, as_json)


@admin.command()
@click.argument("code")
@ZONE
@data_option
@refusals
def disable(code: str, zone: str, data: Path) -> None:
    """Disable an officer at once."""
    _enter(zone, data)
    from sesshu.trust.access import accounts
    from sesshu.trust.access.actor import host_actor

    if not accounts.disable(by=host_actor(), code=accounts.clean_code(code)):
        raise click.ClickException("There is no such account.")
    click.echo("Disabled.")


def _enter(zone: str, data: Path) -> None:
    enter(data, zone, INSIDE if zone == "office" else SEALED)


def _invite(
    code: str, role: str, display: str, zone: str, data: Path, as_json: bool, *, first: bool = False
) -> None:
    _enter(zone, data)
    from sesshu.trust.access import accounts
    from sesshu.trust.access.actor import host_actor
    from sesshu.trust.access.matrix import Role, Zone

    one_time = accounts.add(
        by=host_actor(), zone=Zone(zone), code=code, role=Role(role), display=display, first=first
    )
    _show(accounts.clean_code(code), zone, one_time, as_json)


def _show(code: str, zone: str, one_time: str, as_json: bool) -> None:
    if as_json:
        say({"account": code, "zone": zone, "one_time_code": one_time, "valid_days": 7}, True)
        return
    click.echo(f"One-time code of {code}, shown once, valid for 7 days:\n\n    {one_time}\n")
    click.echo(f"Hand it over on paper; they open /signin/enrol of the {zone} zone.")


@click.group()
def member() -> None:
    """Invite and disable members of firms: operators, hall staff (inside; a message tells the outside)."""


MEMBER_ZONE = click.option("--zone", type=click.Choice(["desk", "venue"]), required=True)
MEMBER_ROLE = click.option(
    "--role",
    type=click.Choice(["operator", "supervisor", "reception", "doctor", "recorder"]),
    required=True,
)
VENUE = click.option("--venue", "venue_id", type=int, help="number of the hall")


@member.command()
@click.argument("code")
@MEMBER_ZONE
@MEMBER_ROLE
@DISPLAY
@VENUE
@click.option("--trained-until", type=click.DateTime(["%Y-%m-%d"]), help="no page without valid training")
@json_option
@data_option
@refusals
def put(
    code: str,
    zone: str,
    role: str,
    display: str,
    venue_id: int | None,
    trained_until: dt.datetime | None,
    as_json: bool,
    data: Path,
) -> None:
    """Invite a member, or invite one again."""
    enter(data)
    from sesshu.inside.partners.members import actions
    from sesshu.trust.access.accounts import clean_code
    from sesshu.trust.access.actor import host_actor
    from sesshu.trust.access.matrix import Role, Zone

    one_time = actions.put(
        by=host_actor(),
        code=code,
        zone=Zone(zone),
        role=Role(role),
        display=display,
        venue_id=venue_id,
        trained_until=trained_until.date() if trained_until else None,
    )
    _show(clean_code(code), zone, one_time, as_json)


@member.command("disable")
@click.argument("code")
@MEMBER_ZONE
@MEMBER_ROLE
@VENUE
@data_option
@refusals
def disable_member(code: str, zone: str, role: str, venue_id: int | None, data: Path) -> None:
    """Disable a member; effective outside with the next packet."""
    enter(data)
    from sesshu.inside.partners.members import actions
    from sesshu.trust.access.actor import host_actor
    from sesshu.trust.access.matrix import Role, Zone

    actions.disable(by=host_actor(), code=code, zone=Zone(zone), role=Role(role), venue_id=venue_id)
    click.echo("Told to the outside.")
