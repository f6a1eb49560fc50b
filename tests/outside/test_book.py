"""api.book_v1, called as the public login."""

import uuid

from tests.support import outside as o
from tests.support import place as p


def book(draft, slot, dose=1, request=None, slot2=None):
    request = request or uuid.uuid4()
    with p.connect("out_public") as c:
        return c.execute(
            "SELECT * FROM api.book_v1(%s, %s, %s::smallint, %s, %s, %s, %s)",
            [
                request,
                draft,
                dose,
                slot,
                o.h("receipt", request, 1),
                slot2,
                o.h("receipt", request, 2) if slot2 else None,
            ],
        ).fetchone()


def test_a_first_dose_is_booked_and_told_to_the_inside():
    t = o.town()
    booking, second, refusal = book(o.draft_for(0, t), t.slots[0])
    assert (booking, second, refusal) == (1, None, None)
    with p.superuser("outside") as c:
        assert c.execute("SELECT taken_web FROM booking.slot WHERE id = %s", [t.slots[0]]).fetchone() == (1,)
        assert c.execute("SELECT count(*) FROM bridge.outbox WHERE type = 'booking.made'").fetchone() == (1,)
        assert c.execute(
            "SELECT count(*) FROM audit.entry WHERE act = 'booking.book' AND zone = 'public'"
        ).fetchone() == (1,)


def test_a_pair_is_booked_together_or_not_at_all():
    t = o.town()
    draft = o.draft_for(0, t)
    too_early = t.slots[0 + 3 * 5]
    assert book(draft, t.slots[0], slot2=too_early)[2] == "B01"
    fits = t.slots[0 + 3 * 21]
    booking, second, refusal = book(draft, t.slots[0], slot2=fits)
    assert refusal is None and booking and second


def test_the_same_request_is_answered_alike_and_another_content_is_refused():
    t = o.town()
    draft, request = o.draft_for(0, t), uuid.uuid4()
    first = book(draft, t.slots[0], request=request)
    assert book(draft, t.slots[0], request=request) == first
    assert book(draft, t.slots[1], request=request)[2] == "B05"
    assert book(draft, t.slots[1])[2] == "B04"
