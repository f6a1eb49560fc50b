"""Fonts into the file: only the glyphs that are used, with their text beside them (埋め込み).

TrueType outlines go in as CIDFontType2 with a map from code to glyph. OpenType/CFF outlines go in as a CID-keyed
CFF whose glyphs are put into the order of the codes, so that the code is the CID (the wheel's Noto is such a font).
OCR-B is a simple font: its digits stay plain ASCII in the page.
"""

import hashlib
import struct
import zlib
from functools import lru_cache
from io import BytesIO

import uharfbuzz as hb
from fontTools.cffLib import FDSelect
from fontTools.ttLib import TTFont
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from sesshu.base.paper.faces import OCR_B, Face, face
from sesshu.base.paper.lettering import OCR_FONT, Case, Lettering

# Tables that a printed glyph does not need.
_DROPPED = "GSUB GPOS GDEF BASE name post cmap OS/2 vhea vmtx VORG DSIG FFTM gasp meta kern".split()
_SYMBOLIC = 4
_NONSYMBOLIC_FIXED = 33


def fonts(pdf: Pdf, lettering: Lettering) -> Dictionary:
    """The font resources of a file: one object per case, and OCR-B when it is used."""
    made = Dictionary()
    for name, case in lettering.cases.items():
        made[f"/{name}"] = pdf.make_indirect(_composite(pdf, case))
    if lettering.uses_ocr:
        made[f"/{OCR_FONT}"] = pdf.make_indirect(_ocr_b(pdf))
    return made


def packed(pdf: Pdf, data: bytes, **entries: Object | Name | int) -> Stream:
    """A deflated stream."""
    stream = Stream(pdf, zlib.compress(data, 6))
    stream["/Filter"] = Name.FlateDecode
    for key, value in entries.items():
        stream[f"/{key}"] = value
    return stream


def _composite(pdf: Pdf, case: Case) -> Dictionary:
    """A Type 0 font for one case: Identity-H, widths, glyphs, text."""
    known = case.face
    outlines, order = _outlines(known, tuple(case.glyphs))
    name = _subset_name(known, case)
    descendant = Dictionary(
        Type=Name.Font,
        BaseFont=Name(f"/{name}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=_descriptor(pdf, known, name, _SYMBOLIC),
        DW=1000,
        W=Array([1, Array([_thousandths(known.width(g)) for g in case.glyphs])]),
    )
    if known.is_cff:
        descendant.Subtype = Name.CIDFontType0
        descendant.FontDescriptor.FontFile3 = packed(pdf, outlines, Subtype=Name.CIDFontType0C)
    else:
        descendant.Subtype = Name.CIDFontType2
        descendant.FontDescriptor.FontFile2 = packed(pdf, outlines, Length1=len(outlines))
        descendant.CIDToGIDMap = packed(pdf, struct.pack(f">{len(order) + 1}H", 0, *order))
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type0,
        BaseFont=Name(f"/{name}"),
        Encoding=Name("/Identity-H"),
        DescendantFonts=Array([pdf.make_indirect(descendant)]),
        ToUnicode=packed(pdf, _to_unicode(case.texts)),
    )


def _ocr_b(pdf: Pdf) -> Dictionary:
    """OCR-B as a simple Type 1 font: the bare CFF table, all widths equal."""
    known = face(OCR_B)
    cff = bytes(known.hb.reference_table("CFF ").data)
    descriptor = _descriptor(pdf, known, "OCRB", _NONSYMBOLIC_FIXED)
    descriptor.FontFile3 = packed(pdf, cff, Subtype=Name.Type1C)
    shown = [known.glyph(chr(c)) for c in range(32, 91)]
    return Dictionary(
        Type=Name.Font,
        Subtype=Name.Type1,
        BaseFont=Name.OCRB,
        Encoding=Name.WinAnsiEncoding,
        FirstChar=32,
        LastChar=90,
        Widths=Array([_thousandths(known.width(g)) if g else 0 for g in shown]),
        FontDescriptor=pdf.make_indirect(descriptor),
    )


def _descriptor(pdf: Pdf, known: Face, name: str, flags: int) -> Dictionary:
    head = bytes(known.hb.reference_table("head").data)
    box = [_thousandths(v / known.hb.upem) for v in struct.unpack(">4h", head[36:44])]
    extents = hb.Font(known.hb).get_font_extents("ltr")
    return Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{name}"),
        Flags=flags,
        FontBBox=Array(box),
        ItalicAngle=0,
        Ascent=_thousandths(extents.ascender / known.hb.upem),
        Descent=_thousandths(extents.descender / known.hb.upem),
        CapHeight=730,
        StemV=80,
    )


def _thousandths(em: float) -> int:
    return round(em * 1000)


def _subset_name(known: Face, case: Case) -> str:
    """ABCDEF+Name: six letters that depend on nothing but the glyphs, so that the file is the same each time."""
    digest = hashlib.sha256(struct.pack(f">{len(case.glyphs)}H", *case.glyphs)).digest()
    return "".join(chr(65 + b % 26) for b in digest[:6]) + "+" + known.path.stem


@lru_cache(maxsize=8)
def _outlines(known: Face, glyphs: tuple[int, ...]) -> tuple[bytes, tuple[int, ...]]:
    """The font file of these glyphs, and the number of each in it, in the order of the codes.

    Remembered: the files of one print run ask for the same letters of their fixed part again and again.
    """
    subset, new_of = _subset(known, sorted(set(glyphs)))
    order = tuple(new_of[g] for g in glyphs)
    return (_cff_in_code_order(subset, list(order)) if known.is_cff else subset), order


def _subset(known: Face, glyphs: list[int]) -> tuple[bytes, dict[int, int]]:
    """A font of these glyphs, and the new number of each. 25 ms where fontTools needs a second."""
    wanted = hb.SubsetInput()
    wanted.glyph_set.update(glyphs)
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode(), "big") for tag in _DROPPED)
    wanted.flags = (
        hb.SubsetFlags.NOTDEF_OUTLINE | hb.SubsetFlags.NO_LAYOUT_CLOSURE | hb.SubsetFlags.DESUBROUTINIZE
    )
    plan = hb.SubsetPlan(known.hb, wanted)
    made = plan.execute()
    numbers = plan.old_to_new_glyph_mapping
    return bytes(made.blob.data), {g: numbers[g] for g in glyphs}


def _cff_in_code_order(subset: bytes, order: list[int]) -> bytes:
    """The bare CFF table with glyph n standing for code n; a glyph that two codes share stands there twice."""
    font = TTFont(BytesIO(subset), lazy=False)
    top = font["CFF "].cff.topDictIndex[0]
    strings = top.CharStrings
    index = strings.charStringsIndex
    numbers = [0, *order]
    chosen = [index[n] for n in numbers]
    which = [top.FDSelect[n] for n in numbers]
    index.items = chosen
    names = [".notdef", *(f"cid{code:05d}" for code in range(1, len(numbers)))]
    top.charset = names
    strings.charStrings = {name: n for n, name in enumerate(names)}
    select = FDSelect()
    select.gidArray = which
    select.format = 3
    top.FDSelect = strings.fdSelect = select
    top.CIDCount = len(numbers)
    return font["CFF "].compile(font)


def _to_unicode(texts: list[str]) -> bytes:
    """The map from codes back to text, selectors and marks included (PDF 32000-1, 9.10.3)."""
    rows = [
        f"<{code:04x}><{text.encode('utf-16-be').hex()}>".encode() for code, text in enumerate(texts, start=1)
    ]
    blocks = []
    for start in range(0, len(rows), 100):
        part = rows[start : start + 100]
        blocks.append(b"%d beginbfchar\n%s\nendbfchar" % (len(part), b"\n".join(part)))
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n"
        b"/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
        b"1 begincodespacerange <0000><ffff> endcodespacerange\n"
        + b"\n".join(blocks)
        + b"\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    )
