"""`sesshu ticket` – issue, reissue, void tickets (inside). No command prints or takes a ticket number."""

from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.saying import json_option, programme_option, say, the_programme

REASONS = "moved_in lost not_received used_as_examined dosed_abroad airport us_forces trial".split()
resident_option = click.option("--resident", "reference_no", required=True, help="宛名番号 of the resident")


@click.group()
def ticket() -> None:
    """Issue tickets to all who are entitled, reissue or void one."""


@ticket.command()
@programme_option
@json_option
@data_option
@refusals
def issue(programme: str | None, as_json: bool, data: Path) -> None:
    """Give a number to every entitled resident who has none; protected residents are left to their section."""
    enter(data)
    from sesshu.inside.tickets import actions
    from sesshu.trust.access.actor import host_actor

    say({"issued": actions.issue(by=host_actor(), programme=the_programme(programme))}, as_json)


@ticket.command()
@resident_option
@click.option("--reason", type=click.Choice(REASONS), required=True)
@programme_option
@json_option
@data_option
@refusals
def reissue(reference_no: str, reason: str, programme: str | None, as_json: bool, data: Path) -> None:
    """The old number dies, a new one replaces it."""
    enter(data)
    from sesshu.inside.tickets import actions, rules
    from sesshu.trust.access.actor import host_actor

    made = actions.reissue(
        by=host_actor(),
        resident_id=_resident(reference_no),
        programme=the_programme(programme),
        reason=rules.Reason(reason),
    )
    say({"ticket": made.id}, as_json)


@ticket.command()
@resident_option
@programme_option
@json_option
@data_option
@refusals
def void(reference_no: str, programme: str | None, as_json: bool, data: Path) -> None:
    """The number dies as issued by mistake; the resident is withdrawn outside."""
    enter(data)
    from sesshu.base.errors import Refused
    from sesshu.inside.tickets import actions, queries, rules
    from sesshu.trust.access.actor import host_actor

    live = queries.find_live(_resident(reference_no), the_programme(programme))
    if live is None:
        raise Refused(rules.TICKET_DEAD)
    actions.void(by=host_actor(), ticket_id=live.id, reason=rules.Ending.MISISSUED)
    say({"ticket": live.id}, as_json)


@ticket.command()
@programme_option
@json_option
@data_option
@refusals
def count(programme: str | None, as_json: bool, data: Path) -> None:
    """Count tickets by state."""
    enter(data)
    from sesshu.inside.tickets.queries import count_tickets

    say(count_tickets(the_programme(programme)), as_json)


def _resident(reference_no: str) -> int:
    from sesshu.base.errors import Refused
    from sesshu.inside.tickets import queries, rules

    found = queries.find_resident(reference_no)
    if found is None:
        raise Refused(rules.NOBODY)
    return found
