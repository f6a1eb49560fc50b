"""Small programme documents for tests; made up, of no municipality."""

import copy

SPAN = {"days_between": 20}

PLAIN = {
    "format": "sesshu-programme/1",
    "name": "sample",
    "title": "見本の接種",
    "law_class": "任意",
    "history": "all",
    "sources": {"HERE": {"title": "見本", "mark": "D"}},
    "products": [
        {"id": "a", "name": "ワクチンA"},
        {"id": "b", "name": "ワクチンB"},
        {"id": "c", "name": "ワクチンC"},
    ],
    "seasons": [{"id": "s", "title": "実施期間", "from": "2026-01-01", "until": "2026-12-31"}],
    "groups": [{"id": "all", "title": "すべての方", "who": {}}],
    "waves": [{"id": "w", "title": "受付", "groups": ["all"], "from": "2026-01-01"}],
    "series": [
        {
            "id": "main",
            "title": "2回",
            "doses": [
                {"dose": 1, "give": [{"product": "a"}, {"product": "b"}]},
                {
                    "dose": 2,
                    "give": [{"product": "a"}, {"product": "b"}],
                    "intervals": [
                        {"after": ["a"], "give": ["a"], "min": SPAN},
                        {"after": ["b"], "give": ["b"], "min": SPAN},
                    ],
                },
            ],
        }
    ],
}


def sample(**changes: object) -> dict:
    """A sound document of two doses with two products; top-level parts may be replaced."""
    return copy.deepcopy(PLAIN) | changes


def doses(*rules: dict, **series: object) -> list[dict]:
    """``series`` of one series made of dose rules."""
    return [{"id": "main", "title": "系列", **series, "doses": list(rules)}]


def give(product: str, **more: object) -> dict:
    return {"product": product, **more}


def interval(after: str, to: str, **more: object) -> dict:
    return {"after": after.split(), "give": to.split(), **more}
