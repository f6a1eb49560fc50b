"""Many clients at once, and functions that were deliberately loosened: what a race test needs."""

import contextlib
import queue
import threading
from collections.abc import Callable, Iterator

import psycopg
from psycopg.rows import namedtuple_row

from tests.support import place as p


def crowd(
    jobs: list[Callable[[psycopg.Connection], object]], login: str = "out_public", width: int = 50
) -> list:
    """Do all jobs, ``width`` at a time, each worker on its own connection, all starting at the same moment.

    Gives results in the order of the jobs; an error is a result.
    """
    width = min(width, len(jobs))
    todo: queue.SimpleQueue = queue.SimpleQueue()
    for item in enumerate(jobs):
        todo.put(item)
    found: list = [None] * len(jobs)
    start = threading.Barrier(width)

    def worker() -> None:
        with p.connect(login, row_factory=namedtuple_row) as c:
            start.wait(20)
            with contextlib.suppress(queue.Empty):
                while True:
                    n, job = todo.get_nowait()
                    try:
                        found[n] = job(c)
                    except psycopg.Error as e:
                        found[n] = e

    threads = [threading.Thread(target=worker) for _ in range(width)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    return found


def errors(results: list) -> list[str]:
    """Names of the errors among results."""
    return [type(r).__name__ for r in results if isinstance(r, BaseException)]


@contextlib.contextmanager
def changed(**functions: tuple[str, str]) -> Iterator[None]:
    """Functions of the outside changed for a while: ``booking__take_v1=(old, new)`` replaces a piece of its text."""
    with p.superuser("outside") as c:
        before = []
        try:
            for name, (old, new) in functions.items():
                text = c.execute(
                    "SELECT pg_get_functiondef(%s::regproc)", [name.replace("__", ".")]
                ).fetchone()[0]
                assert old in text, f"{name} has no such piece any more"
                before.append(text)
                c.execute(text.replace(old, new))
            yield
        finally:
            for text in before:
                c.execute(text)


@contextlib.contextmanager
def without_index(name: str) -> Iterator[None]:
    """A unique index taken away for a while; what it would have refused is removed before it comes back."""
    with p.superuser("outside") as c:
        text = c.execute("SELECT pg_get_indexdef(%s::regclass)", [name]).fetchone()[0]
        c.execute(f"DROP INDEX {name}")
        try:
            yield
        finally:
            c.execute("TRUNCATE booking.booking")
            c.execute(text)
