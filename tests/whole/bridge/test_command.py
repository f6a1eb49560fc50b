"""`sesshu bridge` (連携の操作): pack, unpack, status, restart, epoch, as an operator types them."""

import json

import pytest
from click.testing import CliRunner

from sesshu.cli.bridge import bridge
from sesshu.db import courier as db
from tests.support import place as p


def said(*args, code=0):
    done = CliRunner().invoke(bridge, [*args, "--data", str(p.place().dir)])
    assert done.exit_code == code, done.output
    return done.output


def test_packets_are_written_and_applied_by_hand(inside, outside):
    for n in range(1, 4):
        inside.put(n)
    assert said("pack", "inside") == "1 packets written.\n"
    assert said("unpack", "outside") == "3 messages applied.\n"
    assert said("pack", "inside") == "0 packets written.\n"
    assert "there 3  waiting 0" in said("status", "inside")
    found = json.loads(said("status", "outside", "--json"))
    assert found["streams"]["in"]["last_number"] == 3 and found["alarms"] == []


def test_a_stopped_stream_says_so_and_is_started_by_a_person(inside, outside):
    inside.put(1)
    inside.send()
    f = inside.packets()[0]
    data = bytearray(f.read_bytes())
    data[100] ^= 1
    f.write_bytes(data)
    assert "X03" in said("unpack", "outside", code=1)
    assert "stopped (X03)" in said("status", "outside") and f.name in said("status", "outside")
    said("restart", "outside", "in", "--by", "officer-1")
    assert "It is running." in said("restart", "outside", "in", "--by", "officer-1", code=1)
    with p.superuser("outside") as c:
        assert c.execute("SELECT cleared_by FROM bridge.alarm").fetchall() == [("officer-1",)]
    outside.receive()
    said("pack", "inside")
    assert said("unpack", "outside") == "1 messages applied.\n"


def test_an_epoch_needs_to_know_where_the_other_side_stands(inside, outside):
    inside.put(1)
    assert "X15" in said("epoch", "inside", code=1)
    inside.send(), outside.receive()
    assert said("epoch", "inside") == "Epoch 2 has begun.\n"
    assert said("epoch", "inside", "--epoch", "7", "--last", "0") == "Epoch 8 has begun.\n"


@pytest.mark.parametrize("what", ["pack", "unpack"])
def test_by_hand_only_where_no_courier_serves(inside, what):
    assert db.hold(inside.conn)
    assert "A courier serves" in said(what, "inside", code=1)


def test_without_an_installation(tmp_path):
    done = CliRunner().invoke(bridge, ["status", "inside", "--data", str(tmp_path)])
    assert done.exit_code == 1 and "sesshu db install" in done.output
