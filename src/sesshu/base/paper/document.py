"""A PDF file: forms drawn once, pages that fill them, fonts cut to what was used (文書).

The same input gives the same bytes: no date, no random number, ids made from the content.
"""

from collections.abc import Sequence
from io import BytesIO

from pikepdf import Array, Dictionary, Name, ObjectStreamMode, Pdf, String

from sesshu.base.paper.appending import append_pages
from sesshu.base.paper.clusters import Unprintable
from sesshu.base.paper.drawing import A4, POINT, Drawing
from sesshu.base.paper.embedding import fonts, packed
from sesshu.base.paper.faces import Shelf, shelf
from sesshu.base.paper.lettering import Lettering


class Document:
    """One file in the making. Draw with ``drawing()``, add with ``form()`` and ``page()``, end with ``save()``."""

    def __init__(self, title: str, fonts_from: Shelf | None = None, size: tuple[float, float] = A4):
        self.lettering = Lettering(fonts_from or shelf())
        self.title, self.size = title, size
        self._pdf = Pdf.new()
        self._pages: list[Dictionary] = []
        self._forms: dict[str, bytes] = {}

    def drawing(self, record_id: str = "") -> Drawing:
        """An empty drawing of this file's size and type."""
        return Drawing(self.lettering, record_id, self.size)

    def form(self, drawing: Drawing) -> str:
        """Keep a drawing as a form (the part that is equal on many pages); returns its name."""
        _check(drawing)
        name = f"T{len(self._forms) + 1}"
        self._forms[name] = drawing.operators()
        return name

    def page(self, drawing: Drawing) -> None:
        """Add a page. Raises Unprintable when the drawing has problems."""
        _check(drawing)
        stream = packed(self._pdf, drawing.operators())
        page = Dictionary({"/Type": Name.Page, "/Parent": self._pdf.Root.Pages, "/Contents": stream})
        self._pages.append(self._pdf.make_indirect(page))

    def __len__(self) -> int:
        return len(self._pages)

    def save(self) -> bytes:
        """The finished file. Raises ValueError when it has no page."""
        if not self._pages:
            raise ValueError("a file without a page cannot be printed")
        self._bind()
        return _written(self._pdf, ObjectStreamMode.generate)

    def save_run(self, streams: Sequence[bytes]) -> bytes:
        """The finished file of a print run: one page per ready, deflated content stream (``appending.deflate``).

        Several times as fast as pages of their own. Raises ValueError where there is no stream, or pages were added.
        """
        if not streams or self._pages:
            raise ValueError("a print run is made of its streams alone, and of at least one")
        self._bind()
        return append_pages(_written(self._pdf, ObjectStreamMode.disable), streams)

    def _bind(self) -> None:
        """Fonts, forms and the page tree."""
        pdf = self._pdf
        box = Array([0, 0, *(round(side / POINT, 2) for side in self.size)])
        resources = pdf.make_indirect(Dictionary(Font=fonts(pdf, self.lettering)))
        forms = {
            f"/{name}": packed(pdf, ops, Type=Name.XObject, Subtype=Name.Form, BBox=box, Resources=resources)
            for name, ops in self._forms.items()
        }
        tree = pdf.Root.Pages
        tree.Kids, tree.Count, tree.MediaBox = Array(self._pages), len(self._pages), box
        # Inherited by every page. The object must not be opened again before this: pikepdf would move the
        # inherited entries, and a file whose pages lack fonts still passes qpdf's check.
        tree.Resources = pdf.make_indirect(Dictionary(Font=resources.Font, XObject=Dictionary(forms)))
        pdf.Root.Lang = String("ja-JP")
        pdf.Root.ViewerPreferences = Dictionary(PrintScaling=Name("/None"), DisplayDocTitle=True)
        pdf.docinfo.Title = String(self.title)


def _written(pdf: Pdf, mode: ObjectStreamMode) -> bytes:
    out = BytesIO()
    pdf.save(
        out,
        compress_streams=False,
        recompress_flate=False,
        object_stream_mode=mode,
        deterministic_id=True,
        force_version="1.7",
    )
    return out.getvalue()


def _check(drawing: Drawing) -> None:
    if drawing.problems:
        raise Unprintable(tuple(drawing.problems))
