"""The engine against its slow twin, on random programmes and histories."""

import datetime as dt

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from sesshu.inside.planning.programme.document import findings, load
from sesshu.inside.planning.programme.judge import judge
from sesshu.inside.planning.programme.rules import Dose, Person, entitlements, interval_table
from tests.spec import slow
from tests.spec.samples import sample

FIRST, LAST = dt.date(2028, 1, 10), dt.date(2028, 6, 30)  # holds 29 February and the turn of a fiscal year
PRODUCTS = ("a", "b")
BOUNDED = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))

some_day = st.dates(FIRST, LAST)
length = st.one_of(
    st.integers(0, 40).map(lambda n: {"days_between": n}),
    st.integers(1, 6).map(lambda n: {"weeks": n}),
    st.integers(1, 3).map(lambda n: {"months": n}),
    st.integers(0, 2).map(lambda n: {"months": n, "half": True}),
)
birth_day = st.one_of(
    st.dates(dt.date(1955, 1, 1), dt.date(2027, 11, 1)),
    st.sampled_from([dt.date(1964, 2, 29), dt.date(2008, 4, 1), dt.date(2008, 4, 2), dt.date(2012, 2, 29)]),
    st.dates(dt.date(2015, 11, 1), dt.date(2016, 7, 1)),  # turns twelve about then
    st.dates(dt.date(2027, 2, 1), dt.date(2027, 11, 1)),  # months old
)


def grace(made: dict, days: int) -> dict:
    return {"absolute": {**made, "less_days": days}} if days else {}


@st.composite
def ages(draw) -> dict:
    """An age rule, or none."""
    unit = draw(st.sampled_from(["none", "years", "months", "weeks"]))
    if unit == "none":
        return {}
    least = draw(st.integers(1, 14))
    rule: dict = {"kind": "age_on_day", "min": {unit: least}}
    rule |= grace(rule["min"], draw(st.integers(0, 4)))
    if draw(st.booleans()):
        rule["until"] = {unit: least + draw(st.integers(1, 60))}
        rule |= {"strict": True} if draw(st.booleans()) else {}
    rule |= {"from_birthday": True} if draw(st.booleans()) else {}
    return {"age": rule}


@st.composite
def in_turn(draw, part: st.SearchStrategy) -> list[dict]:
    """One row for ever, or two rows that follow each other on a day."""
    if draw(st.booleans()):
        return [draw(part)]
    change = draw(st.dates(FIRST + 110 * slow.ONE, LAST))  # late enough for the longest interval before it
    return [
        {**draw(part), "until": change.isoformat()},
        {**draw(part), "from": (change + slow.ONE).isoformat()},
    ]


@st.composite
def interval_parts(draw) -> dict:
    made = draw(length)
    row = {"min": made} | grace(made, draw(st.integers(0, 3)))
    bound = draw(st.sampled_from(["none", "max", "under"]))
    unit = next(iter(made))
    longer = {**made, unit: made[unit] + draw(st.integers(1, 3 if unit == "months" else 20))}
    return row if bound == "none" else row | {bound: longer}


@st.composite
def dose_rule(draw, number: int) -> dict:
    offered = st.sampled_from([True, True, True, False])
    give = []
    for product in PRODUCTS:
        for row in draw(in_turn(ages())):
            give.append({"product": product, "offered": draw(offered)} | row)
    rule = {"dose": number, "give": give}
    if number > 1:
        pairs = [("a", "a"), ("b", "b")] + [p for p in (("a", "b"), ("b", "a")) if draw(st.booleans())]
        rule["intervals"] = [
            {"after": [before], "give": [now]} | row
            for before, now in pairs
            for row in draw(in_turn(interval_parts()))
        ]
        if number == 3 and draw(st.booleans()):
            rule["intervals"].append(
                {"after": ["a", "b"], "give": ["a", "b"], "after_dose": 1, "min": draw(length)}
            )
    return rule


@st.composite
def programmes(draw) -> dict:
    first_wave, second_wave = sorted(draw(st.tuples(some_day, some_day)))
    group_age = draw(
        st.sampled_from(
            [{"kind": "fy_end_age", "from": 60, "to": 66}, {"kind": "age_on_day", "min": {"years": 12}}]
        )
    )
    spacing = [{"after": ["c"], "give": ["a"], "min": draw(length), "until": draw(some_day).isoformat()}]
    made = sample(
        seasons=[{"id": "s", "title": "期間", "from": FIRST.isoformat(), "until": LAST.isoformat()}],
        groups=[{"id": "some", "title": "一部", "who": {"age": group_age}}, {"id": "all", "title": "全員", "who": {}}],
        waves=[
            {"id": "w1", "title": "1", "groups": ["some"], "from": first_wave.isoformat()},
            {"id": "w2", "title": "2", "groups": ["all"], "from": second_wave.isoformat()},
        ],
        series=[{"id": "m", "title": "系列", "doses": [draw(dose_rule(n)) for n in range(1, draw(st.integers(2, 3)) + 1)]}],
        spacing=spacing if draw(st.booleans()) else [],
    )  # fmt: skip
    assume(not findings(made))
    return made


history = st.lists(
    st.tuples(st.dates(FIRST - 60 * slow.ONE, LAST), st.sampled_from([*PRODUCTS, *PRODUCTS, "c"])), max_size=4
)


def chained(start: dt.date, steps: list[tuple[int, str]]) -> list[tuple[dt.date, str]]:
    """Doses that follow each other after some days, so that intervals are met about as often as missed."""
    made = []
    for days, product in steps:
        start += days * slow.ONE
        made.append((start, product))
    return made


histories = st.one_of(
    history,
    st.builds(
        chained, some_day, st.lists(st.tuples(st.integers(0, 70), st.sampled_from(PRODUCTS)), max_size=4)
    ),
)


@BOUNDED
@given(programmes(), birth_day, histories, st.integers(0, 100))
def test_a_history_is_judged_alike(document, birth, given_doses, later):
    doses = sorted(d for d in given_doses if d[0] >= birth)
    asof = max([d for d, _ in doses] + [FIRST, birth]) + later * slow.ONE
    programme = load(document)
    verdicts, sofar, last = slow.replay(document, birth, doses, doses)
    case = {
        "id": 1,
        "dob": birth.isoformat(),
        "sex": "unknown",
        "asof": asof.isoformat(),
        "doses": [{"date": d.isoformat(), "product": p} for d, p in doses],
    }
    said = judge(programme, case)
    assert said["doses"] == verdicts
    if len(sofar) == len(document["series"][0]["doses"]):
        assert said["status"] == "complete"
        return
    by_product = {p: slow.stretches(slow.open_days(document, birth, sofar, last, p, doses)) for p in PRODUCTS}
    ahead = [s for found in by_product.values() for s in found if s[1] >= asof]
    assert said["status"] == ("not_complete" if ahead else "not_eligible")
    assert said["earliest"] == (min(ahead)[0].isoformat() if ahead else None)

    rows = entitlements(programme, Person(birth), [Dose(d, p) for d, p in doses], asof)
    exact = {(p, row.from_on, row.until_on) for row in rows if not row.after_previous for p in row.products}
    assert exact == {(p, *s) for p, found in by_product.items() for s in found if s[1] >= asof}
    for row in rows:
        assert row.dose == len(sofar) + 1 + row.after_previous


@BOUNDED
@given(programmes(), st.sampled_from(PRODUCTS), some_day)
def test_the_interval_table_is_alike(document, before, on):
    """Whatever the age, the table allows a day if and only if the rules do."""
    programme = load(document)
    ageless = {
        **document,
        "spacing": document.get("spacing", []),
        "series": [{**s, "doses": [without_ages(d) for d in s["doses"]]} for s in document["series"]],
        "groups": [{"id": "all", "title": "全員", "who": {}}],
        "waves": [{"id": "w", "title": "1", "groups": ["all"], "from": FIRST.isoformat()}],
    }
    birth = dt.date(1970, 1, 1)
    for dose in range(2, len(document["series"][0]["doses"]) + 1):
        if (dose, before) not in programme.ahead:
            continue
        table = {
            (p, row.from_on, row.until_on)
            for row in interval_table(programme, on, on)
            if (row.dose, row.previous_product) == (dose, before)
            for p in row.products
        }
        sofar = [(on - 400 * slow.ONE, before)] * (dose - 2) + [(on, before)]
        expected = {
            (p, *s)
            for p in PRODUCTS
            for s in slow.stretches(slow.open_days(ageless, birth, sofar, None, p, [(on, before)]))
        }
        assert table == expected


def without_ages(dose: dict) -> dict:
    return {**dose, "give": [{k: v for k, v in row.items() if k != "age"} for row in dose["give"]]}
