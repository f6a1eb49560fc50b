"""The register file (measured.md row 6): validated, compared, accepted with history and audit, beside a raw COPY of it.

A town of N residents comes in once; then its two monthly files are taken in by turns, each a whole monthly import:
staged, compared, approved by two persons, applied. The baseline copies the same lines, decoded beforehand, into an
empty unlogged table without an index. Goal: ratio ≤ 10, peak of memory ≤ 100 MB. The first load is told beside it.
"""

import csv
import datetime as dt
import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench import frame
from sesshu.base.machine import child_environment
from sesshu.cli.place import Place
from tests.support import place as support

RESIDENTS, ROUNDS = 280_000, 3
COLUMNS = 20


def decoded(file: Path) -> bytes:
    """The lines of a file that a COPY can take, in UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    with file.open(encoding="cp932", newline="") as lines:
        writer.writerows(row for row in csv.reader(lines) if len(row) == COLUMNS)
    return out.getvalue().encode()


def copied(place: Place, lines: bytes) -> float:
    """Seconds of the baseline."""
    columns = ", ".join(f"c{i} text" for i in range(COLUMNS))
    with psycopg.connect(place.admin("inside"), autocommit=True) as c:
        c.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        c.execute(f"CREATE UNLOGGED TABLE bench.raw ({columns})")
        began = time.perf_counter()
        with c.cursor().copy("COPY bench.raw FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(lines)
        took = time.perf_counter() - began
        c.execute("DROP SCHEMA bench CASCADE")
    return took


def taken_in(place: Place, file: Path) -> dict:
    """Stage and accept in a process of its own, as a command does; seconds, counts, peak of memory."""
    env = child_environment(place.config("inside"), DJANGO_SETTINGS_MODULE="sesshu.jobs.settings_inside")
    words = [sys.executable, "-m", "bench.register", str(file)]
    return json.loads(subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout)


def step(file: Path) -> None:
    """The process of one import."""
    import django

    django.setup()
    from sesshu.inside.records.protection.actions import protect
    from sesshu.inside.register.imports.actions import accept, stage
    from sesshu.trust.access.actor import Actor
    from sesshu.trust.access.matrix import Proof, Role, Zone

    first = Actor("OF-1", Role.OFFICER, Zone.HOST, Proof.FRESH)
    second = Actor("CH-1", Role.CHIEF, Zone.HOST, Proof.FRESH)
    began = time.perf_counter()
    report = stage(by=first, path=file, as_of=dt.date(2026, 12, 1))
    staged = time.perf_counter() - began
    more = {"import_id": report.id, "protect": protect, "despite": frozenset(h.code for h in report.held)}
    accept(by=first, **more)
    accept(by=second, **more)
    took = time.perf_counter() - began
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"staged": staged, "took": took, "peak": peak, "new": report.counts["new"]}))


def rows(count: int = RESIDENTS) -> Iterator[frame.Row]:
    """Interleaved rounds; two months take turns, so that each round has something to compare."""
    with frame.standing() as place, tempfile.TemporaryDirectory() as folder:
        support.empty(place, "inside")
        town = [sys.executable, "-m", "sesshu.cli.main", "town", "make", "--seed", "1", "--out", folder]
        subprocess.run([*town, "--residents", str(count)], check=True, capture_output=True)
        files = [Path(folder) / name for name in ("register-2.csv", "register-1.csv")]
        load = taken_in(place, files[1])
        base, mine, peaks = [], [], [load["peak"]]
        for turn in range(ROUNDS):
            file = files[turn % 2]
            base.append(copied(place, decoded(file)))
            done = taken_in(place, file)
            mine.append(done["took"])
            peaks.append(done["peak"])
        support.empty(place, "inside")
    more = {
        "peak_mb": max(peaks),
        "first_load_seconds": round(load["took"], 2),
        "first_load_staged_seconds": round(load["staged"], 2),
    }
    what = (
        f"a monthly file of {count:,} residents staged, compared and accepted, beside a raw COPY of its lines"
    )
    yield frame.row("register", what, mine, base, "s", "≤ 10", **more)


if __name__ == "__main__":
    step(Path(sys.argv[1]))
