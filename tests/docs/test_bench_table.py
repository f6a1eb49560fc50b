"""The README's table of speeds is written by ``make bench README=1`` alone."""

import pytest

from bench import __main__ as bench
from bench import frame

EMPTY = "# Sesshu\n\n<!-- bench:begin -->\n<!-- bench:end -->\n\nmore\n"


def claim(name="booking", ratio=0.9, goal="≥ 0.80", subject=12000.0):
    return frame.Row(name, "bookings", subject, 13400.0, ratio, "/s", goal)


def test_nobody_edited_the_readmes_table():
    if not frame.README.exists():
        pytest.skip("no README yet")
    text = frame.README.read_text()
    if "bench:begin" not in text:
        pytest.skip("the README has no table of speeds yet")
    assert not frame.written_by_hand(text), "make bench README=1 writes this table"


def test_a_table_is_written_kept_and_known_by_its_digest():
    once = frame.with_rows(EMPTY, [claim()])
    assert "| bookings (`booking`) | 12,000 /s | 13,400 /s | 0.90 | ≥ 0.80 |" in once and once.endswith(
        "more\n"
    )
    assert not frame.written_by_hand(once) and not frame.written_by_hand(EMPTY)
    again = frame.with_rows(once, [claim("import", 4.2, "≤ 10", 1.25)])
    assert "(`booking`)" in again and "| 1.25 /s |" in again  # the other claim stays as it was measured
    assert frame.with_rows(again, [claim(subject=9000.0)]).count("(`booking`)") == 1


@pytest.mark.parametrize(
    "old, new", [("0.90", "0.99"), ("| bookings", "| fast bookings"), ("sha256:", "sha256:0000")]
)
def test_an_edit_by_hand_is_seen(old, new):
    text = frame.with_rows(EMPTY, [claim()])
    changed = (
        text.replace(old, new, 1)
        if old != "sha256:"
        else text.replace(frame.digest(frame.table_of(text)[1]), "0" * 64)
    )
    assert changed != text and frame.written_by_hand(changed)


def test_without_markers_there_is_nowhere_to_write():
    with pytest.raises(ValueError):
        frame.with_rows("# Sesshu\n", [claim()])


def test_a_goal_is_kept_or_missed():
    assert claim().kept and not claim(ratio=0.7).kept
    assert claim(ratio=3, goal="≤ 10").kept and not claim(ratio=11, goal="≤ 10").kept
    assert "goal" in claim(ratio=0.7).line() and '"kept": false' in claim(ratio=0.7).json()


def test_rounds_take_turns_and_the_median_of_their_ratios_counts():
    seen = []
    runs = {name: (lambda n=name: seen.append(n) or 1.0) for name in ("subject", "baseline")}
    assert frame.in_turns(runs, 2) == {"subject": [1.0, 1.0], "baseline": [1.0, 1.0]}
    assert seen == ["subject", "baseline", "baseline", "subject"]
    assert frame.row("x", "x", [1, 10, 3], [2, 10, 3], "s", "≤ 3").ratio == 1.0


@pytest.mark.parametrize("name", bench.FILES)
def test_every_bench_file_yields_rows(name):
    import importlib

    assert callable(importlib.import_module(f"bench.{name}").rows)
