"""Putting a programme in force: its rules stay inside, what the outside needs of them crosses (接種事業の登録)."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.bridge import outbox
from sesshu.inside.planning.golden import rules as golden
from sesshu.inside.planning.models import Programme, ProgrammeVersion
from sesshu.inside.planning.programme import document as documents
from sesshu.inside.planning.programme.refusals import (
    BEFORE_ANOTHER,
    NAME_TAKEN,
    NO_VERSION,
    NOT_WAITING,
    STARTS_IN_PAST,
)
from sesshu.inside.planning.programme.rules import interval_table, plain_series
from sesshu.inside.planning.programme.terms import IntervalRow
from sesshu.inside.planning.programme.terms import Programme as Rules
from sesshu.inside.planning.programme.versions import LIFE, State
from sesshu.inside.planning.venues.rules import UNKNOWN_PROGRAMME
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import Approval


@dataclass(frozen=True, slots=True)
class Loaded:
    """登録の結果 — the programme and its version; ``is_new`` False: the document is in force already.

    ``state``: approved where it is in force, draft where two people have to approve it first.
    """

    code: str
    version: int
    is_new: bool
    state: str


@action("programme.load")
def load_programme(*, by: Actor, document: dict) -> Loaded:
    """接種事業の登録 — the first document of a programme is in force at once: it names who wrote and who checked it.

    A changed document becomes a draft; two people approve it (``records.entitlements.versions.approve``). The document
    that is in force only sends its interval table again. Raises BadDocument with all findings, Refused G22.
    """
    rules = documents.load(document)
    approved = ProgrammeVersion.objects.filter(programme_code=rules.name, state=State.APPROVED)
    held = approved.order_by("-number").first()
    if held is None:
        held = _first(by, rules, document)
        put_in_force(held, rules)
        return Loaded(rules.name, held.number, True, State.APPROVED)
    if held.document != document:
        made = _draft(by, rules, document, document.get("written_by") or by.code)
        return Loaded(rules.name, made.number, True, State.DRAFT)
    if held.in_force_at is not None:
        put_in_force(held, rules)
    return Loaded(rules.name, held.number, False, State.APPROVED)


@step
def _first(by: Actor, rules: Rules, document: dict) -> ProgrammeVersion:
    begins = _begin_of(document)
    Programme.objects.update_or_create(code=rules.name, defaults={"title": rules.title, "state": "open"})
    return ProgrammeVersion.objects.create(
        programme_code=rules.name,
        number=_next_number(rules.name),
        document=document,
        valid_from=begins,
        author=document.get("written_by") or by.code,
        checker=document.get("checked_by", ""),
        loaded_at=clock.now(),
        state=State.APPROVED,
        golden=golden.to_sign(rules, golden.nine(begins), begins - dt.timedelta(days=1)),
    )


@action("programme.load")
def draft_version(*, by: Actor, document: dict, first: bool = False) -> int:
    """案を作る — a changed document of a programme, or the first one of a new programme (``first``).

    An older draft is withdrawn. Gives the version's id. Raises BadDocument with all findings, Refused L04, G22; G29
    where a new programme has the name of one that is there.
    """
    rules = documents.load(document)
    known = Programme.objects.filter(pk=rules.name).exists()
    if known and first:
        raise Refused(NAME_TAKEN, line=1, column="/name")
    if not known and not first:
        raise Refused(UNKNOWN_PROGRAMME)
    if first:  # closed until two people approve it
        Programme.objects.create(code=rules.name, title=rules.title, state="closed")
    return _draft(by, rules, document, by.code).pk


@step
def _draft(by: Actor, rules: Rules, document: dict, author: str) -> ProgrammeVersion:
    begins = _begin_of(document)
    ProgrammeVersion.objects.filter(programme_code=rules.name, state=State.DRAFT).update(
        state=State.WITHDRAWN, ended_at=clock.now(), ended_by=by.code
    )
    number = _next_number(rules.name)
    made = ProgrammeVersion.objects.create(
        programme_code=rules.name,
        number=number,
        document=document,
        valid_from=begins,
        author=author,
        loaded_at=clock.now(),
    )
    tell(case=f"{rules.name} version {number}", fields=("document",))
    return made


@action("programme.withdraw")
def withdraw_version(*, by: Actor, version_id: int) -> None:
    """版の取下げ — a draft, or an approved version before its day. Raises Refused G27, G28."""
    held = ProgrammeVersion.objects.select_for_update().filter(pk=version_id).first()
    if held is None:
        raise Refused(NO_VERSION)
    if not LIFE.may(State(held.state), "withdraw") or held.in_force_at is not None:
        raise Refused(NOT_WAITING)
    held.state, held.ended_at, held.ended_by = State.WITHDRAWN, clock.now(), by.code
    held.save(update_fields=("state", "ended_at", "ended_by"))
    tell(case=f"{held.programme_code} version {held.number}")


@step
def get_draft(version_id: int) -> ProgrammeVersion:
    """承認を待つ版 — locked. Raises Refused G27, G28; G22 where its day has passed, G23 where another begins later."""
    held = ProgrammeVersion.objects.select_for_update().filter(pk=version_id).first()
    if held is None:
        raise Refused(NO_VERSION)
    if held.state != State.DRAFT:
        raise Refused(NOT_WAITING)
    if held.valid_from < clock.today():
        raise Refused(STARTS_IN_PAST, line=1, column="/valid_from")
    later = ProgrammeVersion.objects.filter(
        programme_code=held.programme_code, state=State.APPROVED, valid_from__gt=held.valid_from
    )
    if later.exists():
        raise Refused(BEFORE_ANOTHER, line=1, column="/valid_from")
    return held


@step
def get_approved(version_id: int) -> ProgrammeVersion:
    """承認された版 — locked. Raises Refused G27."""
    held = ProgrammeVersion.objects.select_for_update().filter(pk=version_id, state=State.APPROVED).first()
    if held is None:
        raise Refused(NO_VERSION)
    return held


@step
def keep_look(version_id: int, look: dict, takes: list[int]) -> None:
    """試算の控え — counts, and ids of the bookings concerned."""
    ProgrammeVersion.objects.filter(pk=version_id).update(look=look, takes=takes)


@step
def sign(held: ProgrammeVersion, approval: Approval, answers: dict, *, by: Actor) -> None:
    """署名 — who approved; with the second person the version and the golden residents' answers are approved."""
    held.first_by, held.first_at = approval.first_by, approval.first_at
    if approval.complete:
        held.second_by, held.second_at, held.checker = by.code, clock.now(), by.code
        held.state, held.golden = State.APPROVED, answers
    held.save(update_fields=("first_by", "first_at", "second_by", "second_at", "checker", "state", "golden"))


@step
def keep_golden(held: ProgrammeVersion, answers: dict) -> None:
    """見本の住民の答え — as two people have signed them."""
    held.golden = answers
    held.save(update_fields=("golden",))


@step
def put_in_force(held: ProgrammeVersion, rules: Rules) -> None:
    """使い始める — what the outside needs of a version crosses. The caller recomputes everybody by it.

    With its first version a programme opens.
    """
    earlier = ProgrammeVersion.objects.filter(programme_code=rules.name, in_force_at__isnull=False)
    programme = Programme.objects.get(pk=rules.name)
    programme.title = rules.title
    if not earlier.exists():
        programme.state = "open"
    programme.save()
    _send(rules, state=programme.state)
    held.in_force_at = clock.now()
    held.save(update_fields=("in_force_at",))
    tell(case=f"{rules.name} version {held.number}", fields=("document",))


def _begin_of(document: dict) -> dt.date:
    """The day on which it takes effect; today where the document names none. Raises Refused G22."""
    named = document.get("valid_from")
    begins = dt.date.fromisoformat(named) if named else clock.today()
    if begins < clock.today():
        raise Refused(STARTS_IN_PAST, line=1, column="/valid_from")
    return begins


def _next_number(programme: str) -> int:
    newest = ProgrammeVersion.objects.filter(programme_code=programme).order_by("-number").first()
    return (newest.number if newest else 0) + 1


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
