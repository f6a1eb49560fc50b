"""`sesshu mailing` – build, print, release, check and close a mailing (inside). No command prints a name or a number.

A batch is named by its number. What needs two people asks each for password and confirmation code.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sesshu.cli.db import data_option
from sesshu.cli.entering import enter, refusals
from sesshu.cli.proving import ask_officer
from sesshu.cli.saying import json_option, programme_option, say, the_programme

if TYPE_CHECKING:
    from sesshu.inside.mailing.batches.printing import Progress
    from sesshu.inside.mailing.batches.rules import Query

BATCH = click.argument("batch", type=int)
DAY = click.DateTime(["%Y-%m-%d"])
SPOILS = "J S T W L".split()
RETURNS = "unknown moved kept refused incomplete other".split()


@click.group()
def mailing() -> None:
    """Who gets a letter, the files for the printer, the enclosure check, the end."""


def _host() -> Any:
    from sesshu.trust.access.actor import host_actor

    return host_actor()


# --- 登録 ---------------------------------------------------------------------------------------------------


@mailing.command()
@click.argument("name")
@click.argument("recipient", metavar="AGE_PUBLIC_KEY")
@json_option
@data_option
@refusals
def printer(name: str, recipient: str, as_json: bool, data: Path) -> None:
    """Register a printing firm by its age public key, to which its files are closed."""
    enter(data)
    from sesshu.inside.mailing.batches import actions

    say({"printer": actions.put_printer(by=_host(), name=name, recipient=recipient)}, as_json)


@mailing.command()
@click.option("--postcode", required=True)
@click.option("--town", required=True)
@click.option("--banchi", required=True)
@click.option("--building", default="")
@json_option
@data_option
@refusals
def watch(postcode: str, town: str, banchi: str, building: str, as_json: bool, data: Path) -> None:
    """Register an address of the city's own, where letters to invented households arrive."""
    enter(data)
    from sesshu.inside.mailing.batches import actions

    made = actions.put_watch_address(
        by=_host(), postcode=postcode, town=town, banchi=banchi, building=building
    )
    say({"watch_address": made}, as_json)


# --- 作成 ---------------------------------------------------------------------------------------------------


@mailing.command()
@click.option("--title", required=True, help="what people call the batch: 65歳以上 第2便")
@programme_option
@click.option("--dose", type=int, default=1, show_default=True)
@click.option("--from", "first", type=DAY, required=True, metavar="DATE", help="entitled from")
@click.option("--until", "last", type=DAY, required=True, metavar="DATE", help="entitled until")
@click.option("--born-from", type=int, metavar="YEAR", help="fiscal year of birth, first")
@click.option("--born-until", type=int, metavar="YEAR", help="fiscal year of birth, last")
@click.option("--again", is_flag=True, help="also tickets that were mailed before")
@click.option("--printer", "printer_id", type=int, required=True, help="number of the printing firm")
@click.option("--part", "part_size", type=int, default=10_000, show_default=True, help="sheets of one file")
@click.option("--seeds", type=int, default=3, show_default=True, help="invented households in each file")
@click.option("--measure", nargs=2, type=int, metavar="LOW HIGH", help="thickness in µm or weight in mg")
@click.option("--yes", is_flag=True, help="build; without it only the question and its counts are shown")
@json_option
@data_option
@refusals
def build(
    title: str, programme: str | None, dose: int, first: dt.datetime, last: dt.datetime, born_from: int | None,
    born_until: int | None, again: bool, printer_id: int, part_size: int, seeds: int,
    measure: tuple[int, int] | None, yes: bool, as_json: bool, data: Path,
) -> None:  # fmt: skip
    """Show the question in words and its counts by year of birth beside the population; with --yes, build."""
    enter(data)
    from sesshu.inside.mailing.batches import actions
    from sesshu.inside.mailing.batches.rules import Query
    from sesshu.inside.mailing.enclosure.rules import Window

    query = Query(the_programme(programme), dose, first.date(), last.date(), born_from, born_until, not again)
    counts = _counted(query, as_json)
    if not yes:
        say(counts | {"built": False}, as_json)
        return
    batch = actions.draft(
        by=_host(),
        title=title,
        query=query,
        printer_id=printer_id,
        part_size=part_size,
        per_part=seeds,
        window=Window(*measure) if measure else None,
    )
    made = actions.build(by=_host(), batch_id=batch)
    say(
        counts
        | {
            "built": True,
            "batch": batch,
            "pieces": made.pieces,
            "seeds": made.seeds,
            "parts": made.parts,
            "parts_without_seed": made.parts_without_seed,
        },
        as_json,
    )


def _counted(query: "Query", as_json: bool) -> dict[str, object]:
    from sesshu.inside.mailing.batches import queries
    from sesshu.inside.mailing.batches.rules import query_words
    from sesshu.inside.planning.queries import get_rules

    cohorts = queries.count_cohorts(query)
    if not as_json:
        for heading, words in query_words(query, get_rules(query.programme).title):
            click.echo(f"{heading}　{words}")
        click.echo("生まれ年度　　人口　対象　接種券　発送")
        for c in cohorts:
            year = "不詳" if c.year is None else str(c.year)
            click.echo(f"{year:>6} {c.population:>9,} {c.entitled:>9,} {c.ticketed:>9,} {c.chosen:>9,}")
    return {
        "population": sum(c.population for c in cohorts),
        "entitled": sum(c.entitled for c in cohorts),
        "chosen": sum(c.chosen for c in cohorts),
    }


@mailing.command()
@BATCH
@json_option
@data_option
@refusals
def seal(batch: int, as_json: bool, data: Path) -> None:
    """Ask exclusions again and fix the list: from here on it only gets shorter."""
    enter(data)
    from sesshu.inside.mailing.batches import actions

    say({"batch": batch, "withheld": actions.seal(by=_host(), batch_id=batch).withheld}, as_json)


@mailing.command()
@BATCH
@click.option("--processes", type=click.IntRange(1, 8), default=2, show_default=True)
@json_option
@data_option
@refusals
def sheets(batch: int, processes: int, as_json: bool, data: Path) -> None:
    """Make the print files that are not made yet, read a sample of each back. Goes on where it was killed."""
    enter(data)
    from sesshu.inside.mailing.batches import printing, queries

    try:
        with _progress() as progress:
            made = printing.make_files(by=_host(), batch_id=batch, processes=processes, progress=progress)
    except printing.GateFailed as no:
        for fault in no.faults[:20]:
            click.echo(f"  {fault.record_id} {fault.what}", err=True)
        raise
    if made.withheld and not as_json:
        for piece in queries.list_withheld(batch):
            click.echo(f"  {piece.code} {piece.field} {piece.signs or 'too long'}")
    say(
        {
            "batch": batch,
            "files": made.files,
            "pages": made.pages,
            "sampled": made.sampled,
            "read_back": made.read_back,
            "withheld": made.withheld,
        },
        as_json,
    )


@contextmanager
def _progress() -> Iterator[Callable[["Progress"], None]]:
    """A bar with the time left on a terminal, nothing when piped."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda p: None
        return
    with Bar(
        TextColumn("Sheets"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[left]}"),
        console=console, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("Sheets", total=None, left="")

        def show(p: "Progress") -> None:
            left = "" if p.seconds_left is None else f"あと約{round(p.seconds_left)}秒"
            bar.update(task, completed=p.done, total=p.total, left=left)

        yield show


@mailing.command()
@programme_option
@click.option("--dose", type=int, default=1, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, metavar="DIR")
@json_option
@data_option
@refusals
def sample(programme: str | None, dose: int, out: Path, as_json: bool, data: Path) -> None:
    """Write the sample pack for a printer to DIR: sheets of nobody, their codes, a scan log. Layout: printer.md."""
    m = enter(data)
    from sesshu.inside.mailing.sheets.actions import letter_for
    from sesshu.inside.mailing.sheets.sample import sample_sheets, write_pack
    from sesshu.inside.planning.queries import get_rules
    from sesshu.inside.tickets.queries import list_numbers

    letter = letter_for(get_rules(the_programme(programme)), dose)
    made = sample_sheets(letter, m.prefecture, m.municipality, list_numbers())
    printed, withheld = write_pack(out, made)
    say({"pages": printed, "withheld": withheld}, as_json)


# --- 引渡し・照合・発送 -------------------------------------------------------------------------------------


@mailing.command()
@BATCH
@click.option("--by", "name", required=True, metavar="NAME", help="account code of the officer")
@click.option("--code", metavar="TOTP", help="confirmation code; asked for if left out")
@json_option
@data_option
@refusals
def release(batch: int, name: str, code: str | None, as_json: bool, data: Path) -> None:
    """Give the files to the printer as officer NAME. Run by two persons within ten minutes; the second finishes.

    Exclusions are asked again: where somebody must not get a letter, the files have to be made again first.
    """
    enter(data, "office")
    by = ask_officer(name, code)
    from sesshu.base.errors import Refused
    from sesshu.inside.mailing.batches import handover, rules

    done = handover.release(by=by, batch_id=batch)
    if done.asked.void_parts or done.asked.withheld:
        raise Refused(rules.PULLED_NOW)
    state = "released" if done.complete else "approved_once"
    result = {"batch": batch, "state": state, "pages": done.pages, "folder": done.folder}
    if not done.complete and not as_json:
        click.echo("First approval noted. Another officer approves within ten minutes.")
        return
    say(result, as_json)


@mailing.command()
@BATCH
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@data_option
@refusals
def reconcile(batch: int, file: Path, as_json: bool, data: Path) -> None:
    """Compare the printer's scan log FILE with what was printed. A bad log is refused as a whole.

    Exit status 0 also where differences are found: they are listed and keep the batch open.
    """
    enter(data)
    from sesshu.inside.mailing.enclosure import actions, queries

    done = actions.reconcile(by=_host(), batch_id=batch, path=file)
    if not as_json:
        for d in queries.list_differences(batch, open_only=True, limit=50):
            where = f"箱{d.box}・{d.position}通目 " if d.position else ""
            click.echo(f"  {d.id} {d.code} {where}{d.refusal_code} {d.sentence} → {d.next_step}")
    say(
        {
            "batch": batch,
            "envelopes": done.envelopes,
            "enclosed": done.enclosed,
            "found": done.found,
            "differences": sum(done.differences.values()),
            **_tally(batch),
        },
        as_json,
    )


@mailing.command()
@click.argument("difference", type=int)
@click.argument("how", type=click.Choice(["checked", "reprinted", "removed"]))
@json_option
@data_option
@refusals
def resolve(difference: int, how: str, as_json: bool, data: Path) -> None:
    """Settle one DIFFERENCE: opened and right, taken out and printed again, or taken out."""
    enter(data)
    from sesshu.inside.mailing.enclosure import actions
    from sesshu.inside.mailing.enclosure.rules import Resolution

    again = actions.resolve(by=_host(), difference_id=difference, resolution=Resolution(how))
    say({"difference": difference, "resolution": how, "reprint": again}, as_json)


@mailing.command()
@BATCH
@click.argument("codes", nargs=-1, required=True)
@click.option("--why", type=click.Choice(SPOILS), required=True, help="the printer's spoil code")
@json_option
@data_option
@refusals
def spoil(batch: int, codes: tuple[str, ...], why: str, as_json: bool, data: Path) -> None:
    """These pieces are waste and are printed again under new codes. All or none."""
    enter(data)
    from sesshu.inside.mailing.batches.rules import Spoil
    from sesshu.inside.mailing.enclosure import actions

    say(actions.spoil(by=_host(), batch_id=batch, codes=codes, reason=Spoil(why)), as_json)


@mailing.command()
@BATCH
@click.argument("codes", nargs=-1)
@json_option
@data_option
@refusals
def pull(batch: int, codes: tuple[str, ...], as_json: bool, data: Path) -> None:
    """Ask exclusions now and show the pull list; with CODES, these pieces are out and their codes were read."""
    enter(data)
    from sesshu.inside.mailing.batches import actions, queries
    from sesshu.inside.mailing.enclosure import actions as enclosure

    again = {code: enclosure.pull(by=_host(), batch_id=batch, code=code) for code in codes}
    if not codes:
        actions.ask_again(by=_host(), batch_id=batch)
    left = queries.list_to_pull(batch)
    if as_json:
        say({"batch": batch, "to_pull": [str(p.code) for p in left], "instead": again}, as_json)
        return
    for p in left:
        click.echo(f"{p.code} {f'箱{p.box}・{p.position}通目' if p.box else '未読取'} {p.word}")
    click.echo(f"to pull {len(left)}")


@mailing.command()
@BATCH
@json_option
@data_option
@refusals
def post(batch: int, as_json: bool, data: Path) -> None:
    """Note that the batch is with the carrier; refused while anything is open."""
    enter(data)
    from sesshu.base.errors import Refused
    from sesshu.inside.mailing.batches import handover, rules

    done = handover.post(by=_host(), batch_id=batch)
    if not done.complete:
        raise Refused(rules.PULL_LIST_OPEN)
    say({"batch": batch, "posted": done.pieces}, as_json)


@mailing.command("return")
@click.argument("code")
@click.option("--why", type=click.Choice(RETURNS), required=True, help="as the carrier writes it")
@json_option
@data_option
@refusals
def return_(code: str, why: str, as_json: bool, data: Path) -> None:
    """Take in a piece that came back; says what is done next."""
    enter(data)
    from sesshu.inside.mailing.returns import actions
    from sesshu.inside.mailing.returns.rules import NEXT_WORDS, Reason

    done = actions.take_back(by=_host(), code=code, reason=Reason(why))
    say({"piece": done.code, "next": done.next, "sentence": NEXT_WORDS[done.next]}, as_json)


@mailing.command()
@BATCH
@json_option
@data_option
@refusals
def close(batch: int, as_json: bool, data: Path) -> None:
    """End a posted batch: printed = posted + pulled + spoiled."""
    enter(data)
    from sesshu.inside.mailing.batches import handover

    handover.close(by=_host(), batch_id=batch)
    say({"batch": batch, "state": "closed", **_tally(batch)}, as_json)


@mailing.command()
@BATCH
@json_option
@data_option
@refusals
def withdraw(batch: int, as_json: bool, data: Path) -> None:
    """Give up a batch of which nothing has left."""
    enter(data)
    from sesshu.inside.mailing.batches import actions

    say({"batch": batch, "withdrawn": actions.withdraw(by=_host(), batch_id=batch)}, as_json)


@mailing.command()
@click.argument("batch", type=int, required=False)
@json_option
@data_option
@refusals
def status(batch: int | None, as_json: bool, data: Path) -> None:
    """Show all batches, or one with its numbers."""
    enter(data)
    from sesshu.inside.mailing.batches import queries

    for held in [queries.get_batch(batch)] if batch else queries.list_batches():
        say({"batch": held.pk, "state": held.state, **_tally(held.pk)}, as_json)


def _tally(batch: int) -> Mapping[str, object]:
    from dataclasses import asdict

    from sesshu.inside.mailing.batches import queries

    return asdict(queries.tally(batch))
