"""The receiving half of the courier (受信): which packet is next, what it does, and what the sender is told."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from sesshu.base import clock, logs
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.bridge import inbox, messages, packets, refusals, spool
from sesshu.bridge.packets import Ack, Line, Packet
from sesshu.db import courier as db

log = logs.get(__name__)

AT_ONCE = 50  # messages in one transaction; one that fails is tried alone
SIGN_OF_LIFE = 30  # seconds after which an unchanged acknowledgement is written again


class Stopped(Exception):
    """The incoming stream was stopped in the middle of a packet; what came before is applied."""


def receive_once(conn: Any, ring: KeyRing, folder: Path, apply: inbox.Apply = inbox.apply) -> int:
    """Applies every packet that is next in order and writes the acknowledgement. Gives the messages applied."""
    stream = packets.stream_to(ring.place)
    applied = 0
    while True:
        here = db.streams(conn)["in"]
        name = _next(conn, ring, folder, stream, here) if here.state == "running" else None
        if name is None:
            break
        applied += _receive(conn, ring, folder, name, here, apply)
    _acknowledge(conn, ring, folder, stream)
    return applied


def _next(conn: Any, ring: KeyRing, folder: Path, stream: str, here: db.Stream) -> str | None:
    """The packet to read now. Stops the stream at an old one, asks again where one is missing."""
    for look in (1, 2):
        found = spool.list_packets(folder, stream)
        old = [name for epoch, _, name in found if epoch < here.epoch]
        if old:
            _refuse(conn, folder, old[0], refusals.X05.code)
            return None
        current = [(first, name) for epoch, first, name in found if epoch == here.epoch]
        ready = [name for first, name in current if first <= here.last_number + 1]
        if ready:
            return ready[0]
        if not current:
            newer = [name for _, _, name in found]
            return newer[0] if newer else None
        # A folder that is being written to may show a later file first: look twice before calling it a gap.
        if look == 2:
            _ask(conn, refusals.X08.code, f"epoch {here.epoch} number {here.last_number + 1}")
    return None


def _receive(conn: Any, ring: KeyRing, folder: Path, name: str, here: db.Stream, apply: inbox.Apply) -> int:
    data = spool.get(folder, name)
    if data is None:
        if (folder / name).exists() or (folder / name).is_symlink():
            _refuse(conn, folder, name, refusals.X01.code)
        return 0
    try:
        packet = packets.unpack(data, ring, name=name)
    except Refused as no:
        _refuse(conn, folder, name, no.refusal.code)
        return 0
    header = packet.header
    if header.epoch > here.epoch:
        _enter(conn, folder, header, here)
        return 0
    lines = [m for m in packet.lines if m.number > here.last_number]
    try:
        _check(packet, lines, conn, ring)
        for i in range(0, len(lines), AT_ONCE):
            _apply_together(conn, header.epoch, lines[i : i + AT_ONCE], apply)
    except Stopped:
        return 0
    spool.remove(folder, [name])
    if here.reason in refusals.HEALING and lines:
        db.clear(conn, refusals.HEALING)
    return len(lines)


def _enter(conn: Any, folder: Path, header: packets.Header, here: db.Stream) -> None:
    """The sender began a new epoch: follow it, unless numbers of the last one never came."""
    verdict = db.enter_epoch(conn, header.epoch, header.before)
    if verdict == "lost":
        detail = f"epoch {here.epoch} numbers {here.last_number + 1} to {header.before}"
        db.stop(conn, "in", refusals.X11.code, detail)
        return
    if verdict == "forgotten":
        db.alarm(
            conn, refusals.X12.code, f"epoch {here.epoch} numbers {header.before + 1} to {here.last_number}"
        )
    spool.remove(folder, [n for e, _, n in spool.list_packets(folder, header.stream) if e < header.epoch])
    spool.remove(folder, [n for e, n in spool.list_acks(folder, header.stream) if e < header.epoch])


def _check(packet: Packet, lines: list[Line], conn: Any, ring: KeyRing) -> None:
    for m in lines:
        try:
            # The cells of bulk rows were looked at before they were signed; here the table's types do it.
            messages.validate(
                m.type, m.body, m.version, direction=packet.header.stream, rows=m.rows, cells=False
            )
        except Refused as no:
            db.stop(conn, "in", no.refusal.code, f"epoch {packet.header.epoch} number {m.number}")
            log.error("stopped", stream="in", code=no.refusal.code, number=m.number)
            raise Stopped from None


def _apply_together(conn: Any, epoch: int, lines: list[Line], apply: inbox.Apply) -> None:
    """Some messages in one transaction; if one fails, each alone, so that those before it are kept."""
    try:
        _apply(conn, epoch, lines, apply)
    except Exception as e:
        if db.passes(e):
            raise
        if len(lines) == 1:
            m = lines[0]
            # The kind of the fault only: its text may name a value.
            kind = " ".join(filter(None, (type(e).__name__, db.sqlstate(e))))
            db.stop(conn, "in", refusals.X13.code, f"epoch {epoch} number {m.number} {m.type} {kind}")
            log.error(
                "stopped", stream="in", code=refusals.X13.code, number=m.number, type=m.type, reason=kind
            )
            raise Stopped from None
        for m in lines:
            _apply_together(conn, epoch, [m], apply)


def _apply(conn: Any, epoch: int, lines: list[Line], apply: inbox.Apply) -> None:
    with conn.transaction():
        for m in lines:
            db.arrived(conn, epoch, m.number, m.type, apply(conn, m))


def _refuse(conn: Any, folder: Path, name: str, code: str) -> None:
    """A packet that is not taken: set aside. A cut one is asked for again, any other stops the stream."""
    spool.set_aside(folder, name)
    if code in refusals.HEALING:
        _ask(conn, code, name)
    else:
        db.stop(conn, "in", code, name)
        log.error("stopped", stream="in", code=code, file=name)


def _ask(conn: Any, code: str, detail: str) -> None:
    if db.ask_again(conn, code):
        db.alarm(conn, code, detail)
        log.warning("asked again", stream="in", code=code)


def _acknowledge(conn: Any, ring: KeyRing, folder: Path, stream: str) -> None:
    here = db.streams(conn)["in"]
    asked = here.asked_at.isoformat() if here.asked_at else ""
    ack = Ack(
        stream=stream,
        epoch=here.epoch,
        last=here.last_number,
        made_at=clock.now().isoformat(timespec="seconds"),
        state=here.state,
        code=here.reason,
        resend=here.last_number + 1 if asked else 0,
        asked=asked,
    )
    name = packets.ack_name(stream, here.epoch)
    if not _is_told(folder / name, ack):
        spool.put(folder, name, packets.pack_ack(ring, ack))


def _is_told(path: Path, ack: Ack) -> bool:
    """Does the folder hold this acknowledgement already, not older than the sign of life?"""
    try:
        if time.time() - path.stat().st_mtime > SIGN_OF_LIFE:
            return False
        data = path.read_bytes()
        told = json.loads(data[20 : 20 + int.from_bytes(data[8:12], "big")])
    except (OSError, ValueError):
        return False
    return told == {**asdict(ack), "made_at": told.get("made_at")}
