"""The folder that an auditor takes away (監査記録の持出し): everything that is needed to verify it elsewhere (A-7)."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from sesshu.base import clock
from sesshu.cli import reference
from sesshu.db import checkpoints as db
from sesshu.trust.audit import verifier
from sesshu.trust.audit.checkpoint import Store

README = """# Audit log, taken away on {day}

| file | what it is |
|---|---|
| `inside/`, `outside/` | one folder for each building whose log is here |
| `…/entries.jsonl` | 監査記録: one entry a line, as JSON, in the order of the checkpoints. Names of fields, never a value |
| `…/checkpoints.jsonl` | 検証点, as the database holds them |
| `…/second_place.jsonl` | the same checkpoints, as the second place holds them, with the ids and the beginnings of all leaves |
| `…/public.key` | the Ed25519 key (hex) with which that building's signatures are checked |
| `matrix.md` | who may do what: every act, with roles, zones and proof |
| `verify.py` | the verifier: one script, Python 3.11 and the package `cryptography`; no database, no Sesshu |

    python -m pip install cryptography
    python verify.py

It recomputes every hash, Merkle root, chain and signature, compares the two places and says until which checkpoint the
log is whole, or which entry is the first that was edited, deleted, inserted or moved. Exit status: 0 whole, 1 not whole.

Whoever forges this whole folder brings a key of their own. Compare the key's fingerprint, which the script prints, with
the one that you noted when the keys were made (`sesshu keys status`, `inside-sign.pub` and `outside-sign.pub`).

Entries younger than the newest checkpoint, at most a minute of them, are counted and not proven.
"""


@dataclass(frozen=True)
class Taken:
    """持出しの結果 — of one building."""

    entries: int
    checkpoints: int
    key: str  # fingerprint


def write(folder: Path, store: Store, key: bytes) -> Taken:
    """Write one building's part into ``folder``, and what is common to both."""
    own = folder / store.building
    own.mkdir(mode=0o700, parents=True)
    here = store.read(0)
    checkpoints = len(here)
    with (own / "checkpoints.jsonl").open("w", encoding="utf-8") as out:
        out.writelines(c.line() for c in here)
    if store.file.exists():
        shutil.copyfile(store.file, own / "second_place.jsonl")
    else:
        (own / "second_place.jsonl").touch()
    upto = here[-1].statement.get("upto", 0) if here else 0
    entries = 0
    # Read after the copy: a checkpoint that was made meanwhile has its entries here and is not yet asked for.
    with (own / "entries.jsonl").open("wb") as lines:
        for entry in store.entries(0, max(upto, db.bounds(store.conn)["upto"])):
            lines.write(verifier.canonical(entry) + b"\n")
            entries += 1
    (own / "public.key").write_text(key.hex() + "\n")
    (folder / "verify.py").write_bytes(Path(str(verifier.__file__)).read_bytes())
    (folder / "matrix.md").write_text(reference.acts(), encoding="utf-8")
    (folder / "README.md").write_text(README.format(day=clock.today().isoformat()), encoding="utf-8")
    return Taken(entries, checkpoints, verifier.fingerprint(key))
