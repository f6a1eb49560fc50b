"""Approving a version by two people, and its taking effect (接種事業の版の承認と施行)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sesshu.base import clock
from sesshu.base.errors import Refusal, Refused
from sesshu.inside.planning import queries as planning
from sesshu.inside.planning.golden import rules as golden
from sesshu.inside.planning.golden.rules import Seen
from sesshu.inside.planning.programme import actions as programmes
from sesshu.inside.planning.programme import refusals as no
from sesshu.inside.planning.programme.terms import Programme
from sesshu.inside.records.entitlements import dry_run
from sesshu.inside.records.entitlements.actions import Recomputed, recompute_all
from sesshu.inside.records.rebooking.actions import put_to_call
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import approve as approve_by_two


@dataclass(frozen=True, slots=True)
class Approved:
    """承認の結果 — ``complete`` False: the first person's approval is noted and another person is awaited.

    ``in_force`` False: it takes effect by itself on its day.
    """

    version_id: int
    complete: bool
    in_force: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """承認の前の確かめ — what a version would change, and the reasons that both people must name."""

    look: dry_run.Look
    seen: list[Seen]
    holds: tuple[Refusal, ...]

    @property
    def changed(self) -> list[Seen]:
        """Golden residents whose answer changes at some scheduled moment."""
        return [seen for seen in self.seen if seen.changes]


def try_out(version_id: int) -> Trial:
    """試算 — a version beside the one that it will follow. Writes nothing. Raises Refused G27."""
    held = planning.find_version(version_id)
    if held is None:
        raise Refused(no.NO_VERSION)
    begins = max(held.valid_from, clock.today())
    return _try_out(held.programme, planning.get_rules_of(version_id), begins)


@action("programme.try_out")
def note_look(*, by: Actor, version_id: int) -> Trial:
    """試算を控える — the counts are kept beside the version, so that a page shows them at once. Raises Refused G27."""
    trial = try_out(version_id)
    programmes.keep_look(version_id, trial.look.as_json(), trial.look.takes)
    tell(case=f"version {version_id}", fields=("look",))
    return trial


@action("programme.approve")
def approve(*, by: Actor, version_id: int, despite: Collection[str] = frozenset()) -> Approved:
    """版の承認 — the first person's signature is noted; a second one within ten minutes approves the version.

    What they sign is the document and every answer that golden residents will get from it: if either changes in
    between, the first signature is void. ``despite``: codes of the reasons to wait (``refusals.HOLDS``) that this
    officer has checked; both name them. Whoever's booking will not hold is put on the call list. A version whose day
    is today takes effect at once. Raises Refused G22, G23,
    G27, G28; G24–G26 for a reason that was not named; A03 for the same person twice.
    """
    held = programmes.get_draft(version_id)
    rules = planning.get_rules_of(version_id)
    trial = _try_out(held.programme_code, rules, held.valid_from)
    for reason in trial.holds:
        if reason.code not in despite:
            raise Refused(reason)
    answers = golden.to_sign(rules, golden.nine(held.valid_from), held.valid_from - dt.timedelta(days=1))
    case = f"{held.programme_code} version {held.number}"
    signed = approve_by_two("programme.approve", f"{case} {golden.digest(held.document, answers)}", by=by)
    tell(case=case, purpose=" ".join(("despite", *(r.code for r in trial.holds))) if trial.holds else "")
    programmes.keep_look(version_id, trial.look.as_json(), trial.look.takes)
    programmes.sign(held, signed, answers, by=by)
    if signed.complete:
        put_to_call(trial.look.takes, why="rule", ref=version_id)
    if not signed.complete or held.valid_from > clock.today():
        return Approved(version_id, signed.complete)
    programmes.put_in_force(held, rules)
    recompute_all(held.programme_code)
    return Approved(version_id, True, True)


@action("programme.take_effect")
def take_effect(*, by: Actor, version_id: int) -> Recomputed:
    """版の施行 — the day of an approved version has come: it crosses and everybody is recomputed by it, or nothing."""
    held = programmes.get_approved(version_id)
    programmes.put_in_force(held, planning.get_rules_of(version_id))
    return recompute_all(held.programme_code)


@action("programme.approve")
def sign_golden(*, by: Actor, version_id: int) -> bool:
    """見本の住民の答えに署名する — after the software changed an answer of a version in force. True: by two people now."""
    held = programmes.get_approved(version_id)
    begins = max(held.valid_from, clock.today())
    answers = golden.to_sign(
        planning.get_rules_of(version_id), golden.nine(begins), begins - dt.timedelta(days=1)
    )
    case = f"{held.programme_code} version {held.number}"
    signed = approve_by_two("golden", f"{case} {golden.digest(held.document, answers)}", by=by)
    tell(case=case, fields=("golden",))
    if signed.complete:
        programmes.keep_golden(held, answers)
    return signed.complete


def _try_out(programme: str, new: Programme, begins: dt.date) -> Trial:
    """A version that begins on a day, beside the one of the day before."""
    before = planning.find_in_force(programme, begins)
    old = planning.get_rules_of(before.pk) if before else None
    look = dry_run.look(old, new, begins)
    seen = golden.compare(old, new, golden.nine(begins), begins - dt.timedelta(days=1))
    holds = [
        reason
        for reason, applies in (
            (no.TAKES_BOOKED, look.takes),
            (no.GOLDEN_CHANGED, any(s.changes for s in seen)),
            (no.COHORT_LOST, look.lost_years),
        )
        if applies
    ]
    return Trial(look, seen, tuple(holds))
