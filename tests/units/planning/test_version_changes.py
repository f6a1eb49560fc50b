"""Two versions side by side: what differs is said in the words of an officer."""

import copy

import pytest

from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.versions import LIFE, State, changes, side_by_side

ZOSTER = document.shipped("zoster-2026").document
DEMO = document.shipped("demo-covid19").document


@pytest.mark.parametrize("name", document.list_shipped())
def test_a_document_does_not_differ_from_itself(name):
    made = document.shipped(name).document
    assert changes(made, made) == []
    lines = side_by_side(None, made)
    assert lines and all(line.before is None and line.after for line in lines)


def test_a_longer_interval_reads_as_the_officer_would_write_it():
    new = copy.deepcopy(ZOSTER)
    old = copy.deepcopy(ZOSTER)
    row = next(d for s in old["series"] for d in s["doses"] if d["dose"] == 2)["intervals"][0]
    row["under"] = {"months": 6}
    [line] = [c for c in changes(old, new) if "医師" not in c.part]
    assert (line.part, line.before, line.after) == ("2回目（組換えワクチン2回）", "6月未満", "7月未満")


def test_ages_waves_products_and_parts_that_come_and_go():
    new = copy.deepcopy(DEMO)
    new["groups"][0]["who"]["age"]["min"]["years"] = 60
    new["waves"][1]["booking_from"] = "2026-12-08T09:00"
    new["waves"].append({"id": "w3", "title": "第3期", "groups": ["others"], "from": "2027-01-04"})
    new["products"][0]["volume_ml"] = 0.2
    new["title"] = "別の題"
    new["spacing"] = [{"after": ["pfizer"], "give": ["moderna"], "min": {"days_between": 13}}]
    new["exclusions"] = [{"title": "済み", "products": ["pfizer"], "doses": 3}]
    said = {f"{c.part} {c.name}": (c.before, c.after) for c in changes(DEMO, new)}
    assert said["対象 65歳以上の方"] == ("接種日に65歳以上", "接種日に60歳以上")
    assert said["受付区分 第2期 12–64歳　受付開始"] == ("令和8年12月7日 9:00", "令和8年12月8日 9:00")
    assert said["受付区分 第3期　対象"] == (None, "12–64歳の方")
    assert said["ワクチン ファイザー"][1] == "筋肉内　0.2 mL　コミナティ"
    assert said["ほかの接種との間隔 モデルナ"] == (None, "ファイザーから13日以上（14日後から）")
    assert said["対象外 済み"] == (None, "ファイザーを3回以上受けた方")
    gone = {f"{c.part} {c.name}": (c.before, c.after) for c in changes(new, DEMO)}
    assert gone["受付区分 第3期　対象"] == ("12–64歳の方", None)
    order = [line.part for line in side_by_side(new, DEMO)]
    assert order.index("受付区分") < order.index("1回目")


def test_what_took_effect_is_over():
    assert LIFE.next(State.DRAFT, "approve") is State.APPROVED
    assert not LIFE.may(State.WITHDRAWN, "approve") and not LIFE.may(State.APPROVED, "approve")
