"""Reading paper back, with other eyes than the ones that drew it: PDFium renders, zxing-cpp reads codes."""

from io import BytesIO

import pikepdf
import pypdfium2
import zxingcpp
from PIL import Image

MM = 1 / 25.4


def picture(pdf: bytes, page: int = 0, dpi: int = 300) -> Image.Image:
    """One page as a grey picture."""
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page].render(scale=dpi / 72, grayscale=True).to_pil().convert("L")


def cut(image: Image.Image, x: float, y: float, width: float, height: float, dpi: int = 300) -> Image.Image:
    """A part of a page, in millimetres from the upper left corner."""
    return image.crop(tuple(round(v * dpi * MM) for v in (x, y, x + width, y + height)))


def codes(image: Image.Image) -> dict[str, str]:
    """Format → text. Half-size search is off: it reads false NW-7 values one digit short."""
    found = zxingcpp.read_barcodes(image, try_downscale=False)
    return {code.format.name: code.text for code in found}


def text(pdf: bytes, page: int = 0) -> str:
    """What a reader can copy from a page, without white space."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "".join(document[page].get_textpage().get_text_range().split())


def pages(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)


def operators(pdf: bytes) -> set[str]:
    """Names of all operators on the pages and in their forms."""
    found = set()
    with pikepdf.open(BytesIO(pdf)) as document:
        for page in document.pages:
            streams = [page, *page.resources.get("/XObject", {}).values()]
            for stream in streams:
                found |= {str(i.operator) for i in pikepdf.parse_content_stream(stream)}
    return found
