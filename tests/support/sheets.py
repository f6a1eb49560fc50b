"""Made-up sheets for tests and benches: nobody's names, right numbers."""

import random
from dataclasses import replace

import pytest

from sesshu.base.numbers import draw_ticket_numbers
from sesshu.base.paper.faces import WHEEL_ONLY, shelf
from sesshu.inside.mailing.sheets.sheet import Kinds, Sheet
from sesshu.inside.mailing.sheets.words import Sender, assigned_letter, booking_letter

SHELVES = [pytest.param(WHEEL_ONLY, id="wheel"), pytest.param(shelf(), id="machine")]
SENDER = Sender(
    prefecture="東京都", municipality="見本区", municipality_code="131997", section="予防接種担当",
    phone="0120-000-000", phone_hours="毎日 午前9時–午後6時", host="sesshu.example.jp", head="東京都見本区長",
    kinds=Kinds(vaccination="2", examination="1"), fax="03-0000-0000",
)  # fmt: skip
WORDS = {
    "disease": "新型コロナワクチン",
    "dose": 1,
    "slip_doses": (1, 2),
    "slip_title": "予防接種済証（臨時）",
}
LETTER = booking_letter(SENDER, **WORDS)
ASSIGNED = assigned_letter(SENDER, **WORDS, change_until="6月3日")
NUMBERS = draw_ticket_numbers(60, rng=random.Random(3))
NAMES = [
    "見本　花子",
    "辻\U000e0101　葛\U000e0101之助",
    "MAXIMILIAN ALEXANDER FEATHERSTONEE",
    "﨑山　𠮷子",
    "齋藤　か\u309a",
]


def sheet(n: int = 0, **changes) -> Sheet:
    made = Sheet(
        record_id=f"r{n}", letter=LETTER, management_code=f"12-{n:06d}-A", ticket_number=NUMBERS[n],
        name=NAMES[n % len(NAMES)], postcode="152-0001",
        address=("東京都見本区中央町一丁目3番12号", f"メゾン中央 {n + 101}"),
        register_address=f"東京都見本区中央町一丁目3番12号　メゾン中央 {n + 101}", birth="昭和21年4月1日",
    )  # fmt: skip
    return replace(made, **changes)
