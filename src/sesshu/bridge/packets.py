"""Packets (連携ファイル): what lies in the folder between the buildings. Signed, encrypted, numbered, counted.

A packet is one file, ``{stream}-{epoch:04}-{first:012}.packet``::

    8 bytes   "SESSHUP1"
    4 bytes   length of the header          big endian
    8 bytes   length of the ciphertext      big endian
    header    JSON, sorted keys: Header below; readable on the way, so it holds counts and nothing else
    cipher    age, to the receiver's key; inside it zlib, inside that the payload
    64 bytes  Ed25519 by the sender over everything before

The payload of kind ``messages`` is one JSON object a line, ``{"n": number, "type": …, "v": version, "body": {…}}``;
of kind ``rows`` it is one such line and below it lines of PostgreSQL COPY text, and counts as one number of the
stream. The receiver checks the signature before it reads the header, and the header before it decrypts.

An acknowledgement (受領) is one file per stream and epoch, ``{stream}-{epoch:04}.ack``, written by the receiver: the
same frame with "SESSHUA1", a header and no ciphertext.
"""

import hashlib
import json
import re
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime

import pyrage
from pyrage import x25519

from sesshu.base import clock
from sesshu.base.crypto import KeyRing
from sesshu.base.errors import Refused
from sesshu.bridge.refusals import X01, X02, X03, X04, X06, X07, X09

STREAMS = ("inside-outside", "outside-inside")
KINDS = ("messages", "rows")
MAX_PAYLOAD = 64 * 1024 * 1024  # bytes before compression; a signed packet may still not fill the memory

_PACKET, _ACK = b"SESSHUP1", b"SESSHUA1"
_PREFIX, _SIGNATURE, _MAX_HEADER = 20, 64, 4096
_NAME = re.compile(r"(inside-outside|outside-inside)-([0-9]{4,9})-([0-9]{12})\.packet")
_ACK_NAME = re.compile(r"(inside-outside|outside-inside)-([0-9]{4,9})\.ack")


@dataclass(frozen=True, slots=True)
class Header:
    """見出し — what may be read of a packet without a key: which numbers it carries, never what they say."""

    stream: str  # inside-outside | outside-inside
    epoch: int  # 世代, from 1; a side restored from a backup starts a new one
    first: int  # number of the first message
    count: int  # how many numbers; 1 for rows
    made_at: str  # ISO 8601 with offset
    kind: str  # messages | rows
    lines: int  # lines of the payload: messages, or COPY rows
    size: int  # bytes of the payload before compression
    sha256: str  # of the ciphertext
    before: int = 0  # number that the sender's previous epoch ended with, as far as the sender knows

    @property
    def last(self) -> int:
        return self.first + self.count - 1

    @property
    def name(self) -> str:
        return packet_name(self.stream, self.epoch, self.first)


@dataclass(frozen=True, slots=True)
class Line:
    """電文 — one message as it travels. The body is not printed."""

    number: int
    type: str
    version: int
    body: dict = field(repr=False)
    rows: bytes | None = field(repr=False, default=None)  # COPY text of a bulk message


@dataclass(frozen=True, slots=True)
class Packet:
    """連携ファイル — a packet that was verified, opened and counted."""

    header: Header
    lines: tuple[Line, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ack:
    """受領 — what the receiver of a stream last applied, and whether it waits for something."""

    stream: str
    epoch: int
    last: int  # last number applied; 0 = none yet
    made_at: str
    state: str  # running | stopped
    code: str  # refusal that stopped it, or ""
    resend: int = 0  # please send again from this number; 0 = nothing asked
    asked: str = ""  # when; the same wish is met once


def stream_to(place: str) -> str:
    """The stream that ``place`` (inside | outside) receives."""
    return {"inside": "outside-inside", "outside": "inside-outside"}[place]


def stream_from(place: str) -> str:
    """The stream that ``place`` sends."""
    return {"inside": "inside-outside", "outside": "outside-inside"}[place]


def packet_name(stream: str, epoch: int, first: int) -> str:
    """The file name of a packet; sorts in the order of the numbers within an epoch."""
    return f"{stream}-{epoch:04d}-{first:012d}.packet"


def ack_name(stream: str, epoch: int) -> str:
    """The file name of an acknowledgement."""
    return f"{stream}-{epoch:04d}.ack"


def read_name(name: str) -> tuple[str, int, int] | None:
    """(stream, epoch, first) of a packet's file name, or None for any other file."""
    found = _NAME.fullmatch(name)
    return (found[1], int(found[2]), int(found[3])) if found else None


def read_ack_name(name: str) -> tuple[str, int] | None:
    """(stream, epoch) of an acknowledgement's file name, or None."""
    found = _ACK_NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else None


def pack(ring: KeyRing, epoch: int, lines: Sequence[Line], *, before: int = 0) -> bytes:
    """A packet from this place to the other one: messages whose numbers follow each other, or one bulk message."""
    first, bulk = lines[0].number, lines[0].rows
    if [line.number for line in lines] != list(range(first, first + len(lines))):
        raise ValueError("the numbers of a packet follow each other")
    payload = b"".join(map(_line, lines))
    if bulk is None:
        if any(line.rows is not None for line in lines):
            raise ValueError("a bulk message travels alone")
        return _pack(ring, epoch, first, len(lines), "messages", len(lines), payload, before)
    if len(lines) != 1 or (bulk and not bulk.endswith(b"\n")):
        raise ValueError("a bulk message travels alone and its rows end with a newline")
    return _pack(ring, epoch, first, 1, "rows", bulk.count(b"\n"), payload + bulk, before)


def unpack(data: bytes, ring: KeyRing, *, name: str = "") -> Packet:
    """Verifies, then opens a packet that came to this place. Raises Refused X01 – X09.

    ``name``: the file's name, compared with the header.
    """
    header, cipher = _open_frame(data, ring)
    if name and name != header.name:
        raise Refused(X04)
    payload = _payload(header, cipher, ring)
    if header.kind == "messages":
        return Packet(header, _lines(header, payload))
    head, _, rows = payload.partition(b"\n")
    if rows.count(b"\n") != header.lines or (rows and not rows.endswith(b"\n")):
        raise Refused(X06)
    return Packet(header, (replace(_lines(header, head + b"\n")[0], rows=rows),))


def read_header(data: bytes, ring: KeyRing) -> Header:
    """The verified header of a packet that came to this place, without opening it."""
    return _open_frame(data, ring)[0]


def pack_ack(ring: KeyRing, ack: Ack) -> bytes:
    """An acknowledgement, signed by this place (the receiver of ``ack.stream``)."""
    return _frame(ring, _ACK, asdict(ack), b"")


def unpack_ack(data: bytes, ring: KeyRing) -> Ack:
    """The acknowledgement that the other side wrote for the stream that this place sends. Raises Refused."""
    head, _ = _verified_frame(data, ring, _ACK)
    try:
        ack = Ack(**head)
        numbers = (ack.epoch - 1, ack.last, ack.resend)
        numbers_ok = all(type(n) is int and n >= 0 for n in numbers)
    except TypeError:
        raise Refused(X01) from None
    if not numbers_ok or ack.state not in ("running", "stopped"):
        raise Refused(X01)
    if ack.stream != stream_from(ring.place):
        raise Refused(X04)
    return ack


def _pack(ring, epoch, first, count, kind, lines, payload, before) -> bytes:
    if len(payload) > MAX_PAYLOAD:
        raise Refused(X09)
    # Level 1: keyed hashes do not compress, and level 6 costs three times the time for 5 %.
    cipher = pyrage.encrypt(
        zlib.compress(payload, 1), [x25519.Recipient.from_str(ring.recipient(ring.other))]
    )
    header = Header(
        stream=stream_from(ring.place),
        epoch=epoch,
        first=first,
        count=count,
        made_at=clock.now().isoformat(timespec="seconds"),
        kind=kind,
        lines=lines,
        size=len(payload),
        sha256=hashlib.sha256(cipher).hexdigest(),
        before=before,
    )
    return _frame(ring, _PACKET, asdict(header), cipher)


def _frame(ring: KeyRing, magic: bytes, head: dict, cipher: bytes) -> bytes:
    header = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    signed = magic + len(header).to_bytes(4, "big") + len(cipher).to_bytes(8, "big") + header + cipher
    return signed + ring.sign(signed)


def _verified_frame(data: bytes, ring: KeyRing, magic: bytes) -> tuple[dict, bytes]:
    """Splits a frame whose signature is the other place's."""
    if data[:8] != magic:
        raise Refused(X01 if len(data) >= 8 else X02)
    header_size, cipher_size = int.from_bytes(data[8:12], "big"), int.from_bytes(data[12:20], "big")
    if len(data) < _PREFIX or len(data) != _PREFIX + header_size + cipher_size + _SIGNATURE:
        raise Refused(X02)
    if header_size > _MAX_HEADER:
        raise Refused(X01)
    if not ring.verified(data[:-_SIGNATURE], data[-_SIGNATURE:], by=ring.other):
        raise Refused(X03)
    try:
        head = json.loads(data[_PREFIX : _PREFIX + header_size])
    except ValueError:
        raise Refused(X01) from None
    if not isinstance(head, dict):
        raise Refused(X01)
    return head, data[_PREFIX + header_size : -_SIGNATURE]


def _open_frame(data: bytes, ring: KeyRing) -> tuple[Header, bytes]:
    head, cipher = _verified_frame(data, ring, _PACKET)
    try:
        header = Header(**head)
        datetime.fromisoformat(header.made_at)
        numbers = (header.epoch, header.first, header.count, header.lines, header.size, header.before)
        sane = (
            all(type(n) is int for n in numbers)
            and header.epoch >= 1
            and header.first >= 1
            and header.count >= 1
            and header.before >= 0
        )
        sane = sane and header.kind in KINDS and 0 <= header.size <= MAX_PAYLOAD and header.lines >= 0
    except (TypeError, ValueError):
        raise Refused(X01) from None
    if not sane:
        raise Refused(X01)
    if header.stream != stream_to(ring.place):
        raise Refused(X04)
    if (
        header.kind == "rows"
        and header.count != 1
        or header.kind == "messages"
        and header.count != header.lines
    ):
        raise Refused(X06)
    if hashlib.sha256(cipher).hexdigest() != header.sha256:
        raise Refused(X02)
    return header, cipher


def _payload(header: Header, cipher: bytes, ring: KeyRing) -> bytes:
    try:
        packed = pyrage.decrypt(cipher, [ring.identity])
    except pyrage.DecryptError:
        raise Refused(X07) from None
    inflate = zlib.decompressobj()
    try:
        payload = inflate.decompress(packed, header.size + 1)
    except zlib.error:
        raise Refused(X09) from None
    if not inflate.eof or inflate.unused_data or len(payload) != header.size:
        raise Refused(X09)
    return payload


def _line(m: Line) -> bytes:
    whole = {"n": m.number, "type": m.type, "v": m.version, "body": m.body}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines(header: Header, payload: bytes) -> tuple[Line, ...]:
    lines = payload.split(b"\n")
    if lines.pop() != b"" or len(lines) != header.count:
        raise Refused(X06)
    try:
        found = [json.loads(line) for line in lines]
        messages = tuple(Line(m["n"], m["type"], m["v"], m["body"]) for m in found)
    except (ValueError, KeyError, TypeError):
        raise Refused(X09) from None
    if any(m.number != header.first + i for i, m in enumerate(messages)):
        raise Refused(X06)
    if any(not (isinstance(m.type, str) and isinstance(m.body, dict)) for m in messages):
        raise Refused(X09)
    return messages
