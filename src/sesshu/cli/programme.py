"""``sesshu programme`` (接種事業): check a programme document, judge cases by it, put it in force.

Checking and judging run anywhere, without a database.
"""

import dataclasses
import json
import os
import sys
from pathlib import Path
from typing import BinaryIO

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.saying import json_option, say
from sesshu.inside.planning.programme import document, sheet
from sesshu.inside.planning.programme.lines import answer_line
from sesshu.inside.planning.programme.refusals import BadDocument
from sesshu.inside.planning.programme.rules import interval_table
from sesshu.inside.planning.programme.terms import Programme

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def programme() -> None:
    """接種事業の定義 — programmes as data: products, ages, intervals, groups, waves."""


@programme.command()
@FILE
@click.option("--json", "as_json", is_flag=True, help="Report as one JSON object.")
@click.option("--sheet", "as_sheet", is_flag=True, help="Print the rules as a readable sheet (Markdown).")
def check(file: Path, as_json: bool, as_sheet: bool) -> None:
    """Say whether FILE is a sound programme document, and where it is not.

    Exit status 0: sound. 1: refused; every finding with its code, place (JSON pointer) and sentence.
    """
    try:
        made = document.load(document.read(file))
    except BadDocument as e:
        _say_findings(e, as_json)
        sys.exit(1)
    counts = {kind: len(made.document.get(kind, ())) for kind in ("products", "groups", "waves", "series")}
    counts["interval_rows"] = sum(1 for _ in interval_table(made))
    if as_json:
        click.echo(
            json.dumps({"ok": True, "name": made.name, "title": made.title, **counts}, ensure_ascii=False)
        )
    elif as_sheet:
        click.echo(sheet.markdown(made))
    else:
        click.echo(f"{made.name} {made.title}: 誤りはありません。")
        click.echo(" · ".join(f"{kind} {n}" for kind, n in counts.items()))


def _say_findings(refused: BadDocument, as_json: bool) -> None:
    rows = [
        {"code": f.refusal.code, "place": f.place, "sentence": f.refusal.sentence, "detail": f.detail}
        for f in refused.findings
    ]
    if as_json:
        click.echo(json.dumps({"ok": False, "findings": rows}, ensure_ascii=False))
        return
    for row in rows:
        detail = f" ({row['detail']})" if row["detail"] else ""
        click.echo(f"{row['code']} {row['place'] or '/'} {row['sentence']}{detail}", err=True)


@programme.command()
@FILE
def judge(file: Path) -> None:
    """Judge cases from standard input by the programme in FILE; answers go to standard output.

    One JSON object a line. In: {"id", "dob", "sex", "asof", "doses": [{"date", "product"}]}; sex is female,
    male or unknown; a product is written by id or name; "marks": [...] and "eligibility": DATE may be added.

    Out: {"id", "doses": ["valid"|"not_valid"|"extraneous", ...], "status": "complete"|"not_complete"|
    "not_eligible", "next": N|null, "earliest": DATE|null, "recommended": DATE|null, "why": [codes]}.
    "earliest" is the first day of the stretch of days that runs on "asof" or begins next.

    A broken line gives {"id"|null, "error": {"code", "sentence"}} and the run goes on. Exit status 0, also with
    broken lines; 1 if FILE is refused.
    """
    try:
        made = document.load(document.read(file))
    except BadDocument as e:
        _say_findings(e, as_json=False)
        sys.exit(1)
    _run(made, sys.stdin.buffer, sys.stdout.buffer)


@programme.command()
@FILE
@json_option
@data_option
@refusals
def load(file: Path, as_json: bool, data: Path) -> None:
    """Put the document in FILE in force and send its interval table (inside). Recompute entitlements afterwards."""
    enter(data)
    from sesshu.inside.planning.programme.actions import load_programme
    from sesshu.trust.access.actor import host_actor

    try:
        made = load_programme(by=host_actor(), document=document.read(file))
    except BadDocument as e:
        _say_findings(e, as_json)
        sys.exit(1)
    say(dataclasses.asdict(made), as_json)


@programme.command("list")
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


def _run(made: Programme, cases: BinaryIO, answers: BinaryIO) -> None:
    lively = sys.stdout.isatty()
    write = answers.write
    for line in _shown(cases):
        line = line.strip()
        if line:
            write(answer_line(made, line) + b"\n")
            if lively:
                answers.flush()
    answers.flush()


def _shown(cases: BinaryIO):
    """The lines, with a progress bar where a person looks on and the answers go elsewhere."""
    size = os.fstat(cases.fileno()).st_size if sys.stderr.isatty() and not sys.stdout.isatty() else 0
    if not size:
        yield from cases
        return
    with click.progressbar(length=size, label="判定", file=sys.stderr) as bar:
        done = 0
        for n, line in enumerate(cases):
            yield line
            done += len(line)
            if n % 2000 == 1999:
                bar.update(done)
                done = 0
        bar.update(done)
