"""Sending who crosses: compared with what was last sent, the difference goes out (庁外への送付).

One way for the first 280,000 and for a single change: residents are compared in groups of whole birth dates, because
an address to the lot crosses only where it means one person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID, uuid4

from sesshu.base.crypto import act_hasher, ask_hasher, load_keys
from sesshu.base.machine import machine
from sesshu.base.text.addresses import ADDRESS_FORM_VERSION, AddressBook, address_book
from sesshu.bridge import outbox, rows
from sesshu.db import calls
from sesshu.inside.planning import queries as planning
from sesshu.inside.records.entitlements.actions import recompute_some
from sesshu.inside.records.subjects.rules import Crossing, Hashers, Standing, crossings
from sesshu.inside.tickets.actions import void_gone
from sesshu.trust.access.acting import action, step, tell
from sesshu.trust.access.actor import Actor

RESIDENTS_AT_ONCE = 10_000  # of a range; the process stays small
NAMED_AT_ONCE = 500
MANY_WAITING = 10_000  # more than that are worked off as ranges of birth dates
SINGLY = 200  # up to so many changed subjects travel as messages of their own
BEFORE_ALL = "0"  # sorts before every birth date, also before 00000000
SUBJECT_COLUMNS = ("id", "resident_id", "dob_key", "sent_digest")


@dataclass(frozen=True, slots=True)
class Sent:
    """送付の結果 — numbers of subjects: new outside, changed, withdrawn; and tickets that died on the way."""

    new: int = 0
    changed: int = 0
    withdrawn: int = 0
    died: int = 0

    def __add__(self, other: "Sent") -> "Sent":
        return Sent(
            self.new + other.new,
            self.changed + other.changed,
            self.withdrawn + other.withdrawn,
            self.died + other.died,
        )

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.withdrawn or self.died)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A resident to be looked at again."""

    resident_id: int
    recompute: bool


def send_changes(*, by: Actor, programme: str) -> Sent:
    """庁外への送付(全員) — everybody is compared; each range of birth dates is a transaction of its own.

    Whoever waits by name is recomputed on the way. Safe to break off and to repeat.
    """
    total, after = Sent(), BEFORE_ALL
    while upto := calls.scalar("records.keys_upto_v1", p_after=after, p_limit=RESIDENTS_AT_ONCE):
        total += _send_range(by=by, programme=programme, after=after, upto=upto, first=after == BEFORE_ALL)
        after = upto
    return total


def send_waiting(*, by: Actor, programme: str) -> Sent:
    """庁外への送付(名指し) — the residents about whom something changed since. Nothing where somebody else is at it."""
    waiting = calls.scalar("records.count_dirty_v1", p_programme=programme, p_limit=MANY_WAITING + 1)
    if not waiting or not calls.scalar("records.hold_v1", p_programme=programme):
        return Sent()
    try:
        if waiting > MANY_WAITING:
            return send_changes(by=by, programme=programme)
        return _send_named(by=by, programme=programme)
    finally:
        calls.scalar("records.let_go_v1", p_programme=programme)


def check_subjects(programme: str) -> Sent:
    """庁外との突合 — what ``send_changes`` would send now; nothing where all is well. Writes nothing."""
    total, after = Sent(), BEFORE_ALL
    while upto := calls.scalar("records.keys_upto_v1", p_after=after, p_limit=RESIDENTS_AT_ONCE):
        for s, c in _compared(_list(programme, after=after, upto=upto)):
            total += Sent(
                new=c is not None and s.sent_digest is None,
                changed=c is not None and s.sent_digest is not None,
                withdrawn=c is None,
            )
        after = upto
    return total


@action("subject.send")
def _send_range(*, by: Actor, programme: str, after: str, upto: str, first: bool) -> Sent:
    calls.scalar("records.lock_v1", p_programme=programme)
    gone = void_gone() if first else []
    waiting = calls.many(
        "records.take_dirty_of_v1", _Waiting, p_programme=programme, p_after=after, p_upto=upto
    )
    died = len(gone) + _renew(programme, waiting)
    return replace(_send(programme, _list(programme, after=after, upto=upto)), died=died)


@action("subject.send")
def _send_named(*, by: Actor, programme: str) -> Sent:
    calls.scalar("records.lock_v1", p_programme=programme)
    waiting = calls.many("records.take_dirty_v1", _Waiting, p_programme=programme, p_limit=NAMED_AT_ONCE)
    died = _renew(programme, waiting)
    named = [w.resident_id for w in waiting]
    keys = calls.column("records.keys_of_v1", p_programme=programme, p_residents=named)
    return replace(_send(programme, _list(programme, keys=keys)), died=died)


@step
def _renew(programme: str, waiting: list[_Waiting]) -> int:
    """Tickets of those who are gone die; entitlements of those about whom facts changed are recomputed."""
    gone = void_gone([w.resident_id for w in waiting]) if waiting else []
    if facts := [w.resident_id for w in waiting if w.recompute]:
        recompute_some(programme, facts)
    return len(gone)


@step
def _send(programme: str, people: list[Standing]) -> Sent:
    withdrawn, changed = 0, []
    for s, c in _compared(people):
        if c is None:
            calls.scalar("records.withdraw_v1", p_resident=s.resident_id, p_programme=programme)
            tell(resident=s.resident_id, fields=("subject",), purpose="withdrawn")
            withdrawn += 1
        else:
            changed.append((s, s.subject_id or uuid4(), c))
    if not changed:
        return Sent(withdrawn=withdrawn)
    if len(changed) <= SINGLY:
        for s, subject, c in changed:
            _put(programme, subject, c)
            tell(resident=s.resident_id, fields=("subject", "entitlement"))
    else:
        _put_many(programme, changed)
        tell(case=f"{programme} {len(changed)}", fields=("subject", "entitlement"))
    calls.copy_in(
        "records.subject_in",
        SUBJECT_COLUMNS,
        [(subject, s.resident_id, s.dob_key, c.digest()) for s, subject, c in changed],
    )
    calls.scalar("records.take_subjects_v1", p_programme=programme)
    new = sum(s.sent_digest is None for s, _, _ in changed)
    return Sent(new, len(changed) - new, withdrawn)


def _put(programme: str, subject: UUID, c: Crossing) -> None:
    names = ("dose", "from_on", "until_on", "products", "after_previous", "opens_at")
    outbox.put(
        "subject.put",
        {
            "id": subject,
            "programme": programme,
            "act": c.act,
            "try": c.try_,
            "ask_full": c.ask_full,
            "ask_lot": c.ask_lot,
            "ask_former": c.ask_former,
            "form_version": ADDRESS_FORM_VERSION,
            "entitlements": [dict(zip(names, e, strict=True)) for e in c.entitlements],
        },
        version=2,
    )


def _put_many(programme: str, changed: list[tuple[Standing, UUID, Crossing]]) -> None:
    """Rows for most; by itself only who was sent with entitlements that might all have ended."""
    ended = [x for x in changed if x[0].sent_digest is not None and not x[2].entitlements]
    bulk = [x for x in changed if x[0].sent_digest is None or x[2].entitlements]
    outbox.put_rows(
        "subject.rows",
        {},
        (
            (subject, programme, c.act, c.try_, c.ask_full, c.ask_lot, c.ask_former, ADDRESS_FORM_VERSION)
            for _, subject, c in bulk
        ),
    )
    for page in _whole_subjects(bulk):
        outbox.put_rows("entitlement.rows", {}, page, version=2)
    for _, subject, c in ended:
        _put(programme, subject, c)


def _whole_subjects(bulk: Iterable[tuple[Standing, UUID, Crossing]]) -> Iterator[list[tuple]]:
    """Entitlement rows in pages of one message each; a message replaces all entitlements of its subjects."""
    page: list[tuple] = []
    for _, subject, c in bulk:
        if len(page) + len(c.entitlements) > rows.ROWS_PER_PACKET:
            yield page
            page = []
        page += [
            (subject, dose, from_on, until_on, list(products), after, opens_at)
            for dose, from_on, until_on, products, after, opens_at in c.entitlements
        ]
    if page:
        yield page


def _list(
    programme: str, *, after: str = "", upto: str = "", keys: list[str] | None = None
) -> list[Standing]:
    return calls.many(
        "records.list_crossing_v1",
        Standing,
        p_programme=programme,
        p_after=after,
        p_upto=upto,
        p_keys=keys,
    )


def _compared(people: list[Standing]) -> Iterator[tuple[Standing, Crossing | None]]:
    """Only who differs from what was sent."""
    for s, c in crossings(people, _book(), _hashers()):
        if c is None:
            if s.sent_digest is not None:
                yield s, None
        elif s.sent_digest is None or c.digest() != bytes(s.sent_digest):
            yield s, c


def _book() -> AddressBook:
    return address_book(machine().municipality_code)


def _hashers() -> Hashers:
    ring = load_keys(machine().keys_dir, need=("act.hmac", "ask.hmac"))
    return Hashers(act_hasher(ring), ask_hasher(ring, ADDRESS_FORM_VERSION))


def list_programmes_waiting() -> list[str]:
    """Open programmes with residents to be looked at again."""
    return [
        p for p in planning.list_open() if calls.scalar("records.count_dirty_v1", p_programme=p, p_limit=1)
    ]
