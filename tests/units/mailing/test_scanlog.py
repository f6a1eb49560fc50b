"""A scan log is taken as a whole or not at all: each bad file has its code and its line."""

import pytest

from sesshu.base.errors import Refused
from sesshu.inside.mailing.batches.rules import Code
from sesshu.inside.mailing.enclosure.scanlog import COLUMNS, read_log

HEAD = ",".join(COLUMNS)
ROWS = [f"07,{n},{Code(12, n)},,1200" for n in (1, 2, 3)] + [f"08,1,{Code(12, 4)},{Code(12, 4)},"]
GOOD = [HEAD, *ROWS, "計,4,,,"]


def file(tmp_path, lines, encoding="cp932", end="\r\n"):
    path = tmp_path / "log.csv"
    path.write_bytes(end.join([*lines, ""]).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_a_right_log(tmp_path, encoding):
    readings, sha256 = read_log(file(tmp_path, GOOD, encoding))
    assert [(r.line, r.box, r.position, r.insert, r.measure) for r in readings] == [
        (2, "07", 1, "", 1200), (3, "07", 2, "", 1200), (4, "07", 3, "", 1200), (5, "08", 1, str(Code(12, 4)), None),
    ]  # fmt: skip
    assert len(sha256) == 64


def replaced(at: int, line: str) -> list[str]:
    return [*GOOD[:at], line, *GOOD[at + 1 :]]


@pytest.mark.parametrize(
    "lines, code, line",
    [
        ([HEAD, *ROWS], "SC02", None),  # cut at the end
        ([HEAD, *ROWS[:2], "計,4,,,"], "SC02", 4),  # lines gone before the closing line
        ([HEAD, ROWS[0], *ROWS[2:], "計,3,,,"], "SC02", 3),  # cut in the middle
        (GOOD + [ROWS[0]], "SC02", 7),  # something after the closing line
        ([HEAD, *ROWS[1:], "計,3,,,"], "SC02", 2),  # a box begins at 2
        (replaced(5, "計,4,x,,"), "SC02", 6),
        (replaced(2, "07,2,,,1200"), "SC01", 3),  # no code
        (replaced(2, f"07,2,{'1' * 21},,1200"), "SC01", 3),
        (replaced(2, f"07,2,x,{'1' * 21},1200"), "SC01", 3),
        (replaced(2, "07,two,x,,1200"), "SC01", 3),
        (replaced(2, "07,2,x,,12.5"), "SC01", 3),
        (replaced(2, "箱,2,x,,1200"), "SC01", 3),
        (replaced(2, "07,2,x,1200"), "SC01", 3),  # a cell too few
        ([HEAD, *ROWS, f"07,4,{Code(12, 9)},,1", "計,5,,,"], "SC01", 6),  # a closed box goes on
        (["箱番号,通番,管理コード,測定値", "07,1,x,1"], "TB05", 1),
        ([HEAD + ",氏名", "07,1,x,,1,y", "計,1,,,,"], "TB06", 1),  # a name has no place here (C-14)
        ([HEAD], "TB03", None),
        ([HEAD, '07,1,"x,,1'], "TB04", 2),
    ],
)
def test_each_bad_log_is_refused_with_its_line(tmp_path, lines, code, line):
    with pytest.raises(Refused) as no:
        read_log(file(tmp_path, lines))
    assert (no.value.refusal.code, no.value.line) == (code, line)


def test_a_wrong_encoding(tmp_path):
    with pytest.raises(Refused) as no:
        read_log(file(tmp_path, GOOD, "utf-16"))
    assert no.value.refusal.code == "TB01"
