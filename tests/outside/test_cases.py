"""The call centre: a case, a blind match, the receipt code, the hand-off slip."""

import datetime as dt
import uuid

import psycopg
import pytest

from tests.support import outside as o
from tests.support import place as p
from tests.support import zone as z


@pytest.fixture
def t():
    return o.town(subjects=4, halls=1, days=30)


def later(**delta):
    p.place().set_clock(p.DAY + dt.timedelta(**delta))


def show(case, operator="OP-117"):
    (row,) = z.rows("out_desk", "api.show_case_v1", case=case, operator=operator) or [None]
    return row


def ticket(t, n):
    return {"act": t.act(n), "try_": t.try_(n)}


def address(n, *more):
    return {"ask": [o.h("full", n), o.h("lot", n), *more]}


def prove(case, code, request=None, operator="OP-117"):
    return z.one(
        "out_desk", "api.prove_booking_v1", case=case, operator=operator, receipt=code, request=request
    )


# --- Cases ----------------------------------------------------------------------------------------------------


def test_one_open_case_for_each_operator(t):
    first = z.case()
    z.match(first, **ticket(t, 0))
    other = z.case("OP-118")
    second = z.case()
    assert (show(first).state, show(first).outcome, show(first).matched) == ("closed", "replaced", False)
    assert show(second).state == show(other, "OP-118").state == "open"
    assert z.value("SELECT count(subject_id) FROM calls.case") == 0
    assert z.book(first, t.slots[0], login="out_desk").refusal == "B07"


def test_the_same_request_opens_one_case_and_anothers_case_is_not_shown(t):
    request = uuid.uuid4()
    one, two = (z.one("out_desk", "api.open_case_v1", request=request, operator="OP-117") for _ in range(2))
    assert one == two and z.value("SELECT count(*) FROM audit.entry WHERE act = 'case.open'") == 1
    assert show(request, "OP-118") is None
    assert z.match(request, operator="OP-118", **ticket(t, 0)) == ("closed", 0)


def test_a_closed_case_does_nothing_more(t):
    case = z.case()
    z.match(case, **ticket(t, 0))
    z.one("out_desk", "api.close_case_v1", case=case, operator="OP-117", outcome="booked")
    assert z.match(case, **ticket(t, 0)) == ("closed", 0)
    assert z.book(case, t.slots[0], login="out_desk").refusal == "B07"
    assert z.sql("SELECT subject_id, outcome FROM calls.case") == [(None, "booked")]


def test_no_free_text_fits_into_a_case(t):
    case = z.case()
    for words in ("目黒太郎さんから電話", "call back 03-1234", "x" * 31):
        with pytest.raises(psycopg.errors.CheckViolation):
            z.one("out_desk", "api.close_case_v1", case=case, operator="OP-117", outcome=words)
    with pytest.raises(psycopg.errors.CheckViolation):
        z.case("目黒太郎")


def test_an_operator_lists_the_days_own_cases(t):
    z.case("OP-118"), z.case()
    later(days=1)
    case = z.case()
    (row,) = z.rows("out_desk", "api.list_my_cases_v1", operator="OP-117")
    assert (row.case_id, row.number, row.slip) == (case, 3, None)


# --- Match ----------------------------------------------------------------------------------------------------


def test_a_match_by_ticket_and_by_each_form_of_the_address(t):
    z.sql("UPDATE booking.subject SET ask_former = %s WHERE id = %s", o.h("former", 1), t.subjects[1])
    for n, said in (
        (0, ticket(t, 0)),
        (0, address(0)),
        (1, {"ask": [o.h("lot", 1)]}),
        (1, {"ask": [o.h("former", 1)]}),
    ):
        case = z.case()
        assert z.match(case, **said) == ("match", 3)
        assert (
            show(case).matched
            and z.value("SELECT subject_id FROM calls.case WHERE id = %s", case) == t.subjects[n]
        )
    fields = [f for (f,) in z.sql("SELECT fields FROM audit.entry WHERE act = 'case.match' ORDER BY id")]
    assert fields == [["match by ticket"]] + [["match by address"]] * 3


def test_several_and_none_tell_nothing_and_bind_nobody(t):
    z.sql("UPDATE booking.subject SET ask_lot = %s WHERE id = ANY (%s)", o.h("lot", "flats"), t.subjects[:2])
    case = z.case()
    assert z.match(case, ask=[o.h("lot", "flats")]) == ("several", 2)
    assert z.match(case, **ticket(t, 0) | {"act": o.h("wrong")}) == ("none", 1)
    assert z.value("SELECT subject_id FROM calls.case") is None
    assert z.sql("SELECT result, subject FROM audit.entry WHERE act = 'case.match' ORDER BY id") == [
        ("several", None),
        ("none", None),
    ]
    assert z.match(case, ask=[o.h("full", 0), o.h("lot", "flats")]).verdict == "several"
    case = z.case()
    assert z.match(case, ask=[o.h("full", 0)]).verdict == "match"  # the room decides


def test_two_programmes_of_one_person_are_told_apart(t):
    twin = {
        "id": str(uuid.UUID(int=99)),
        "programme": "demo-flu",
        "act": o.h("a").hex(),
        "try": o.h("b").hex(),
        "form_version": 1,
    }
    o.arrive(
        "subject.put",
        twin | {"ask_full": o.h("full", 0).hex(), "ask_lot": None, "ask_former": None, "entitlements": []},
    )
    assert z.match(z.case(), **address(0)).verdict == "several"
    said = {
        "case": z.case(),
        "operator": "OP-117",
        "kind": "address",
        "act": None,
        "try": None,
        "ask": [o.h("full", 0)],
    }
    assert z.one("out_desk", "api.match_caller_v1", programme=o.PROGRAMME, **said).verdict == "match"


def test_three_tries_a_case_and_then_even_the_truth_is_spent(t):
    case = z.case()
    for left in (2, 1, 0):
        assert z.match(case, act=o.h("wrong"), try_=t.try_(0)) == ("none", left)
    assert z.match(case, **ticket(t, 0)) == ("spent", 0) and show(case).tries_left == 0
    assert z.match(z.case(), **ticket(t, 0)).verdict == "match"


def test_the_same_request_is_one_try(t):
    case, request = z.case(), uuid.uuid4()
    assert z.match(case, act=o.h("wrong"), try_=t.try_(0), request=request) == ("none", 2)
    assert z.match(case, act=o.h("wrong"), try_=t.try_(0), request=request) == ("none", 2)
    assert z.value("SELECT count(*) FROM booking.attempt") == 1


def test_looking_through_a_street_within_one_case_is_not_free(t):
    """A case is one caller: further matches after the first are tries, too."""
    case = z.case()
    assert [z.match(case, **address(n)) for n in range(4)] == [
        ("match", 3),
        ("match", 2),
        ("match", 1),
        ("match", 0),
    ]
    assert z.match(case, **address(0)) == ("spent", 0)


def test_a_match_lasts_twenty_minutes(t):
    case = z.case()
    z.match(case, **ticket(t, 0))
    later(minutes=19)
    assert show(case).matched and z.rows("out_desk", "api.list_doses_v1", holder=case)
    later(minutes=20, seconds=30)
    assert not show(case).matched and z.rows("out_desk", "api.list_doses_v1", holder=case) == []
    assert z.book(case, t.slots[0], login="out_desk").refusal == "B07"


def test_twenty_wrong_birth_dates_of_one_number_are_enough_for_a_day(t):
    for _ in range(7):
        case = z.case()
        for _ in range(3):
            z.match(case, act=o.h("wrong"), try_=t.try_(0))
    assert z.match(z.case(), **ticket(t, 0)).verdict == "none"
    assert z.match(z.case(), **address(0)).verdict == "match"  # who is known otherwise opens it again
    assert z.match(z.case(), **ticket(t, 0)).verdict == "match"


# --- Receipt code ---------------------------------------------------------------------------------------------


def test_the_operator_hears_place_and_time_only_after_the_receipt_code(t):
    mine, other = z.booked(t, 0, t.slots[0]), z.booked(t, 1, t.slots[0])
    case = z.case()
    assert prove(case, mine.receipt) is False  # nobody is matched yet
    z.match(case, **ticket(t, 0))
    assert z.rows("out_desk", "api.show_bookings_v1", holder=case) == [] and not show(case).proven
    assert prove(case, other.receipt) is False
    assert prove(case, mine.receipt) is True and show(case).proven
    assert [r.booking_id for r in z.rows("out_desk", "api.show_bookings_v1", holder=case)] == [mine.id]
    assert z.sql("SELECT result, fields FROM audit.entry WHERE act = 'case.prove' ORDER BY id") == [
        ("none", []), ("done", ["venue", "day", "time"]),
    ]  # fmt: skip
    z.match(case, **ticket(t, 1))
    assert z.rows("out_desk", "api.show_bookings_v1", holder=case) == []  # another caller, another proof


def test_three_wrong_codes_a_case(t):
    mine = z.booked(t, 0, t.slots[0])
    case, request = z.case(), uuid.uuid4()
    z.match(case, **ticket(t, 0))
    assert [prove(case, o.h("wrong"), request) for _ in range(3)] == [False] * 3 and show(
        case
    ).tries_left == 2
    assert [prove(case, o.h("wrong", i)) for i in range(2)] == [False] * 2
    assert prove(case, mine.receipt) is False
    case = z.case()
    z.match(case, **ticket(t, 0))
    assert prove(case, mine.receipt) is True


# --- Slips ----------------------------------------------------------------------------------------------------


def slip(case, request=None, ciphertext=b"sealed words", operator="OP-117"):
    request = request or uuid.uuid4()
    return z.one(
        "out_desk", "api.put_slip_v1", request=request, case=case, operator=operator, ciphertext=ciphertext
    )


def test_a_slip_goes_out_once_and_its_ciphertext_is_gone_after_the_receipt(t):
    case, request = z.case(), uuid.uuid4()
    z.match(case, **ticket(t, 0))
    assert slip(case, request) == slip(case, request) == (1, None)
    assert slip(z.case(), request).refusal == "B05"
    (body,) = z.sql("SELECT body FROM bridge.outbox WHERE type = 'slip.put'")[0]
    assert (body["number"], body["subject"], body["operator"]) == (1, str(t.subjects[0]), "OP-117")
    assert z.value("SELECT count(*) FROM audit.entry WHERE act = 'slip.put'") == 1
    # the message was sent, the inside has it and says so
    z.sql("UPDATE bridge.outbox SET epoch = 1, number = id")
    assert o.arrive("slip.receipt", {"number": 1}) == "done"
    assert z.sql("SELECT ciphertext, state FROM calls.slip") == [(None, "received")]
    z.one("out_worker", "booking.tidy_v1")
    assert (
        z.value("SELECT type FROM bridge.outbox ORDER BY id LIMIT 1") == "slip.put"
    )  # not acknowledged: it may be asked for again
    z.sql("UPDATE bridge.stream SET acked = 1000 WHERE direction = 'out'")
    z.one("out_worker", "booking.tidy_v1")
    assert z.sql("SELECT state FROM calls.slip") == [("gone",)]
    assert z.value("SELECT count(*) FROM bridge.outbox WHERE body::text LIKE '%ciphertext%'") == 0
    o.arrive("slip.receipt", {"number": 1})
    assert z.sql("SELECT state FROM calls.slip") == [("gone",)]
    rows = z.rows("out_desk", "api.list_my_cases_v1", operator="OP-117")
    assert {(r.slip, r.slip_state) for r in rows} == {(1, "received"), (None, None)}


def test_a_slip_needs_an_open_case_of_its_own_and_no_match(t):
    case = z.case()
    assert slip(case, operator="OP-118").refusal == "B07"
    assert slip(case) == (1, None)
    assert z.value("SELECT body->>'subject' FROM bridge.outbox") is None
    z.one("out_desk", "api.close_case_v1", case=case, operator="OP-117", outcome="handed_off")
    assert slip(case).refusal == "B07"
