"""Management codes catch every slip of a figure; the lives of batch, piece and file; the question in words."""

import datetime as dt
import random

import pytest

from sesshu.base.lifecycle import WrongStep
from sesshu.base.paper.faces import OCR_B, face
from sesshu.inside.mailing.batches import rules
from sesshu.inside.mailing.batches.rules import (
    BATCH_LIFE,
    PART_LIFE,
    PIECE_LIFE,
    BatchState,
    Code,
    PieceState,
    Query,
    Tally,
    parse_code,
    query_words,
)
from sesshu.inside.mailing.batches.seeds import NAMES, WatchAddress, draw

RNG = random.Random(12)


def test_a_code_is_printed_and_read():
    code = Code(12, 4471)
    assert str(code) == f"12-004471-{str(code)[-1]}" and parse_code(str(code)) == code
    assert parse_code(f"　１２ー００４４７１－{str(code)[-1].lower()} ") == code
    assert parse_code(str(Code(999_999, 999_999))) == Code(999_999, 999_999)
    assert all(face(OCR_B).glyph(sign) for sign in rules.LETTERS)  # the printer reads it in OCR-B


@pytest.mark.parametrize(
    "wrong",
    ["", "12-004471", "12-004471-I", "12-4471-A", "012-004471-A", "12-000000-A", "R-00000001", "12 004471 A"],
)
def test_what_is_no_code(wrong):
    assert parse_code(wrong) is None


def test_every_wrong_figure_and_every_swap_is_caught():
    for _ in range(60):
        code = str(Code(RNG.randrange(1, 100), RNG.randrange(1, 10**6)))
        places = [i for i, sign in enumerate(code) if sign.isdigit()]
        for i in places:
            for figure in "0123456789":
                if figure != code[i]:
                    assert parse_code(code[:i] + figure + code[i + 1 :]) is None
            for j in places:
                if code[i] != code[j]:
                    signs = list(code)
                    signs[i], signs[j] = signs[j], signs[i]
                    assert parse_code("".join(signs)) is None
        for letter in rules.LETTERS:
            assert (parse_code(code[:-1] + letter) is None) == (letter != code[-1])


def test_the_life_of_a_batch():
    state = BATCH_LIFE.start
    for step in ("build", "seal", "release", "post", "close"):
        state = BATCH_LIFE.next(state, step)
    assert state is BatchState.CLOSED
    for late in (BatchState.RELEASED, BatchState.POSTED, BatchState.CLOSED, BatchState.WITHDRAWN):
        with pytest.raises(WrongStep):  # what is with the printer is not withdrawn but reconciled
            BATCH_LIFE.next(late, "withdraw")


def test_a_piece_ends_posted_pulled_or_spoiled_and_only_a_posted_one_returns():
    ends = {new for _, new in PIECE_LIFE.pairs()} - {old for old, _ in PIECE_LIFE.pairs()}
    assert ends == {"pulled", "spoiled", "returned"}
    assert {old for old, new in PIECE_LIFE.pairs() if new == "returned"} == {"posted"}
    assert not PIECE_LIFE.may(PieceState.PLANNED, "post")


def test_a_released_file_is_never_made_again():
    assert {old for old, _ in PART_LIFE.pairs()} == {"planned", "passed"}


def test_the_question_in_words():
    query = Query("demo", 1, dt.date(2026, 10, 1), dt.date(2027, 3, 31), 1950, 1961)
    words = dict(query_words(query, "新型コロナワクチン接種"))
    assert words["接種事業"] == "新型コロナワクチン接種　1回目"
    assert words["予約資格"].startswith("令和8年10月1日から令和9年3月31日まで")
    assert words["生まれ"] == "昭和25年4月2日から昭和37年4月1日までに生まれた方"
    assert words["これまでの発送"] == "一度も発送していない接種券だけ"
    open_ended = Query("demo", 1, dt.date(2026, 10, 1), dt.date(2027, 3, 31), None, None, never_mailed=False)
    assert dict(query_words(open_ended, "x"))["生まれ"] == "すべての年齢"
    assert "含む" in dict(query_words(open_ended, "x"))["これまでの発送"]


def test_the_equation():
    """印刷 = 発送 + 引抜 + 刷損じ."""
    done = Tally(printed=100, posted=95, pulled=3, spoiled=2, returned=4)
    assert done.adds_up and done.settled
    for wrong in (
        Tally(printed=101, posted=95, pulled=3, spoiled=2),
        Tally(printed=100, posted=95, pulled=3, spoiled=2, returned=96),
        Tally(printed=100, posted=95, pulled=3, spoiled=2, open_differences=1),
        Tally(printed=100, posted=95, pulled=3, spoiled=2, waiting=1),
        Tally(printed=100, posted=94, pulled=3, spoiled=2, unread=1),
    ):
        assert not wrong.settled
    assert Tally(printed=10, enclosed=4, unread=2, to_pull=1, off=1, pulled=1, spoiled=1).adds_up


def test_seeds_are_nobody_and_unlike_each_other():
    at = [WatchAddress(1, "1530061", "見本町一丁目", "1番1号", "見本区役所分室")] * 10
    first = draw(random.Random(1), at, frozenset(), (1936, 1961))
    taken = {seed.name for seed in first}
    second = draw(random.Random(1), at, taken, (1936, 1961))
    assert len(taken) == 10 and not taken & {seed.name for seed in second}
    assert all(1936 <= int(seed.dob_key[:4]) <= 1961 for seed in first)
    assert first[0].name not in repr(first[0]) and NAMES > 40_000
    with pytest.raises(ValueError):
        draw(random.Random(1), at, _Everything(), (1936, 1961))


class _Everything:
    def __contains__(self, name: object) -> bool:
        return True


def test_every_reason_has_a_word():
    assert set(rules.PULL_WORDS) == set(rules.Pull) and set(rules.SPOIL_WORDS) == set(rules.Spoil)
