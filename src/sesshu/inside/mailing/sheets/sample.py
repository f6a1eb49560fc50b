"""The sample pack for a printer (見本): sheets of nobody with everything that is hard to print, and their codes.

Batch 0 does not exist, so a sample's code is never taken for a piece. Names and addresses are composed.
"""

import random
from collections.abc import Container, Sequence
from pathlib import Path

from sesshu.base.numbers import draw_ticket_numbers
from sesshu.base.tables import write_table
from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.enclosure.scanlog import COLUMNS, END
from sesshu.inside.mailing.sheets.press import press_sheets
from sesshu.inside.mailing.sheets.sheet import Letter, Sheet

BATCH = 0
_NAMES = (
    "見本　花子", "見本　太郎", "渡邉\U000e0102　見本", "辻\U000e0101　葛\U000e0101之助", "髙﨑　𠮷子", "齋藤　見本",
    "見本　か\u3099", "MAXIMILIAN ALEXANDER FEATHERSTONEE", "勅使河原　小次郎左衛門", "一　一",
)  # fmt: skip
_TOWNS = ("見本町一丁目", "大字見本字見本谷", "見本が丘南二丁目", "見本")
_BUILDINGS = (
    "", "見本荘２０１", "見本ハイツ １０３号室", "グランドプレミアムレジデンス見本タワーウエスト ３４０２号室",
    "見本方",
)  # fmt: skip


def sample_sheets(
    letter: Letter, prefecture: str, municipality: str, taken: Container[str] = frozenset(), count: int = 20
) -> list[Sheet]:
    """Sheets of nobody; ``taken``: ticket numbers of people, which are not used."""
    rng = random.Random(20)
    sheets = []
    for n, number in enumerate(draw_ticket_numbers(count, taken, rng), 1):
        here = f"{prefecture}{municipality}{_TOWNS[n % len(_TOWNS)]}{n}番{n % 17 + 1}号"
        building = _BUILDINGS[n % len(_BUILDINGS)]
        code = str(Code(BATCH, n))
        sheets.append(
            Sheet(
                record_id=code,
                letter=letter,
                management_code=code,
                ticket_number=number,
                name=_NAMES[n % len(_NAMES)],
                postcode=f"999-{n:04d}",
                address=(here, building) if building else (here,),
                register_address=f"{here}　{building}".rstrip("　"),
                birth="昭和21年4月1日",
            )
        )
    return sheets


def write_pack(folder: Path, sheets: Sequence[Sheet]) -> tuple[int, int]:
    """``sample.pdf``, ``codes.csv`` (in the order of the pages) and a right ``scan-log.csv``. Gives printed, withheld."""
    folder.mkdir(parents=True, exist_ok=True)
    printed = press_sheets(sheets)
    (folder / "sample.pdf").write_bytes(printed.pdf)
    codes = printed.record_ids
    with (folder / "codes.csv").open("wb") as file:
        write_table(file, ("頁", "管理コード"), enumerate(codes, 1), encoding="cp932")
    rows: list[tuple[object, ...]] = [("01", n, code, code, 1200) for n, code in enumerate(codes, 1)]
    with (folder / "scan-log.csv").open("wb") as file:
        write_table(file, COLUMNS, [*rows, (END, len(codes), "", "", "")], encoding="cp932")
    return len(codes), len({p.record_id for p in printed.withheld})
