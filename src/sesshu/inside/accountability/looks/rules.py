"""How the office finds a resident, and what it must not show (照会の決まり). Pure."""

from collections.abc import Iterable

from sesshu.base.errors import refusal
from sesshu.base.text.folding import search_fold

MOST_FOUND = 20
"""一度に示す人数 — more is a list to browse, and nobody browses the register."""

NOBODY_FOUND = refusal(
    "F01",
    "見つかりませんでした。入力を確かめるか、ほかの項目で探してください。",
    "no resident has this number, or this name and birth date",
)
TOO_MANY = refusal(
    "F02",
    f"{MOST_FOUND}人を超えました。氏名をもう少し長く入力してください。",
    "more residents than may be listed at once",
)
HANDED_ON = refusal(
    "F03",
    "この照会は、ここでは続けられません。所管課へ引き継いでください。",
    "a protected resident: the warning and the hand-off are all there is (P-05)",
)


def name_begins(typed: str, names: Iterable[str]) -> bool:
    """True where one of a resident's names (kana, kanji, Latin, common name) begins as typed, folded."""
    wanted = search_fold(typed)
    return bool(wanted) and any(search_fold(name).startswith(wanted) for name in names if name)
