"""kill −9 of everything while 200 people book: each receipt code that was shown is found afterwards (I1, row 11)."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support.visitor import Visitor
from tests.whole.zones.conftest import BORN, People

PEOPLE = 200


@pytest.fixture
def crowd() -> People:
    return o.town(subjects=PEOPLE, halls=2, days=30, web=40, made=People(tickets=_tickets()))


def _tickets() -> list[str]:
    import random

    from sesshu.base import numbers

    return numbers.draw_ticket_numbers(PEOPLE, rng=random.Random(11))


def _book(port: int, ticket: str) -> str | None:
    """The receipt code that this person saw, or None where the line broke before."""
    v = Visitor(port)
    try:
        v.go("/")
        v.send("/", ticket=ticket, **BORN)
        v.send("/venue", venue=v.page.values("venue")[0])
        v.send("/time", on=v.page.hidden("on"), slot=v.page.values("slot")[0], both="yes")
        v.send("/check", request=v.page.hidden("request"))
        shown = re.search(r'class="code"[^>]*>([^<]+)<', v.page.text)
        return shown[1] if shown and v.page.status == 200 else None
    except Exception:  # the process is gone in the middle of a request: this person saw no code
        return None


def _finds(port: int, ticket: str, code: str) -> bool:
    v = Visitor(port)
    v.go("/find")
    v.send("/find", receipt=code, ticket=ticket, **BORN)
    return v.at == "/booking" and "予約済み" in v.page.text


def test_wall_every_receipt_shown_is_found_after_a_kill(crowd, children, visitor):
    """200 bookings; after about a third everything is killed at once; what people saw is there."""
    made, port = p.place(), visitor.port
    seen: dict[str, str] = {}
    enough = threading.Event()

    def one(ticket: str) -> None:
        code = _book(port, ticket)
        if code:
            seen[ticket] = code
            if len(seen) >= PEOPLE // 3:
                enough.set()

    with ThreadPoolExecutor(16) as crowd_of_16:
        done = [crowd_of_16.submit(one, ticket) for ticket in crowd.tickets]
        assert enough.wait(60)
        running = list(children.running)
        children.kill()
        made.cluster.kill()
        for d in done:
            d.result()
    assert PEOPLE // 3 <= len(seen) < PEOPLE, "control: the kill came in the middle"
    time.sleep(0.2)
    made.cluster.start()
    for name in running:
        children.start(name)
    children.wait_for_zones()
    lost = [ticket for ticket, code in seen.items() if not _finds(port, ticket, code)]
    assert not lost
    with p.superuser("outside") as c:
        off = c.execute(
            "SELECT count(*) FROM booking.slot s WHERE s.taken_web + s.taken_phone + s.taken_section <> "
            "(SELECT count(*) FROM booking.booking b WHERE b.slot_id = s.id AND b.state = 'active')"
        ).fetchone()
    assert off == (0,)
