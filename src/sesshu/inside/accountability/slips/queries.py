"""Questions about slips (引継票の照会): numbers and states; the words only through ``actions.take``."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sesshu.inside.accountability.models import Slip


@dataclass(frozen=True, slots=True)
class SlipRow:
    """引継票の一行 — no word of the caller."""

    number: int
    case_number: int
    operator: str
    made_at: dt.datetime
    state: str
    taken_by: str | None
    outcome: str
    subject_id: UUID | None  # whom the desk had recognised


def find_slip(number: int) -> SlipRow | None:
    """One slip, without its words."""
    found = Slip.objects.filter(number=number).first()
    return _row(found) if found else None


def list_slips(*, open_only: bool = False, limit: int = 200) -> list[SlipRow]:
    """Slips, the open ones first, the oldest first among them."""
    rows = Slip.objects.filter(state__in=("new", "taken")).order_by("number")
    found = [_row(s) for s in rows[:limit]]
    if not open_only:
        found += [
            _row(s) for s in Slip.objects.filter(state__in=("done", "handed")).order_by("-number")[:limit]
        ]
    return found


def count_open() -> int:
    """How many wait for somebody."""
    return Slip.objects.filter(state__in=("new", "taken")).count()


def _row(s: Slip) -> SlipRow:
    return SlipRow(
        s.number, s.case_number, s.operator, s.made_at, s.state, s.taken_by, s.outcome, s.subject_id
    )
