"""Thousands of pages put behind a skeleton, in one part (ページの付加).

A page of a print run is a content stream and nothing else: fonts, form and size are inherited from the page tree. So
the syntax needed is small: stream objects, page dictionaries in object streams, a page tree, one xref stream
(PDF 32000-1, 7.5.7 and 7.5.8). The skeleton's own table is left out, so the file has a single section. Whoever lets
a run go to print opens it with qpdf and PDFium before (``mailing.sheets.gate``).
"""

import re
import zlib
from collections.abc import Callable, Sequence
from io import BytesIO
from struct import Struct

from pikepdf import Pdf

_PAGES_A_STREAM = 200
_ENTRY = Struct(">BIH")  # W [1 4 2]


def _fast_deflate() -> Callable[[bytes], bytes]:
    try:
        from isal import isal_zlib  # twice as fast, equal content
    except ImportError:
        return lambda data: zlib.compress(data, 1)
    return lambda data: isal_zlib.compress(data, 1)


deflate = _fast_deflate()
"""A content stream for ``append_pages``: the quickest level, since thousands are made in a second."""


def append_pages(skeleton: bytes, streams: Sequence[bytes]) -> bytes:
    """The skeleton (a file without pages and without object streams) with one page per deflated content stream."""
    with Pdf.open(BytesIO(skeleton)) as pdf:
        size, tree = int(pdf.trailer.Size), pdf.Root.Pages.objgen[0]
        root, info = pdf.trailer.Root.objgen[0], pdf.trailer.Info.objgen[0]
        ids = [bytes(part).hex().encode() for part in pdf.trailer.ID]
    # Read from the bytes: an opened file moves what a page tree hands down.
    resources, box = _inherited(skeleton, tree)
    table = int(skeleton[skeleton.rindex(b"startxref") + 9 :].split()[0])
    out, at = [skeleton[:table]], table

    def put(data: bytes) -> bytes:
        """Write one more object; its xref entry."""
        nonlocal at
        entry = _ENTRY.pack(1, at, 0)
        out.append(data)
        at += len(data)
        return entry

    count = len(streams)
    first_page, first_holder = size + count, size + 2 * count
    of_streams = [
        put(b"%d 0 obj<</Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n" % (n, len(s), s))
        for n, s in enumerate(streams, size)
    ]
    of_pages: list[bytes] = []
    of_holders: list[bytes] = []
    for holder, start in enumerate(range(0, count, _PAGES_A_STREAM), first_holder):
        which = range(start, min(start + _PAGES_A_STREAM, count))
        of_pages += (_ENTRY.pack(2, holder, n - start) for n in which)
        of_holders.append(put(b"%d 0 obj" % holder + _page_holder(which, size, first_page, tree)))
    kids = b" ".join(b"%d 0 R" % n for n in range(first_page, first_page + count))
    of_skeleton = _table_entries(skeleton[table:])
    of_skeleton[tree] = put(
        b"%d 0 obj<</Type/Pages/Count %d/MediaBox %b/Resources %b/Kids[%b]>>endobj\n"
        % (tree, count, box, resources, kids)
    )
    number = first_holder + len(of_holders)
    first_id, second_id = ids
    itself = _ENTRY.pack(1, at, 0)
    xref = zlib.compress(b"".join([*of_skeleton, *of_streams, *of_pages, *of_holders, itself]), 6)
    out.append(
        b"%d 0 obj<</Type/XRef/Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]/W[1 4 2]/Filter/FlateDecode/Length %d>>"
        b"stream\n%b\nendstream endobj\nstartxref\n%d\n%%%%EOF\n"
        % (number, number + 1, root, info, first_id, second_id, len(xref), xref, at)
    )
    return b"".join(out)


def _table_entries(table: bytes) -> list[bytes]:
    """The entries of a classical xref table with one part from object 0."""
    lines = table.splitlines()
    first, count = map(int, lines[1].split())
    if lines[0] != b"xref" or first != 0:
        raise ValueError("the skeleton has no plain xref table")
    entries = []
    for line in lines[2 : 2 + count]:
        offset, generation, kind = line.split()
        entries.append(_ENTRY.pack(kind == b"n", int(offset), min(int(generation), 0xFFFF)))
    return entries


def _page_holder(which: range, first_stream: int, first_page: int, tree: int) -> bytes:
    """An object stream of page dictionaries."""
    pairs, bodies, at = [], [], 0
    for n in which:
        body = b"<</Type/Page/Parent %d 0 R/Contents %d 0 R>>" % (tree, first_stream + n)
        pairs.append(b"%d %d" % (first_page + n, at))
        bodies.append(body)
        at += len(body)
    head = b" ".join(pairs) + b" "
    data = zlib.compress(head + b"".join(bodies), 6)
    return b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%b\nendstream endobj\n" % (
        len(bodies), len(head), len(data), data,
    )  # fmt: skip


def _inherited(skeleton: bytes, tree: int) -> tuple[bytes, bytes]:
    """Resources and MediaBox of the page tree, as written."""
    start = skeleton.index(b"\n%d 0 obj" % tree)
    body = skeleton[start : skeleton.index(b"endobj", start)]
    resources = re.search(rb"/Resources (\d+ 0 R)", body)
    box = re.search(rb"/MediaBox (\[[^]]*\])", body)
    if not resources or not box:
        raise ValueError("the skeleton's page tree hands down no fonts")
    return resources[1], box[1]
