"""The public pages as people see them: 320 px without sideways scroll, 18 px text, 56 px targets, axe without findings."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.look import browser
from tests.whole.zones.conftest import BORN

WIDTHS = (320, 1280)
MEASURE = """() => {
  const found = [];
  if (document.documentElement.scrollWidth > innerWidth) found.push('sideways scroll');
  for (const e of document.querySelectorAll('a, button, input:not([type=hidden]), select')) {
    if (e.classList.contains('skip')) continue;
    const target = e.type === 'radio' ? e.closest('label') : e;
    const r = target.getBoundingClientRect();
    if (r.height < 55.5 || r.width < 55.5) found.push(`target ${e.tagName} ${r.width | 0}x${r.height | 0}`);
  }
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let t = walker.nextNode(); t; t = walker.nextNode()) {
    const style = getComputedStyle(t.parentElement);
    if (!t.textContent.trim() || style.display === 'none' || t.parentElement.closest('.sr')) continue;
    if (parseFloat(style.fontSize) < 18) found.push('text ' + style.fontSize);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def chromium():
    with browser() as made:
        yield made


def _type(page, ticket, born=BORN):
    page.fill("[name=ticket]", ticket)
    page.select_option("[name=born_0]", born["born_0"])
    for part in ("born_1", "born_2", "born_3"):
        page.fill(f"[name={part}]", born[part])


def _look(page, where: str) -> list[str]:
    """What is wrong with the page in front of us, at both widths."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{where} {width}: {f}" for f in page.evaluate(MEASURE)]
    for violation in Axe().run(page).response["violations"]:
        found.append(f"{where}: axe {violation['id']} {violation['nodes'][0]['html'][:120]}")
    return found


def test_every_public_page_can_be_read_and_touched(chromium, visitor, people):
    """予約から取消・変更まで、どのページも読めて押せる。"""
    page = chromium.new_context(locale="ja-JP", bypass_csp=True).new_page()  # axe needs its own script
    base, faults = f"http://public.localhost:{visitor.port}", []
    page.goto(base + "/")
    faults += _look(page, "start")
    page.fill("[name=ticket]", "1234567890")
    page.click("text=次へ")
    faults += _look(page, "start with faults")
    _type(page, people.tickets[0])
    page.click("text=次へ")
    faults += _look(page, "venue")
    page.check("[name=venue] >> nth=0", force=True)
    page.click("text=この会場で進む")
    page.check("[name=slot]:not([disabled]) >> nth=0", force=True)
    faults += _look(page, "time")
    page.click("text=この日時で進む")
    faults += _look(page, "check")
    page.click("text=この内容で予約する")
    faults += _look(page, "done")
    code = page.inner_text("p.code")
    page.goto(base + "/find")
    page.fill("[name=receipt]", code)
    _type(page, people.tickets[0])
    faults += _look(page, "find")
    page.click("text=予約を開く")
    faults += _look(page, "mine")
    page.click("text=1回目を取り消す")
    faults += _look(page, "cancel")
    page.click("button.grave")
    faults += _look(page, "cancelled")
    page.goto(base + "/nothing-here")
    faults += _look(page, "not found")
    assert not faults, "\n".join(faults)


def test_the_road_can_be_walked_without_javascript_and_with_the_keyboard(chromium, visitor, people):
    page = chromium.new_context(java_script_enabled=False).new_page()
    page.goto(f"http://public.localhost:{visitor.port}/")
    _type(page, people.tickets[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/venue")
    page.focus("[name=venue] >> nth=0")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/time")
    page.focus("[name=slot]:not([disabled]) >> nth=0")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check")
    page.focus("text=この内容で予約する")
    page.keyboard.press("Enter")
    page.wait_for_url("**/done")
    assert "予約できました" in page.content()
