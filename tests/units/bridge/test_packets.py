"""Packets (連携ファイル): forged, cut, foreign, old, wrongly counted; one flipped bit anywhere."""

import base64
import hashlib
import json
import random
import zlib
from dataclasses import asdict, replace

import pyrage
import pytest
from pyrage import x25519

from sesshu.base.crypto import KeyRing, make_keys
from sesshu.base.errors import Refused
from sesshu.bridge import packets
from sesshu.bridge.packets import Ack, Line

CANARY = "金糸雀カナリア7Q"


def lines(first=1, count=3):
    return [Line(first + i, "subject.withdraw", 1, {"id": f"no-{first + i}"}) for i in range(count)]


def refusal_of(do, *args, **kwargs):
    with pytest.raises(Refused) as e:
        do(*args, **kwargs)
    return e.value.refusal.code


def forged(ring, data=None, *, payload=None, magic=b"SESSHUP1", recipient=None, **header):
    """A packet with any header, properly signed by ``ring``: what a sender with a fault could make."""
    payload = payload if payload is not None else b'{"n":1,"type":"void","v":1,"body":{}}\n'
    cipher = pyrage.encrypt(
        zlib.compress(payload), [x25519.Recipient.from_str(recipient or ring.recipient(ring.other))]
    )
    head = {
        "stream": packets.stream_from(ring.place),
        "epoch": 1,
        "first": 1,
        "count": 1,
        "made_at": "2026-11-24T09:00:00+09:00",
        "kind": "messages",
        "lines": 1,
        "size": len(payload),
        "sha256": hashlib.sha256(cipher).hexdigest(),
        "before": 0,
    } | header
    return packets._frame(ring, magic, head, cipher)


def test_a_packet_comes_through(inside, outside):
    sent = lines(5, 4)
    data = packets.pack(inside, 2, sent, before=17)
    got = packets.unpack(data, outside)
    assert got.lines == tuple(sent)
    h = got.header
    assert (h.stream, h.epoch, h.first, h.count, h.last, h.kind, h.lines, h.before) == (
        "inside-outside", 2, 5, 4, 8, "messages", 4, 17,
    )  # fmt: skip
    assert h.name == "inside-outside-0002-000000000005.packet"
    assert packets.read_name(h.name) == ("inside-outside", 2, 5)
    assert packets.read_header(data, outside) == h


def test_the_other_direction_and_bulk_rows_come_through(inside, outside):
    rows = b"a\t1\nb\t2\n"
    data = packets.pack(outside, 1, [Line(9, "some.rows", 1, {"programme": "p"}, rows)])
    got = packets.unpack(data, inside)
    assert got.lines == (Line(9, "some.rows", 1, {"programme": "p"}, rows),)
    assert (got.header.kind, got.header.count, got.header.lines) == ("rows", 1, 2)
    none = packets.pack(outside, 1, [Line(9, "some.rows", 1, {}, b"")])
    assert packets.unpack(none, inside).lines[0].rows == b""


def test_a_sender_cannot_pack_a_gap_or_mix_bulk(inside):
    one, two, four = lines(1, 4)[0], lines(1, 4)[1], lines(1, 4)[3]
    for wrong in (
        [one, four],
        [two, one],
        [one, replace(two, rows=b"x\n")],
        [replace(one, rows=b"x\n"), two],
    ):
        with pytest.raises(ValueError):
            packets.pack(inside, 1, wrong)
    with pytest.raises(ValueError):
        packets.pack(inside, 1, [replace(one, rows=b"no newline")])


def test_any_flipped_bit_is_refused(inside, outside):
    data = packets.pack(inside, 1, lines())
    found = set()
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 1 << (position % 8)
        found.add(refusal_of(packets.unpack, bytes(broken), outside))
    assert found == {"X01", "X02", "X03"}  # the magic, the lengths, everything else


def test_any_cut_is_refused(inside, outside):
    data = packets.pack(inside, 1, lines())
    for size in range(len(data)):
        assert refusal_of(packets.unpack, data[:size], outside) == "X02"
    assert refusal_of(packets.unpack, data + b"\0", outside) == "X02"
    assert refusal_of(packets.unpack, b"PK\x03\x04 something else", outside) == "X01"


def test_a_forged_packet_is_refused(inside, outside, tmp_path):
    make_keys(tmp_path)
    stranger = KeyRing.load(tmp_path / "inside")
    data = packets.pack(inside, 1, lines())
    assert (
        refusal_of(packets.unpack, forged(stranger, recipient=inside.recipient("outside")), outside) == "X03"
    )
    # The own packet, sent back, is not one of the other side.
    assert refusal_of(packets.unpack, data, inside) == "X03"
    # The signature of an acknowledgement is not one of a packet.
    ack = packets.pack_ack(inside, Ack("outside-inside", 1, 1, "2026-11-24T09:00:00+09:00", "running", ""))
    assert refusal_of(packets.unpack, ack, outside) == "X01"
    assert refusal_of(packets.unpack, b"SESSHUP1" + ack[8:], outside) == "X03"


def test_a_packet_for_another_receiver_is_refused(inside, outside, tmp_path):
    make_keys(tmp_path)
    other = KeyRing.load(tmp_path / "outside")
    assert refusal_of(packets.unpack, forged(inside, recipient=other.recipient("outside")), outside) == "X07"


def test_a_packet_of_another_stream_is_refused(inside, outside):
    assert refusal_of(packets.unpack, forged(inside, stream="outside-inside"), outside) == "X04"
    data = packets.pack(inside, 1, lines())
    assert (
        refusal_of(packets.unpack, data, outside, name=packets.packet_name("inside-outside", 1, 2)) == "X04"
    )
    assert packets.unpack(data, outside, name=packets.packet_name("inside-outside", 1, 1))


@pytest.mark.parametrize(
    "header",
    [
        {"epoch": 0}, {"first": 0}, {"count": 0}, {"before": -1}, {"kind": "else"}, {"size": -1},
        {"size": packets.MAX_PAYLOAD + 1}, {"lines": -1}, {"made_at": "yesterday"}, {"made_at": 3},
        {"epoch": "one"}, {"extra": 1}, {"epoch": 1.5}, {"stream": ["x"]},
    ],
)  # fmt: skip
def test_a_header_without_sense_is_refused(inside, outside, header):
    assert refusal_of(packets.unpack, forged(inside, **header), outside) in ("X01", "X04")


@pytest.mark.parametrize(
    "header, payload, code",
    [
        ({"count": 2, "lines": 2}, None, "X06"),
        ({"count": 2}, None, "X06"),
        ({"first": 2}, None, "X06"),
        ({"kind": "rows", "lines": 2}, b'{"n":1,"type":"t","v":1,"body":{}}\na\n', "X06"),
        ({"kind": "rows", "lines": 1}, b'{"n":1,"type":"t","v":1,"body":{}}\na\nb', "X06"),
        ({"kind": "rows", "count": 2}, None, "X06"),
        ({}, b'{"n":1,"type":"void","v":1,"body":{}}', "X06"),
        ({}, b"\n", "X09"),
        ({}, b'{"n":1,"type":"void","v":1}\n', "X09"),
        ({}, b'{"n":1,"type":"void","v":1,"body":[]}\n', "X09"),
        ({}, b'{"n":1,"type":7,"v":1,"body":{}}\n', "X09"),
        ({}, b"[1]\n", "X09"),
        ({"size": 5}, None, "X09"),
        ({"size": 4000}, None, "X09"),
        ({"sha256": "0" * 64}, None, "X02"),
    ],
)
def test_a_wrong_count_or_payload_is_refused(inside, outside, header, payload, code):
    assert refusal_of(packets.unpack, forged(inside, payload=payload, **header), outside) == code


def test_a_bomb_is_not_unfolded(inside, outside):
    """A payload that grows beyond its header's size is refused before it fills the memory."""
    assert refusal_of(packets.unpack, forged(inside, payload=b"0" * 9_000_000, size=100), outside) == "X09"


def test_garbage_inside_the_envelope_is_refused(inside, outside):
    cipher = pyrage.encrypt(b"not zlib", [x25519.Recipient.from_str(inside.recipient("outside"))])
    good = packets.read_header(forged(inside), outside)
    head = asdict(good) | {"sha256": hashlib.sha256(cipher).hexdigest()}
    assert refusal_of(packets.unpack, packets._frame(inside, b"SESSHUP1", head, cipher), outside) == "X09"
    for raw in (b"[1]", b"{", b"\xff"):
        signed = b"SESSHUP1" + len(raw).to_bytes(4, "big") + bytes(8) + raw
        assert refusal_of(packets.unpack, signed + inside.sign(signed), outside) == "X01"
    long = b"SESSHUP1" + (5000).to_bytes(4, "big") + bytes(8) + b" " * 5000
    assert refusal_of(packets.unpack, long + inside.sign(long), outside) == "X01"


def test_no_canary_is_in_the_bytes_of_a_packet(inside):
    data = packets.pack(inside, 1, [Line(1, "x.y", 1, {"text": CANARY * 3})])
    bulk = packets.pack(inside, 1, [Line(1, "x.rows", 1, {}, (CANARY * 3 + "\n").encode())])
    for packet in (data, bulk):
        for spelt in (CANARY.encode(), CANARY.encode("cp932"), CANARY.encode("utf-16-le")):
            for form in (
                spelt,
                spelt.hex().encode(),
                base64.b64encode(spelt)[:-4],
                base64.urlsafe_b64encode(spelt)[:-4],
            ):
                assert form not in packet
        assert json.dumps(CANARY).strip('"').encode() not in packet
    assert b"x.y" not in data and b"x.rows" not in bulk  # not even the type can be read on the way


def test_a_packet_prints_no_content(inside, outside):
    data = packets.pack(inside, 1, [Line(1, "x.y", 1, {"text": CANARY}, None)])
    got = packets.unpack(data, outside)
    assert CANARY not in repr(got) + repr(got.lines[0])


def test_random_bytes_never_crash(outside):
    rng = random.Random(7)
    for _ in range(300):
        data = rng.choice((b"", b"SESSHUP1", b"SESSHUA1")) + rng.randbytes(rng.randrange(200))
        assert refusal_of(packets.unpack, data, outside) in ("X01", "X02", "X03")


# Acknowledgements


def test_an_acknowledgement_comes_through(inside, outside):
    ack = Ack("inside-outside", 3, 41, "2026-11-24T09:00:00+09:00", "stopped", "X03", resend=42)
    assert packets.unpack_ack(packets.pack_ack(outside, ack), inside) == ack
    assert packets.ack_name("inside-outside", 3) == "inside-outside-0003.ack"
    assert packets.read_ack_name("inside-outside-0003.ack") == ("inside-outside", 3)


def test_a_wrong_acknowledgement_is_refused(inside, outside):
    good = Ack("inside-outside", 1, 5, "2026-11-24T09:00:00+09:00", "running", "")
    data = packets.pack_ack(outside, good)
    for position in range(0, len(data), 3):
        broken = bytearray(data)
        broken[position] ^= 4
        assert refusal_of(packets.unpack_ack, bytes(broken), inside) in ("X01", "X02", "X03")
    assert refusal_of(packets.unpack_ack, data, outside) == "X03"
    assert refusal_of(packets.unpack_ack, packets.pack_ack(inside, good), outside) == "X04"
    for wrong in (
        replace(good, epoch=0),
        replace(good, last=-1),
        replace(good, state="odd"),
        replace(good, last="x"),
    ):
        assert refusal_of(packets.unpack_ack, packets.pack_ack(outside, wrong), inside) == "X01"


@pytest.mark.parametrize(
    "name",
    [
        "inside-outside-0001-1.packet",
        "inside-outside-0001-000000000001.packet.new",
        "x.packet",
        "a-0001.ack",
        "",
    ],
)
def test_other_file_names_are_no_packets(name):
    assert packets.read_name(name) is None and packets.read_ack_name(name) is None
