"""A city's mailing from the question to the end: built, sealed, printed by two processes, released, checked, posted, closed.

N residents with tickets; every step is the real act in a process of its own. The claim is the enclosure check: a scan
log of N envelopes read strictly, compared, kept and noted on each piece, beside the least that SQL does for it: a raw
COPY of the same lines and one UPDATE of N bare rows. Goal: ratio ≤ 10. The seconds of all other steps and the peak of
memory are told beside it.
"""

import csv
import datetime as dt
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from bench import frame
from bench.sheets import register
from sesshu.base.machine import child_environment
from sesshu.cli.place import Place
from tests.support import place as support

RESIDENTS, AT_ONCE, BOX = 280_000, 10_000, 500
COLUMNS = "reference_no, name, dob_text, dob_key, dob, sex, postcode, town, banchi, building, status, digest"


def rows() -> Iterator[frame.Row]:
    """The claim, with the rest told beside it."""
    with frame.standing() as place, TemporaryDirectory() as folder:
        support.empty(place, "inside")
        fill(place, RESIDENTS)
        env = child_environment(place.config("inside"), DJANGO_SETTINGS_MODULE="sesshu.jobs.settings_inside")
        words = [sys.executable, "-m", "bench.mailing", folder]
        said = subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout
        told = json.loads(said.splitlines()[-1])
        base = copied(place, Path(folder) / "log.csv")
        support.empty(place, "inside")
    yield frame.row(
        "mailing",
        f"a scan log of {RESIDENTS:,} envelopes compared, kept and noted, beside a raw COPY of its lines and one UPDATE",
        [told["reconcile"]],
        [base],
        "s",
        "≤ 10",
        **{f"{name}_seconds" if name != "peak_mb" else name: value for name, value in told.items()},
    )


def fill(place: Place, count: int) -> None:
    """Residents of nobody, all entitled to the first dose."""
    with psycopg.connect(place.admin("inside")) as c:
        with c.cursor().copy(f"COPY register.resident ({COLUMNS}) FROM STDIN") as copy:
            for first in range(1, count + 1, AT_ONCE):
                for r in register(first, min(AT_ONCE, count + 1 - first)):
                    born = f"{r.dob_text[:4]}-{r.dob_text[4:6]}-{r.dob_text[6:]}"
                    copy.write_row(
                        (str(r.serial), r.name, r.dob_text, r.dob_text, born, "女", r.postcode, r.town, r.banchi,
                         r.building, "present", b"x")
                    )  # fmt: skip


def copied(place: Place, log: Path) -> float:
    """Seconds of the baseline."""
    lines = log.read_text(encoding="cp932").encode()
    with psycopg.connect(place.admin("inside"), autocommit=True) as c:
        c.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        c.execute(
            "CREATE UNLOGGED TABLE bench.raw (box text, place text, code text, inside text, measure text)"
        )
        c.execute("CREATE TABLE bench.piece (code text PRIMARY KEY, box text, place int, at timestamptz)")
        c.execute("INSERT INTO bench.piece SELECT code FROM unnest(%s::text[]) code", [codes(lines)])
        c.execute("ANALYZE bench.piece")
        began = time.perf_counter()
        with c.cursor().copy("COPY bench.raw FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(lines)
        c.execute(
            "UPDATE bench.piece p SET box = r.box, place = r.place::int, at = now() FROM bench.raw r WHERE r.code = p.code"
        )
        took = time.perf_counter() - began
        c.execute("DROP SCHEMA bench CASCADE")
    return took


def codes(lines: bytes) -> list[str]:
    """The management codes of a log."""
    return [line.split(",")[2] for line in lines.decode().splitlines()[1:-1]]


def steps(folder: Path) -> None:
    """The process that makes the mailing; prints seconds by step."""
    import django

    django.setup()
    from sesshu.inside.mailing.batches import actions, handover, printing, queries
    from sesshu.inside.mailing.batches.rules import Query
    from sesshu.inside.mailing.enclosure.actions import reconcile
    from sesshu.inside.tickets.actions import issue
    from tests.support.mailing import PRINTER, SECOND, WINDOW, serials
    from tests.support.residents import HOST, OFFICER, PROGRAMME, given_programme, run

    told: dict[str, float] = {}

    def timed(name: str, act: Callable[..., Any], **words: Any) -> Any:
        began = time.perf_counter()
        answer = act(**words)
        told[name] = round(told.get(name, 0) + time.perf_counter() - began, 1)
        return answer

    given_programme()
    run(
        "INSERT INTO records.entitlement (resident_id, programme, dose, from_on, until_on, products, after_previous) "
        "SELECT id, %s, 1, '2026-10-01', '2027-03-31', '{pfizer}', false FROM register.resident",
        PROGRAMME,
    )
    timed("issue", issue, by=HOST, programme=PROGRAMME)
    for n in range(8):
        place = {
            "postcode": f"152{n * 1200:04d}",
            "town": "見本町",
            "banchi": f"{n + 1}番",
            "building": "分室",
        }
        actions.put_watch_address(by=HOST, **place)
    firm = actions.put_printer(by=HOST, name="印刷A", recipient=str(PRINTER.to_public()))
    query = Query(PROGRAMME, 1, dt.date(2026, 10, 1), dt.date(2027, 3, 31))
    batch = timed("count", actions.draft, by=HOST, title="bench", query=query, printer_id=firm, window=WINDOW)
    timed("build", actions.build, by=HOST, batch_id=batch)
    timed("seal", actions.seal, by=HOST, batch_id=batch)
    made = timed("sheets_two_processes", printing.make_files, by=HOST, batch_id=batch)
    assert made.sampled == made.read_back and not made.withheld
    handover.release(by=OFFICER, batch_id=batch)
    timed("release", handover.release, by=SECOND, batch_id=batch)
    log = write_log(folder / "log.csv", batch, serials(batch))
    done = timed("reconcile", reconcile, by=HOST, batch_id=batch, path=log)
    assert done.enclosed == done.envelopes
    timed("tally", queries.tally, batch_id=batch)
    timed("post", handover.post, by=HOST, batch_id=batch)
    timed("close", handover.close, by=HOST, batch_id=batch)
    peaks = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(json.dumps(told | {"peak_mb": max(peaks) // 1024}))


def write_log(path: Path, batch: int, serials: list[int]) -> Path:
    """A right log of boxes of 500."""
    from sesshu.inside.mailing.batches.rules import Code
    from sesshu.inside.mailing.enclosure.scanlog import COLUMNS as HEAD
    from sesshu.inside.mailing.enclosure.scanlog import END

    with path.open("w", encoding="cp932", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEAD)
        for n, serial in enumerate(serials):
            writer.writerow([f"{n // BOX:04d}", n % BOX + 1, str(Code(batch, serial)), "", 1200])
        writer.writerow([END, len(serials), "", "", ""])
    return path


if __name__ == "__main__":
    steps(Path(sys.argv[1]))
