"""The worker's loop: when a job is due, what a failing job costs, how it ends."""

import logging
import time

import pytest

from sesshu.base.errors import Refused, refusal
from sesshu.jobs import loop as loops
from sesshu.jobs.loop import Job, Stopped

NO = refusal("ZZ91", "試験のための断りです。", "a refusal for this test")


def Loop(jobs, clock=time.monotonic):
    """A loop without a database."""
    return loops.Loop(jobs, clock, renew=lambda: None)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_each_job_at_its_time():
    clock, done = Clock(), []
    loop = Loop(
        [Job(1, "often", lambda: done.append("o")), Job(10, "seldom", lambda: done.append("s"))], clock
    )
    for clock.now in (0, 0.5, 1, 2, 10):
        loop.run_due()
    assert "".join(done) == "osoooos"[:2] + "oo" + "os"


@pytest.mark.parametrize("fault", [ValueError("1985-04-01 目黒"), Refused(NO)])
def test_a_failing_job_waits_longer_and_says_no_value(fault, caplog):
    def fail():
        raise fault

    clock, done = Clock(), []
    loop = Loop([Job(1, "fails", fail), Job(1, "works", lambda: done.append(1))], clock)
    for clock.now in range(40):
        loop.run_due()
    assert len(done) == 40
    assert loop.jobs[0].failed < 9
    with caplog.at_level(logging.INFO):
        clock.now = 1000
        loop.run_due()
    assert "1985" not in str([r.msg for r in caplog.records])


def test_a_job_that_works_again_is_forgiven():
    job = Job(1, "x", lambda: 1 / 0)
    clock = Clock()
    loop = Loop([job], clock)
    loop.run_due()
    job.run, clock.now = (lambda: 3), 100
    loop.run_due()
    assert (job.failed, job.due) == (0, 101)


def test_told_to_stop_between_jobs_nothing_more_runs():
    done = []
    loop = Loop([Job(1, "x", lambda: done.append(1))])
    loop.stop()
    loop.run_due()
    assert done == []


def test_told_to_stop_in_a_job_it_is_broken_off():
    loop = Loop([])
    loop.jobs.append(Job(1, "x", lambda: loop.stop()))
    with pytest.raises(Stopped):
        loop.run_due()
