"""Where print files lie (印刷ファイルの置き場): ciphertext to this place's own key, until they leave to the printer's.

``DIR/mailing/batch-0012/part-01.pdf.age`` is the file as checked; ``DIR/mailing/out/batch-0012-1/`` is the folder for
the printer, made whole under another name and renamed when the hand-over is committed.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sesshu.base.crypto import KeyRing, seal, unseal
from sesshu.base.errors import Refused
from sesshu.base.machine import machine
from sesshu.inside.mailing.batches.rules import FILE_CHANGED, Code

_UNFINISHED = ".new"


@dataclass(frozen=True, slots=True)
class Leaving:
    """引き渡すファイル — one checked file: its number, SHA-256 of the plain file, first and last code, pages."""

    number: int
    sha256: bytes
    first: Code
    last: Code
    pages: int
    reprint: bool


def root() -> Path:
    """The folder of all print files; 0700."""
    folder = Path(machine().data_dir) / "mailing"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def part_path(batch_id: int, number: int) -> Path:
    """Where a checked file lies."""
    folder = root() / f"batch-{batch_id:04d}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"part-{number:02d}.pdf.age"


def out_path(batch_id: int, turn: int) -> Path:
    """The folder for the printer: turn 1 is the batch, later turns its reprints."""
    folder = root() / "out"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"batch-{batch_id:04d}-{turn}"


def read_checked(batch_id: int, number: int, sha256: bytes, ring: KeyRing) -> bytes:
    """A checked file, opened. Raises Refused ML08 where it is not the one that was checked."""
    path = part_path(batch_id, number)
    try:
        plain = unseal(path.read_bytes(), ring, about=path.name)
    except (OSError, Refused):
        raise Refused(FILE_CHANGED) from None
    if hashlib.sha256(plain).digest() != sha256:
        raise Refused(FILE_CHANGED)
    return plain


def write_out(
    batch_id: int, turn: int, title: str, leaving: Sequence[Leaving], recipient: str, ring: KeyRing
) -> dict[int, bytes]:
    """The folder for the printer, under its unfinished name. Gives the SHA-256 of each ciphertext by part number."""
    folder = out_path(batch_id, turn).with_name(out_path(batch_id, turn).name + _UNFINISHED)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    digests: dict[int, bytes] = {}
    rows = []
    for part in leaving:
        plain = read_checked(batch_id, part.number, part.sha256, ring)
        closed = seal(plain, recipient)
        name = f"batch-{batch_id:04d}-part-{part.number:02d}.pdf.age"
        _put(folder / name, closed)
        digests[part.number] = hashlib.sha256(closed).digest()
        rows.append(
            {
                "file": name,
                "reprint": part.reprint,
                "pages": part.pages,
                "first": str(part.first),
                "last": str(part.last),
                "sha256_of_pdf": part.sha256.hex(),
                "sha256_of_file": digests[part.number].hex(),
            }
        )
    manifest = {
        "format": "sesshu-mailing/1",
        "batch": batch_id,
        "title": title,
        "turn": turn,
        "pages": sum(part.pages for part in leaving),
        "files": rows,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    _put(folder / "manifest.json", text)
    _put(folder / "manifest.json.sig", ring.sign(text).hex().encode() + b"\n")
    return digests


def finish_out(batch_id: int, turn: int) -> Path | None:
    """The folder gets its name once the hand-over is committed; None where there is none to finish."""
    done = out_path(batch_id, turn)
    unfinished = done.with_name(done.name + _UNFINISHED)
    if unfinished.exists():
        shutil.rmtree(done, ignore_errors=True)
        os.rename(unfinished, done)
    return done if done.exists() else None


def remove_parts(batch_id: int, numbers: Iterable[int]) -> None:
    """Destroy checked files of a batch that have left or must not leave."""
    for number in numbers:
        part_path(batch_id, number).unlink(missing_ok=True)


def list_part_numbers(batch_id: int) -> set[int]:
    """Numbers of the files that lie there."""
    folder = root() / f"batch-{batch_id:04d}"
    return {int(p.name.removeprefix("part-").split(".")[0]) for p in folder.glob("part-*.pdf.age")}


def list_batch_ids() -> list[int]:
    """Batches of which files lie here."""
    return sorted(int(p.name[6:]) for p in root().glob("batch-*"))


def remove_all(batch_id: int) -> None:
    """Destroy every file of a batch, the printer's folders, too."""
    shutil.rmtree(root() / f"batch-{batch_id:04d}", ignore_errors=True)
    for folder in (root() / "out").glob(f"batch-{batch_id:04d}-*"):
        shutil.rmtree(folder, ignore_errors=True)


def _put(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
