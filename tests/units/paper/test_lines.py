"""Lines break as Japanese print does (禁則処理)."""

import pytest

from sesshu.base.paper.document import Document
from sesshu.base.paper.drawing import Place
from sesshu.base.paper.faces import WHEEL_ONLY, Style
from sesshu.base.paper.lettering import Lettering
from sesshu.base.paper.lines import Strong, break_words


def broken(words, width: float) -> list[str]:
    lines, missing = break_words(Lettering(WHEEL_ONLY), Style.TEXT, words, width)
    assert not missing
    return [line.text for line in lines]


@pytest.mark.parametrize(
    "words, width, lines",
    [
        ("あいうえおかきく", 4, ["あいうえ", "おかきく"]),
        ("あいうえ、おか", 4, ["あいう", "え、おか"]),  # no line begins with 、
        ("あいう「えお」か", 4, ["あいう", "「えお」", "か"]),  # and none ends with 「
        ("あいうえっか", 4, ["あいう", "えっか"]),
        ("あいう\nえ", 4, ["あいう", "え"]),
        ("", 4, [""]),
        ("to be or not", 4, ["to be or", "not"]),
        ("券は0000012343です", 6, ["券は", "0000012343", "です"]),  # a number stays whole
        ("あ" + "W" * 30, 10, None),  # longer than any line: it is cut, nothing is lost
    ],
)
def test_breaking(words, width, lines):
    found = broken(words, width)
    assert found == (lines or found)
    assert "".join(found).replace(" ", "") == words.replace(" ", "").replace("\n", "")


def test_no_line_is_wider_than_its_room():
    lines, _ = break_words(Lettering(WHEEL_ONLY), Style.TEXT, "あ、い。「うえ」W" * 20 + "M" * 90, 11)
    assert max(line.width for line in lines) <= 11


def test_strong_words_are_bold_and_break_with_the_rest():
    lettering = Lettering(WHEEL_ONLY)
    (line,), _ = break_words(lettering, Style.TEXT, ("あ", Strong("い"), "う"), 10)
    assert [s.heavy for s in line.sorts] == [False, True, False]  # the wheel has no bold cut


def test_a_long_line_folds_at_its_space():
    drawing = Document("one", WHEEL_ONLY).drawing()
    place = Place(0, 0, 10, width=40)
    assert drawing.fold(place, "中央体育館", 0.8) == ["中央体育館"]
    assert drawing.fold(place, "総合保健センター　大ホール東棟", 0.8) == ["総合保健センター", "大ホール東棟"]
