"""The spool (受渡フォルダー): one folder of packets and acknowledgements, the only transport of the bridge.

On one host both couriers watch the same folder; between networks SFTP, a sanitising gateway or a medium moves it.
A file appears whole or not at all (written aside, synced, renamed). Names hold stream, epoch and number only.
"""

import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from sesshu.bridge import packets

MAX_FILE = packets.MAX_PAYLOAD + 1024 * 1024


def put(folder: Path, name: str, data: bytes) -> Path:
    """Writes one file, mode 0600; replaces an older one of the same name in one step."""
    aside = folder / f".{secrets.token_hex(6)}.new"
    fd = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
        os.replace(aside, folder / name)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    sync(folder)
    return folder / name


def sync(folder: Path) -> None:
    """Makes renames and removals in ``folder`` durable."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def get(folder: Path, name: str) -> bytes | None:
    """The bytes of a file, or None when it is gone, or is no plain file, or is larger than a packet can be."""
    try:
        fd = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    about = os.fstat(fd)
    if not stat.S_ISREG(about.st_mode) or about.st_size > MAX_FILE:
        os.close(fd)
        return None
    with os.fdopen(fd, "rb") as f:
        return f.read()


def list_packets(folder: Path, stream: str) -> list[tuple[int, int, str]]:
    """(epoch, first number, name) of the packets of one stream, in the order in which they are to be read."""
    found = []
    for name in _names(folder):
        parts = packets.read_name(name)
        if parts and parts[0] == stream:
            found.append((parts[1], parts[2], name))
    return sorted(found)


def list_acks(folder: Path, stream: str) -> list[tuple[int, str]]:
    """(epoch, name) of the acknowledgements of one stream, newest epoch last."""
    found = []
    for name in _names(folder):
        parts = packets.read_ack_name(name)
        if parts and parts[0] == stream:
            found.append((parts[1], name))
    return sorted(found)


def remove(folder: Path, names: list[str]) -> None:
    """Removes files that are applied; one that is gone already does no harm."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


def set_aside(folder: Path, name: str) -> None:
    """Moves a refused packet to ``refused/``, where a person may look at it and the courier does not."""
    aside = folder / "refused"
    aside.mkdir(mode=0o700, exist_ok=True)
    try:
        os.replace(folder / name, aside / f"{name}.{secrets.token_hex(4)}")
    except FileNotFoundError:
        pass


def _names(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as entries:
        yield from (e.name for e in entries if not e.name.startswith("."))
