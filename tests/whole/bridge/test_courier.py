"""The courier (連携の受渡し): lost, doubled, reordered, late, forged and cut packets; a bridge that is down for a day."""

import base64
import shutil

import psycopg
import pytest
from psycopg.types.json import Jsonb

from sesshu.base.crypto import KeyRing, make_keys
from sesshu.base.errors import Refused
from sesshu.bridge import packets, spool
from sesshu.bridge.courier import begin_epoch
from sesshu.db import courier as db
from tests.support import place as p


def given_messages(end, first, last):
    for n in range(first, last + 1):
        end.put(n)


def shuttle(inside, outside, rounds=3):
    for _ in range(rounds):
        inside.send(), outside.receive(), outside.send(), inside.receive()


def test_messages_arrive_once_in_order_in_both_directions(inside, outside):
    given_messages(inside, 1, 5)
    given_messages(outside, 1, 3)
    shuttle(inside, outside)
    given_messages(inside, 6, 7)
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3, 4, 5, 6, 7] and inside.numbers() == [1, 2, 3]
    assert [n for n, _, _ in outside.did] == [1, 2, 3, 4, 5, 6, 7]
    out = inside.stream("out")
    assert (out.last_number, out.written, out.acked, out.waiting) == (7, 7, 7, 0)
    assert not inside.packets() and not outside.packets()
    assert not inside.alarms() and not outside.alarms()


def test_an_idle_courier_writes_nothing(inside, outside):
    shuttle(inside, outside)
    before = {f.name: f.stat().st_mtime_ns for f in inside.folder.iterdir()}
    with p.superuser("inside") as c:
        wal = c.execute("SELECT pg_current_wal_insert_lsn()").fetchone()
        assert (inside.send(), inside.receive()) == (0, 0)
        assert c.execute("SELECT pg_current_wal_insert_lsn()").fetchone() == wal
    assert {f.name: f.stat().st_mtime_ns for f in inside.folder.iterdir()} == before


def test_a_rolled_back_message_never_crosses(inside, outside):
    with p.superuser("inside") as c, pytest.raises(ZeroDivisionError), c.transaction():
        c.execute("SELECT bridge.put_v1('slip.receipt', '{\"number\": 1}')")
        raise ZeroDivisionError
    inside.put(2)
    shuttle(inside, outside)
    assert outside.did == [(1, "slip.receipt", {"number": 2})]


def test_a_slow_transaction_delays_only_its_own_message(inside, outside):
    """A register import runs for minutes; a protection entered meanwhile must be outside in two seconds (P-07)."""
    with p.superuser("inside") as slow:
        slow.execute("BEGIN")
        slow.execute("SELECT bridge.put_v1('slip.receipt', '{\"number\": 1}')")
        inside.put(2)
        shuttle(inside, outside)
        assert outside.numbers() == [2]
        slow.execute("COMMIT")
    shuttle(inside, outside)
    assert outside.numbers() == [2, 1]


def test_an_effect_never_overtakes_its_cause(inside, outside):
    """The second transaction began first and so has the lower xid; it saw the first one's commit before it wrote."""
    with p.superuser("inside") as second:
        second.execute("BEGIN")
        second.execute("SELECT pg_current_xact_id()")
        inside.put(1)
        second.execute("SELECT bridge.put_v1('slip.receipt', '{\"number\": 2}')")
        second.execute("COMMIT")
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2]


def test_a_lost_packet_stops_the_stream_and_is_sent_again(inside, outside):
    given_messages(inside, 1, 2)
    inside.send()
    inside.packets()[0].unlink()
    inside.put(3)
    inside.send()
    assert outside.receive() == 0
    assert outside.alarms() == ["X08"] and outside.stream("in").reason == "X08"
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3]
    assert outside.alarms() == [] and outside.stream("in").reason == ""


def test_a_doubled_packet_does_nothing(inside, outside):
    given_messages(inside, 1, 3)
    inside.send()
    copy = inside.packets()[0].read_bytes()
    name = inside.packets()[0].name
    outside.receive()
    spool.put(outside.folder, name, copy)
    assert outside.receive() == 0 and outside.numbers() == [1, 2, 3]
    assert not outside.alarms() and not inside.packets()


def test_packets_that_overlap_apply_each_number_once(inside, outside):
    """After a wish the numbers are packed anew, in larger packets; the old ones may still arrive."""
    for n in range(1, 5):
        inside.put(n)
        inside.send()
    old = [(f.name, f.read_bytes()) for f in inside.packets()]
    for f in inside.packets():
        f.unlink()
    db.written(inside.conn, 0)
    inside.put(5)
    inside.send()
    for name, data in old[1:]:
        spool.put(outside.folder, name, data)
    outside.receive()
    assert outside.numbers() == [1, 2, 3, 4, 5] and not outside.alarms()


def test_reordered_and_late_packets_are_put_right(inside, outside):
    for n in range(1, 4):
        inside.put(n)
        inside.send()
    held = [(f.name, f.read_bytes()) for f in inside.packets()]
    for f in inside.packets():
        f.unlink()
    spool.put(outside.folder, *held[2])
    assert outside.receive() == 0 and outside.alarms() == ["X08"]
    spool.put(outside.folder, *held[1])
    assert outside.receive() == 0
    spool.put(outside.folder, *held[0])
    assert outside.receive() == 3
    assert outside.numbers() == [1, 2, 3] and not outside.alarms()


def test_a_cut_packet_is_asked_for_again(inside, outside):
    given_messages(inside, 1, 3)
    inside.send()
    f = inside.packets()[0]
    f.write_bytes(f.read_bytes()[:-20])
    assert outside.receive() == 0
    assert outside.alarms() == ["X02"] and len(list((outside.folder / "refused").iterdir())) == 1
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3] and not outside.alarms()


def test_a_forged_packet_stops_the_stream_until_a_person_has_looked(inside, outside, tmp_path):
    make_keys(tmp_path)
    stranger = KeyRing.load(tmp_path / "inside")
    data = packets.pack(stranger, 1, [packets.Line(1, "slip.receipt", 1, {"number": 99})])
    spool.put(outside.folder, packets.packet_name("inside-outside", 1, 1), data)
    assert outside.receive() == 0
    assert outside.alarms() == ["X03"] and outside.stream("in").state == "stopped"
    shuttle(inside, outside)
    assert inside.alarms() == ["X16"]  # the other side sees that it is not heard
    given_messages(inside, 1, 2)
    shuttle(inside, outside)
    assert outside.numbers() == []
    assert db.restart(outside.conn, "in", "officer-1")
    assert not db.restart(outside.conn, "in", "officer-1")  # it runs already
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2] and not outside.alarms() and not inside.alarms()


@pytest.mark.parametrize("position", [30, 200, -40, -1])
def test_one_flipped_bit_stops_the_stream_and_the_packet_can_be_sent_again(inside, outside, position):
    given_messages(inside, 1, 3)
    inside.send()
    f = inside.packets()[0]
    data = bytearray(f.read_bytes())
    data[position] ^= 1
    f.write_bytes(data)
    outside.receive()
    assert outside.alarms() == ["X03"] and not outside.did
    db.restart(outside.conn, "in", "officer-1")
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3]


def test_a_packet_under_another_name_stops_the_stream(inside, outside):
    inside.put(1)
    inside.send()
    f = inside.packets()[0]
    f.rename(f.with_name(packets.packet_name("inside-outside", 2, 1)))
    outside.receive()
    assert outside.alarms() == ["X04"]


def test_what_is_no_file_stops_the_stream(inside, outside):
    (outside.folder / packets.packet_name("inside-outside", 1, 1)).symlink_to("/etc/passwd")
    assert outside.receive() == 0 and outside.alarms() == ["X01"]


def test_a_forged_acknowledgement_is_set_aside(inside, outside, tmp_path):
    given_messages(inside, 1, 2)
    inside.send()
    make_keys(tmp_path)
    stranger = KeyRing.load(tmp_path / "outside")
    ack = packets.Ack("inside-outside", 1, 2, "2026-11-24T10:00:00+09:00", "running", "")
    spool.put(inside.folder, packets.ack_name("inside-outside", 1), packets.pack_ack(stranger, ack))
    inside.send()
    assert inside.alarms() == ["X03"] and inside.stream("out").acked == 0 and inside.packets()
    renamed = packets.pack_ack(outside.ring, ack)
    spool.put(inside.folder, packets.ack_name("inside-outside", 2), renamed)
    inside.send()
    assert inside.alarms() == ["X03", "X04"] and inside.stream("out").acked == 0


def test_a_message_that_cannot_be_applied_stops_at_its_number(inside, outside):
    given_messages(inside, 1, 6)
    outside.fails_at = {4: ValueError("東京都目黒区見本1-2-3")}
    shuttle(inside, outside)
    assert outside.numbers()[-3:] == [1, 2, 3] and outside.stream("in").last_number == 3
    with p.superuser("outside") as c:
        assert c.execute("SELECT code, detail FROM bridge.alarm").fetchall() == [
            ("X13", "epoch 1 number 4 slip.receipt ValueError")
        ]
        assert c.execute("SELECT count(*) FROM bridge.inbox").fetchone() == (3,)
    outside.fails_at, outside.did = {}, []
    db.restart(outside.conn, "in", "officer-1")
    shuttle(inside, outside)
    assert outside.numbers() == [4, 5, 6]


def test_a_failing_sql_function_says_its_state_and_no_value(inside, outside):
    inside.raw("subject.withdraw", {"id": "0189f7a2-0000-4000-8000-000000000001"})
    with p.superuser("outside") as c:
        c.execute("ALTER FUNCTION arrive.subject_withdraw_v1(jsonb) RENAME TO gone_v1")
        try:
            shuttle(inside, outside)
        finally:
            c.execute("ALTER FUNCTION arrive.gone_v1(jsonb) RENAME TO subject_withdraw_v1")
        (detail,) = c.execute("SELECT detail FROM bridge.alarm").fetchone()
    assert detail == "epoch 1 number 1 subject.withdraw UndefinedFunction 42883"


def test_what_is_not_in_the_published_language_does_not_leave(inside, outside):
    inside.put(1)
    inside.raw("slip.receipt", {"number": 2, "name": "目黒太郎"})
    inside.put(3)
    shuttle(inside, outside)
    assert inside.alarms() == ["M02"] and inside.stream("out").state == "stopped"
    assert outside.numbers() == [] and not inside.packets()
    with p.superuser("inside") as c:
        c.execute("UPDATE bridge.outbox SET body = '{\"number\": 2}' WHERE number = 2")
    assert db.restart(inside.conn, "out", "officer-1")
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3]


def test_a_type_of_the_other_direction_does_not_arrive(inside, outside):
    data = packets.pack(inside.ring, 1, [packets.Line(1, "tripwire.hit", 1, {})])
    spool.put(outside.folder, packets.packet_name("inside-outside", 1, 1), data)
    outside.receive()
    assert outside.alarms() == ["M01"] and outside.stream("in").last_number == 0


def test_a_day_of_outage_catches_up_in_few_packets(inside, outside):
    """The other side is away: what waits is packed together and the folder does not fill with files."""
    with p.superuser("outside") as c:
        for _ in range(100):
            c.execute(
                "SELECT bridge.put_v1('booking.ended', jsonb_build_object('id', g, 'how', 'cancelled', 'at', now())) "
                "FROM generate_series(1, 30) g"
            )
            outside.send(window=8)
    assert len(outside.packets()) == 8
    for _ in range(4):
        inside.receive(), outside.send(window=8)
    assert len(inside.did) == 3000 and [n for n, _, _ in inside.did] == list(range(1, 3001))


def test_a_killed_courier_loses_and_doubles_nothing(inside, outside):
    """Between the effect and its receipt there is no moment: they are one transaction."""
    given_messages(inside, 1, 4)
    inside.send()
    outside.fails_at = {3: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        outside.receive()
    assert outside.stream("in").last_number == 0
    outside.fails_at, outside.did = {}, []
    outside.receive()
    assert outside.numbers() == [1, 2, 3, 4]
    # The sender died after it wrote the file and before it noted so: the same numbers again, harmless.
    inside.put(5)
    inside.send()
    db.written(inside.conn, 4)
    inside.send()
    outside.receive()
    assert outside.numbers() == [1, 2, 3, 4, 5]


def test_only_one_courier_serves_a_database(inside):
    other = db.connect(p.place().address("in_courier"))
    assert db.hold(inside.conn) and not db.hold(other)
    other.close()


def test_a_deadlock_is_tried_again(inside, outside):
    given_messages(inside, 1, 2)
    inside.send()
    outside.fails_at = {2: psycopg.errors.DeadlockDetected()}
    with pytest.raises(psycopg.errors.DeadlockDetected):
        outside.receive()
    assert not outside.alarms() and outside.stream("in").state == "running"
    outside.fails_at, outside.did = {}, []
    assert outside.receive() == 2


def test_the_office_sees_since_when_a_message_is_outside(inside, outside):
    message = inside.put(1)
    since = "SELECT bridge.outside_since_v1(%s)"
    with p.superuser("inside") as c:
        assert c.execute(since, [message]).fetchone() == (None,)
        inside.send(), outside.receive()
        assert c.execute(since, [message]).fetchone() == (None,)
        inside.send()
        first = c.execute(since, [message]).fetchone()[0]
        assert first is not None
        inside.put(2)
        shuttle(inside, outside)
        assert c.execute(since, [message]).fetchone()[0] == first


def test_a_withdrawn_subject_is_not_remembered_in_the_outbox(inside, outside):
    """P-15: protected after booking; the outside keeps no row that leads from the pseudonym to a slot."""
    subject = "0189f7a2-0000-4000-8000-0000000000bb"
    made = {
        "id": 5,
        "subject": subject,
        "programme": "p",
        "dose": 1,
        "slot": 9,
        "channel": "web",
        "made_at": "2026-11-24T10:00:00+09:00",
    }
    outside.raw("booking.made", made)
    shuttle(inside, outside)
    outside.raw("booking.made", {**made, "id": 6})
    inside.raw("subject.withdraw", {"id": subject})
    inside.send(), outside.receive()
    with p.superuser("outside") as c:
        assert c.execute("SELECT type FROM bridge.outbox").fetchall() == [("void",), ("void",)]
    shuttle(inside, outside)
    assert [t for _, t, _ in inside.did] == ["booking.made", "void"] and not inside.alarms()


def test_what_is_acknowledged_can_be_scrubbed_and_purged(inside, outside):
    canary = "0189f7a2-0000-4000-8000-0000000000aa"
    inside.raw("subject.withdraw", {"id": canary})
    scrub = "SELECT bridge.scrub_v1('id', %s, '{}')"
    with p.superuser("inside") as c:
        assert c.execute(scrub, [canary]).fetchone() == (0,)  # not there yet: it must still go
        shuttle(inside, outside)
        assert c.execute(scrub, [canary]).fetchone() == (1,)
        assert c.execute("SELECT type, body FROM bridge.outbox").fetchall() == [("void", {})]
        inside.raw("subject.withdraw", {"id": canary})
        assert c.execute("SELECT bridge.scrub_v1('id', %s, '{slip.receipt}')", [canary]).fetchone() == (0,)
        assert c.execute("SELECT bridge.scrub_v1('id', %s, '{subject.withdraw}')", [canary]).fetchone() == (
            1,
        )
        inside.send()
        assert db.purge(inside.conn, "0 seconds") == 1  # the second is not acknowledged
        assert db.purge(inside.conn, "1 day") == 0
    shuttle(inside, outside)
    assert outside.stream("in").last_number == 2


# Epochs


def remembered(end):
    """A backup of one side's bridge tables."""
    with p.superuser(end.name) as c:
        return {
            t: c.execute(f"SELECT to_jsonb(t) FROM bridge.{t} t").fetchall()
            for t in ("outbox", "inbox", "stream", "receipt")
        }


def restored(end, backup):
    """The side as it was: rows of the backup, sequences too; a new connection, as after a restart."""
    with p.superuser(end.name) as c:
        for table, found in backup.items():
            c.execute(f"DELETE FROM bridge.{table}")
            for (row,) in found:
                c.execute(
                    f"INSERT INTO bridge.{table} OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::bridge.{table}, %s)",
                    [Jsonb(row)],
                )
    end.conn.close()
    login = "in_courier" if end.name == "inside" else "out_courier"
    end.conn = db.connect(p.place().address(login))


def test_a_restored_receiver_gets_again_what_it_forgot(inside, outside):
    given_messages(inside, 1, 3)
    shuttle(inside, outside)
    backup = remembered(outside)
    given_messages(inside, 4, 6)
    shuttle(inside, outside)
    restored(outside, backup)
    outside.did = []
    inside.put(7)
    shuttle(inside, outside)
    assert outside.numbers() == [4, 5, 6, 7] and not outside.alarms() and not inside.alarms()


def test_a_restored_receiver_is_told_when_too_much_was_purged(inside, outside):
    backup = remembered(outside)
    given_messages(inside, 1, 3)
    shuttle(inside, outside)
    db.purge(inside.conn, "0 seconds")
    restored(outside, backup)
    inside.put(4)
    shuttle(inside, outside)
    assert inside.alarms() == ["X14"] and inside.stream("out").state == "stopped"


def test_a_restored_sender_stops_by_itself_and_begins_a_new_epoch(inside, outside):
    given_messages(inside, 1, 3)
    shuttle(inside, outside)
    inside.put(4)
    inside.send()
    backup = remembered(inside)
    given_messages(inside, 5, 6)
    shuttle(inside, outside)
    restored(inside, backup)
    inside.put(7)  # would have taken number 5, which the outside has applied already
    shuttle(inside, outside)
    assert inside.alarms() == ["X10"] and outside.numbers() == [1, 2, 3, 4, 5, 6]
    assert not db.restart(inside.conn, "out", "officer-1")  # going on would lose message 7
    assert begin_epoch(inside.conn, inside.ring, inside.folder) == 2
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3, 4, 5, 6, 7]
    assert outside.stream("in").epoch == 2 and outside.stream("in").last_number == 1
    assert inside.alarms() == ["X12"]  # numbers 5 and 6 are there and forgotten here: to be reconciled
    assert [n for _, n in spool.list_acks(inside.folder, "inside-outside")] == ["inside-outside-0002.ack"]


def test_in_a_new_epoch_the_rest_of_the_old_one_is_sent_under_new_numbers(inside, outside):
    given_messages(inside, 1, 2)
    shuttle(inside, outside)
    given_messages(inside, 3, 4)
    inside.send()
    for f in inside.packets():
        f.unlink()
    begin_epoch(inside.conn, inside.ring, inside.folder)
    inside.put(5)
    shuttle(inside, outside)
    assert outside.numbers() == [1, 2, 3, 4, 5] and [n for n, _, _ in outside.did] == [1, 2, 1, 2, 3]
    assert not inside.alarms() and not outside.alarms()


def test_a_packet_of_an_old_epoch_stops_the_stream(inside, outside):
    inside.put(1)
    inside.send()
    old = inside.packets()[0]
    held = (old.name, old.read_bytes())
    outside.receive()
    begin_epoch(inside.conn, inside.ring, inside.folder)
    inside.put(2)
    shuttle(inside, outside)
    spool.put(outside.folder, *held)
    outside.receive()
    assert outside.alarms() == ["X05"] and outside.stream("in").state == "stopped"
    assert outside.numbers() == [1, 2]


def test_an_epoch_cannot_begin_blindly(inside, outside):
    shutil.rmtree(inside.folder)
    inside.folder.mkdir()
    with pytest.raises(Refused) as e:
        begin_epoch(inside.conn, inside.ring, inside.folder)
    assert e.value.refusal.code == "X15"
    assert begin_epoch(inside.conn, inside.ring, inside.folder, epoch=4, last=9) == 5
    assert inside.alarms() == ["X12"]


def test_an_epoch_that_skips_numbers_is_not_entered(inside, outside):
    """The receiver, too, was restored: the end of the old epoch is lost for it."""
    data = packets.pack(inside.ring, 2, [packets.Line(1, "slip.receipt", 1, {"number": 1})], before=3)
    spool.put(outside.folder, packets.packet_name("inside-outside", 2, 1), data)
    outside.receive()
    assert outside.alarms() == ["X11"] and outside.stream("in").epoch == 1


def test_the_sender_has_forgotten_numbers_and_the_receiver_says_so(inside, outside):
    given_messages(inside, 1, 3)
    shuttle(inside, outside)
    data = packets.pack(inside.ring, 2, [packets.Line(1, "slip.receipt", 1, {"number": 9})], before=2)
    spool.put(outside.folder, packets.packet_name("inside-outside", 2, 1), data)
    outside.receive()
    assert outside.alarms() == ["X12"] and outside.numbers() == [1, 2, 3, 9]


# What lies in the folder


def test_wall_no_value_is_in_the_folder(inside, outside):
    canary = "0189f7a2-7777-4000-8000-00000000cafe"
    inside.raw("subject.withdraw", {"id": canary})
    outside.raw(
        "tripwire.hit", {"try": "c0ffee" * 10 + "c0ff", "at": "2026-11-24T10:00:00+09:00", "zone": "desk"}
    )
    inside.send(), outside.send()
    found = b"".join(f.read_bytes() + f.name.encode() for f in inside.folder.iterdir() if f.is_file())
    for text in (canary, canary.replace("-", ""), "c0ffee" * 5, "subject.withdraw", "tripwire"):
        for spelt in (
            text.encode(),
            text.encode("utf-16-le"),
            base64.b64encode(text.encode())[:-3],
            text.encode().hex().encode(),
        ):
            assert spelt not in found
    for f in inside.folder.iterdir():
        assert f.stat().st_mode & 0o077 == 0
