"""CSV in: strict, streamed, refused by line and column. CSV out: no cell acts."""

import io
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sesshu.base import tables as t
from sesshu.base.errors import Refused

COLUMNS = ("番号", "氏名", "方書")
GOOD = '番号,氏名,方書\r\n1,架空,"a,b ""c""\nd"\r\n\r\n2,\ue000田,\r\n'
LIMIT = 1 << 20


def read(tmp_path, data, columns=COLUMNS, limit=LIMIT):
    path = tmp_path / "in.csv"
    path.write_bytes(data)
    reader = t.TableReader(path, columns, limit)
    return reader, list(reader)


def refused(tmp_path, data, **more):
    with pytest.raises(Refused) as said:
        read(tmp_path, data, **more)
    return said.value.refusal, said.value.line


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_all_encodings_read_alike(tmp_path, encoding):
    """外字 F040 of CP932 arrives as U+E000; a record knows the line at which it starts."""
    reader, rows = read(tmp_path, GOOD.encode(encoding))
    assert reader.checked.encoding == encoding
    assert rows == [(2, ["1", "架空", 'a,b "c"\nd']), (5, ["2", "\ue000田", ""])]
    _, lf = read(tmp_path, GOOD.replace("\r\n", "\n").encode(encoding))
    assert lf == rows
    assert len(reader.checked.sha256) == 64 and reader.checked.size == len(GOOD.encode(encoding))


def test_columns_may_stand_in_another_order(tmp_path):
    _, rows = read(tmp_path, "氏名,方書,番号\n架空,x,1\n短い,1\n".encode())
    assert rows == [(2, ["1", "架空", "x"]), (3, ["短い", "1"])]


CASES = {
    b"": t.EMPTY,
    b"\n\n": t.EMPTY,
    "番号,氏名,方書\n".encode(): t.EMPTY,
    "番号,氏名\n1,x\n".encode(): t.MISSING_COLUMN,
    "番号,氏名,方書,電話\n1,x,y,z\n".encode(): t.EXTRA_COLUMN,
    "番号,氏名,方書,\n1,x,y,\n".encode(): t.EXTRA_COLUMN,
    "番号,氏名,方書,氏名\n1,x,y,z\n".encode(): t.DOUBLED_COLUMN,
    '番号,氏名,方書\n1,"x,y\n'.encode(): t.BROKEN_QUOTES,
    '番号,氏名,方書\n1,"x"z,y\n'.encode(): t.BROKEN_QUOTES,
    GOOD.encode("utf-16"): t.WRONG_ENCODING,
    GOOD.encode("euc_jp", "ignore") + b"\xa9\xfd\n": t.WRONG_ENCODING,
}


@pytest.mark.parametrize("data", CASES)
def test_whole_files_are_refused(tmp_path, data):
    assert refused(tmp_path, data)[0] is CASES[data]


@pytest.mark.parametrize("bad", [b"\x80", b"\xa0", b"\xff", b"\x81\x20", b"\x00", b"\x1b"])
def test_one_bad_byte_refuses_the_file_and_names_the_line(tmp_path, bad):
    data = GOOD.encode("cp932") + b"3,x" + bad + b",\r\n"
    assert refused(tmp_path, data) == (t.WRONG_ENCODING, 6)


def test_a_bad_byte_in_utf8_names_its_line(tmp_path):
    assert refused(tmp_path, GOOD.encode("utf-8-sig") + b"\xe3\x81\n") == (t.WRONG_ENCODING, 6)
    assert refused(tmp_path, GOOD.encode("utf-8-sig") + b"\xe3\x81")[0] is t.WRONG_ENCODING


def test_a_value_is_never_named(tmp_path):
    with pytest.raises(Refused) as said:
        read(tmp_path, "1,架空太郎,x\n2,y,z\n".encode(), columns=("1",))
    assert "架空" not in str(said.value) and said.value.column == "2列目"


def test_limits(tmp_path):
    assert refused(tmp_path, GOOD.encode(), limit=10)[0] is t.TOO_LARGE
    endless = '番号,氏名,方書\n1,"'.encode() + b"x" * 200_000
    assert refused(tmp_path, endless)[0] is t.BROKEN_QUOTES


def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "in.csv"
    peaks = []
    for rows in (500, 20_000):
        path.write_bytes(("番号,氏名,方書\n" + "1,架空,方書\n" * rows).encode("cp932"))
        tracemalloc.start()
        assert sum(1 for _ in t.TableReader(path, COLUMNS, 1 << 24)) == rows
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 3_000_000


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠a", " =1", "　＝1"]
)
def test_formula_like_cells_go_out_inert(cell):
    assert t.inert(cell) == "'" + cell


def test_ordinary_cells_go_out_as_they_are():
    assert [t.inert(c) for c in (None, 12, "090-0000", "a=b", "")] == ["", "12", "090-0000", "a=b", ""]


def test_a_missing_character_is_reported():
    out = io.BytesIO()
    done = t.write_table(out, ("氏名",), [("𠮷田\ue000",), ("=x",), ("𠮷",)], encoding="cp932")
    assert out.getvalue().decode("cp932") == "氏名\r\n〓田\ue000\r\n'=x\r\n〓\r\n"
    assert done.substituted == {"U+20BB7": 2} and done.rows == 3 and done.size == len(out.getvalue())


@given(
    st.lists(st.tuples(st.text("架空a,\"\n' ", max_size=8), st.text("0=髙\ue000", max_size=5)), min_size=1)
)
def test_what_is_written_is_read(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "x.csv"
    with path.open("wb") as file:
        t.write_table(file, ("a", "b"), rows, encoding="cp932")
    assert [tuple(cells) for _, cells in t.TableReader(path, ("a", "b"), LIMIT)] == [
        (t.inert(a), t.inert(b)) for a, b in rows
    ]
