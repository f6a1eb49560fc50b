"""Wrong birth date, unknown, dead, withdrawn and locked numbers: one answer, to the byte and in time (P-04, R-03)."""

import datetime as dt
import re
import statistics
import time

import pytest

from sesshu.base.crypto import hash_try
from tests.support import outside as o
from tests.support import place as p
from tests.whole.zones.conftest import BORN

TRIES = 2000  # of each kind half; interleaved


def _blank(page, typed) -> tuple[int, str, list]:
    """Status, page and headers without what must differ: token, cookie values, date, what was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1", page.text)
    for word in typed.values():
        text = text.replace(f'value="{word}"', 'value=""')
    text = re.sub(r'<option value="[^"]*"( selected)?>', "<option>", text)
    headers = [(k.lower(), "" if k.lower() in ("date", "set-cookie") else v) for k, v in page.headers]
    return page.status, text, headers


@pytest.fixture
def numbers_of_each_kind(people):
    """(kind, what is typed): nobody of them may come in."""
    wrong = BORN | {"born_3": "2"}
    o.arrive("number.dead", {"tries": [hash_try(people.ring, people.tickets[30]).hex()]})
    o.arrive("subject.withdraw", {"id": str(people.subjects[3])})
    with p.superuser("outside") as c:
        for _ in range(5):
            c.execute(
                "INSERT INTO booking.attempt (at, zone, try, ok) VALUES (base.now_v1(), 'public', %s, false)",
                [people.try_(4)],
            )
    return {
        "wrong birth date": {"ticket": people.tickets[2], **wrong},
        "never issued": {"ticket": people.tickets[40], **BORN},
        "dead": {"ticket": people.tickets[30], **BORN},
        "withdrawn": {"ticket": people.tickets[3], **BORN},
        "locked": {"ticket": people.tickets[4], **BORN},
    }


def test_all_failures_look_alike_and_write_one_row_each(visitor, numbers_of_each_kind):
    answers = {}
    for kind, typed in numbers_of_each_kind.items():
        visitor.go("/")
        before = _attempts()
        answers[kind] = _blank(visitor.send("/", **typed), typed)
        assert _attempts() == before + 1
    assert answers["never issued"][0] == 200 and "確かめられませんでした" in answers["never issued"][1]
    assert all(a == answers["never issued"] for a in answers.values())


def test_opening_a_booking_fails_alike(visitor, people, numbers_of_each_kind):
    answers = []
    for typed in numbers_of_each_kind.values():
        visitor.go("/find")
        answers.append(_blank(visitor.send("/find", receipt="4K7M92HX", **typed), typed | {"r": "4K7M92HX"}))
    assert all(a == answers[0] for a in answers) and "予約を確かめられませんでした" in answers[0][1]


def test_a_wrong_check_digit_is_refused_before_the_database(visitor, people):
    visitor.go("/")
    wrong = people.tickets[0][:-1] + str((int(people.tickets[0][-1]) + 1) % 10)
    page = visitor.send("/", ticket=wrong, **BORN)
    assert "番号に入力の誤り" in page.text and _attempts() == 0


def test_five_wrong_tries_lock_a_number_until_tomorrow_and_nobody_sees_it(visitor, people):
    for _ in range(5):
        visitor.go("/")
        visitor.send("/", ticket=people.tickets[0], **BORN | {"born_3": "2"})
    visitor.go("/")
    assert "確かめられませんでした" in visitor.send("/", ticket=people.tickets[0], **BORN).text
    p.place().set_clock(p.DAY + dt.timedelta(days=1))
    visitor.go("/")
    visitor.send("/", ticket=people.tickets[0], **BORN)
    assert visitor.at == "/venue"


def test_times_do_not_tell_a_known_number_from_an_unknown(visitor, people):
    """Welch's t over interleaved tries stays under 4.5 in size."""
    visitor.go("/")
    bodies = [
        visitor.form(ticket=people.tickets[2], **BORN | {"born_3": "2"}),
        visitor.form(ticket=people.tickets[40], **BORN),
    ]
    took = ([], [])
    for n in range(TRIES):
        if n % 100 == 0:
            _forget_attempts()
        which = n % 2
        begun = time.perf_counter()
        assert visitor.ask("POST", "/", bodies[which]).status == 200
        took[which].append(time.perf_counter() - begun)
    assert abs(_welch(*took)) < 4.5


def _welch(a: list[float], b: list[float]) -> float:
    """Welch's t, the slowest hundredth of each cut off: pauses of the machine say nothing of the number."""
    a, b = (sorted(x)[: len(x) * 99 // 100] for x in (a, b))
    spread = statistics.variance(a) / len(a) + statistics.variance(b) / len(b)
    return (statistics.mean(a) - statistics.mean(b)) / spread**0.5


def _attempts() -> int:
    with p.superuser("outside") as c:
        return c.execute("SELECT count(*) FROM booking.attempt WHERE network IS NOT NULL").fetchone()[0]


def _forget_attempts() -> None:
    with p.superuser("outside") as c:
        c.execute("DELETE FROM booking.attempt")
