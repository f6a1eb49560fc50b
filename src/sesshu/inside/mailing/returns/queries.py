"""Questions about returned mail (返戻の照会)."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import F

from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.models import Return
from sesshu.inside.mailing.returns.rules import NEXT_WORDS, REASON_WORDS, Next, Reason


@dataclass(frozen=True, slots=True)
class ReturnRow:
    """返戻の一行 — code, reason, next step; no name."""

    id: int
    code: Code
    reason: str
    next: str
    at: dt.datetime
    by: str
    done_at: dt.datetime | None


def list_returns(
    batch_id: int | None = None, *, open_only: bool = False, limit: int = 300
) -> list[ReturnRow]:
    """返戻 of a batch or of all, those without an end first, the newest first."""
    found = Return.objects.select_related("piece")
    if batch_id is not None:
        found = found.filter(piece__batch_id=batch_id)
    if open_only:
        found = found.filter(done_at=None)
    return [
        ReturnRow(
            r.pk,
            Code(r.piece.batch_id, r.piece.serial),
            REASON_WORDS[Reason(r.reason)],
            NEXT_WORDS[Next(r.next)],
            r.at,
            r.by,
            r.done_at,
        )
        for r in found.order_by(F("done_at").asc(nulls_first=True), "-id")[:limit]
    ]
