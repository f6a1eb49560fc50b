"""The enclosure check finds what is wrong and nothing else: by examples, and against a simple model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sesshu.inside.mailing.batches.rules import Code, PieceState
from sesshu.inside.mailing.enclosure.rules import (
    FOUND_SENTENCES,
    MAY_END,
    MOST_SKIPPED,
    NEXT_STEPS,
    Kind,
    Known,
    Reading,
    Resolution,
    Window,
    compare,
    judge_next,
)

BATCH = 12
WINDOW = Window(1100, 1300)


def known(count: int = 20, **states) -> dict[int, Known]:
    pieces = {n: Known(PieceState.PRINTED) for n in range(1, count + 1)}
    return pieces


def reading(n: int, position: int = 1, box: str = "01", **changes) -> Reading:
    values = {"code": str(Code(BATCH, n)), "insert": "", "measure": 1200} | changes
    return Reading(position + 1, box, position, **values)


def log(*serials: int, box: str = "01") -> list[Reading]:
    return [reading(n, position, box) for position, n in enumerate(serials, 1)]


def found(pieces, readings) -> set[tuple[Kind, int | None]]:
    return {(f.kind, f.serial) for f in compare(BATCH, pieces, readings, WINDOW).findings}


def test_a_right_box():
    done = compare(BATCH, known(), log(*range(1, 21)), WINDOW)
    assert done.findings == () and [serial for _, serial in done.right] == list(range(1, 21))


def test_what_is_not_read_yet_is_not_missing():
    """Only between the first and the last of a box; the rest may come in the next log."""
    assert found(known(), log(5, 6, 8, 9)) == {(Kind.MISSING, 7)}
    assert found(known(), [*log(1, 2, 3), *log(10, 11, box="02")]) == set()


def test_pulled_spoiled_and_enclosed_pieces_are_not_missing():
    pieces = known()
    pieces[7].pull_asked = True
    pieces[8].state = PieceState.SPOILED
    pieces[9].enclosed = True
    assert found(pieces, log(6, 10)) == set()


@pytest.mark.parametrize(
    "wrong, kind, serial",
    [
        ({"code": "12-000003-?"}, Kind.FOREIGN, None),
        ({"code": str(Code(BATCH, 999))}, Kind.FOREIGN, None),
        ({"code": str(Code(13, 3))}, Kind.OTHER_BATCH, None),
        ({"measure": 1301}, Kind.WINDOW, 3),
        ({"measure": 1099}, Kind.WINDOW, 3),
        ({"measure": None}, Kind.WINDOW, 3),
    ],
)
def test_one_envelope_is_wrong(wrong, kind, serial):
    readings = log(1, 2, 3, 4)
    readings[2] = reading(3, 3, **wrong)
    expected = {(kind, serial)} | ({(Kind.MISSING, 3)} if serial is None else set())
    assert found(known(), readings) == expected
    assert 3 not in [s for _, s in compare(BATCH, known(), readings, WINDOW).right]


def test_without_a_window_nothing_is_measured():
    assert compare(BATCH, known(), [reading(1, measure=None)], None).findings == ()


def test_two_people_in_one_envelope():
    """入れ違い — both pieces are wrong, each of them once, whichever envelope is read first."""
    pair = [reading(3, 3, insert=str(Code(BATCH, 4))), reading(4, 4, insert=str(Code(BATCH, 3)))]
    assert found(known(), [*log(1, 2), *pair]) == {(Kind.SWAPPED, 3), (Kind.SWAPPED, 4)}
    assert len(compare(BATCH, known(), [*log(1, 2), *pair], WINDOW).findings) == 2
    one = [reading(3, 3, insert=str(Code(BATCH, 9)))]
    done = compare(BATCH, known(), [*log(1, 2), *one, *log(4, 5)[1:]], WINDOW)
    assert {(f.kind, f.serial) for f in done.findings} >= {(Kind.SWAPPED, 3), (Kind.SWAPPED, 9)}
    assert found(known(), [reading(1, insert="unreadable")]) == {(Kind.SWAPPED, 1)}
    assert found(known(), [reading(1, insert=str(Code(BATCH, 1)))]) == set()


def test_twice():
    assert found(known(), log(1, 2, 2, 3)) == {(Kind.DOUBLE, 2)}
    pieces = known()
    pieces[2].enclosed = True
    assert found(pieces, log(1, 2, 3)) == {(Kind.DOUBLE, 2)}


def test_a_piece_that_must_not_go():
    pieces = known()
    pieces[2].pull_asked = True
    pieces[3].state = PieceState.SPOILED
    pieces[4].state = PieceState.PULLED
    assert found(pieces, log(1, 2, 3, 4, 5)) == {(Kind.PULLED, 2), (Kind.DEAD, 3), (Kind.DEAD, 4)}


def test_a_stray_piece_does_not_make_the_box_missing():
    """A piece of another box, put in here: it is out of order, and the 900 between are not missing."""
    assert found(known(1000), log(1, 2, 950, 3, 4)) == {(Kind.ORDER, 950)}
    neighbours = found(known(), log(1, 3, 2, 4))
    assert len(neighbours) == 1 and neighbours <= {(Kind.ORDER, 2), (Kind.ORDER, 3)}


def test_the_station():
    pieces = known(100)
    assert judge_next(BATCH, pieces, None, reading(50), WINDOW) == []
    assert judge_next(BATCH, pieces, 49, reading(50), WINDOW) == []
    assert [(f.kind, f.serial) for f in judge_next(BATCH, pieces, 47, reading(50), WINDOW)] == [
        (Kind.MISSING, 48), (Kind.MISSING, 49),
    ]  # fmt: skip
    assert [f.kind for f in judge_next(BATCH, pieces, 51, reading(50), WINDOW)] == [Kind.ORDER]
    assert [f.kind for f in judge_next(BATCH, pieces, 50 - MOST_SKIPPED - 2, reading(50), WINDOW)] == [
        Kind.ORDER
    ]
    assert [f.kind for f in judge_next(BATCH, pieces, 1, reading(2, code="?"), WINDOW)] == [Kind.FOREIGN]
    pieces[50].enclosed = True
    assert [f.kind for f in judge_next(BATCH, pieces, 51, reading(50), WINDOW)] == [Kind.DOUBLE]


def test_every_kind_says_what_it_is_what_to_do_and_how_it_ends():
    assert set(FOUND_SENTENCES) == set(NEXT_STEPS) == set(MAY_END) == set(Kind)
    assert [kind for kind, ends in MAY_END.items() if not ends] == [Kind.PULLED]  # proven by a reading
    assert all(Resolution.FOUND not in ends for ends in MAY_END.values())


# --- against a model ----------------------------------------------------------------------------------------


@st.composite
def damaged_logs(draw):
    """A right log of 60 envelopes in three boxes, and faults put in at places that do not touch each other."""
    count = 60
    pieces = known(count)
    places = sorted(draw(st.sets(st.integers(0, 9), max_size=9)))
    rows: dict[int, list[Reading]] = {n: [reading(n, n)] for n in range(1, count + 1)}
    expected: set[tuple[Kind, int | None]] = set()
    wrong: set[int] = set()
    for place in places:
        n = place * 6 + 4  # boxes end at 24 and 48, never at a fault
        fault = draw(
            st.sampled_from(["drop", "double", "foreign", "window", "swap", "pull", "dead", "other"])
        )
        wrong.add(n)
        if fault == "drop":
            rows[n] = []
            expected.add((Kind.MISSING, n))
        elif fault == "double":
            rows[n] = [*rows[n], reading(n, n)]
            expected.add((Kind.DOUBLE, n))
            wrong.discard(n)
        elif fault == "foreign":
            rows[n] = [*rows[n], reading(n, n, code="99")]
            expected.add((Kind.FOREIGN, None))
            wrong.discard(n)
        elif fault == "other":
            rows[n] = [*rows[n], reading(n, n, code=str(Code(7, n)))]
            expected.add((Kind.OTHER_BATCH, None))
            wrong.discard(n)
        elif fault == "window":
            rows[n] = [reading(n, n, measure=draw(st.sampled_from([None, 0, 1099, 1301, 10**8])))]
            expected.add((Kind.WINDOW, n))
        elif fault == "swap":
            rows[n] = [reading(n, n, insert=str(Code(BATCH, n + 1)))]
            rows[n + 1] = [reading(n + 1, n + 1, insert=str(Code(BATCH, n)))]
            expected |= {(Kind.SWAPPED, n), (Kind.SWAPPED, n + 1)}
            wrong.add(n + 1)
        elif fault == "pull":
            pieces[n].pull_asked = True
            expected.add((Kind.PULLED, n))
        else:
            pieces[n].state = PieceState.SPOILED
            expected.add((Kind.DEAD, n))
    readings = []
    for first, last in ((1, 24), (25, 48), (49, 60)):
        box = [r for n in range(first, last + 1) for r in rows[n]]
        readings += [
            Reading(len(readings) + k, f"{first:02d}", k, r.code, r.insert, r.measure)
            for k, r in enumerate(box, 1)
        ]
    return pieces, readings, expected, wrong


@settings(max_examples=120, deadline=None)
@given(damaged_logs())
def test_just_the_faults_that_were_put_in_are_found(case):
    pieces, readings, expected, wrong = case
    done = compare(BATCH, pieces, readings, WINDOW)
    assert {(f.kind, f.serial) for f in done.findings} == expected
    assert {serial for _, serial in done.right} == set(pieces) - wrong
    assert len(done.right) == len({serial for _, serial in done.right})


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 22), st.integers(0, 22), st.sampled_from([None, 0, 1200, 1200, 1200, 9999])),
        max_size=40,
    ),
    st.sets(st.integers(1, 20), max_size=5),
)
def test_whatever_is_read_no_piece_is_right_twice_and_none_is_right_that_must_not_go(rows, pulled):
    """Any garbage: a right envelope is a live piece, read once, measured right, with its own paper inside."""
    pieces = known()
    for n in pulled:
        pieces[n].pull_asked = True
    readings = [
        reading(n, position, insert=str(Code(BATCH, inside)) if inside > 12 else "", measure=measure)
        for position, (n, inside, measure) in enumerate(rows, 1)
    ]
    done = compare(BATCH, pieces, readings, WINDOW)
    serials = [serial for _, serial in done.right]
    assert len(serials) == len(set(serials))
    for r, serial in done.right:
        assert serial in pieces and serial not in pulled
        assert r.code == str(Code(BATCH, serial)) and r.insert in ("", r.code) and r.measure == 1200
    off = {f.serial for f in done.findings if f.kind not in (Kind.DOUBLE,)}
    assert not off & set(serials)
