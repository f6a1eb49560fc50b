"""Makes, keeps and verifies checkpoints of one building's audit log (検証点): the database and the second place.

A checkpoint is written into the database, then appended to a file of the second place (``checkpoints_dir``, best on
storage of another machine). Booking is not slowed down: nothing of this runs in anybody's transaction.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused, refusal
from sesshu.base.machine import Machine
from sesshu.db import checkpoints as db
from sesshu.trust.audit import verifier
from sesshu.trust.audit.verifier import Believes, Checkpoint, Kept, Verdict

RECENT = 60  # checkpoints that a page looks at: an hour
PLACE_AHEAD = refusal(
    "V01",
    "データベースの検証点が、控えより少なくなっています。監査担当に知らせ、「sesshu audit verify」で確かめてください。",
    "the second place has checkpoints that the database has lost; after a restore: sesshu audit resume",
)
NUMBERS_BACK = refusal(
    "V02",
    "データベースのトランザクション番号が戻っています。復元の手順書のとおり、番号を進めてください。",
    "transaction numbers went back after a restore from a dump; raise them with pg_resetwal, see docs/how-to",
)
NOT_PROVEN = refusal(
    "V03",
    "最新の検証点を確かめられません。監査担当に知らせ、「sesshu audit verify」で確かめてください。",
    "the newest checkpoint in the database is not signed by this building, or does not follow the one before",
)
NOT_WHOLE = refusal(
    "V05",
    "監査記録に、記録した時と違うところがあります。表示された番号の記録を確かめ、監査担当に知らせてください。",
    "the audit log is not whole: an entry or a checkpoint is not as it was signed",
)
NO_LOSS = refusal(
    "V04",
    "失われた検証点はありません。このまま使えます。",
    "the second place is not ahead of the database: there is no loss to own up to",
)


@dataclass(frozen=True)
class Store:
    """検証点の置き場 — one building's database, second place and whose signature is believed."""

    building: str
    conn: psycopg.Connection
    file: Path
    believes: Believes

    @classmethod
    def of(cls, machine: Machine, conn: psycopg.Connection) -> "Store":
        """The store of the building that a process belongs to. Needs the building's public key only."""
        key = KeyRing.load(machine.keys_dir).signing_public(machine.building)
        return cls(machine.building, conn, second_place(machine), verifier.believes_key(key))

    def read(self, after: int, limit: int = 1_000_000) -> list[Checkpoint]:
        """Checkpoints of the database."""
        found = []
        for number, text, signature in db.checkpoints(self.conn, after, limit):
            try:
                statement = json.loads(text)
                ok = isinstance(statement, dict) and statement.get("number") == number
            except ValueError:
                ok = False
            # What was tampered with beyond reading is a statement that nobody has signed.
            found.append(Checkpoint(statement if ok else {"number": number}, signature))
        return found

    def kept(self) -> Kept:
        """The second place, as it stands now."""
        try:
            with self.file.open(encoding="utf-8", errors="replace") as lines:
                return verifier.read_kept(lines, self.believes)
        except FileNotFoundError:
            return Kept()

    def entries(self, from_xid: int, upto: int) -> Iterator[dict[str, Any]]:
        """Entries as the verifier wants them."""
        return map(plain, db.entries(self.conn, from_xid, upto))


def second_place(machine: Machine) -> Path:
    """The file of the second place."""
    folder = machine.checkpoints_dir or str(Path(machine.data_dir) / "checkpoints")
    return Path(folder) / f"{machine.building}.jsonl"


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """An entry as JSON can hold it, always in the same spelling."""
    return row | {
        "at": verifier.moment(row["at"]),
        "shown_at": verifier.moment(row["shown_at"]),
        "subject": str(row["subject"]) if row["subject"] else None,
        "request": str(row["request"]) if row["request"] else None,
    }


# --- Making ---------------------------------------------------------------------------------------------------


def make(store: Store, ring: KeyRing) -> int:
    """検証点を作る — one about everything that has ended since the last. Gives how many entries; 0 = none was made.

    Raises Refused V01, V02, V03 where going on would paper over a loss or a forgery.
    """
    number = db.newest(store.conn)
    newest = store.read(max(0, number - 2))
    last = newest[-1] if newest else None
    if last and not _proven(store, newest):
        raise Refused(NOT_PROVEN)
    _catch_up(store, last)
    b = db.bounds(store.conn)
    if last and b["upto"] < last.statement["upto"]:
        raise Refused(NUMBERS_BACK)
    pairs = [(e["id"], verifier.leaf(e)) for e in store.entries(_upto(last), b["upto"])]
    if not pairs:
        return 0
    said = b | {"at": verifier.moment(b["at"]), "shown_at": verifier.moment(b["shown_at"])}
    c = verifier.make(store.building, said, last, pairs, ring.sign)
    if not db.put(store.conn, c.number, verifier.canonical(c.statement).decode(), c.signature):
        return 0
    append(store.file, c.line())
    return len(pairs)


def _upto(c: Checkpoint | None) -> int:
    return c.statement["upto"] if c else 0


def _proven(store: Store, newest: list[Checkpoint]) -> bool:
    """The newest one is signed and follows the one before it."""
    last, before = newest[-1], newest[-2] if len(newest) > 1 else None
    return verifier.follows(last, before, store.building, store.believes)


def _catch_up(store: Store, last: Checkpoint | None) -> None:
    """Append what a crash kept from the second place, as far as its entries still are what was signed."""
    have, number = last_kept(store.file), last.number if last else 0
    if have > number:
        raise Refused(PLACE_AHEAD)
    before: Checkpoint | None = None
    for c in store.read(max(0, have - 1)) if have < number else ():
        if c.number > have and verifier.follows(c, before, store.building, store.believes):
            entries = list(store.entries(_upto(before), c.statement["upto"]))
            leaves = [verifier.leaf(e) for e in entries]
            whole = Checkpoint(
                c.statement,
                c.signature,
                tuple(e["id"] for e in entries),
                tuple(x[: verifier.SHORT] for x in leaves),
            )
            append(store.file, (whole if verifier.root(leaves).hex() == c.statement["root"] else c).line())
        before = c


def resume(store: Store, ring: KeyRing, by: str) -> tuple[int, int]:
    """復元後の再開 — says in the second place that a restore has lost checkpoints. Gives the first and last lost number.

    Raises Refused V04 where none is lost.
    """
    have, number = last_kept(store.file), db.newest(store.conn)
    if have <= number:
        raise Refused(NO_LOSS)
    at = verifier.moment(db.bounds(store.conn)["shown_at"])
    append(store.file, verifier.make_loss(store.building, number, have, at, by, ring.sign))
    return number + 1, have


# --- The file -------------------------------------------------------------------------------------------------


def append(file: Path, line: str) -> None:
    """One line at the end, on disk when this returns. A line that a crash has torn is closed first."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fd = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "r+b") as f:
        size = f.seek(0, os.SEEK_END)
        if size:
            f.seek(size - 1)
            line = line if f.read(1) == b"\n" else "\n" + line
        f.write(line.encode())
        f.flush()
        os.fsync(f.fileno())


def last_kept(file: Path, block: int = 1 << 16) -> int:
    """Number of the newest checkpoint of the second place (0: none), read from the end of the file."""
    try:
        with file.open("rb") as f:
            end, tail = f.seek(0, os.SEEK_END), b""
            while end:
                start = max(0, end - block)
                f.seek(start)
                tail, end = f.read(end - start) + tail, start
                lines = tail.split(b"\n")
                for line in reversed(lines if not end else lines[1:]):
                    try:
                        return verifier.read_line(line.decode()).number
                    except ValueError:
                        continue  # a torn line, or the nothing after the last line's end
                block *= 2
    except FileNotFoundError:
        pass
    return 0


# --- Verifying ------------------------------------------------------------------------------------------------


def verify(store: Store, patience: float = 3.0) -> Verdict:
    """改ざんの検査 — recomputes everything. A checkpoint that is just being written is waited for (seconds)."""
    seen = store.kept()
    here = {c.number: c for c in store.read(0)}
    kept = store.kept()
    until = time.monotonic() + patience
    while here and max(here) == max(kept.standing, default=0) + 1 and time.monotonic() < until:
        time.sleep(0.1)
        kept = store.kept()
    # What came after the database was read is not missing there.
    known = max([*here, *seen.standing], default=0)
    kept = Kept({n: c for n, c in kept.standing.items() if n <= known}, kept.losses, kept.doubled)
    return verifier.judge(
        store.building, here, kept, store.entries(0, db.bounds(store.conn)["upto"]), store.believes
    )


@dataclass(frozen=True)
class Certainty:
    """記録の確かさ — the newest checkpoint whose signature and chain were checked just now."""

    number: int
    shown_at: str


def certainty(store: Store) -> Certainty | None:
    """最新の検証点 — signatures and chain of the newest ones; cheap. None: there is none, or something does not fit.

    Nor is anything certain as long as the last verification of the whole log found a fault.
    """
    if db.last_verified(store.conn)[1] == NOT_WHOLE.code:
        return None
    number = db.newest(store.conn)
    newest = store.read(max(0, number - RECENT - 1))
    before = None if number <= RECENT else newest.pop(0) if newest else None
    for c in newest:
        if not verifier.follows(c, before, store.building, store.believes):
            return None
        before = c
    if not newest or last_kept(store.file) not in (number, number - 1):
        return None
    return Certainty(number, newest[-1].statement["shown_at"])
