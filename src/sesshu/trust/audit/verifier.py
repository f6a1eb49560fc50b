"""The verifier of an audit log (監査記録の検査): what a checkpoint says, how it is proven, which entry is the first bad one.

This one file is all of it, and it runs alone: ``python verify.py FOLDER`` on a folder that ``sesshu audit export``
made, with Python 3.11 and the package ``cryptography``. Sesshu itself uses the same functions.

A checkpoint (検証点) is a signed statement about all entries whose transactions ended below ``upto`` and not below
``from``. Its ``root`` is the Merkle root (RFC 6962: SHA-256, leaf prefix 00, node prefix 01) over the canonical bytes of
those entries, ordered by transaction and id. ``previous`` is the SHA-256 of the statement before it. A second place
keeps each statement too, with the ids and the first 8 bytes of every leaf, so that the bad entry can be named.
"""

import base64
import datetime as dt
import hashlib
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SHORT = 8  # bytes of a leaf that the second place keeps
NOTHING = bytes(32)  # what the first checkpoint names as the one before it
BEGINNING = dt.timedelta(minutes=10)  # a log that is as young as that may wait for its first checkpoint
SLACK = dt.timedelta(seconds=5)  # a server's clock may be set back by as much
JAPAN = dt.timezone(dt.timedelta(hours=9))
COLUMNS = "id at shown_at xid actor zone act purpose case_ref subject resident result fields request".split()

Believes = Callable[[bytes, bytes], bool]  # (what was signed, signature) → is it this building's?


# --- One entry, one statement ---------------------------------------------------------------------------------


def canonical(value: Mapping[str, Any]) -> bytes:
    """One spelling for one value: JSON, keys in order, no blanks, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: dt.datetime) -> str:
    """2026-11-24T01:00:00.000000Z — always the same length, so that moments sort as text."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def shown(at: str) -> str:
    """2026-11-24 10:00 in Japan."""
    return dt.datetime.fromisoformat(at).astimezone(JAPAN).strftime("%Y-%m-%d %H:%M")


def leaf(entry: Mapping[str, Any]) -> bytes:
    """The hash of one entry."""
    return hashlib.sha256(b"\0" + canonical(entry)).digest()


def root(leaves: list[bytes]) -> bytes:
    """Merkle root (RFC 6962) of hashed leaves; of none, the hash of nothing."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    row = leaves
    while len(row) > 1:
        pairs = [hashlib.sha256(b"\1" + a + b).digest() for a, b in zip(row[::2], row[1::2], strict=False)]
        row = pairs + row[len(row) - 1 :] if len(row) % 2 else pairs
    return row[0]


@dataclass(frozen=True)
class Checkpoint:
    """検証点 — a statement, its signature and, from the second place, which entries it is about."""

    statement: dict
    signature: bytes
    ids: tuple[int, ...] = ()
    short: tuple[bytes, ...] = ()

    @property
    def number(self) -> int:
        return self.statement["number"]

    @property
    def seal(self) -> bytes:
        """The hash by which the next checkpoint names this one."""
        return hashlib.sha256(canonical(self.statement)).digest()

    def lists(self) -> dict:
        """Ids as (first, how many) and short leaves, as they stand in the second place."""
        runs: list[list[int]] = []
        for i in self.ids:
            if runs and i == runs[-1][0] + runs[-1][1]:
                runs[-1][1] += 1
            else:
                runs.append([i, 1])
        return {"ids": runs, "leaves": base64.b64encode(b"".join(self.short)).decode()}

    def line(self) -> str:
        """One line of the second place."""
        parts = {"statement": self.statement, "signature": self.signature.hex(), **self.lists()}
        return canonical(parts).decode() + "\n"


def read_line(text: str) -> Checkpoint:
    """The checkpoint of one line. Raises ValueError for a line that is none."""
    try:
        parts = json.loads(text)
        ids = tuple(i for first, n in parts.get("ids", ()) for i in range(first, first + n))
        leaves = base64.b64decode(parts.get("leaves", ""), validate=True)
        if not isinstance(parts["statement"]["number"], int):
            raise TypeError
        short = tuple(leaves[i : i + SHORT] for i in range(0, len(leaves), SHORT))
        return Checkpoint(parts["statement"], bytes.fromhex(parts["signature"]), ids, short)
    except (KeyError, TypeError, AttributeError) as e:
        raise ValueError("not a checkpoint") from e


def make(building: str, bounds: Mapping[str, Any], last: Checkpoint | None, pairs: list[tuple[int, bytes]],
         sign: Callable[[bytes], bytes]) -> Checkpoint:  # fmt: skip
    """The next checkpoint. ``bounds``: at, shown_at, clock, upto, running; ``pairs``: id and leaf in order."""
    ids, leaves = tuple(i for i, _ in pairs), [x for _, x in pairs]
    bare = Checkpoint({}, b"", ids, tuple(x[:SHORT] for x in leaves))
    statement = {
        "building": building,
        "number": last.number + 1 if last else 1,
        **bounds,
        "from": last.statement["upto"] if last else 0,
        "rows": len(ids),
        "first_id": min(ids),
        "last_id": max(ids),
        "root": root(leaves).hex(),
        "leaves": hashlib.sha256(canonical(bare.lists())).hexdigest(),
        "previous": (last.seal if last else NOTHING).hex(),
    }
    return Checkpoint(statement, sign(canonical(statement)), ids, bare.short)


def make_loss(building: str, kept: int, lost: int, at: str, by: str, sign: Callable[[bytes], bytes]) -> str:
    """A line that says: after a restore, checkpoints ``kept`` + 1 to ``lost`` are gone, and ``by`` knows it."""
    said = {"building": building, "number": kept, "lost_until": lost, "at": at, "by": by}
    return Checkpoint(said, sign(canonical(said))).line()


def follows(this: Checkpoint, last: Checkpoint | None, building: str, believes: Believes) -> bool:
    """Is it signed, of this building, and the very next one?"""
    said = this.statement
    return (
        said.get("building") == building
        and said["number"] == (last.number + 1 if last else 1)
        and said.get("from") == (last.statement["upto"] if last else 0)
        and said.get("previous") == (last.seal if last else NOTHING).hex()
        and believes(canonical(said), this.signature)
    )


# --- The second place -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """控え — what the second place holds: the standing checkpoints by number, and losses that were owned up to."""

    standing: dict[int, Checkpoint] = field(default_factory=dict)
    losses: tuple[dict, ...] = ()
    doubled: tuple[int, ...] = ()  # numbers with two different statements


def read_kept(lines: Iterable[str], believes: Believes) -> Kept:
    """Read the second place. A line that a crash tore is passed over: the checkpoint was written again after it."""
    standing: dict[int, Checkpoint] = {}
    losses, doubled = [], []
    for text in lines:
        try:
            c = read_line(text)
        except ValueError:
            continue
        if "lost_until" in c.statement:
            if believes(canonical(c.statement), c.signature):
                losses.append(c.statement)
                standing = {n: x for n, x in standing.items() if n <= c.number}
            continue
        if c.number in standing and standing[c.number].statement != c.statement:
            doubled.append(c.number)
        else:
            standing[c.number] = c
    return Kept(standing, tuple(losses), tuple(doubled))


# --- The judgement --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """不一致 — at which checkpoint, of which kind, and which entry, where it is one."""

    number: int
    kind: str
    id: int | None = None


@dataclass(frozen=True)
class Verdict:
    """検査の結果."""

    building: str
    until: int  # whole until this checkpoint; 0 = none
    until_at: str  # its moment, as people saw it; "" = none
    checkpoints: int  # proven by signature and chain
    entries: int  # covered by them
    after: int  # entries that no checkpoint covers yet
    faults: tuple[Fault, ...]
    losses: tuple[dict, ...] = ()
    begun: bool = False  # no checkpoint yet, and no entry that could have one

    @property
    def first_bad_id(self) -> int | None:
        """The first bad entry, of the first checkpoint that has one."""
        return next((f.id for f in self.faults if f.id is not None), None)

    @property
    def whole(self) -> bool:
        return not self.faults and (self.checkpoints > 0 or self.begun)

    def says(self) -> str:
        """One or more lines for people."""
        if self.whole and not self.checkpoints:
            lines = [f"{self.building}: no checkpoint yet; {self.after} entries wait for the first one"]
        elif self.whole:
            lines = [
                f"{self.building}: whole until checkpoint {self.until} ({shown(self.until_at)}): {self.entries} entries in "
                f"{self.checkpoints} checkpoints; {self.after} younger entries wait for the next one"
            ]
        elif not self.faults:
            lines = [
                f"{self.building}: NOT WHOLE: {self.after} entries, and no checkpoint proves one of them"
            ]
        else:
            bad = self.first_bad_id
            named = f"the first bad entry is {bad}" if bad is not None else "every entry is as it was signed"
            lines = [f"{self.building}: NOT WHOLE: {named}; whole until checkpoint {self.until}"]
            lines += [
                f"  checkpoint {f.number}: {f.kind}" + (f", entry {f.id}" if f.id is not None else "")
                for f in self.faults[:20]
            ]
            if len(self.faults) > 20:
                lines.append(f"  … and {len(self.faults) - 20} more")
        lines += [
            f"  lost by a restore, as {x['by']} said at {shown(x['at'])}: checkpoints {x['number'] + 1} to {x['lost_until']}"
            for x in self.losses
        ]
        return "\n".join(lines)


def judge(
    building: str, here: Mapping[int, Checkpoint], kept: Kept, entries: Iterable[dict], believes: Believes
) -> Verdict:
    """Recompute all. ``here``: the checkpoints of the database; ``entries``: all, ordered by transaction and id."""
    proven, faults = _chain(building, here, kept, believes)
    stream = _Entries(entries)
    covered, last = 0, None
    for c in proven:
        group, disorder = stream.below(c.statement["upto"])
        covered += len(group)
        faults += [Fault(c.number, kind, i) for i, kind in _compare(c, group, disorder)]
        faults += [Fault(c.number, "back-dated", e["id"]) for e in group if _back_dated(e, c, last)]
        last = c
    rest, span = stream.rest()
    faults.sort(key=lambda f: (f.number, f.id is None, f.id or 0))
    until = faults[0].number - 1 if faults else len(proven)
    at = proven[until - 1].statement["shown_at"] if until else ""
    return Verdict(
        building, until, at, len(proven), covered, rest, tuple(faults), kept.losses, span <= BEGINNING
    )


def _chain(
    building: str, here: Mapping[int, Checkpoint], kept: Kept, believes: Believes
) -> tuple[list[Checkpoint], list[Fault]]:
    """What signature and chain prove, from either place, and where the places differ."""
    proven: list[Checkpoint] = []
    faults = [Fault(n, "two statements in the second place") for n in kept.doubled]
    for n in range(1, max([*here, *kept.standing], default=0) + 1):
        a, b, last = here.get(n), kept.standing.get(n), proven[-1] if proven else None
        good = [c for c in (b, a) if c and follows(c, last, building, believes)]
        if a is None:
            faults.append(Fault(n, "missing in the database"))
        elif a not in good and not (b and a.statement == b.statement and a.signature == b.signature):
            faults.append(Fault(n, "changed in the database"))
        if b is None:
            faults.append(Fault(n, "missing in the second place"))
        elif b not in good:
            faults.append(Fault(n, "changed in the second place"))
        if len(good) == 2 and a and b and a.statement != b.statement:
            faults.append(Fault(n, "two signed statements"))
        if not good:
            faults.append(Fault(n, "nothing proves this one and what comes after it"))
            break
        proven.append(good[0])
    return proven, faults


class _Entries:
    """The stream of entries, cut at the checkpoints."""

    def __init__(self, entries: Iterable[dict]):
        self._entries: Iterator[dict] = iter(entries)
        self._next = next(self._entries, None)
        self._place = (-1, -1)

    def below(self, upto: int) -> tuple[list[dict], list[int]]:
        """All entries below a transaction, and the ids of those that stand out of order."""
        group, disorder = [], []
        while self._next is not None and self._next["xid"] < upto:
            place = (self._next["xid"], self._next["id"])
            if place <= self._place:
                disorder.append(self._next["id"])
            self._place = max(place, self._place)
            group.append(self._next)
            self._next = next(self._entries, None)
        return group, disorder

    def rest(self) -> tuple[int, dt.timedelta]:
        """How many are left, and how far the oldest and the newest of them lie apart."""
        count, oldest, newest = 0, "", ""
        while self._next is not None:
            at = self._next["at"]
            oldest, newest = min(oldest or at, at), max(newest, at)
            count += 1
            self._next = next(self._entries, None)
        return count, _time(newest) - _time(oldest) if count else dt.timedelta(0)


def _compare(c: Checkpoint, group: list[dict], disorder: list[int]) -> list[tuple[int, str]]:
    """(id, what is wrong) of every entry that is not as it was signed, by id."""
    found = [(e["id"], leaf(e)) for e in group]
    if c.statement["rows"] == len(found) and root([x for _, x in found]).hex() == c.statement["root"]:
        return []
    if hashlib.sha256(canonical(c.lists())).hexdigest() != c.statement["leaves"]:
        return [
            (c.statement["first_id"], "not as signed; the second place cannot say which, from this one on")
        ]
    expected, have = dict(zip(c.ids, c.short, strict=True)), dict(found)
    wrong = {i: "deleted" for i in expected if i not in have}
    wrong |= {i: "inserted" for i in have if i not in expected}
    wrong |= {i: "edited" for i, x in have.items() if i in expected and x[:SHORT] != expected[i]}
    wrong |= {i: "out of order" for i in disorder if i not in wrong}
    return sorted(wrong.items()) or [(c.statement["first_id"], "not as signed")]


def _back_dated(e: dict, c: Checkpoint, last: Checkpoint | None) -> bool:
    """A transaction that began after the last checkpoint cannot have written before it; nor shown another time."""
    if last and e["xid"] >= last.statement["running"] and e["at"] < last.statement["at"]:
        if _time(last.statement["at"]) - _time(e["at"]) > SLACK:
            return True
    return c.statement["clock"] == "real" and abs(_time(e["shown_at"]) - _time(e["at"])) > SLACK


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


# --- As a script ----------------------------------------------------------------------------------------------


def believes_key(key: bytes) -> Believes:
    """Signatures of one public key (32 bytes)."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    public = Ed25519PublicKey.from_public_bytes(key)

    def believes(what: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, what)
        except InvalidSignature:
            return False
        return True

    return believes


def fingerprint(key: bytes) -> str:
    """The 16 digits that ``sesshu keys status`` shows for this key."""
    return hashlib.sha256(key.hex().encode()).hexdigest()[:16]


def judge_folder(folder: Path) -> Verdict:
    """One building's folder: entries.jsonl, checkpoints.jsonl, second_place.jsonl, public.key."""
    believes = believes_key(bytes.fromhex((folder / "public.key").read_text().strip()))
    with (
        (folder / "entries.jsonl").open(encoding="utf-8") as entries,
        (folder / "checkpoints.jsonl").open(encoding="utf-8") as checkpoints,
        (folder / "second_place.jsonl").open(encoding="utf-8") as second,
    ):
        here = {c.number: c for c in map(read_line, checkpoints)}
        kept = read_kept(second, believes)
        return judge(folder.name, here, kept, map(json.loads, entries), believes)


def main(arguments: list[str]) -> int:
    """``verify.py [FOLDER]``: 0 whole, 1 not whole, 2 nothing to verify."""
    folder = Path(arguments[0]) if arguments else Path(__file__).parent
    buildings = sorted(f for f in folder.iterdir() if (f / "entries.jsonl").exists())
    whole = bool(buildings)
    for building in buildings:
        key = fingerprint(bytes.fromhex((building / "public.key").read_text().strip()))
        try:
            verdict = judge_folder(building)
        except (ValueError, KeyError, TypeError) as e:
            sys.stdout.write(f"{building.name}: NOT WHOLE: a file is broken ({type(e).__name__})\n")
            whole = False
            continue
        sys.stdout.write(f"{verdict.says()}\n  public key {key}: compare it with your own note\n")
        whole = whole and verdict.whole
    return 0 if whole else 1 if buildings else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
