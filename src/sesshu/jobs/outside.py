"""What the outside's worker does and how often (庁外の定時処理): functions of its own database only."""

from collections.abc import Callable

from sesshu.db import calls
from sesshu.jobs.checkpoint import checkpoint
from sesshu.jobs.loop import Job


def _function(name: str) -> Callable[[], object]:
    def run() -> object:
        return calls.scalar(name)

    return run


JOBS = [
    Job(1, "release", _function("booking.release_due_v1")),  # places come back
    Job(2, "watch", _function("booking.watch_v1")),  # dead numbers that were tried
    Job(2, "ship", _function("audit.ship_v1")),  # audit pages go inside
    Job(60, "checkpoint", checkpoint),  # the audit log is sealed
    Job(600, "tidy", _function("booking.tidy_v1")),  # what nobody needs any more
]
