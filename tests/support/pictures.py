"""Pictures for the manual, taken by the journeys: ``make pictures`` renews docs/manual/pictures."""

from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from sesshu.base.machine import variable

FOLDER = Path(__file__).parents[2] / "docs" / "manual" / "pictures"
WANTED = bool(variable("SESSHU_PICTURES"))


def shoot(page: Page, name: str, *widths: int) -> None:
    """Take a picture of the page at each width (320: a phone, 1280: a desk), if pictures are wanted; else only check
    that nothing scrolls sideways."""
    before = page.viewport_size
    for width in widths or (320, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} scrolls sideways at {width}: {wide}"
        if WANTED:
            FOLDER.mkdir(parents=True, exist_ok=True)
            picture = Image.open(BytesIO(page.screenshot(full_page=True))).convert("RGB")
            picture.quantize(64).save(FOLDER / f"{name}_{width}.png", optimize=True)  # a third of the size
    if before:
        page.set_viewport_size(before)
