"""応対の決まり — days as they are heard, codes as they are read aloud, hours of the centres, outcomes."""

import datetime as dt

import pytest

from sesshu.base.errors import catalogue
from sesshu.base.numbers import RECEIPT_LETTERS
from sesshu.outside.calls import rules
from sesshu.outside.calls.rules import Outcome, Verdict

TODAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    "said, day",
    [
        ("12/3", "2026-12-03"),
        ("12月3日", "2026-12-03"),
        ("１２／３", "2026-12-03"),
        ("1203", "2026-12-03"),
        ("103", "2027-01-03"),
        ("1/3", "2027-01-03"),
        ("24", "2026-11-24"),
        ("3日", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        ("11/24", "2026-11-24"),
        ("11/23", "2027-11-23"),
        ("2/30", None),
        ("いつでも", None),
        ("", None),
        ("1 2 3 4", None),
    ],
)
def test_a_day_as_it_is_heard(said, day):
    assert rules.day_said(said, TODAY) == (dt.date.fromisoformat(day) if day else None)


def test_the_end_of_the_year():
    assert rules.day_said("3", dt.date(2026, 12, 24)) == dt.date(2027, 1, 3)


def test_every_letter_of_a_code_has_its_word():
    first, second = rules.spell("A2B3C4D5")
    assert [letter for letter, _ in first + second] == list("A2B3C4D5")
    words = [word for letter in RECEIPT_LETTERS for _, word in rules.spell(letter)[0]]
    assert len(set(words)) == len(RECEIPT_LETTERS)


@pytest.mark.parametrize("at, said", [((9, 0), "午前9時"), ((10, 30), "午前10時30分"), ((12, 0), "午後0時"), ((13, 5), "午後1時5分")])  # fmt: skip
def test_a_time_as_it_is_said(at, said):
    assert rules.spoken_time(dt.time(*at)) == said


def test_a_slot_as_it_is_read_back():
    said = rules.spoken_slot(1, dt.date(2026, 12, 3), dt.time(10), "中央会場")
    assert said == "1回目は、12月3日、木曜日、午前10時、中央会場。"


def test_centres_and_their_hours():
    by_key = {c.key: c for c in rules.centres("東京都")}
    tuesday, saturday = dt.datetime(2026, 11, 24, 16, 30), dt.datetime(2026, 11, 28, 12, 0)
    assert by_key["medical"].open_at(saturday) and by_key["medical"].hours == "毎日 24時間"
    assert by_key["relief"].open_at(tuesday) and not by_key["relief"].open_at(saturday)
    assert not by_key["fraud"].open_at(tuesday) and by_key["fraud"].open_at(saturday)
    assert by_key["relief"].hours == "平日 午前9時から午後5時まで"
    assert not by_key["state"].open_at(dt.datetime(2026, 11, 24, 21, 0))


@pytest.mark.parametrize(
    "done, slip, verdict, left, outcome",
    [
        ("booked", True, "match", 3, Outcome.BOOKED),
        ("cancelled", False, "match", 3, Outcome.CANCELLED),
        ("", True, "match", 3, Outcome.SLIP),
        ("", False, "none", 2, Outcome.UNMATCHED),
        ("", False, "", 3, Outcome.ANSWERED),
        ("", False, "match", 1, Outcome.ANSWERED),
    ],
)
def test_the_outcome_that_is_ticked_beforehand(done, slip, verdict, left, outcome):
    assert rules.outcome_of(done, slip, verdict, left) is outcome


def test_every_verdict_and_outcome_has_its_words():
    assert set(rules.ANSWERS) == set(Verdict) and set(rules.OUTCOME_WORDS) == set(Outcome)
    assert len({(a.sign, a.colour, a.word) for a in rules.ANSWERS.values()}) == len(Verdict)


def test_scripts_and_refusals_never_say_why():
    """理由は言わない: nothing that an operator reads aloud tells one reason from another."""
    told = "".join("".join(s.say) for s in rules.SCRIPTS.values())
    for word in ("登録", "該当", "支援", "転出", "死亡", "無効", "存在"):
        assert word not in told
    assert all(r.sentence.endswith("。") for c, r in catalogue().items() if c.startswith("D0"))
