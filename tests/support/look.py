"""A running zone and a real browser: for journeys and for looking at pages."""

import contextlib
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

from sesshu.cli.ready import ReadyAccount
from sesshu.trust.access import factors

CHROMIUM = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as p:
        made = p.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield made
        made.close()


def person(made: Browser, *, scripts: bool = False) -> Page:
    """A page in a browser of somebody's own; scripts are off, as nothing needs them (axe does)."""
    context = made.new_context(
        locale="ja-JP", java_script_enabled=scripts, bypass_csp=scripts, accept_downloads=True
    )
    context.set_default_timeout(10_000)
    return context.new_page()


def sign_in(page: Page, url: str, account: ReadyAccount) -> None:
    """Sign in as a member of staff, code and all; once more where a slow machine let the code grow old."""
    for last in (False, True):
        page.goto(url)
        page.fill("[name=code]", account.code)
        page.fill("[name=password]", account.password)
        page.fill("[name=totp]", factors.totp(account.totp_secret))
        page.click("button:has-text('サインイン')")
        try:
            page.wait_for_selector("button:has-text('サインアウト')", timeout=20_000)
            return
        except TimeoutError:
            if last:
                raise
