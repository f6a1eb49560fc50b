"""Entitlements of 280,000 residents after a rule change (row 12), beside a raw COPY of the rows that come out.

Residents with made-up birth dates, one in four of them with a first dose. By turns the age limit of the first wave is
60 and 65: everybody is read, judged and compared, the differences are written, those concerned are marked for the
bridge; all or nothing, in a process of its own. The baseline copies the entitlements that result into an empty table
with the same key. Besides are told: the first computation (everybody is new), the dry run of a version, how many
changed, and the peak of memory.
"""

import copy
import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench import frame
from sesshu.base.machine import child_environment
from sesshu.cli.place import Place
from tests.support import place as support

RESIDENTS, ROUNDS, PROGRAMME = 280_000, 5, "demo-covid19"
COLUMNS = "resident_id, programme, dose, from_on, until_on, products, after_previous, opens_at"
RESIDENTS_MADE = """
INSERT INTO register.resident (reference_no, name, dob_text, dob_key, dob, sex, status, digest)
SELECT 'b' || i, 'bench', '', to_char(d, 'YYYYMMDD'), d, CASE mod(i, 2) WHEN 0 THEN '男' ELSE '女' END, 'present', ''
  FROM (SELECT i, current_date - 3650 - mod(i * 7919::bigint, 29200)::int AS d FROM generate_series(1, %s) i) x
"""
DOSES_MADE = """
INSERT INTO records.record (id, resident_id, programme, dose, product, lot_no, given_on, entered_at, arrived_at, by, source)
SELECT gen_random_uuid(), id, %s, 1, CASE mod(id, 3) WHEN 0 THEN 'moderna' ELSE 'pfizer' END, 'L1', current_date - mod(id, 60)::int,
       now(), now(), 'bench', 'hall' FROM register.resident WHERE mod(id, 4) = 0
"""


def document(years: int) -> dict:
    """The sample programme around today, its first wave from an age on."""
    from sesshu.inside.planning.programme import document as documents

    made = copy.deepcopy(documents.read(documents.SHIPPED / f"{PROGRAMME}.json"))
    today = dt.date.today()
    begins = (today - dt.timedelta(days=60)).isoformat()
    made["seasons"][0] |= {"from": begins, "until": (today + dt.timedelta(days=120)).isoformat()}
    for wave, opens in zip(made["waves"], (-50, 20), strict=True):
        day = today + dt.timedelta(days=opens)
        wave |= {"from": day.isoformat(), "tickets_from": begins, "booking_from": f"{day}T09:00"}
    made["groups"][0]["who"]["age"]["min"]["years"] = years
    return made


def switch(place: Place, years: int) -> None:
    """Another version is in force."""
    with psycopg.connect(place.admin("inside"), autocommit=True) as c:
        c.execute(
            "INSERT INTO planning.programme_version (programme, number, document, valid_from, author, loaded_at, state, in_force_at) "
            "SELECT %s, coalesce(max(number), 0) + 1, %s, current_date, 'bench', now(), 'approved', now() FROM planning.programme_version",
            [PROGRAMME, json.dumps(document(years))],
        )
        c.execute("CHECKPOINT")


def step(place: Place, what: str, *more: str) -> dict:
    """One act in a process of its own, as a command does it."""
    env = child_environment(place.config("inside"), DJANGO_SETTINGS_MODULE="sesshu.jobs.settings_inside")
    words = [sys.executable, "-m", "bench.entitlements", what, *more]
    return json.loads(subprocess.run(words, env=env, check=True, capture_output=True, text=True).stdout)


def copied(place: Place) -> float:
    """Seconds of the baseline."""
    with psycopg.connect(place.admin("inside"), autocommit=True) as c:
        c.execute("DROP SCHEMA IF EXISTS bench CASCADE; CREATE SCHEMA bench")
        c.execute("CREATE TABLE bench.raw (LIKE records.entitlement INCLUDING ALL)")
        with c.cursor().copy(f"COPY records.entitlement ({COLUMNS}) TO STDOUT") as out:
            lines = b"".join(bytes(block) for block in out)
        began = time.perf_counter()
        with c.cursor().copy(f"COPY bench.raw ({COLUMNS}) FROM STDIN") as into:
            into.write(lines)
        took = time.perf_counter() - began
        c.execute("DROP SCHEMA bench CASCADE")
    return took


def rows(count: int = RESIDENTS) -> Iterator[frame.Row]:
    """Row 12."""
    with frame.standing() as place:
        support.empty(place, "inside")
        with psycopg.connect(place.admin("inside"), autocommit=True) as c:
            c.execute("INSERT INTO planning.programme VALUES (%s, 'bench', 'open')", [PROGRAMME])
            c.execute(RESIDENTS_MADE, [count])
            c.execute(DOSES_MADE, [PROGRAMME])
            c.execute("VACUUM ANALYZE")
        switch(place, 65)
        first = step(place, "recompute")
        base, mine, peaks, changed, looks = [], [], [], 0, []
        for turn in range(ROUNDS):
            base.append(copied(place))
            years = (60, 65)[turn % 2]
            looks.append(step(place, "look", str(years))["took"])
            switch(place, years)
            done = step(place, "recompute")
            mine.append(done["took"])
            peaks.append(done["peak"])
            changed = done["changed"]
        support.empty(place, "inside")
    yield frame.row(
        "entitlements",
        f"entitlements of {count:,} residents after a rule change beside a raw COPY of them",
        mine,
        base,
        "s",
        "≤ 8",
        first_seconds=round(first["took"], 2),
        dry_run_seconds=round(min(looks), 2),
        changed=changed,
        peak_mb=max(peaks),
    )


def main(what: str, *more: str) -> None:
    """The process of one act."""
    import django

    django.setup()
    from sesshu.inside.planning.programme import document as documents
    from sesshu.inside.planning.queries import get_rules
    from sesshu.inside.records.entitlements import dry_run
    from sesshu.inside.records.entitlements.actions import recompute
    from sesshu.trust.access.actor import host_actor

    began, changed = time.perf_counter(), 0
    if what == "recompute":
        changed = recompute(by=host_actor(), programme=PROGRAMME).changed
    else:
        new = documents.load(document(int(more[0])))
        dry_run.look(get_rules(PROGRAMME), new, dt.date.today())
    took = time.perf_counter() - began
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print(json.dumps({"took": took, "changed": changed, "peak": peak}))


if __name__ == "__main__":
    main(*sys.argv[1:])
