"""会場と所管課の画面 — every page of the hall and of the section: axe without findings, no sideways scroll."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.support.town import LivingTown

WIDTHS = (320, 1280)
PAGES = {
    "reception": ("", "check-in", "walk-in", "day", "lots"),
    "doctor": ("", "precheck", "precheck?queue=1", "dose"),
    "recorder": ("", "dose", "dose?queue=1", "dose?on=2026-11-20", "day?on=2026-11-20"),
    "section": ("", "ask"),
}


@pytest.mark.parametrize("role", PAGES)
def test_every_page_can_be_read(town: LivingTown, chromium: Browser, role: str):
    page = town.staff(chromium, role, look_inside=True)
    zone = "sealed" if role == "section" else "venue"
    faults = []
    for path in PAGES[role]:
        page.goto(town.url(zone) + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                faults.append(f"{path} scrolls sideways at {width}")
            for found in Axe().run(page).response["violations"]:
                faults.append(f"{path} {width}: {found['id']} {found['nodes'][0]['html'][:120]}")
    assert not faults
