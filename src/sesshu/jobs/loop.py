"""A list of (seconds, name, function), run one after another until the process is told to stop (定時処理の輪)."""

import contextlib
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import Error, close_old_connections

from sesshu.base import logs
from sesshu.base.errors import Refused

log = logs.get("sesshu.jobs")
LONGEST_PAUSE = 60.0  # seconds, after a job has failed again and again


@dataclass
class Job:
    """定時処理 — a function that is called every so many seconds; it says how much it did."""

    seconds: float
    name: str
    run: Callable[[], object]
    due: float = 0.0
    failed: int = 0


class Stopped(BaseException):
    """The process is told to stop while a job runs: its transaction is given up, nothing half remains."""


@dataclass
class Loop:
    """定時処理の輪 — survives a restart of the database; logs names, numbers and codes, never a value."""

    jobs: list[Job]
    clock: Callable[[], float] = time.monotonic
    renew: Callable[[], None] = (
        close_old_connections  # a connection that a restarted database has cut is replaced
    )
    _told: threading.Event = field(default_factory=threading.Event)
    _busy: bool = False

    def stop(self, *_: object) -> None:
        """Tell the loop to end; a running job is broken off."""
        self._told.set()
        if self._busy:
            self._busy = False
            raise Stopped

    def run_forever(self) -> None:
        """Until SIGTERM or SIGINT, then at once."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self.stop)
        with contextlib.suppress(Stopped):
            while not self._told.is_set():
                self.run_due()
                self._told.wait(max(0.05, min(j.due for j in self.jobs) - self.clock()))
        log.info("stopped")

    def run_due(self) -> None:
        """Every job that is due now, once."""
        for job in self.jobs:
            if self._told.is_set():
                return
            if job.due <= self.clock():
                self._run(job)

    def _run(self, job: Job) -> None:
        self.renew()
        pause = job.seconds
        try:
            self._busy = True
            began = self.clock()
            done = job.run()
            self._busy = False
            if done:
                log.info(
                    "done",
                    job=job.name,
                    count=done if isinstance(done, int) else None,
                    ms=round((self.clock() - began) * 1000),
                )
            job.failed = 0
        except Refused as no:
            log.warning("refused", job=job.name, code=no.refusal.code)
            pause = self._pause(job)
        except Error:
            log.error("failed", job=job.name, exc_info=True)
            pause = self._pause(job, at_most=5.0)
        except Exception:
            log.error("failed", job=job.name, exc_info=True)
            pause = self._pause(job)
        finally:
            self._busy = False
        job.due = self.clock() + pause

    def _pause(self, job: Job, at_most: float = LONGEST_PAUSE) -> float:
        """A pause that doubles, so that a broken job does not fill the log."""
        job.failed += 1
        return max(job.seconds, min(at_most, 0.5 * 2**job.failed))
