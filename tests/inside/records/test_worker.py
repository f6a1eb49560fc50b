"""The real worker process of the inside: it works, survives a cut connection and stops at once."""

import contextlib
import signal
import subprocess
import sys
import time

import pytest

from sesshu.base.machine import child_environment
from sesshu.inside.records.entitlements.actions import recompute
from sesshu.inside.tickets.actions import issue
from tests.support import place as p
from tests.support.residents import HOST, PROGRAMME, given_programme, given_resident, messages


@contextlib.contextmanager
def worker(building: str):
    """The process; what it logged is in ``said`` after its end."""
    made = p.place()
    run = subprocess.Popen(
        [sys.executable, "-m", "sesshu.cli.main", "worker", building, "--data", str(made.dir)],
        env=child_environment(made.config(f"{building}_worker")),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield run
    finally:
        run.kill()
        run.wait()


def wait_for(what, seconds: float = 15.0):
    until = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.05)
    return found


def cut_connections(login: str) -> int:
    with p.superuser("inside" if login.startswith("in_") else "outside") as c:
        return c.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s", [login]
        ).fetchone()[0]


def test_a_worker_sends_survives_and_stops(committed):
    given_programme()
    given_resident()
    recompute(by=HOST, programme=PROGRAMME)
    issue(by=HOST, programme=PROGRAMME)
    with worker("inside") as process:
        wait_for(lambda: len(messages("subject.put")) == 1)
        assert cut_connections("in_worker") == 1
        given_resident()
        recompute(by=HOST, programme=PROGRAMME)
        issue(by=HOST, programme=PROGRAMME)
        wait_for(lambda: len(messages("subject.put")) == 2)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        assert process.wait(5) == 0
        assert time.monotonic() - began < 1
        said = process.stderr.read()
    assert '"event": "stopped"' in said and "見本" not in said and "1950" not in said


def test_the_worker_outside_stops_too():
    p.place()
    with worker("outside") as process:
        wait_for(lambda: cut_connections("out_worker"))
        time.sleep(0.5)
        assert process.poll() is None
        process.send_signal(signal.SIGTERM)
        assert process.wait(2) == 0


@pytest.fixture(autouse=True)
def _empty_outside():
    yield
    p.empty(p.place(), "outside")
