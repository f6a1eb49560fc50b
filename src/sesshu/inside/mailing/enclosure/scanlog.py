"""The printer's scan log (読取記録): a CSV of envelopes in their order, with a last line that says how many.

| 箱番号 | 通番 | 管理コード | 同封コード | 測定値 |
|---|---|---|---|---|
| 07 | 312 | 12-004471-J | 12-004471-J | 1240 |
| 計 | 1 | | | |

``通番`` counts 1, 2, 3 … in each box; so a log that was cut, at its end or in the middle, is found and refused as a
whole. ``測定値``: thickness in µm or weight in mg, as agreed for the batch. Layout: docs/reference/printer.md.
"""

import re
from pathlib import Path

from sesshu.base.errors import Refused, refusal
from sesshu.base.tables import TableReader
from sesshu.inside.mailing.enclosure.rules import Reading

COLUMNS = ("箱番号", "通番", "管理コード", "同封コード", "測定値")
END = "計"
MAX_BYTES = 64 << 20
_BOX = re.compile(r"[0-9A-Za-z-]{1,12}")
_LONGEST_CODE = 20

BAD_LINE = refusal(
    "SC01",
    "読取記録の行が取り決めどおりではありません。行を確かめて、出し直してください。",
    "a cell count, box, position, code length or measure of the scan log is not as agreed",
)
CUT = refusal(
    "SC02",
    "読取記録が途中で切れています。最後の「計」の行まで、全部を出し直してください。",
    "no closing line, a closing count that differs, or a position that is skipped in a box",
)
TWICE = refusal(
    "SC03",
    "同じ読取記録がもう取り込まれています。ほかの読取記録か確かめてください。",
    "a log with the same SHA-256 was taken in before",
)
ALL_OTHER = refusal(
    "SC04",
    "別の発送の読取記録です。発送の番号を確かめてください。",
    "not one code of the log belongs to this batch",
)


def read_log(path: Path) -> tuple[list[Reading], str]:
    """All envelopes of a log in its order, and the file's SHA-256.

    Raises Refused TB01–TB07, SC01 or SC02 with the line; then nothing of the log is taken.
    """
    reader = TableReader(path, COLUMNS, MAX_BYTES)
    readings: list[Reading] = []
    boxes: set[str] = set()
    ended = False
    for line, cells in reader:
        if ended:
            raise Refused(CUT, line=line, column=COLUMNS[0])
        if len(cells) != len(COLUMNS):
            raise Refused(BAD_LINE, line=line, column="-")
        box, position, code, insert, measure = (cell.strip() for cell in cells)
        if box == END:
            if _number(position, line, 1) != len(readings) or code or insert or measure:
                raise Refused(CUT, line=line, column=COLUMNS[1])
            ended = True
            continue
        readings.append(_reading(line, box, position, code, insert, measure, readings, boxes))
    if not ended:
        raise Refused(CUT)
    return readings, reader.checked.sha256


def _reading(
    line: int, box: str, position: str, code: str, insert: str, measure: str,
    readings: list[Reading], boxes: set[str],
) -> Reading:  # fmt: skip
    if not _BOX.fullmatch(box):
        raise Refused(BAD_LINE, line=line, column=COLUMNS[0])
    if not 0 < len(code) <= _LONGEST_CODE:
        raise Refused(BAD_LINE, line=line, column=COLUMNS[2])
    if len(insert) > _LONGEST_CODE:
        raise Refused(BAD_LINE, line=line, column=COLUMNS[3])
    at = _number(position, line, 1)
    same_box = bool(readings) and readings[-1].box == box
    if not same_box and box in boxes:
        raise Refused(BAD_LINE, line=line, column=COLUMNS[0])  # a box is closed once another is begun
    boxes.add(box)
    if at != (readings[-1].position + 1 if same_box else 1):
        raise Refused(CUT, line=line, column=COLUMNS[1])
    return Reading(line, box, at, code, insert, _number(measure, line, 4) if measure else None)


def _number(text: str, line: int, column: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refused(BAD_LINE, line=line, column=COLUMNS[column])
    return int(text)
