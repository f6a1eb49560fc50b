"""The verifier's rules: what a checkpoint proves, and which entry is named after an edit, a delete, an insert, a move."""

import dataclasses
import hashlib
import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sesshu.trust.audit import checkpoint, verifier
from sesshu.trust.audit.verifier import Checkpoint, Kept, judge, read_kept, read_line

KEY = Ed25519PrivateKey.generate()
BELIEVES = verifier.believes_key(KEY.public_key().public_bytes_raw())


def entry(n: int, xid: int | None = None, **changes) -> dict:
    at = f"2026-11-24T01:{n // 60:02d}:{n % 60:02d}.000000Z"
    bare = dict.fromkeys(verifier.COLUMNS, "") | {
        "subject": None,
        "resident": n,
        "request": None,
        "fields": ["name"],
    }
    return bare | {"id": n, "xid": xid or 100 + n, "at": at, "shown_at": at, "act": "resident.show"} | changes


def sealed(entries: list[dict], size: int = 5, clock: str = "real") -> list[Checkpoint]:
    """Checkpoints over so many entries each."""
    made: list[Checkpoint] = []
    for start in range(0, len(entries), size):
        group = entries[start : start + size]
        end = group[-1]["xid"] + 1
        bounds = {
            "at": group[-1]["at"],
            "shown_at": group[-1]["at"],
            "clock": clock,
            "upto": end,
            "running": end,
        }
        pairs = [(e["id"], verifier.leaf(e)) for e in group]
        made.append(verifier.make("inside", bounds, made[-1] if made else None, pairs, KEY.sign))
    return made


ENTRIES = [entry(n) for n in range(1, 21)]
CHAIN = sealed(ENTRIES)
LINES = [c.line() for c in CHAIN]


def look(entries=ENTRIES, here=None, lines=LINES):
    here = CHAIN if here is None else here
    bare = {c.number: dataclasses.replace(c, ids=(), short=()) for c in here}
    return judge("inside", bare, read_kept(lines, BELIEVES), entries, BELIEVES)


def test_an_untouched_log_is_whole():
    verdict = look([*ENTRIES, entry(30)])
    assert verdict.whole and (verdict.until, verdict.entries, verdict.after) == (4, 20, 1)
    assert "whole until checkpoint 4" in verdict.says()
    assert look([], [], []).whole


def edited(e, n=7):
    return [x | {"actor": "somebody"} if x["id"] == n else x for x in e]


def swapped(e):
    """Two entries change places: each gets the other's content."""
    a, b = e[6], e[8]
    keep = ("id", "xid")
    return [
        a | {k: x[k] for k in keep} if x is b else b | {k: x[k] for k in keep} if x is a else x for x in e
    ]


TAMPERED = {
    "edited": (edited(ENTRIES), 7, "edited"),
    "deleted": ([e for e in ENTRIES if e["id"] != 7], 7, "deleted"),
    "inserted": ([*ENTRIES[:7], entry(99, xid=107), *ENTRIES[7:]], 99, "inserted"),
    "moved": (swapped(ENTRIES), 7, "edited"),
    "lines out of order": ([*ENTRIES[:6], ENTRIES[7], ENTRIES[6], *ENTRIES[8:]], 7, "out of order"),
    "tail cut": (ENTRIES[:18], 19, "deleted"),
    "all cut": ([], 1, "deleted"),
    "twice": ([*ENTRIES[:7], ENTRIES[6], *ENTRIES[7:]], 7, "out of order"),
    "pushed into the future": (sorted(edited(ENTRIES), key=lambda e: e["id"])[:6] + ENTRIES[7:] + [ENTRIES[6] | {"xid": 900}], 7, "deleted"),
}  # fmt: skip


@pytest.mark.parametrize("entries, bad, kind", TAMPERED.values(), ids=TAMPERED)
def test_the_first_bad_entry_is_named(entries, bad, kind):
    verdict = look(entries)
    assert not verdict.whole and verdict.first_bad_id == bad
    assert next(f.kind for f in verdict.faults if f.id is not None) == kind
    assert verdict.until == (bad - 1) // 5 if bad < 99 else 1


@pytest.mark.parametrize("seed", range(20))
def test_whatever_is_changed_is_found(seed):
    rnd = random.Random(seed)
    entries = [dict(e) for e in ENTRIES]
    victim = rnd.choice(entries)
    column = rnd.choice([c for c in verifier.COLUMNS if c not in ("id", "xid")])
    victim[column] = ["other"] if column == "fields" else "2026-11-24T01:00:00.000001Z"
    assert look(entries).first_bad_id == victim["id"]


def test_a_cut_tail_is_found_by_the_second_place():
    """Entries and their checkpoint are gone from the database: alone it would look whole."""
    verdict = look(ENTRIES[:15], CHAIN[:3])
    assert (verdict.first_bad_id, verdict.until) == (16, 3)
    assert verdict.faults[0].kind == "deleted" and any(
        f.kind == "missing in the database" for f in verdict.faults
    )
    assert look(ENTRIES[:15], CHAIN[:3], LINES[:3]).whole  # both places cut: only somebody else's copy tells


def test_a_cut_second_place_is_found_and_no_entry_blamed():
    verdict = look(lines=LINES[:2])
    assert not verdict.whole and verdict.first_bad_id is None and verdict.until == 2


def test_where_the_second_place_is_gone_the_checkpoint_still_tells_from_where():
    verdict = look(edited(ENTRIES, 8), lines=[])
    assert verdict.first_bad_id == 6 and verdict.until == 0


def forged(c: Checkpoint, sign=KEY.sign, **changes) -> Checkpoint:
    said = c.statement | changes
    return dataclasses.replace(c, statement=said, signature=sign(verifier.canonical(said)))


def test_a_forged_checkpoint_is_found():
    other = Ed25519PrivateKey.generate()
    for change in ({"sign": other.sign}, {"root": "00" * 32, "sign": lambda _: CHAIN[1].signature}):
        verdict = look(here=[CHAIN[0], forged(CHAIN[1], **change), *CHAIN[2:]])
        assert not verdict.whole and verdict.first_bad_id is None and verdict.until == 1
        assert verdict.faults[0].kind == "changed in the database"


def test_a_log_that_was_written_anew_with_the_key_still_differs_from_the_second_place():
    forgery = edited(ENTRIES)
    verdict = look(forgery, sealed(forgery))
    assert not verdict.whole and verdict.first_bad_id == 7


def test_nothing_is_proven_after_a_broken_chain():
    chain = [CHAIN[0], forged(CHAIN[1], previous="00" * 32), *CHAIN[2:]]
    verdict = look(here=chain, lines=[c.line() for c in chain])
    assert not verdict.whole and verdict.until == 1 and verdict.after == 15


def test_entries_without_any_checkpoint_are_not_whole():
    verdict = look([*ENTRIES, entry(660)], here=[], lines=[])
    assert not verdict.whole and "no checkpoint proves" in verdict.says()


def test_a_log_that_has_just_begun_may_wait_for_its_first_checkpoint():
    verdict = look([*ENTRIES, entry(601)], here=[], lines=[])
    assert verdict.whole and "no checkpoint yet; 21 entries wait" in verdict.says()


def test_an_entry_cannot_be_slipped_in_with_an_old_time():
    """Inserted now, with an old time: its transaction began after a checkpoint that is younger than the entry."""
    late = entry(21, at=ENTRIES[2]["at"], shown_at=ENTRIES[2]["at"])
    entries = [*ENTRIES, late, entry(22)]
    verdict = look(entries, sealed(entries), [c.line() for c in sealed(entries)])
    assert verdict.first_bad_id == 21 and verdict.faults[0].kind == "back-dated"
    shown = [*ENTRIES, entry(21, shown_at=ENTRIES[2]["at"])]
    for clock, bad in (("real", 21), ("test", None)):
        chain = sealed(shown, clock=clock)
        assert look(shown, chain, [c.line() for c in chain]).first_bad_id == bad


def test_a_slow_transaction_is_not_blamed():
    """It began before the checkpoint and ended after it: its entry is older than the checkpoint, and rightly so."""
    first, slow = ENTRIES[:5], entry(4, xid=106, id=40)
    a = verifier.make("inside", {"at": first[-1]["at"], "shown_at": first[-1]["at"], "clock": "real", "upto": 106, "running": 107},
                      None, [(e["id"], verifier.leaf(e)) for e in first], KEY.sign)  # fmt: skip
    b = verifier.make("inside", {"at": ENTRIES[9]["at"], "shown_at": ENTRIES[9]["at"], "clock": "real", "upto": 107, "running": 107},
                      a, [(40, verifier.leaf(slow))], KEY.sign)  # fmt: skip
    assert look([*first, slow], [a, b], [a.line(), b.line()]).whole


def test_a_loss_that_was_owned_up_to_is_told_and_forgiven():
    """A restore to checkpoint 2; then other entries are written and sealed."""
    kept = ENTRIES[:10]
    new = [entry(n, actor="after") for n in range(11, 16)]
    chain = sealed([*kept, *new])
    loss = verifier.make_loss("inside", 2, 4, "2026-11-24T02:00:00.000000Z", "AU-1", KEY.sign)
    verdict = look([*kept, *new], chain, [*LINES, loss, chain[2].line()])
    assert verdict.whole and verdict.until == 3 and "lost by a restore, as AU-1 said" in verdict.says()
    forged_loss = verifier.make_loss(
        "inside", 2, 4, "2026-11-24T02:00:00.000000Z", "AU-1", Ed25519PrivateKey.generate().sign
    )
    assert not look([*kept, *new], chain, [*LINES, forged_loss, chain[2].line()]).whole


def test_a_torn_line_is_passed_over():
    assert look(lines=[*LINES[:3], LINES[3][:50] + "\n", LINES[3]]).whole
    for broken in (
        "",
        "{}",
        "[]",
        "x",
        '{"statement":{"number":1},"signature":"zz"}',
        '{"statement":1,"signature":""}',
    ):
        with pytest.raises(ValueError):
            read_line(broken)


def test_the_merkle_root_is_that_of_rfc_6962():
    def slow(d: list[bytes]) -> bytes:
        if len(d) < 2:
            return d[0] if d else hashlib.sha256(b"").digest()
        k = 1
        while k * 2 < len(d):
            k *= 2
        return hashlib.sha256(b"\1" + slow(d[:k]) + slow(d[k:])).digest()

    leaves = [verifier.leaf(entry(n)) for n in range(1, 35)]
    assert all(verifier.root(leaves[:n]) == slow(leaves[:n]) for n in range(35))


def test_lines_of_the_second_place_come_back(tmp_path):
    odd = [entry(n) for n in (1, 2, 3, 9, 5, 6, 20)]
    c = verifier.make("inside", {"at": "", "shown_at": "", "clock": "test", "upto": 999, "running": 999}, None,
                      [(e["id"], verifier.leaf(e)) for e in odd], KEY.sign)  # fmt: skip
    assert read_line(c.line()) == c
    file = tmp_path / "second" / "inside.jsonl"
    assert checkpoint.last_kept(file) == 0
    for line in LINES:
        checkpoint.append(file, line)
    assert checkpoint.last_kept(file) == checkpoint.last_kept(file, block=7) == 4
    with file.open("a") as f:
        f.write(LINES[3][:90])
    assert checkpoint.last_kept(file) == 4
    checkpoint.append(file, CHAIN[3].line())
    assert file.stat().st_mode & 0o777 == 0o600
    assert read_kept(file.read_text().splitlines(), BELIEVES) == Kept({c.number: c for c in CHAIN})
