"""Numbers spelt in kana, as a listener types them (読みで書いた数): いっちょうめ さんのじゅうに → 1丁目 3-12.

Works on folded text: katakana, small kana made large. A word counts as a number only where a counter, a の, a blank
or the end follows, so that サンハイツ stays a house.
"""

import re

_UNITS = {
    "レイ": 0, "ゼロ": 0, "マル": 0, "イチ": 1, "イツ": 1, "ニイ": 2, "ニ": 2, "サン": 3, "ヨン": 4, "シイ": 4, "シ": 4, "ゴオ": 5,
    "ゴ": 5, "ロク": 6, "ロツ": 6, "ナナ": 7, "シチ": 7, "ハチ": 8, "ハツ": 8, "キユウ": 9, "キユー": 9, "ク": 9,
}  # fmt: skip
_TENS = ("ジユウ", "ジユー", "ジユツ", "ジツ")
_HUNDREDS = ("ヒヤク", "ビヤク", "ピヤク")
_WORD = "|".join(sorted((*_UNITS, *_TENS, *_HUNDREDS), key=len, reverse=True))
_COUNTER = "チヨウメ|丁目|バンチ|番地|バン|番|ゴウシツ|ゴウ|号"
_END = rf"{_COUNTER}|ノ|[\s-]|$"
# ゴ before ウ is the counter ゴウ, except at the end of a run: ニゴウ is 2号.
_NUMBER = re.compile(rf"(\d+|(?:(?!ゴウ)(?:{_WORD})ー?)+)(?={_END})")
_BETWEEN = re.compile(rf"(?:{_COUNTER})?(?:[\s-]|ノ)*")
CHOME = re.compile(rf"(?:(?!ゴウ)(?:{_WORD}))+チヨウメ")
"""A 丁目 spelt in kana, right after the name of a town."""


def spoken_figures(rest: str) -> str:
    """What follows the town, with leading numbers in figures: ``サンノジユウニ コーポ`` → ``3ノ12 コーポ``."""
    start = _BETWEEN.match(rest)
    at = start.end() if start else 0
    made = rest[:at]
    while number := _NUMBER.match(rest, at):
        between = _BETWEEN.match(rest, number.end())
        end = between.end() if between else number.end()
        made += _value(number[1]) + rest[number.end() : end]
        at = end
    return made + rest[at:]


def _value(word: str) -> str:
    """ニジユウイチ → 21, ニマルイチ → 201, ニヒヤクゴ → 205; figures stay."""
    if word.isdigit():
        return word
    total, figures, waiting = 0, "", ""
    for part in re.findall(_WORD, word):
        if part in _TENS or part in _HUNDREDS:
            total += int(waiting or 1) * (10 if part in _TENS else 100)
            waiting = ""
            figures = "x"
        else:
            waiting += str(_UNITS[part])
    return str(total + int(waiting or 0)) if figures else waiting
