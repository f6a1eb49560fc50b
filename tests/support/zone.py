"""What a zone can do: calls of SQL functions as the zone's own login, and looks at the tables as superuser."""

import contextlib
import threading
import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import psycopg
from psycopg.rows import namedtuple_row

from sesshu.base import clock
from tests.support import outside as o
from tests.support import place as p

_open: dict[str, psycopg.Connection] = {}


def connection(login: str) -> psycopg.Connection:
    """One connection for each login, kept for the test."""
    c = _open.get(login)
    if c is None or c.closed:
        c = _open[login] = p.connect(login, row_factory=namedtuple_row)
    return c


def close() -> None:
    """End all of them: a login that is connected counts as a process that runs."""
    while _open:
        _open.popitem()[1].close()


def rows(login: str, function: str, *, via: psycopg.Connection | None = None, **named) -> list:
    """All rows of a function. Arguments are named without their ``p_``."""
    marks = ", ".join(f"p_{name} => %s" for name in named)
    return (
        (via or connection(login))
        .execute(f"SELECT * FROM {function}({marks})", list(named.values()))
        .fetchall()
    )


def one(login: str, function: str, *, via: psycopg.Connection | None = None, **named):
    """The one row of a function; a single column as its value."""
    (row,) = rows(login, function, via=via, **named)
    return row[0] if len(row) == 1 else row


def sql(query: str, *params):
    """Rows of a look at the outside's tables."""
    with p.superuser("outside") as c:
        cursor = c.execute(query, params or None)
        return cursor.fetchall() if cursor.description else []


def value(query: str, *params):
    """One value of a look at the outside's tables."""
    return sql(query, *params)[0][0]


def counts() -> dict:
    """I2 for each slot: what the counters say, and what is booked, used or on its way back."""
    return {
        (slot, share): (taken, held)
        for slot, share, taken, held in sql(
            """
            SELECT s.id, c.share, c.taken,
                   (SELECT count(*) FROM booking.booking b WHERE b.slot_id = s.id AND b.share = c.share
                       AND b.state IN ('active', 'fulfilled', 'examined'))
                 + (SELECT count(*) FROM booking.release r WHERE r.slot_id = s.id AND r.share = c.share)
              FROM booking.slot s, LATERAL (VALUES ('web', s.taken_web), ('phone', s.taken_phone), ('section', s.taken_section)) c(share, taken)
            """
        )
    }


def counters_hold() -> bool:
    """I2: the counter of every slot equals what holds its places."""
    return all(taken == held for taken, held in counts().values())


# --- Public ---------------------------------------------------------------------------------------------------


def find(
    t: o.Town, n: int, draft=None, act=None, network=b"net", login="out_public", via=None
) -> tuple[bool, uuid.UUID]:
    """Type the ticket number of subject ``n`` and their birth date, or ``act`` for another one."""
    draft = draft or uuid.uuid4()
    typed = {"draft": draft, "act": t.act(n) if act is None else act, "try": t.try_(n), "network": network}
    ok = one(login, "api.find_subject_v1", via=via, **typed)
    return ok, draft


def book(holder, slot, *, dose=1, request=None, slot2=None, login="out_public", via=None) -> SimpleNamespace:
    """Book; receipts follow from the request, as the gateway makes them."""
    request = request or uuid.uuid4()
    row = one(
        login,
        "api.book_v1",
        via=via,
        request=request,
        holder=holder,
        dose=dose,
        slot=slot,
        receipt=receipt(request),
        slot2=slot2,
        receipt2=receipt(request, 2) if slot2 else None,
    )
    return SimpleNamespace(
        request=request, id=row.booking_id, id2=row.booking2_id, refusal=row.refusal, receipt=receipt(request)
    )


def receipt(request: uuid.UUID, nth: int = 1) -> bytes:
    return o.h("receipt", request, nth)


def booked(t: o.Town, n: int, slot: int, **more) -> SimpleNamespace:
    """Subject ``n`` has booked; ``draft`` is the form that did it."""
    draft = o.draft_for(n, t)
    made = book(draft, slot, **more)
    assert made.refusal is None
    made.draft = draft
    return made


def cancel(holder, receipt_, request=None, login="out_public", via=None):
    return one(
        login, "api.cancel_v1", via=via, request=request or uuid.uuid4(), holder=holder, receipt=receipt_
    )


def undo(holder, receipt_, request=None, login="out_public", via=None):
    return one(
        login, "api.undo_cancel_v1", via=via, request=request or uuid.uuid4(), holder=holder, receipt=receipt_
    )


def move(holder, receipt_, slot, *, slot2=None, request=None, login="out_public", via=None):
    request = request or uuid.uuid4()
    return one(
        login,
        "api.move_v1",
        via=via,
        request=request,
        holder=holder,
        receipt=receipt_,
        slot=slot,
        new_receipt=receipt(request),
        slot2=slot2,
        new_receipt2=receipt(request, 2) if slot2 else None,
    )


# --- Desk -----------------------------------------------------------------------------------------------------


def case(operator="OP-117") -> uuid.UUID:
    return one("out_desk", "api.open_case_v1", request=uuid.uuid4(), operator=operator).case_id


def match(case_id, *, operator="OP-117", act=None, try_=None, ask=None, request=None, via=None):
    """Ask whether exactly one subject is meant: (verdict, tries left)."""
    said = {
        "case": case_id,
        "operator": operator,
        "kind": "address" if ask else "ticket",
        "act": act,
        "ask": ask,
    }
    return one("out_desk", "api.match_caller_v1", via=via, request=request, **said, **{"try": try_})


# --- Venue ----------------------------------------------------------------------------------------------------


def check_in(t: o.Town, n: int, venue=1, by="VN-3", request=None, via=None, act=None):
    typed = {"venue": venue, "by": by, "act": t.act(n) if act is None else act, "try": t.try_(n)}
    return one("out_venue", "api.check_in_v1", via=via, request=request or uuid.uuid4(), **typed)


def precheck(visit, outcome="go", reason="", venue=1, by="VN-4", request=None, via=None):
    said = {"visit": visit, "venue": venue, "by": by, "outcome": outcome, "reason": reason}
    return one("out_venue", "api.precheck_v1", via=via, request=request or uuid.uuid4(), **said)


def record(
    t: o.Town,
    n: int,
    visit,
    *,
    lot=1,
    at=None,
    venue=1,
    by="VN-5",
    same=False,
    request=None,
    act=None,
    via=None,
):
    """Record the dose of a visit: (dose id, refusal)."""
    said = {"visit": visit, "venue": venue, "by": by, "act": t.act(n) if act is None else act, "lot": lot}
    said |= {"given_at": at or clock.now(), "site": "left_arm", "confirm_same": same}
    return one("out_venue", "api.record_dose_v1", via=via, request=request or uuid.uuid4(), **said)


def lots(*, doses=10, venue=1) -> None:
    """A lot of each product in a hall: 1 pfizer, 2 moderna."""
    for lot, product in ((1, "pfizer"), (2, "moderna")):
        o.arrive(
            "lot.put",
            {
                "id": lot,
                "product": product,
                "lot_no": f"L{lot}",
                "expires_on": "2027-06-30",
                "state": "usable",
            },
        )
        o.arrive("delivery.put", {"id": venue * 10 + lot, "venue": venue, "lot": lot, "doses": doses})


def given(t: o.Town, n: int, slot: int, **more):
    """Subject ``n`` has booked today, come, been examined and got the dose: the visit's id."""
    booked(t, n, slot)
    visit = check_in(t, n).visit_id
    assert precheck(visit) is None
    assert record(t, n, visit, **more).refusal is None
    return visit


@contextlib.contextmanager
def apart(login: str):
    """A connection of its own with an open transaction, for steps that overlap."""
    with p.connect(login, row_factory=namedtuple_row) as c:
        c.autocommit = False
        yield c


def meanwhile(work: Callable) -> Callable:
    """Start ``work`` beside the test, give it time to come to a lock; calling the answer waits for its result."""
    box: list = []
    thread = threading.Thread(target=lambda: box.append(_tried(work)))
    thread.start()
    time.sleep(0.2)

    def result():
        thread.join(10)
        (done,) = box
        if isinstance(done, BaseException):
            raise done
        return done

    return result


def _tried(work: Callable):
    try:
        return work()
    except Exception as e:
        return e
