"""The disclosure list's rows (開示一覧の照会), from both buildings' logs."""

import datetime as dt
from dataclasses import dataclass

from sesshu.base import clock, logs
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.db import calls, checkpoints
from sesshu.inside.accountability.disclosure import words
from sesshu.trust.audit.checkpoint import Certainty, Store, certainty

log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class LogRow:
    """取扱いの一件 — as the logs hold it; no value of a person."""

    building: str
    entry_id: int
    at: dt.datetime
    actor: str
    zone: str
    act: str
    purpose: str
    case_ref: str
    result: str
    fields: list[str]

    @property
    def sentence(self) -> str:
        return words.sentence(self.act, self.result)

    @property
    def detail(self) -> str:
        return words.detail(self.zone, self.actor, self.result, self.fields, self.purpose)


def list_entries(resident_id: int, from_on: dt.date, until_on: dt.date) -> list[LogRow]:
    """取扱いの記録 — of one resident between two days (both inclusive), newest first."""
    midnight = dt.time(0, tzinfo=clock.TOKYO)
    return calls.many(
        "accountability.list_entries_v1",
        LogRow,
        p_resident=resident_id,
        p_from=dt.datetime.combine(from_on, midnight),
        p_to=dt.datetime.combine(until_on + dt.timedelta(days=1), midnight),
    )


def outside_until() -> dt.datetime | None:
    """庁外の記録の到着 — until when the outside's log has come in; None before the first page."""
    return calls.scalar("accountability.outside_since_v1")


def find_certainty() -> Certainty | None:
    """記録の確かさ — until which checkpoint signatures and chain hold; None: not verified. A list is made all the same."""
    try:
        return certainty(Store.of(machine(), checkpoints.ours()))
    except (Refused, OSError) as no:  # no public key, or no way to the second place
        log.warning("not verified", error=logs.where(no))
        return None
