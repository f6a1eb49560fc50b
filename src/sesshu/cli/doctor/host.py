"""What the doctor looks at without a database (ホストの点検): settings, keys, clocks, fonts, storage."""

import os
import shutil
import stat
from collections import Counter
from pathlib import Path

from sesshu.base import crypto
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.base.machine import BadSettings, Machine, read
from sesshu.base.paper import faces
from sesshu.cli.doctor.findings import OK, WARN, WRONG, Finding, all_of
from sesshu.cli.place import PROCESSES, Place

Machines = dict[str, Machine]
GIB = 2**30


def settings(place: Place) -> tuple[Machines, list[Finding]]:
    """One settings file for each process that runs here: readable, private, with a secret of its own."""
    machines: Machines = {}
    broken, open_ = [], []
    for name in PROCESSES:
        file = place.config(name)
        if not file.exists():
            continue
        try:
            machines[name] = read(file)
        except BadSettings as e:
            broken.append(f"{file.name} ({e})")
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            open_.append(file.name)
    area, install = "settings", "sesshu db install writes them anew and keeps what you set"
    if not machines and not broken:
        return machines, [Finding(area, WRONG, "no process has a settings file", install)]
    shared = [s for s, n in Counter(m.secret_key for m in machines.values()).items() if n > 1 or len(s) < 32]
    twins = [name for name, m in machines.items() if m.secret_key in shared]
    mixed = [n for n, m in machines.items() if (m.building == "sealed") != (PROCESSES[n][3] == "sealed")]
    made_up = [
        n
        for n, m in machines.items()
        if m.zone and m.https and (m.phone == Machine.phone or "example" in m.host_shown)
    ]
    return machines, [
        all_of(area, broken, f"{len(machines)} settings files are readable", "cannot be read", install),
        all_of(area, open_, "only their owner reads them", "open to other users", f"chmod 0600 {place.etc}/*.json"),
        all_of(area, twins, "every process has a secret of its own", "the secret_key is short or shared",
               "remove secret_key from these files, then: sesshu db install"),
        all_of(area, mixed, "every process belongs to its building", "wrong building", install),
        all_of(area, made_up, "telephone and host name are set where they are printed", "telephone or host name is the sample's",
               "set phone and host_shown", WARN),
    ]  # fmt: skip


def keys(place: Place, machines: Machines) -> list[Finding]:
    """Every key of the places that are on this host, and whether each process may read its own."""
    area = "keys"
    found = [s for s in crypto.status(place.keys) if (place.keys / s.place).is_dir()]
    if not found:
        return [
            Finding(
                area,
                WRONG,
                "there are no keys on this host",
                "sesshu keys make, or bring this building's folder here",
            )
        ]
    here = sorted({s.place for s in found})
    bad = [f"{s.place}/{s.name} is {s.problem}" for s in found if s.problem]
    unread = []
    for name, m in machines.items():
        try:
            if KeyRing.load(m.keys_dir).place != m.building:
                unread.append(f"{name} has those of another place")
        except (Refused, OSError) as no:
            unread.append(f"{name} ({no})")
    return [
        all_of(area, bad, f"{len(found)} keys of {', '.join(here)} are whole and private", "keys with a problem",
               "fetch it from the safe; chmod 0600; see: sesshu keys status"),
        all_of(area, unread, "every process reads the keys of its place", "a process cannot read its keys",
               "check keys_dir and the owner of the folder"),
        all_of(area, here if len(here) > 1 else (), "one place's keys are on this host", "keys of several places on one host",
               "good for a demo; else move each folder to its own host and keep a copy in the safe", WARN),
    ]  # fmt: skip


def clocks(machines: Machines) -> list[Finding]:
    """A clock that can be moved is for demos and tests; a host that people reach over HTTPS must not have it."""
    area = "clocks"
    moved = {name: m for name, m in machines.items() if m.clock_file}
    if not moved:
        return [Finding(area, OK, "the real clock")]
    reached = sorted(name for name, m in moved.items() if m.zone and m.https)
    if reached:
        return [
            Finding(area, WRONG, f"a test clock in production: {', '.join(reached)}",
                    "install databases without --test-clock and empty clock_file; data made under a test clock is test data"),
        ]  # fmt: skip
    return [
        Finding(
            area,
            WARN,
            "the test clock is on: demo or tests only",
            "an installation without it: sesshu db install",
        )
    ]


def fonts() -> list[Finding]:
    """Which faces the paper has; without them names with rare characters are withheld from print."""
    has = faces.installed()
    own = [name for name, there in has.items() if not there and name in (faces.WHEEL.name, faces.OCR_B.name)]
    machine = [name for name, there in has.items() if not there and name not in own]
    return [
        all_of("fonts", own, "the faces of the package are there", "missing from the package", "install Sesshu again"),
        all_of("fonts", machine, "the faces of the machine are there", "missing, so some names cannot be printed",
               "apt-get install fonts-morisawa-bizud-gothic fonts-ipamj-mincho", WARN),
    ]  # fmt: skip


def storage(place: Place, machines: Machines) -> list[Finding]:
    """Room on the disks, the bridge's folder, and where the second place of the audit log lies."""
    area, found = "storage", []
    for folder in dict.fromkeys((place.dir, place.cluster.home)):
        if not folder.exists():
            continue
        disk = shutil.disk_usage(folder)
        free = f"{disk.free / GIB:.1f} GiB free ({100 * disk.free // disk.total} %) at {folder}"
        scarce = disk.free < GIB or disk.free < disk.total * 0.03
        low = disk.free < 5 * GIB or disk.free < disk.total * 0.1
        mend = "make room: a full disk stops bookings" if scarce or low else ""
        found.append(Finding(area, WRONG if scarce else WARN if low else OK, free, mend))
    spools = {m.spool_dir for name, m in machines.items() if name.endswith("_courier")}
    barred = [s for s in spools if not os.access(s, os.R_OK | os.W_OK | os.X_OK)]
    found.append(all_of(area, barred, "the bridge's folder can be written", "the bridge's folder cannot be written",
                        "make it, owned by the couriers' user: sesshu db install"))  # fmt: skip
    near = []
    for m in machines.values():
        second = Path(m.checkpoints_dir or place.dir / "checkpoints")
        there = next(p for p in (second, *second.parents) if p.exists())
        if there.stat().st_dev == place.dir.stat().st_dev:
            near.append(str(second))
    found.append(all_of(area, set(near), "the second place of the audit log is on other storage",
                        "the second place of the audit log is on the same disk as the data",
                        "set checkpoints_dir in the workers' settings to storage of another machine", WARN))  # fmt: skip
    return found
