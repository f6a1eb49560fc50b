"""The disclosure list: every entry is on paper once, in order, on numbered pages."""

from dataclasses import replace

import pytest

from sesshu.base.paper.clusters import Unprintable
from sesshu.base.paper.faces import WHEEL_ONLY, shelf
from sesshu.inside.accountability.disclosure.paper import Disclosure, Entry, make_disclosure
from tests.support import paper


def entry(n: int) -> Entry:
    return Entry(
        f"令和8年10月{n % 30 + 1}日　9:{n % 60:02d}",
        f"コールセンターが、あなたの言った券番号を照合し、予約しました［{n}］",
        "担当 OP-117（委託先B）。見えたもの：一致したことだけ。住所・氏名・電話番号は見えません。" * (n % 3),
    )


def disclosure(count: int) -> Disclosure:
    return Disclosure(
        record_id="r1", name="見本　花子", period="令和8年4月1日 から 令和8年11月24日 まで", issued_on="令和8年11月24日",
        head="東京都見本区長", section="予防接種担当", phone="0120-000-000", entries=tuple(map(entry, range(count))),
        provided=1, verified=True, verified_until="11月24日 10:00 の検証点 № 41,022 まで",
    )  # fmt: skip


@pytest.mark.parametrize("fonts", [WHEEL_ONLY, shelf()], ids=["wheel", "machine"])
def test_every_entry_is_there_once_and_in_order(fonts):
    pdf = make_disclosure(disclosure(60), fonts)
    texts = [paper.text(pdf, page) for page in range(paper.pages(pdf))]
    whole = "".join(texts)
    places = [whole.index(f"［{n}］") for n in range(60)]
    assert places == sorted(places) and whole.count("照合し") == 60
    assert all(f"{n}/{len(texts)}" in t for n, t in enumerate(texts, 1)) and len(texts) > 5
    assert "60件（外部提供1件）" in texts[0] and "検証点№41,022" in texts[0] and "見本花子様" in texts[0]
    assert "お申し出ください。" in texts[-1]
    assert pdf == make_disclosure(disclosure(60), fonts)


@pytest.mark.parametrize("count", range(6, 10))
def test_nothing_runs_into_the_foot(count):
    pdf = make_disclosure(disclosure(count), WHEEL_ONLY)
    for page in range(paper.pages(pdf)):
        low = paper.cut(paper.picture(pdf, page, dpi=60), 0, 276, 210, 6, dpi=60)
        assert low.getextrema() == (255, 255)


def test_an_empty_list_says_so():
    text = paper.text(make_disclosure(replace(disclosure(0), verified=False, verified_until=""), WHEEL_ONLY))
    assert "0件" in text and "この期間の記録はありません。" in text and "未了" in text


def test_a_name_that_cannot_be_exact_stops_it():
    with pytest.raises(Unprintable):
        make_disclosure(replace(disclosure(1), name="渡邉\U000e01ef"), WHEEL_ONLY)


def test_a_disclosure_does_not_print_its_person():
    assert "花子" not in repr(disclosure(1)) and "照合" not in repr(entry(1))
