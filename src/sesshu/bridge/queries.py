"""Questions about the streams (連携の照会), for a page: how far they are, what is outside, which alarms are open."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from sesshu.db import calls


@dataclass(frozen=True, slots=True)
class Stream:
    """系列 — one direction as this building knows it."""

    direction: str  # out | in
    epoch: int
    last_number: int  # out: last given; in: last applied
    acked: int  # out: last that the other side has applied
    heard_at: dt.datetime | None
    asked_at: dt.datetime | None
    state: str  # running | stopped
    reason: str
    waiting: int  # out: messages that the other side has not applied
    applied_at: dt.datetime | None  # in: when the last message was applied


@dataclass(frozen=True, slots=True)
class Alarm:
    """警報 — ``detail`` names files and numbers, never a person."""

    id: int
    at: dt.datetime
    code: str
    detail: str
    cleared_at: dt.datetime | None
    cleared_by: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """一通の行方 — when a message was written, and since when it holds outside (None: not yet there)."""

    message: int
    type: str
    made_at: dt.datetime
    outside_at: dt.datetime | None


def streams() -> dict[str, Stream]:
    """Both directions, by ``out`` and ``in``."""
    return {s.direction: s for s in calls.many("bridge.show_streams_v1", Stream)}


def list_alarms(*, cleared: int = 10) -> list[Alarm]:
    """Open alarms, the newest first, then the last so many that were cleared."""
    return calls.many("bridge.show_alarms_v1", Alarm, p_cleared=cleared)


def clear_alarm(alarm_id: int, by: str) -> bool:
    """False where no open alarm has this number."""
    return calls.scalar("bridge.clear_one_v1", p_alarm=alarm_id, p_by=by)


def last_about(like: dict[str, Any]) -> Trace | None:
    """The newest message whose body holds ``like`` (``{"id": "…"}``), and since when it is outside."""
    return calls.maybe("bridge.trace_v1", Trace, p_like=Jsonb(like))
