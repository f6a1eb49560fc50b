"""``sesshu programme`` (接種事業): check a programme document, judge cases by it, put it in force.

Checking and judging run anywhere, without a database.
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import BinaryIO

import click

from sesshu.inside.planning.programme import document, sheet
from sesshu.inside.planning.programme.lines import answer_line
from sesshu.inside.planning.programme.refusals import BadDocument
from sesshu.inside.planning.programme.rules import interval_table
from sesshu.inside.planning.programme.terms import Programme
from sesshu.inside.planning.programme.versions import changes

BLOCK = 1 << 16  # bytes read at a time
FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


INSIDE = (
    "load",
    "list",
    "versions",
    "try",
    "approve",
    "withdraw",
    "golden",
    "sign",
)  # need a database; judging must not wait for what they import


class Lazily(click.Group):
    """Commands of the inside are imported only when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *INSIDE]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in INSIDE:
            found: click.Command = getattr(
                importlib.import_module("sesshu.cli.programme_inside"), cmd_name + "_"
            )
            return found
        return super().get_command(ctx, cmd_name)


@click.group(cls=Lazily)
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
        say_findings(e, as_json)
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


def say_findings(refused: BadDocument, as_json: bool) -> None:
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
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Report as one JSON object.")
def compare(old: Path, new: Path, as_json: bool) -> None:
    """Say which rules differ between two documents, in words. Needs no database."""
    try:
        before, after = (document.load(document.read(path)).document for path in (old, new))
    except BadDocument as e:
        say_findings(e, as_json)
        sys.exit(1)
    lines = changes(before, after)
    if as_json:
        click.echo(json.dumps({"changes": [asdict(line) for line in lines]}, ensure_ascii=False))
        return
    for line in lines:
        click.echo(f"{line.part}　{line.name}: {line.before or '（なし）'} → {line.after or '（なし）'}")
    if not lines:
        click.echo("規定の違いはありません。")


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
        say_findings(e, as_json=False)
        sys.exit(1)
    _run(made, sys.stdin.buffer, sys.stdout.buffer)
    gc.freeze()  # the process ends here: nobody need look through what was remembered


def _run(made: Programme, cases: BinaryIO, answers: BinaryIO) -> None:
    gc.disable()  # nothing here makes cycles, and looking for them costs a quarter of the time
    if sys.stdout.isatty() or sys.stdin.isatty():  # a person types or reads: each line at once
        for line in cases:
            if line := line.strip():
                answers.write(answer_line(made, line) + b"\n")
                answers.flush()
        return
    for block in _blocks(cases):
        said = [answer_line(made, line) for line in map(bytes.strip, block) if line]
        if said:
            answers.write(b"\n".join(said) + b"\n")
    answers.flush()


def _blocks(cases: BinaryIO) -> Iterator[list[bytes]]:
    """The lines, some at a time, with a progress bar where a person looks on and the answers go elsewhere."""
    size = os.fstat(cases.fileno()).st_size if sys.stderr.isatty() else 0
    if not size:
        while block := cases.readlines(BLOCK):
            yield block
        return
    with click.progressbar(length=size, label="判定", file=sys.stderr) as bar:
        while block := cases.readlines(BLOCK):
            yield block
            bar.update(sum(map(len, block)))
