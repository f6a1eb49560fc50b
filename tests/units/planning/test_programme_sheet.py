"""The readable sheet says every kind of rule in words; rules that the shipped programmes do not use work too."""

import datetime as dt
import io
import sys

import pytest

from sesshu.cli import programme as command
from sesshu.inside.planning.programme import counting, following, sheet
from sesshu.inside.planning.programme.counting import Span, Unit
from sesshu.inside.planning.programme.document import list_shipped, load, shipped
from sesshu.inside.planning.programme.judge import judge
from sesshu.inside.planning.programme.rules import Dose, Person, entitlements, interval_table
from tests.spec.samples import doses, give, interval, sample

D = dt.date


def group(**who: object) -> list[dict]:
    return [{"id": "all", "title": "対象", "who": who}]


EVERYTHING = sample(
    note="覚え書き",
    review_on="2026-10-01",
    marks=[{"id": "m", "title": "登録者"}],
    groups=group(sex="male", born={"from": "1990-01-01", "until": "1999-12-31"}, marked="m"),
    waves=[
        {
            "id": "w",
            "title": "受付",
            "groups": ["all"],
            "from": "2026-01-01",
            "booking_from": "2026-01-01T09:00",
        }
    ],
    spacing=[{"after": ["c"], "give": ["a"], "min": {"days_between": 27}}],
    exclusions=[{"title": "受けた方", "products": ["c"], "doses": 2}],
    series=doses(
        {
            "dose": 1,
            "give": [
                give(
                    "a",
                    age={"kind": "age_on_day", "min": {"days": 40}, "until": {"weeks": 24, "days": 6}},
                    until="2026-06-30",
                ),
                give("b", offered=False, age={"kind": "age_on_day", "until": {"years": 5}, "strict": True}),
                give("c", age={"kind": "fy_end_age", "to": 5, "fiscal_year": 2026}),
            ],
        },
        {
            "dose": 2,
            "give": [
                give(
                    "a",
                    age={
                        "kind": "age_on_day",
                        "min": {"years": 60},
                        "from_birthday": True,
                        "recommended": {"years": 61},
                    },
                )
            ],
            "intervals": [
                interval(
                    "a b c",
                    "a",
                    min={"months": 2, "half": True},
                    standard={"months": 3},
                    max={"years": 1},
                )
            ],
        },
        fallback=True,
    ),
)


def test_every_kind_of_rule_is_said_in_words():
    said = sheet.markdown(load(EVERYTHING))
    for words in (
        "男子・男性、生年月日 平成2年1月1日から平成11年12月31日まで、登録: 登録者",
        "接種日に生後40日以上生後24週6日に至るまで",
        "令和8年6月30日まで",
        "ワクチンB（受けた場合だけ数える）",
        "5歳未満（前々日まで）",
        "2026年度末に5歳以下",
        "60歳に至った日の翌日から（標準61歳）",
        "| 2月半以上 | 3月 | 1年以内 |",
        "27日以上（28日後から）",
        "| 受けた方 | ワクチンC | 2回以上 |",
        "令和8年1月1日 9:00",
        "接種歴がこれに当たるときだけ用いる。",
        "次の見直し 令和8年10月1日",
    ):
        assert words in said, words


@pytest.mark.parametrize("name", list_shipped())
def test_a_sheet_cites_only_what_it_lists(name):
    said = sheet.markdown(shipped(name))
    assert all(f"\n- [{source}] " in said for source in shipped(name).document["sources"])


def test_a_range_of_birth_days_is_a_condition():
    made = load(sample(groups=group(born={"from": "1990-01-01", "until": "1999-12-31"})))
    dates = [D(1989, 12, 31), D(1990, 1, 1), D(1999, 12, 31), D(2000, 1, 1)]
    assert [bool(entitlements(made, Person(born), [], D(2026, 2, 1))) for born in dates] == [
        False,
        True,
        True,
        False,
    ]


def test_a_product_counts_only_on_days_it_is_in_force():
    made = load(sample(series=doses({"dose": 1, "give": [give("a", until="2026-03-31")]})))
    case = {"id": 1, "dob": "1990-01-01", "asof": "2026-06-01"}
    assert judge(made, case | {"doses": [{"date": "2026-03-31", "product": "a"}]})["status"] == "complete"
    late = judge(made, case | {"doses": [{"date": "2026-04-01", "product": "a"}]})
    assert (late["doses"], late["why"]) == (["not_valid"], ["J01", "J12"])


def test_the_table_has_no_row_for_a_day_on_which_the_product_is_not_in_force():
    rules = doses(
        {"dose": 1, "give": [give("a", **{"from": "2026-03-01"})]},
        {"dose": 2, "give": [give("a")], "intervals": [interval("a", "a", min={"weeks": 3})]},
    )
    assert next(interval_table(load(sample(series=rules)))).previous_on == D(2026, 3, 1)


def test_who_is_excluded_has_no_entitlement():
    made, born = shipped("pneumococcal-2026"), Person(D(1961, 6, 10))
    assert entitlements(made, born, [], D(2026, 6, 10))
    assert entitlements(made, born, [Dose(D(2020, 1, 1), "ppsv23")], D(2026, 6, 10)) == []


def test_a_series_for_marked_persons_alone_is_closed_to_others():
    made = load(
        sample(
            marks=[{"id": "m", "title": "登録者"}], series=doses({"dose": 1, "give": [give("a")]}, marked="m")
        )
    )
    case = {
        "id": 1,
        "dob": "1990-01-01",
        "asof": "2026-06-01",
        "doses": [{"date": "2026-05-01", "product": "a"}],
    }
    assert judge(made, case)["doses"] == ["not_valid"]
    assert judge(made, case | {"marks": ["m"]})["status"] == "complete"


def test_the_memory_of_birth_dates_is_bounded(monkeypatch):
    monkeypatch.setattr(following, "MOST_PROFILES", 2)
    made = load(sample())
    for year in range(1950, 1960):
        entitlements(made, Person(D(year, 1, 1)), [], D(2026, 2, 1))
    assert len(made.profiles) <= 2


def test_an_age_is_not_counted_in_half_months():
    with pytest.raises(ValueError):
        counting.age_reached(730000, Span(Unit.HALF_MONTH, 2))


def test_a_progress_bar_is_drawn_only_for_somebody_who_looks_on(tmp_path, monkeypatch, capsys):
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'{"id":1,"dob":"1990-01-01","asof":"2026-06-01","doses":[]}\n' * 4001)
    for looks_on in (False, True):
        monkeypatch.setattr(sys.stderr, "isatty", lambda looks_on=looks_on: looks_on)
        answers = io.BytesIO()
        with path.open("rb") as cases:
            command._run(load(sample()), cases, answers)
        assert answers.getvalue().count(b"\n") == 4001
        assert ("判定" in capsys.readouterr().err) is looks_on
