"""Golden residents: who they are on a day, what they see at a moment, and which answers a change of rules changes."""

import copy
import datetime as dt
import json

import pytest

from sesshu.inside.planning.golden import rules
from sesshu.inside.planning.golden.residents import list_residents
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.counting import months_later

DEMO = document.shipped("demo-covid19")
TODAY = dt.date(2026, 11, 24)


def named(title: str, anchor: dt.date = TODAY):
    return next(g for g in list_residents(anchor) if g.title.startswith(title))


def said(title: str, at: dt.datetime, programme=DEMO) -> rules.Answer:
    return rules.answer(programme, named(title, at.date()), at)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"2026-{text}+09:00")


def test_there_are_about_sixty_and_each_is_another():
    people = list_residents(TODAY)
    assert len(people) == 60 and len({g.id for g in people}) == len({g.title for g in people}) == 60
    assert sum(g.protected for g in people) == 2 and {g.status for g in people} == {
        "present",
        "left",
        "dead",
        "removed",
    }


@pytest.mark.parametrize(
    "anchor", [TODAY, dt.date(2026, 3, 31), dt.date(2026, 4, 1), dt.date(2028, 2, 29), dt.date(2027, 2, 28)]
)
def test_birthdays_and_doses_are_counted_from_the_day(anchor):
    tomorrow = anchor + dt.timedelta(days=1)
    born = named("明日65歳", anchor).person.born_on
    assert born.year == tomorrow.year - 65 and (born.month, born.day) in {
        (tomorrow.month, tomorrow.day),
        (2, 28),
    }
    year = anchor.year - (anchor.month < 4)
    assert named("年度末に65歳、4月2日", anchor).person.born_on == dt.date(year - 65, 4, 2)
    assert named("年度末に65歳、4月1日", anchor).person.born_on == dt.date(year - 64, 4, 1)
    [(two_months, _)] = named("1回目から2月ちょうど", anchor).doses
    assert (
        months_later(two_months.toordinal(), 2)
        <= anchor.toordinal()
        < months_later(two_months.toordinal() + 1, 2)
    )
    assert all(on <= anchor and on >= g.person.born_on for g in list_residents(anchor) for on, _ in g.doses)


ANSWERS = """
明日75歳          | 11-24T09:00 | 1回目を予約できる（2027/3/31まで、ファイザー・モデルナ、次の回もいっしょに） | 2026/9/14から発送済み
25歳              | 12-07T08:59 | 受付は2026/12/7 9:00から | 2026/11/30から発送済み
25歳              | 12-07T09:00 | 1回目を予約できる（2026/12/14から2027/3/31まで、ファイザー・モデルナ、次の回もいっしょに） | 2026/11/30から発送済み
25歳              | 11-24T09:00 | 受付は2026/12/7 9:00から | 2026/11/30に発送
3歳               | 11-24T09:00 | 券がない（対象外） | 送らない（対象外）
転入がきのう      | 11-24T09:00 | 券がまだない | 個別に発行して送る
転出した人        | 11-24T09:00 | 番号が見つからない | 送らない
亡くなった人      | 11-24T09:00 | 番号が見つからない | 送らない
支援措置対象者(69 | 11-24T09:00 | 番号が見つからない | 送らない（所管課が渡す）
生まれた日        | 11-24T09:00 | 券がない（対象外） | 送らない（生年月日が決まっていない）
1回目から17日     | 11-24T09:00 | 2回目を予約できる（2026/11/26から2027/3/31まで、ファイザー） | 2026/9/14から発送済み
必要な回数        | 11-24T09:00 | いま予約できる接種はない | 2026/9/14から発送済み
"""


@pytest.mark.parametrize("line", ANSWERS.strip().splitlines())
def test_what_they_see(line):
    title, moment, web, letter = (part.strip() for part in line.split("|"))
    answer = said(title, at(moment))
    assert (answer.web, answer.letter) == (web, letter)
    unknown = web in (rules.UNKNOWN, rules.NO_TICKET, "券がまだない")
    assert answer.phone == (rules.HANDED_ON if unknown else web)


def test_protected_moved_and_dead_see_the_same():
    seen = {
        (a.web, a.phone)
        for title in ("支援措置対象者(69", "支援措置対象者(34", "転出した人", "亡くなった人", "職権で消除")
        for a in [said(title, at("11-24T09:00"))]
    }
    assert seen == {(rules.UNKNOWN, rules.HANDED_ON)}


def test_every_scheduled_setting_is_asked():
    asked = [f"{m:%m-%dT%H:%M}" for m in rules.moments([DEMO], at("09-01T09:00"))]
    # tickets, booking and days of both waves, the season's beginning, the day after its end
    assert asked == [
        "09-01T09:00",
        "09-14T09:00",
        "09-28T09:00",
        "10-01T09:00",
        "11-30T09:00",
        "12-07T09:00",
        "12-14T09:00",
        "04-01T09:00",
    ]
    assert [f"{m:%m-%d}" for m in rules.moments([DEMO], rules.nine(TODAY))] == [
        "11-24",
        "11-30",
        "12-07",
        "12-14",
        "04-01",
    ]


def from_60():
    made = copy.deepcopy(DEMO.document)
    made["groups"][0]["who"]["age"]["min"]["years"] = 60
    return document.load(made)


def test_an_age_limit_that_falls_changes_these_answers_and_no_others():
    seen = rules.compare(DEMO, from_60(), rules.nine(TODAY), TODAY)
    assert len(seen) == 60
    changed = {s.resident.title for s in seen if s.changes}
    assert changed == {
        "明日60歳になる人", "あさって65歳になる人", "62歳の人", "64歳の人", "うるう日生まれで、まもなく65歳になる世代の人",
        "年度末に65歳、4月1日生まれの人(学年の最年少)", "年度末に64歳、4月2日生まれの人",
    }  # fmt: skip
    assert not any(s.changes for s in rules.compare(DEMO, DEMO, rules.nine(TODAY), TODAY))
    assert not any(s.changes for s in rules.compare(None, DEMO, rules.nine(TODAY), TODAY))


def test_a_change_that_shows_later_is_found():
    later = copy.deepcopy(DEMO.document)
    later["waves"][1]["booking_from"] = "2026-12-08T09:00"
    seen = [s for s in rules.compare(DEMO, document.load(later), rules.nine(TODAY), TODAY) if s.changes]
    assert seen and {f"{s.at:%m-%dT%H:%M}" for s in seen} == {"11-24T09:00"}  # the moment is told beforehand
    later["waves"][1]["booking_from"] = "2026-12-07T09:00"
    later["series"][0]["doses"][0]["give"] = [
        {"product": "pfizer", "age": {"kind": "age_on_day", "min": {"years": 12}}, "until": "2027-01-31"},
        {"product": "moderna", "age": {"kind": "age_on_day", "min": {"years": 12}}},
    ]
    assert any(s.changes for s in rules.compare(DEMO, document.load(later), rules.nine(TODAY), TODAY))


def test_today_and_tomorrow_differ_only_where_something_opens():
    quiet = rules.day_by_day(DEMO, DEMO, TODAY)
    assert {s.resident.title for s in quiet if s.changes} == {
        "1回目から18日の人",
        "あさって65歳になる人",
        "1回目が別のワクチン、20日前の人",
    }
    opening = rules.day_by_day(DEMO, DEMO, dt.date(2026, 12, 6))
    assert "25歳の人" in {s.resident.title for s in opening if s.changes}
    assert "79歳の人" not in {s.resident.title for s in opening if s.changes}


def test_what_was_signed_is_compared_to_the_letter():
    signed = json.loads(json.dumps(rules.to_sign(DEMO, rules.nine(TODAY), TODAY), ensure_ascii=False))
    assert rules.unsigned(DEMO, signed) == []
    assert len(rules.unsigned(from_60(), signed)) == 7
    assert rules.digest(DEMO.document, signed) != rules.digest(from_60().document, signed)
    # years later the same persons are meant
    assert signed["anchor"] == "2026-11-24"


@pytest.mark.parametrize("name", document.list_shipped())
def test_they_run_through_every_shipped_programme(name):
    made = document.shipped(name)
    day = dt.date.fromordinal(made.first_day)
    answers = rules.to_sign(made, rules.nine(day), day)["answers"]
    assert len(answers) == 60 and len({row[1] for rows in answers.values() for row in rows}) > 3
