"""Making a resident's own list: who used their data, when and why (本人への開示)."""

import datetime as dt
from dataclasses import dataclass, field

from sesshu.base import clock, jdate
from sesshu.base.errors import Refused, refusal
from sesshu.base.machine import Machine, machine
from sesshu.base.paper.clusters import Unprintable
from sesshu.inside.accountability.disclosure import paper, queries
from sesshu.inside.accountability.looks.rules import HANDED_ON
from sesshu.inside.register.residents import queries as residents
from sesshu.inside.register.residents.words import shown_name
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.audit.checkpoint import Certainty

SECTION = "予防接種担当"
CANNOT_PRINT = refusal(
    "P12",
    "氏名に、正しく印刷できない文字があります。画面の一覧を使い、住民記録担当に代わりの文字を確かめてください。",
    "a character of the name has no exact glyph; the disclosure list is withheld from paper",
)
BACKWARDS = refusal(
    "F20",
    "期間の終わりは、始まりより後の日にしてください。",
    "the period of a disclosure list ends before it begins",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """開示の一覧 — of one resident for a period (both days included), newest first. The name does not print itself."""

    resident_id: int
    name: str = field(repr=False)
    from_on: dt.date
    until_on: dt.date
    entries: list[queries.LogRow] = field(repr=False)
    outside_until: dt.datetime | None  # the outside's log has come in until then
    certainty: Certainty | None = None  # the newest checkpoint, where signature and chain hold


@action("disclosure.make")
def make(*, by: Actor, resident_id: int, from_on: dt.date, until_on: dt.date) -> Listed:
    """本人への開示の一覧を作る — from both buildings' logs. Refuses R90, F03 for a protected resident, F20.

    That it was made is an entry of its own, which the next list shows.
    """
    if until_on < from_on:
        raise Refused(BACKWARDS)
    resident = residents.get_resident(resident_id)
    if resident.protected:
        raise Refused(HANDED_ON)
    tell(resident=resident_id, fields=("name",), purpose=f"{from_on} {until_on}")
    return Listed(
        resident_id,
        shown_name(resident),
        from_on,
        until_on,
        queries.list_entries(resident_id, from_on, until_on),
        queries.outside_until(),
        queries.find_certainty(),
    )


@action("disclosure.make")
def warn(*, by: Actor, resident_id: int) -> None:
    """引継の表示 — a list was asked for of a protected resident: the responsible section makes it."""
    tell(resident=resident_id, fields=("warning",))


def print_list(listed: Listed) -> bytes:
    """開示の一覧のPDF. Refuses P12 when one sign of the name cannot be set exactly."""
    m = machine()
    try:
        return paper.make_disclosure(_on_paper(listed, m))
    except Unprintable:
        raise Refused(CANNOT_PRINT) from None


def _on_paper(listed: Listed, m: Machine) -> paper.Disclosure:
    return paper.Disclosure(
        record_id=str(listed.resident_id),
        name=listed.name,
        period=f"{jdate.japanese(listed.from_on)} から {jdate.japanese(listed.until_on)} まで",
        issued_on=jdate.japanese(clock.today()),
        head=f"{m.prefecture}{m.municipality}長",
        section=SECTION,
        phone=m.phone,
        entries=tuple(paper.Entry(moment(e.at), e.sentence, e.detail) for e in listed.entries),
        verified=listed.certainty is not None,
        verified_until=certain_words(listed.certainty),
        outside=outside_words(listed.outside_until),
    )


def moment(at: dt.datetime) -> str:
    """令和8年11月3日 10:14."""
    here = at.astimezone(clock.TOKYO)
    return f"{jdate.japanese(here.date())} {here.hour}:{here.minute:02d}"


def certain_words(found: Certainty | None) -> str:
    """令和8年11月24日 10:00 の検証点 № 41,022 まで; empty where nothing was verified."""
    if found is None:
        return ""
    return f"{moment(dt.datetime.fromisoformat(found.shown_at))} の検証点 № {found.number:,} まで"


def outside_words(until: dt.datetime | None) -> str:
    """How far the list reaches into the outside's log."""
    if until is None:
        return "予約サイト・コールセンター・会場の記録は、まだ届いていません"
    return f"予約サイト・コールセンター・会場の記録は {moment(until)} の分まで届いています"
