"""What is the same in a search, what is never changed in a record, which characters a printer lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base.text.folding import keep, search_fold, wide_kana
from sesshu.base.text.gaiji import GaijiTally, code_points, find_gaiji, may_hold_gaiji

SAME = """
ワタナベ わたなべ ﾜﾀﾅﾍﾞ ワタナへ 
ヂュンコ ジユンコ シュンコ
オオノ ヲオノ
ヴァイオラ ブアイオラ
コーイチ コイチ
髙﨑 高崎
渡邊 渡邉 渡辺 渡邉󠄂
ＳＭＩＴＨ smith
ヴァン・デル－ベルグ ヴアンデルベルグ
𠮷田 吉田
"""


@pytest.mark.parametrize("line", SAME.strip().splitlines())
def test_the_same_in_a_search(line):
    """検索 — 清濁、小書き、長音、ヂ/ジ、ヲ/オ、ヴ/ブ、ダッシュ類、異体字."""
    assert len({search_fold(word) for word in line.split()}) == 1


@given(st.text(alphabet="アイウガギヴパッャーぁぽんヶ髙邉a１ ･-", max_size=12))
def test_folding_twice_changes_nothing(text):
    assert search_fold(search_fold(text)) == search_fold(text)


def test_a_record_keeps_its_characters():
    """NFC would turn U+FA19 into U+795E for ever."""
    name = "\ufa19\u90a3 邉\U000e0102 か\u3099"
    assert keep(name) == "\ufa19\u90a3 邉\U000e0102 が"
    assert keep("山田") == "山田" and keep("e\u0301") == "é"


def test_kana_as_stored():
    assert wide_kana(" ﾜﾀﾅﾍﾞ  ゆうじ ") == "ワタナベ　ユウジ"


def test_gaiji_are_found():
    """外字 — user-defined, IVS, outside JIS X 0213; signs and ordinary letters are none."""
    assert find_gaiji("山田・太郎～①Smith é") == []
    assert find_gaiji("\ue000田 邉\U000e0102 髙 𠮷") == ["邉\U000e0102", "\ue000", "髙", "𠮷"]
    assert code_points("邉\U000e0102") == "U+9089 U+E0102"


def test_gaiji_are_counted():
    tally = GaijiTally()
    tally.add(["\ue000\ue000", "髙"])
    tally.add(["山"])
    assert tally.rows == 1 and tally.characters == {"U+E000": 2, "U+9AD9": 1}


@given(
    st.text(max_size=8) | st.text(alphabet="架ｶカ髙\ue000か\u3099\ufa19\u00a0A\U000e0102邉𠮷한", max_size=8)
)
def test_the_quick_look_overlooks_no_gaiji(text):
    assert may_hold_gaiji(text) or not find_gaiji(text)


def test_ordinary_words_need_no_second_look():
    assert not may_hold_gaiji(
        "架空　太郎\x1fカクウ　タロウ\x1fS21.04.01\x1f１９番１５号\x1f03-0000-0000 高﨑"
    )
    assert may_hold_gaiji("邉\U000e0102") and may_hold_gaiji("\ue000") and may_hold_gaiji("𠮷")
