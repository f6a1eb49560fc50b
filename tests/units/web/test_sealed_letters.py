"""What a sealed letter says on the screen (封じた内容の表し方)."""

from sesshu.zones.sealed.letters import lines


def test_fields_have_japanese_labels_and_empty_ones_are_left_out():
    assert lines('{"town": "見本一丁目", "building": "", "phone": null}') == [("町丁目", "見本一丁目")]


def test_nested_fields_name_their_parents_and_an_unknown_one_its_own_name():
    text = '{"history": [{"changed": ["town"], "old": {"town": "見本二丁目"}}], "strange": 3}'
    assert lines(text) == [
        ("異動の履歴 1・変わった項目", "町丁目"),
        ("異動の履歴 1・変わる前・町丁目", "見本二丁目"),
        ("strange", "3"),
    ]


def test_plain_words_stay_plain():
    assert lines("reissue\n見本\n0300000000\n券をなくした") is None
