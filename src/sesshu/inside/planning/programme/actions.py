"""Putting a programme in force: its rules stay inside, what the outside needs of them crosses (接種事業の登録)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.machine import machine
from sesshu.bridge import outbox
from sesshu.inside.planning.models import Programme, ProgrammeVersion
from sesshu.inside.planning.programme import document as documents
from sesshu.inside.planning.programme.rules import interval_table, plain_series
from sesshu.inside.planning.programme.terms import IntervalRow
from sesshu.inside.planning.programme.terms import Programme as Rules
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor


@dataclass(frozen=True, slots=True)
class Loaded:
    """登録の結果 — the programme, the version now in force, and whether it is a new one."""

    code: str
    version: int
    is_new: bool


@action("programme.load")
def load_programme(*, by: Actor, document: dict) -> Loaded:
    """接種事業の版の登録 — a checked document becomes the version in force and its interval table crosses.

    The document names two people: who wrote and who checked it. A document equal to the version in force only sends
    the table again. Entitlements are recomputed by a command of their own. Raises BadDocument with all findings.
    """
    rules = documents.load(document)
    Programme.objects.update_or_create(code=rules.name, defaults={"title": rules.title, "state": "open"})
    held = ProgrammeVersion.objects.filter(programme_code=rules.name).order_by("-number").first()
    is_new = held is None or held.document != document
    number = (held.number if held else 0) + is_new
    if is_new:
        ProgrammeVersion.objects.create(
            programme_code=rules.name,
            number=number,
            document=document,
            valid_from=clock.today(),
            author=document["written_by"],
            checker=document.get("checked_by", ""),
            loaded_at=clock.now(),
        )
    _send(rules, state="open")
    tell(case=f"{rules.name} version {number}", fields=("document",))
    return Loaded(rules.name, number, is_new)


def _send(rules: Rules, state: str) -> None:
    outbox.put(
        "programme.put",
        {
            "code": rules.name,
            "title": rules.title,
            "doses": max(dose.number for series in plain_series(rules.series) for dose in series.doses),
            "season_from": dt.date.fromordinal(rules.first_day),
            "season_until": dt.date.fromordinal(rules.last_day),
            "phone": machine().phone,
            "state": state,
        },
    )
    outbox.put_rows("interval.rows", {"programme": rules.name, "first": True}, _interval_rows(rules))


def _interval_rows(rules: Rules) -> Iterator[tuple]:
    """The columns of ``interval.rows``. The outside holds one stretch of days for each day and product of a previous
    dose, so of several the first one crosses."""
    last: tuple | None = None
    for row in interval_table(rules):
        key = (row.dose, row.previous_product, row.previous_on)
        if key != last:
            yield _columns(rules.name, row)
        last = key


def _columns(programme: str, row: IntervalRow) -> tuple:
    return (
        programme,
        row.dose,
        row.previous_product,
        row.previous_on,
        row.from_on,
        row.until_on,
        list(row.products),
    )
