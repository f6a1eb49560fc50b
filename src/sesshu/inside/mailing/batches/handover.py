"""Leaving the house (引渡し・発送・完了): the folder for the printer by two people, the carrier, the end of a batch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db.models import Max, Min

from sesshu.base import clock
from sesshu.base.crypto import load_keys
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.db import calls
from sesshu.inside.mailing.batches import files, queries, rules
from sesshu.inside.mailing.batches.actions import Asked, ask, lock
from sesshu.inside.mailing.batches.files import Leaving
from sesshu.inside.mailing.batches.rules import BatchState, Code, PartState
from sesshu.inside.mailing.models import Batch, Part, Piece
from sesshu.trust.access.acting import action, tell
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.approvals import Approval, approve, waiting


@dataclass(frozen=True, slots=True)
class Released:
    """引渡しの結果 — ``complete`` False: another person is awaited, or ``asked`` found somebody who must not be in it.

    ``folder``: for the printer, with ``pages`` sheets in it.
    """

    complete: bool
    asked: Asked
    pages: int = 0
    folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """発送の結果 — ``complete`` False: exclusions asked just now put pieces on the pull list (``to_pull``)."""

    complete: bool
    to_pull: int
    pieces: int = 0


# --- 印刷の受託者へ -----------------------------------------------------------------------------------------


def release(*, by: Actor, batch_id: int) -> Released:
    """印刷ファイルを引き渡す — all files that have not left yet, closed to the printer's key, by two people (S-06).

    Each time exclusions are asked again: who must not get a letter leaves the files, they are made anew, and both
    people begin again. The same for reprints of a released batch. Refuses ML01, ML02, ML07, ML08, A03.
    """
    files_turn = _turn(batch_id)
    if files_turn > 1:
        files.finish_out(batch_id, files_turn - 1)  # a crash between commit and rename
    done, turn, left = _release(by=by, batch_id=batch_id)
    if not done.complete:
        files.remove_parts(batch_id, left)
        return done
    folder = files.finish_out(batch_id, turn)
    files.remove_parts(batch_id, left)
    return Released(True, done.asked, done.pages, folder)


@action("mailing.release")
def _release(*, by: Actor, batch_id: int) -> tuple[Released, int, list[int]]:
    calls.run("register.lock_imports_v1")
    batch = lock(batch_id, "release", "post")
    asked = ask(batch_id, by.code)
    parts = [p for p in queries.list_parts(batch_id) if p.state != PartState.RELEASED]
    tell(case=f"batch {batch_id}", purpose="asked")
    if asked.void_parts or asked.withheld:
        return Released(False, asked), 0, [p.number for p in parts if p.state == PartState.PLANNED]
    parts = _all_made(batch_id, parts)
    approval = approve("mailing.release", _target(batch_id, parts), by=by)
    if not approval.complete:
        return Released(False, asked), 0, []
    turn = _turn(batch_id)
    leaving = [_leaving(batch_id, part) for part in parts]
    ring = load_keys(machine().keys_dir)
    digests = files.write_out(batch_id, turn, batch.title, leaving, batch.printer.recipient, ring)
    pages = calls.scalar(
        "mailing.release_v1",
        p_batch=batch_id,
        p_parts=[p.pk for p in parts],
        p_first=approval.first_by,
        p_second=by.code,
        p_request=by.request_id,
    )
    for part in parts:
        Part.objects.filter(pk=part.pk).update(released_sha256=digests[part.number])
    tell(case=f"batch {batch_id}", purpose=f"with {approval.first_by}")
    return Released(True, asked, pages), turn, [p.number for p in parts]


def _target(batch_id: int, parts: Sequence[Part]) -> str:
    """What is approved: just these files. What is made anew after the first approval needs two people again."""
    mark = hashlib.sha256(b"".join(bytes(p.sha256 or b"") for p in parts)).hexdigest()[:16]
    return f"batch {batch_id} {mark}"


def first_approval(batch_id: int) -> Approval | None:
    """1人目の承認 of the files as they are, while it counts."""
    parts = [p for p in queries.list_parts(batch_id) if p.state == PartState.PASSED]
    return waiting("mailing.release", _target(batch_id, parts)) if parts else None


def _all_made(batch_id: int, parts: Sequence[Part]) -> list[Part]:
    """The files to leave. A part that has lost all its pieces has none. Raises Refused ML07."""
    full = set(
        Piece.objects.filter(batch_id=batch_id, state="planned").values_list("part_id", flat=True).distinct()
    )
    leaving = [p for p in parts if p.pk in full]
    if not leaving or any(p.state != PartState.PASSED for p in leaving):
        raise Refused(rules.NOT_MADE)
    return leaving


def _leaving(batch_id: int, part: Part) -> Leaving:
    ends = Piece.objects.filter(part=part, state="planned").aggregate(first=Min("serial"), last=Max("serial"))
    return Leaving(
        part.number,
        bytes(part.sha256 or b""),
        Code(batch_id, ends["first"]),
        Code(batch_id, ends["last"]),
        part.pages or 0,
        part.reprint,
    )


def _turn(batch_id: int) -> int:
    """1 for the batch itself, 2 and on for its reprints."""
    done = Part.objects.filter(batch_id=batch_id, state=PartState.RELEASED).values("released_at").distinct()
    return done.count() + 1


# --- 郵便へ -------------------------------------------------------------------------------------------------


@action("mailing.post")
def post(*, by: Actor, batch_id: int) -> Posted:
    """発送する — every enclosed piece is with the carrier. Exclusions are asked once more (G-04).

    Refuses ML01, ML02, ML07 (reprints wait), ML11 (open difference), ML12 (pull list not empty), ML13 (not read),
    ML14. Where the asking itself finds somebody, nothing is posted and ``complete`` is False.
    """
    calls.run("register.lock_imports_v1")
    lock(batch_id, "post")
    asked = ask(batch_id, by.code)
    tell(case=f"batch {batch_id}")
    if asked.to_pull or asked.withheld:
        return Posted(False, asked.to_pull)
    now = queries.tally(batch_id)
    for still, why in (
        (now.waiting, rules.NOT_MADE),
        (now.open_differences, rules.OPEN_DIFFERENCE),
        (now.to_pull, rules.PULL_LIST_OPEN),
        (now.unread, rules.UNREAD),
    ):
        if still:
            raise Refused(why)
    pieces = calls.scalar("mailing.post_v1", p_batch=batch_id, p_by=by.code, p_request=by.request_id)
    if not queries.tally(batch_id).settled:
        raise Refused(rules.DOES_NOT_ADD_UP)
    return Posted(True, 0, pieces)


def close(*, by: Actor, batch_id: int) -> None:
    """発送を完了する — printed = posted + pulled + spoiled; what still lies here for the printer is destroyed.

    Returned mail is taken in afterwards as well. Refuses ML01, ML02, ML11, ML14.
    """
    _close(by=by, batch_id=batch_id)
    files.remove_all(batch_id)


@action("mailing.close")
def _close(*, by: Actor, batch_id: int) -> None:
    batch: Batch = lock(batch_id, "close")
    now = queries.tally(batch_id)
    if now.open_differences:
        raise Refused(rules.OPEN_DIFFERENCE)
    if not now.settled:
        raise Refused(rules.DOES_NOT_ADD_UP)
    batch.state, batch.closed_at, batch.closed_by = BatchState.CLOSED, clock.now(), by.code
    batch.save(update_fields=("state", "closed_at", "closed_by"))
    tell(case=f"batch {batch_id}")
