"""`sesshu disclose` – who saw or changed what of one resident (本人への開示), on screen or on paper (inside)."""

import datetime as dt
import json
import os
from pathlib import Path

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.proving import ask_officer
from sesshu.cli.saying import json_option

DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("reference", metavar="RESIDENT")
@click.option("--by", "name", required=True, metavar="NAME", help="account code of the officer")
@click.option("--code", metavar="TOTP", help="confirmation code; asked for if left out")
@click.option(
    "--from", "from_", type=DAY, metavar="DATE", help="first day (default: start of the fiscal year)"
)
@click.option("--until", type=DAY, metavar="DATE", help="last day (default: today)")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.pdf", help="the paper; a new file"
)
@json_option
@data_option
@refusals
def disclose(
    reference: str,
    name: str,
    code: str | None,
    from_: dt.datetime | None,
    until: dt.datetime | None,
    out: Path | None,
    as_json: bool,
    data: Path,
) -> None:
    """List who used the data of RESIDENT (reference number, 宛名番号), when and why; made by officer NAME.

    Asks NAME's password and confirmation code; piped, they are the first two lines. That the list was made is in the
    next one.
    """
    if out and out.exists():
        raise click.UsageError("--out names a file that exists already")
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.base import clock, jdate
    from sesshu.base.errors import Refused
    from sesshu.inside.accountability.disclosure import actions
    from sesshu.inside.accountability.looks.rules import NOBODY_FOUND
    from sesshu.inside.register.residents import queries as residents

    found = residents.find_by_reference(reference)
    if found is None:
        raise Refused(NOBODY_FOUND)
    today = clock.today()
    first = from_.date() if from_ else dt.date(jdate.fiscal_year(today), 4, 1)
    last = until.date() if until else today
    listed = actions.make(by=by, resident_id=found.pk, from_on=first, until_on=last)
    if out:
        _write(out, actions.print_list(listed))
    if as_json:
        click.echo(json.dumps(_as_json(listed), ensure_ascii=False))
        return
    click.echo(
        f"{first} – {last} · {len(listed.entries)}件 · 改ざんの検査 "
        + (f"済（{actions.certain_words(listed.certainty)}）" if listed.certainty else "未了")
        + f" · {actions.outside_words(listed.outside_until)}"
    )
    for e in listed.entries:
        click.echo(f"{actions.moment(e.at)}  {e.sentence}\n    {e.detail}")


def _as_json(listed) -> dict:
    """The list without the name: whoever asked by number has it."""
    return {
        "from": str(listed.from_on),
        "until": str(listed.until_on),
        "verified_until": listed.certainty.number if listed.certainty else None,
        "outside_until": listed.outside_until.isoformat() if listed.outside_until else None,
        "entries": [
            {
                "building": e.building, "id": e.entry_id, "at": e.at.isoformat(), "sentence": e.sentence, "detail": e.detail,
                "act": e.act, "zone": e.zone, "actor": e.actor, "result": e.result, "fields": e.fields,
            }
            for e in listed.entries
        ],
    }  # fmt: skip


def _write(path: Path, pdf: bytes) -> None:
    """A file that only its owner may read, and that was not there before."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(fd, "wb") as f:
        f.write(pdf)
