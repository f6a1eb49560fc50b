"""What waits for somebody in the office today, and what the outside answered (待っている仕事の照会)."""

import datetime as dt
from dataclasses import dataclass

from sesshu.bridge import queries as bridge
from sesshu.db import calls
from sesshu.inside.accountability.models import Answer
from sesshu.inside.accountability.slips import queries as slips
from sesshu.inside.records.ledger import queries as ledger
from sesshu.inside.register.imports import queries as imports


@dataclass(frozen=True, slots=True)
class Waiting:
    """待っている仕事 — counts for the band and the first page; never a person."""

    imports: int
    slips: int
    records: int  # doses that lead to nobody
    alarms: int
    answers: int  # refusals of the outside that nobody has looked at

    @property
    def bridge(self) -> int:
        return self.alarms + self.answers


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """庁外の断り — a message that the outside could not apply: what it was about, by ids."""

    id: int
    at: dt.datetime
    type: str
    code: str
    ids: object
    seen_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Tripwire:
    """無効な番号の使用 — a dead number was tried outside; whose it was. Never of a protected resident."""

    id: int
    at: dt.datetime
    zone: str
    resident_id: int
    ticket_id: int
    void_reason: str


def count_waiting() -> Waiting:
    """All counts at once: five small questions."""
    return Waiting(
        imports=imports.count_staged(),
        slips=slips.count_open(),
        records=ledger.count_unattributed(),
        alarms=sum(1 for a in bridge.list_alarms(cleared=0)),
        answers=Answer.objects.filter(seen_at=None).count(),
    )


def list_answers(*, seen: int = 10) -> list[AnswerRow]:
    """Answers that wait, the newest first, then the last so many that were seen."""
    fresh = Answer.objects.filter(seen_at=None).order_by("-id")[:200]
    old = Answer.objects.exclude(seen_at=None).order_by("-id")[:seen]
    return [AnswerRow(a.pk, a.at, a.type, a.code, a.ids, a.seen_at) for a in (*fresh, *old)]


def list_tripwires(limit: int = 20) -> list[Tripwire]:
    """Uses of dead numbers, the newest first."""
    return calls.many("accountability.list_tripwires_v1", Tripwire, p_limit=limit)
