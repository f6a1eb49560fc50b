"""Questions that the tables ask: one line of a table → the answer in the words of the table."""

import datetime as dt
from collections.abc import Callable

from sesshu.inside.planning.programme.judge import judge
from sesshu.inside.planning.programme.rules import Dose, Person, Sex, entitlements, interval_table
from sesshu.inside.planning.programme.terms import Programme

WORDS = {"valid": "counts", "not_valid": "not valid", "extraneous": "beside"}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def doses(text: str) -> list[dict[str, str]]:
    """「2021-05-06 ファイザー, 2021-05-27 ファイザー」."""
    parts = [part.strip().split(" ", 1) for part in text.split(",") if part.strip()]
    return [{"date": on, "product": product} for on, product in parts]


def standing(programme: Programme) -> Callable[..., dict[str, str]]:
    """What was each dose, what is next, and why."""

    def ask(born: str, asked_on: str, given: str = "", sex: str = "", marks: str = "") -> dict[str, str]:
        case = {
            "id": 1,
            "dob": born,
            "sex": sex,
            "asof": asked_on,
            "doses": doses(given),
            "marks": marks.split(),
        }
        said = judge(programme, case)
        answer = said["status"].replace("_", " ")
        if said["next"]:
            answer = f"dose {said['next']} from {said['earliest']}"
            if said["recommended"] != said["earliest"]:
                answer += f", better {said['recommended']}"
        return {
            "each dose": ", ".join(WORDS[word] for word in said["doses"]),
            "answer": answer,
            "why": " ".join(said["why"]),
        }

    return ask


def bookable(programme: Programme) -> Callable[..., str]:
    """The entitlements, one after the other; ``*`` = the interval table is asked as well."""

    def ask(born: str, asked_on: str, given: str = "", sex: str = "unknown", marks: str = "") -> str:
        person = Person(day(born), Sex(sex or "unknown"), frozenset(marks.split()))
        history = [Dose(day(d["date"]), programme.spelled[d["product"]]) for d in doses(given)]
        rows = entitlements(programme, person, history, day(asked_on))
        names = {p.id: p.name for p in programme.products.values()}
        words = [
            f"{row.dose}{'*' if row.after_previous else ''}: {row.from_on}–{row.until_on} "
            + "・".join(names[p] for p in row.products)
            for row in rows
        ]
        return "; ".join(words) or "nothing"

    return ask


def after(programme: Programme) -> Callable[..., str]:
    """One line of the interval table."""

    def ask(dose: str, previous: str, on: str) -> str:
        names = {p.id: p.name for p in programme.products.values()}
        words = [
            f"{row.from_on}–{row.until_on} " + "・".join(names[p] for p in row.products)
            for row in interval_table(programme, day(on), day(on))
            if str(row.dose) == dose and row.previous_product == programme.spelled[previous]
        ]
        return "; ".join(words) or "nothing"

    return ask
