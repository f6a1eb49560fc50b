"""Is a programme document sound (定義の点検)? First its form, then its meaning; every finding has its place."""

import datetime as dt
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from jsonschema import Draft202012Validator

from sesshu.inside.planning.programme import refusals as no
from sesshu.inside.planning.programme.counting import Span, age_reached, earliest
from sesshu.inside.planning.programme.lengths import age_rule, span, stretch
from sesshu.inside.planning.programme.refusals import Finding

SCHEMA = Path(__file__).with_name("schema.json")
REFERENCE_BIRTH = dt.date(
    2000, 1, 1
).toordinal()  # to compare two ages; any day gives the same order in effect

# lists of names: key → (refusal, kind of name)
LISTS = {key: (no.UNKNOWN_PRODUCT, "product") for key in ("after", "give", "products")}
LISTS["sources"] = (no.UNKNOWN_SOURCE, "sources")


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def pointer(*parts: object) -> str:
    """JSON pointer (RFC 6901) of a place in the document."""
    return "".join("/" + str(p).replace("~", "~0").replace("/", "~1") for p in parts)


def form(document: dict) -> list[Finding]:
    """Does it fit schema.json?"""
    errors = sorted(_validator().iter_errors(document), key=lambda e: [str(p) for p in e.absolute_path])
    return [Finding(no.WRONG_FORM, pointer(*e.absolute_path), e.message[:160]) for e in errors]


def meaning(document: dict) -> list[Finding]:
    """Does it make sense? Asked only of a document in the right form."""
    dates = list(_dates(document))
    if dates:  # nothing else can be compared
        return dates
    found = [*_names(document), *_people(document), *_lookups(document)]
    for s, series in enumerate(document["series"]):
        found += _series(document, series, ("series", s))
    return found


# --- dates ------------------------------------------------------------------------------------------------


def _dates(node: object, place: tuple = ()) -> Iterator[Finding]:
    """Dates that do not exist, and stretches that end before they begin, anywhere."""
    if isinstance(node, list):
        for i, item in enumerate(node):
            yield from _dates(item, (*place, i))
    if not isinstance(node, dict):
        return
    real = {}
    for key, value in node.items():
        if key in ("from", "until", "valid_from", "review_on", "tickets_from", "booking_from") and isinstance(
            value, str
        ):
            try:
                real[key] = dt.datetime.fromisoformat(value).date()
            except ValueError:
                if value[:1].isdigit():  # a school year is no date
                    yield Finding(no.NO_DAY, pointer(*place, key), value)
        elif key != "sources":
            yield from _dates(value, (*place, key))
    if "from" in real and "until" in real and real["until"] < real["from"]:
        yield Finding(no.DATES_CROSSED, pointer(*place, "until"), f"{real['from']} > {real['until']}")


def _in_turn(rows: list[tuple[tuple, dict]]) -> Iterator[Finding]:
    """Rows of one rule must follow each other without a gap and without an overlap."""
    ordered = sorted(rows, key=lambda row: stretch(row[1]))
    for (_, one), (place, other) in zip(ordered, ordered[1:], strict=False):
        ends, begins = stretch(one)[1], stretch(other)[0]
        if begins <= ends:
            yield Finding(no.TIME_TWICE, pointer(*place), "overlaps the row before")
        elif begins > ends + 1:
            yield Finding(no.TIME_GAP, pointer(*place), f"{begins - ends - 1} days without a rule")


# --- names ------------------------------------------------------------------------------------------------


def _names(document: dict) -> Iterator[Finding]:
    """Ids are used once in their list; names and spellings of products lead to one product."""
    for kind in ("marks", "products", "seasons", "groups", "waves", "series"):
        seen: set[str] = set()
        for i, item in enumerate(document.get(kind, ())):
            if item["id"] in seen:
                yield Finding(no.TWICE, pointer(kind, i, "id"), item["id"])
            seen.add(item["id"])
    words: dict[str, str] = {}
    for i, product in enumerate(document["products"]):
        for word in (product["id"], product["name"], *product.get("also", ())):
            if words.setdefault(word, product["id"]) != product["id"]:
                yield Finding(no.TWICE, pointer("products", i), word)
    if document.get("written_by") and document.get("written_by") == document.get("checked_by"):
        yield Finding(no.SAME_HAND, pointer("checked_by"))
    yield from _in_turn_seasons(document)


def _in_turn_seasons(document: dict) -> Iterator[Finding]:
    last = 0
    for i, season in enumerate(document["seasons"]):
        first, until = stretch(season)
        if first <= last:
            yield Finding(no.TIME_TWICE, pointer("seasons", i), "seasons stand in order and do not overlap")
        last = until


def _lookups(document: dict) -> Iterator[Finding]:
    """Every product, mark and source that is named is declared."""
    known = {
        "product": {p["id"] for p in document["products"]},
        "marked": {m["id"] for m in document.get("marks", ())},
        "sources": set(document["sources"]),
    }
    for key, value in document.items():
        if key != "sources":
            yield from _walk(value, (key,), known)


def _walk(node: object, place: tuple, known: dict[str, set[str]]) -> Iterator[Finding]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        here = (*place, key)
        if key == "product" and value not in known["product"]:
            yield Finding(no.UNKNOWN_PRODUCT, pointer(*here), value)
        elif key == "marked" and value not in known["marked"]:
            yield Finding(no.UNKNOWN_MARK, pointer(*here), value)
        elif key in LISTS and all(isinstance(name, str) for name in value):
            refusal, of = LISTS[key]
            missing = [(i, name) for i, name in enumerate(value) if name not in known[of]]
            yield from (Finding(refusal, pointer(*here, i), name) for i, name in missing)
        else:
            yield from _walk(value, here, known)


# --- people -----------------------------------------------------------------------------------------------


def _people(document: dict) -> Iterator[Finding]:
    """Groups and waves fit together; ages end after they begin."""
    groups, named = {g["id"] for g in document["groups"]}, set()
    seasons = [stretch(s) for s in document["seasons"]]
    for w, wave in enumerate(document["waves"]):
        for i, group in enumerate(wave["groups"]):
            named.add(group)
            if group not in groups:
                yield Finding(no.UNKNOWN_GROUP, pointer("waves", w, "groups", i), group)
        first, last = stretch(wave)
        if not any(first <= until and start <= last for start, until in seasons):
            yield Finding(no.OUTSIDE_SEASON, pointer("waves", w))
        yield from _opening(wave, first, last, ("waves", w))
    for g, group in enumerate(document["groups"]):
        if group["id"] not in named:
            yield Finding(no.GROUP_WITHOUT_WAVE, pointer("groups", g), group["id"])
        yield from _age(group["who"].get("age"), ("groups", g, "who", "age"))


def _opening(wave: dict, first: int, last: int, place: tuple) -> Iterator[Finding]:
    """Booking opens after the letters, and while there is still a day to book."""
    opens, letters = wave.get("booking_from"), wave.get("tickets_from")
    day = dt.datetime.fromisoformat(opens).toordinal() if opens else first
    if letters and day < dt.date.fromisoformat(letters).toordinal() + bool(opens):
        key = "booking_from" if opens else "tickets_from"
        yield Finding(no.OPENS_BEFORE_LETTER, pointer(*place, key), letters)
    if opens and day > last:
        yield Finding(no.OPENS_AFTER_END, pointer(*place, "booking_from"))


def _age(age: dict | None, place: tuple) -> Iterator[Finding]:
    if age is None:
        return
    rule = age_rule(age)
    if rule.ages is not None:
        if not rule.ages.listed and rule.ages.high < rule.ages.low:
            yield Finding(no.AGE_CROSSED, pointer(*place, "to"))
        return
    lengths = {
        key: length for key in ("absolute", "min", "recommended", "until") if (length := getattr(rule, key))
    }
    days = {key: age_reached(REFERENCE_BIRTH, length) for key, length in lengths.items()}
    for earlier, later in (
        ("min", "until"),
        ("absolute", "min"),
        ("min", "recommended"),
        ("recommended", "until"),
    ):
        if earlier in days and later in days and days[later] < days[earlier]:
            yield Finding(no.AGE_CROSSED, pointer(*place, later))
    if (
        "min" in days
        and "until" in days
        and days["min"] == days["until"]
        and (rule.strict or rule.from_birthday)
    ):
        yield Finding(no.AGE_CROSSED, pointer(*place, "until"))


# --- doses ------------------------------------------------------------------------------------------------


def _series(document: dict, series: dict, place: tuple) -> Iterator[Finding]:
    before: set[str] = set()
    for d, dose in enumerate(series["doses"]):
        here = (*place, "doses", d)
        if dose["dose"] != d + 1:
            yield Finding(no.DOSE_GAP, pointer(*here, "dose"), f"{dose['dose']} where {d + 1} comes next")
            return
        for g, row in enumerate(dose["give"]):
            yield from _age(row.get("age"), (*here, "give", g, "age"))
        products = {row["product"] for row in dose["give"]}
        for product in sorted(products):
            rows = [
                ((*here, "give", g), row) for g, row in enumerate(dose["give"]) if row["product"] == product
            ]
            yield from _in_turn(rows)
        yield from _intervals(document, dose, before, products, here)
        before = products


def _intervals(
    document: dict, dose: dict, before: set[str], products: set[str], here: tuple
) -> Iterator[Finding]:
    rows = dose.get("intervals", [])
    if dose["dose"] == 1:
        if rows:
            yield Finding(no.NEVER_GIVEN, pointer(*here, "intervals"), "the first dose has no dose before it")
        return
    chains: dict[tuple, list] = {}
    for i, row in enumerate(rows):
        at = (*here, "intervals", i)
        after_dose = row.get("after_dose", dose["dose"] - 1)
        if after_dose >= dose["dose"]:
            yield Finding(no.NEVER_GIVEN, pointer(*at, "after_dose"), "not an earlier dose")
            continue
        yield from _lengths(
            {key: span(row.get(key)) for key in ("absolute", "min", "standard", "max", "under")}, at
        )
        for k, product in enumerate(row["give"]):
            if product not in products:
                yield Finding(no.NEVER_GIVEN, pointer(*at, "give", k), product)
        for product in row["give"]:
            for previous in row["after"]:
                chains.setdefault((after_dose, previous, product), []).append((at, row))
        if (least := span(row.get("min"))) and not _fits(document, row, least):
            yield Finding(no.TOO_LONG, pointer(*at, "min"))
    for chain in chains.values():
        yield from _in_turn(chain)
    linked = {(previous, product) for after, previous, product in chains if after == dose["dose"] - 1}
    for product in sorted(before - {previous for previous, _ in linked}):
        yield Finding(no.DOSE_GAP, pointer(*here, "intervals"), f"nothing follows {product}")
    for product in sorted(products - {product for _, product in linked}):
        yield Finding(no.DOSE_GAP, pointer(*here, "intervals"), f"nothing leads to {product}")


def _lengths(spans: dict[str, Span | None], at: tuple) -> Iterator[Finding]:
    days = {key: earliest(REFERENCE_BIRTH, length) for key, length in spans.items() if length}
    if "under" in days:
        days["under"] -= 1
    pairs = (("absolute", "min"), ("min", "standard"), ("min", "max"), ("min", "under"), ("standard", "max"))
    for earlier, later in (*pairs, ("standard", "under")):
        if earlier in days and later in days and days[later] < days[earlier]:
            yield Finding(no.INTERVAL_CROSSED, pointer(*at, later))


def _fits(document: dict, row: dict, least: Span) -> bool:
    """Is there a day for the dose, if the dose before it is given on the first day of its season?"""
    first, last = stretch(row)
    seasons = [stretch(s) for s in document["seasons"]]
    if document["history"] == "all":
        seasons = [(seasons[0][0], seasons[-1][1])]
    return any(max(earliest(start, least), first) <= min(until, last) for start, until in seasons)
