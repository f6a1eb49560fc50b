"""The courier's process (連携の常駐処理): both run, the database goes away and comes back, SIGTERM ends them."""

import threading
import time

from sesshu.bridge import courier
from sesshu.db import courier as db
from tests.support import place as p


def until(true, seconds=10.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return False


def running(end, stop):
    login = "in_courier" if end.name == "inside" else "out_courier"
    thread = threading.Thread(
        target=courier.run,
        args=(lambda: db.connect(p.place().address(login)), end.ring, end.folder, end.apply),
        kwargs={"stop": stop},
        daemon=True,
    )
    thread.start()
    return thread


def test_a_message_is_across_within_two_seconds_also_after_a_lost_connection(inside, outside):
    stop = threading.Event()
    threads = [running(inside, stop), running(outside, stop)]
    try:
        assert until(lambda: inside.stream("out").heard_at is not None)
        began = time.monotonic()
        inside.put(1)
        assert until(lambda: outside.numbers() == [1]) and time.monotonic() - began < 2
        with p.superuser("inside") as c:
            c.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'sesshu courier' AND state <> 'active' AND pid <> pg_backend_pid() AND usename = 'in_courier'"
            )
        inside.conn = db.connect(p.place().address("in_courier"))
        inside.put(2)
        assert until(lambda: outside.numbers() == [1, 2])
        assert until(lambda: inside.stream("out").acked == 2)
    finally:
        stop.set()
        for t in threads:
            t.join(5)
    assert not any(t.is_alive() for t in threads)


def test_a_second_courier_waits_for_the_first(inside, outside):
    assert db.hold(outside.conn)
    stop = threading.Event()
    thread = running(outside, stop)
    inside.put(1)
    inside.send()
    time.sleep(0.6)
    assert not outside.did
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
