"""The spool folder (受渡フォルダー)."""

import os
import stat

import pytest

from sesshu.bridge import packets, spool


def test_a_file_appears_whole_with_mode_0600(spool_dir):
    spool.put(spool_dir, "x.packet", b"one")
    spool.put(spool_dir, "x.packet", b"two")
    assert spool.get(spool_dir, "x.packet") == b"two"
    assert stat.S_IMODE((spool_dir / "x.packet").stat().st_mode) == 0o600
    assert os.listdir(spool_dir) == ["x.packet"]


def test_a_failed_write_leaves_nothing(spool_dir, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(OSError):
        spool.put(spool_dir, "x.packet", b"one")
    assert os.listdir(spool_dir) == []


def test_packets_are_listed_in_order_of_epoch_and_number(spool_dir):
    for epoch, first in [(1, 20), (2, 1), (1, 3), (1, 100000)]:
        spool.put(spool_dir, packets.packet_name("inside-outside", epoch, first), b"")
    spool.put(spool_dir, packets.packet_name("outside-inside", 1, 1), b"")
    spool.put(spool_dir, ".hidden.packet", b"")
    found = [(e, f) for e, f, _ in spool.list_packets(spool_dir, "inside-outside")]
    assert found == [(1, 3), (1, 20), (1, 100000), (2, 1)]


def test_acknowledgements_are_listed(spool_dir):
    for epoch in (2, 1):
        spool.put(spool_dir, packets.ack_name("inside-outside", epoch), b"")
    assert spool.list_acks(spool_dir, "inside-outside") == [
        (1, "inside-outside-0001.ack"),
        (2, "inside-outside-0002.ack"),
    ]


def test_what_is_no_plain_file_is_not_read(spool_dir, tmp_path, monkeypatch):
    (tmp_path / "secret").write_bytes(b"secret")
    (spool_dir / "link.packet").symlink_to(tmp_path / "secret")
    (spool_dir / "folder.packet").mkdir()
    os.mkfifo(spool_dir / "fifo.packet")
    assert spool.get(spool_dir, "link.packet") is None
    assert spool.get(spool_dir, "folder.packet") is None
    assert not spool.get(spool_dir, "fifo.packet")
    assert spool.get(spool_dir, "gone.packet") is None
    monkeypatch.setattr(spool, "MAX_FILE", 3)
    spool.put(spool_dir, "large.packet", b"four")
    assert spool.get(spool_dir, "large.packet") is None


def test_a_refused_file_is_set_aside(spool_dir):
    spool.put(spool_dir, "x.packet", b"bad")
    spool.set_aside(spool_dir, "x.packet")
    spool.set_aside(spool_dir, "x.packet")  # gone already: no harm
    assert [p.read_bytes() for p in (spool_dir / "refused").iterdir()] == [b"bad"]
    assert stat.S_IMODE((spool_dir / "refused").stat().st_mode) == 0o700
    spool.remove(spool_dir, ["x.packet", "never.was"])
