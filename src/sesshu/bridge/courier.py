"""The courier (連携の受渡し): numbers, packs and sends what waits; receives, checks and applies what came.

One process per building. It alone numbers messages; it applies each number once, in order, in one transaction with
its receipt. A gap or a cut packet is asked for again and heals; a forged, foreign or old packet, or a message that
cannot be applied, stops the stream and raises an alarm until a person has looked. Nothing is ever skipped.
"""

import contextlib
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sesshu.base import logs
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.bridge import inbox, messages, packets, refusals, spool
from sesshu.bridge.packets import Line
from sesshu.bridge.receiving import receive_once
from sesshu.db import courier as db

__all__ = ["begin_epoch", "receive_once", "run", "send_once"]

log = logs.get(__name__)

WINDOW = 64  # packets in the folder that the other side has not acknowledged; what follows waits and is packed larger
MESSAGES_PER_PACKET = 1000
BYTES_PER_PACKET = 4 * 1024 * 1024
NUMBERS_AT_ONCE = 5000
POLL = 0.2  # seconds
KEEP = "3 days"  # what the other side has is kept so long, should it be restored from a backup
PURGE_EVERY = 3600 / POLL  # idle rounds


def send_once(conn: Any, ring: KeyRing, folder: Path, *, window: int = WINDOW) -> int:
    """Reads acknowledgements, numbers what waits and writes packets. Gives the number of packets written.

    ``window``: how many packets may lie unacknowledged; a medium that is carried by hand wants them all.
    """
    read_acks(conn, ring, folder)
    out = db.streams(conn)["out"]
    if out.state != "running":
        return 0
    last = db.number(conn, NUMBERS_AT_ONCE)
    _remove_acknowledged(folder, packets.stream_from(ring.place), out)
    written, made = out.written, 0
    room = window - len(spool.list_packets(folder, packets.stream_from(ring.place)))
    while written < last and made < room:
        listed = db.list_waiting(conn, written + 1, MESSAGES_PER_PACKET)
        if not listed or listed[0].number != written + 1:
            db.stop(conn, "out", refusals.X14.code, f"epoch {out.epoch} number {written + 1}")
            break
        upto = _packet_end(listed)
        try:
            data = _packed(ring, out, db.take(conn, written + 1, upto))
        except Refused as no:
            # Something that is not in the published language: it must not leave, and nothing may overtake it.
            db.stop(conn, "out", no.refusal.code, f"epoch {out.epoch} numbers {written + 1} to {upto}")
            log.error("stopped", stream="out", code=no.refusal.code, number=written + 1)
            break
        name = packets.packet_name(packets.stream_from(ring.place), out.epoch, written + 1)
        spool.put(folder, name, data)
        db.written(conn, upto)
        written, made = upto, made + 1
    return made


def read_acks(conn: Any, ring: KeyRing, folder: Path) -> None:
    """Takes note of what the other side has applied, and of what it asks for again."""
    read = _read.setdefault(conn, {})
    for _, name in spool.list_acks(folder, packets.stream_from(ring.place)):
        data = spool.get(folder, name)
        if data is None or read.get(name) == data:
            continue
        try:
            ack = packets.unpack_ack(data, ring)
            if packets.ack_name(ack.stream, ack.epoch) != name:
                raise Refused(refusals.X04)
        except Refused as no:
            db.alarm(conn, no.refusal.code, name)
            spool.set_aside(folder, name)
            continue
        verdict = db.heard(conn, ack.epoch, ack.last, ack.resend, ack.asked)
        read[name] = data
        if verdict == "ahead":
            log.error("stopped", stream="out", code=refusals.X10.code)
        elif verdict == "done" and ack.state == "stopped":
            db.alarm(conn, refusals.X16.code, ack.code)
        elif verdict == "done":
            db.clear(conn, [refusals.X16.code])


# Acknowledgements as last read over a connection; a new connection only reads them once more.
_read: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()


def begin_epoch(
    conn: Any, ring: KeyRing, folder: Path, *, epoch: int | None = None, last: int | None = None
) -> int:
    """新しい世代 — after this side's database was restored: what the other side lacks is sent under new numbers.

    The other side's acknowledgement in the folder says where it stands; ``epoch`` and ``last`` say it where none
    is at hand. Gives the new epoch. Raises Refused X15.
    """
    out = db.streams(conn)["out"]
    if epoch is None or last is None:
        known = [
            a
            for a in (
                _ack(ring, folder, n) for _, n in spool.list_acks(folder, packets.stream_from(ring.place))
            )
            if a
        ]
        if not known:
            raise Refused(refusals.X15)
        newest = max(known, key=lambda a: (a.epoch, a.last))
        epoch, last = newest.epoch, newest.last
    new = max(epoch, out.epoch) + 1
    if epoch == out.epoch:
        after = last
        if last > out.last_number:
            db.alarm(conn, refusals.X12.code, f"epoch {epoch} numbers {out.last_number + 1} to {last}")
    else:
        after = out.acked  # restored to before an earlier change: send again what is not surely there
        db.alarm(conn, refusals.X12.code, f"epochs {out.epoch} to {epoch}")
    db.begin_epoch(conn, new, after, last)
    stream = packets.stream_from(ring.place)
    spool.remove(folder, [name for e, _, name in spool.list_packets(folder, stream) if e < new])
    return new


def _ack(ring: KeyRing, folder: Path, name: str) -> packets.Ack | None:
    data = spool.get(folder, name)
    try:
        return packets.unpack_ack(data, ring) if data else None
    except Refused:
        return None


def run(
    connect: Callable[[], Any],
    ring: KeyRing,
    folder: Path,
    apply: inbox.Apply = inbox.apply,
    *,
    stop: threading.Event | None = None,
    poll: float = POLL,
) -> None:
    """The courier's process: sends and receives until ``stop`` is set or SIGTERM comes.

    ``connect`` gives a psycopg connection in autocommit mode; it is asked again after the connection was lost.
    """
    stop = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())
    conn, rounds = None, 0
    while not stop.is_set():
        try:
            if conn is None or conn.closed:
                conn = _serve(connect, stop)
                if conn is None:
                    continue
            busy = send_once(conn, ring, folder) + receive_once(conn, ring, folder, apply)
            rounds += 1
            if rounds >= PURGE_EVERY:
                rounds = 0
                db.purge(conn, KEEP)
        except Exception as e:
            if not (db.passes(e) or isinstance(e, OSError)):
                raise
            # The database or the folder is away, or two transactions met: nothing is lost, the next round goes on.
            log.warning("waits", type=type(e).__name__, code=db.sqlstate(e))
            busy = 0
            stop.wait(1)
            if conn is not None and conn.broken:
                conn = None
        if not busy:
            stop.wait(poll)
    if conn is not None:
        with contextlib.suppress(Exception):
            conn.close()


def _serve(connect: Callable[[], Any], stop: threading.Event) -> Any:
    """A connection that holds the courier's place; None while another courier holds it."""
    conn = connect()
    if db.hold(conn):
        return conn
    conn.close()
    log.warning("another courier serves this database")
    stop.wait(2)
    return None


def _packed(ring: KeyRing, out: db.Stream, taken: list[db.Taken]) -> bytes:
    stream = packets.stream_from(ring.place)
    lines = []
    for m in taken:
        rows = None if m.rows is None else m.rows.encode()
        messages.validate(m.type, m.body, m.version, direction=stream, rows=rows)
        lines.append(Line(m.number, m.type, m.version, m.body, rows))
    return packets.pack(ring, out.epoch, lines, before=out.before)


def _packet_end(listed: list[db.Listed]) -> int:
    """The last number of the packet that begins with the first listed message; a bulk message travels alone."""
    end, size = listed[0].number, listed[0].bytes
    if listed[0].bulk:
        return end
    for m in listed[1:]:
        size += m.bytes
        if m.bulk or size > BYTES_PER_PACKET or m.number != end + 1:
            break
        end = m.number
    return end


def _remove_acknowledged(folder: Path, stream: str, out: db.Stream) -> None:
    """Removes packets that the other side has applied as a whole."""
    own = [(first, name) for epoch, first, name in spool.list_packets(folder, stream) if epoch == out.epoch]
    # A packet reaches at least to the number before the next one's first.
    ends = [first - 1 for first, _ in own[1:]] + [out.written]
    spool.remove(folder, [name for (_, name), end in zip(own, ends, strict=False) if end <= out.acked])
