"""``sesshu programme`` with a database (接種事業, 庁内): versions, what they change, approval by two people, golden residents."""

import dataclasses
import datetime as dt
import json
import sys
from pathlib import Path

import click

from sesshu.base import clock
from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.programme import FILE, say_findings
from sesshu.cli.proving import ask_officer
from sesshu.cli.saying import json_option, programme_option, say, the_programme
from sesshu.inside.planning.golden.rules import Seen, day_by_day
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.refusals import BadDocument

VERSION = click.argument("version", type=int)
BY = click.option("--by", "name", required=True, metavar="NAME", help="account code of the officer")
CODE = click.option("--code", metavar="TOTP", help="confirmation code; asked for if left out")
STATES = {"draft": "案", "approved": "承認済", "withdrawn": "取下げ"}


@click.command("load")
@FILE
@json_option
@data_option
@refusals
def load_(file: Path, as_json: bool, data: Path) -> None:
    """Load the document in FILE (inside). The first one of a programme is in force; a changed one becomes a draft.

    A draft is approved by two officers with ``sesshu programme approve``, or in the office pages.
    """
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


@click.command("versions")
@programme_option
@json_option
@data_option
@refusals
def versions_(programme: str | None, as_json: bool, data: Path) -> None:
    """List the versions of a programme: state, day, who wrote, who approved (inside)."""
    enter(data)
    from sesshu.inside.planning.queries import list_versions

    rows = list_versions(the_programme(programme))
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(row) for row in rows], ensure_ascii=False, default=str))
        return
    for v in rows:
        mark = "使用中" if v.now else STATES[v.state]
        click.echo(
            f"{v.id}: 第{v.version}版 {mark} {v.valid_from}から 作成 {v.author} 確認 {v.checker or '–'}"
        )


@click.command("try")
@VERSION
@json_option
@data_option
@refusals
def try_(version: int, as_json: bool, data: Path) -> None:
    """Say what the version with this id would change: how many gain, lose, shift, and who sees what (inside).

    Writes the counts beside the version and nothing else.
    """
    enter(data)
    from sesshu.inside.records.entitlements import versions
    from sesshu.trust.access.actor import host_actor

    trial = versions.note_look(by=host_actor(), version_id=version)
    said = trial.look.as_json() | {"holds": [r.code for r in trial.holds], "golden": len(trial.changed)}
    if as_json:
        click.echo(json.dumps(said | {"changed": [_plain(s) for s in trial.changed]}, ensure_ascii=False))
        return
    click.echo(
        f"新たに予約できる {said['gain']} · できなくなる {said['lose']} · 変わる {said['shift']} · "
        f"同じ {said['same']} · 予約済みで影響がある {said['booked']}"
    )
    for seen in trial.changed:
        _say_seen(seen)
    for reason in trial.holds:
        click.echo(f"{reason.code} {reason.sentence}")


@click.command("approve")
@VERSION
@BY
@CODE
@click.option("--despite", metavar="CODE", multiple=True, help="reason to wait that was checked, such as G25")
@json_option
@data_option
@refusals
def approve_(
    version: int, name: str, code: str | None, despite: tuple[str, ...], as_json: bool, data: Path
) -> None:
    """Approve the version with this id as officer NAME. Run by two persons within ten minutes; the second finishes.

    Asks NAME's password and confirmation code; piped, they are the first two lines.
    """
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.inside.records.entitlements import versions

    done = versions.approve(by=by, version_id=version, despite=frozenset(despite))
    if not done.complete and not as_json:
        click.echo("First approval noted. Another officer approves within ten minutes.")
        return
    state = "approved_once" if not done.complete else "in_force" if done.in_force else "approved"
    say({"version": version, "state": state}, as_json)


@click.command("withdraw")
@VERSION
@BY
@CODE
@data_option
@refusals
def withdraw_(version: int, name: str, code: str | None, data: Path) -> None:
    """Withdraw a draft, or an approved version before its day, as officer NAME."""
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.inside.planning.programme.actions import withdraw_version

    withdraw_version(by=by, version_id=version)
    click.echo("Withdrawn.")


@click.command("golden")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@programme_option
@click.option("--changed", "only_changed", is_flag=True, help="only golden residents whose answer changes")
@json_option
@data_option
@refusals
def golden_(file: Path | None, programme: str | None, only_changed: bool, as_json: bool, data: Path) -> None:
    """What each golden resident sees at 9:00 today and tomorrow: on the web, by phone, in the letter (inside).

    With FILE: today by the version in force, tomorrow by the document in FILE. Exit status 1 where an answer is not
    the one that two officers signed; they sign anew with ``sesshu programme sign``.
    """
    enter(data)
    from sesshu.inside.planning.queries import get_rules, list_unsigned

    today = clock.today()
    try:
        new = document.load(document.read(file)) if file else None
    except BadDocument as e:
        say_findings(e, as_json)
        sys.exit(1)
    code = new.name if new else the_programme(programme)
    seen = day_by_day(get_rules(code), new or get_rules(code, today + dt.timedelta(days=1)), today)
    unsigned = list_unsigned(code)
    if as_json:
        shown = [_plain(s) for s in seen if s.changes or not only_changed]
        answer = {"programme": code, "at": seen[0].at.isoformat(), "answers": shown, "unsigned": unsigned}
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(f"{code}: {len(seen)}人の見本のうち {sum(s.changes for s in seen)}人の答えが変わります")
        for s in seen:
            if s.changes or not only_changed:
                _say_seen(s)
        for id_ in unsigned:
            click.echo(f"{id_} 署名された答えと違います。", err=True)
    if unsigned:
        sys.exit(1)


@click.command("sign")
@VERSION
@BY
@CODE
@data_option
@refusals
def sign_(version: int, name: str, code: str | None, data: Path) -> None:
    """Sign the golden residents' answers of an approved version as officer NAME; two persons within ten minutes."""
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.inside.records.entitlements import versions

    done = versions.sign_golden(by=by, version_id=version)
    click.echo("Signed." if done else "First signature noted. Another officer signs within ten minutes.")


def _plain(seen: Seen) -> dict:
    return {
        "id": seen.resident.id,
        "title": seen.resident.title,
        "at": seen.at.isoformat(timespec="minutes"),
        "before": dataclasses.asdict(seen.before) if seen.before else None,
        "after": dataclasses.asdict(seen.after),
        "changes": seen.changes,
    }


def _say_seen(seen: Seen) -> None:
    click.echo(f"{seen.resident.id} {seen.resident.title}  {seen.at:%Y-%m-%d %H:%M}")
    for word, kind in (("ウェブ", "web"), ("電話", "phone"), ("手紙", "letter")):
        before, after = seen.before and getattr(seen.before, kind), getattr(seen.after, kind)
        same = before is None or before == after
        click.echo(f"    {word}: {after}" if same else f"    {word}: {before} → {after}")
