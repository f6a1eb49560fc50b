"""The office's pages as people see them: no sideways scroll at 320 px, axe without findings, in the real process."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from sesshu.cli.place import PORTS
from sesshu.cli.ready import ready_account
from sesshu.cli.supervise import Children
from sesshu.inside.mailing.batches import actions
from sesshu.inside.mailing.enclosure.actions import put_on_list, reconcile
from sesshu.inside.planning.capacity.actions import draft_change
from sesshu.inside.planning.plans.rules import hall_of
from sesshu.inside.planning.programme import document
from sesshu.inside.planning.programme.actions import draft_version
from sesshu.inside.planning.venues.opening import plan_hall
from sesshu.inside.records.entitlements.versions import note_look
from sesshu.inside.records.rebooking.actions import approve_change
from sesshu.trust.access.actor import Actor
from sesshu.trust.access.matrix import Proof, Role, Zone
from tests.support import mailing
from tests.support import place as p
from tests.support.look import browser, sign_in
from tests.support.residents import HOST, OFFICER, PROGRAMME, arrive, run

CHIEF = Actor("CH-9", Role.CHIEF, Zone.OFFICE, Proof.FRESH)


@pytest.fixture(scope="module")
def paths(town, tmp_path_factory):
    """Something of everything, and the addresses of all pages. Made before the browser, which brings a loop of its own."""
    town.slip(n=1)
    town.booking(1, 71)
    town.dose(1)
    arrive("refused", {"type": "slot.put", "code": "B12", "ids": [7]})
    with p.superuser("inside") as c:
        c.execute("INSERT INTO bridge.alarm (code, detail) VALUES ('X02', 'out-1-000041.pkt')")
    r, [[record]] = town.ids[1], run("SELECT id FROM records.record")
    [[ticket]] = run("SELECT id FROM tickets.ticket WHERE resident_id = %s", r)
    return (
        "/", "/imports", "/imports/new", "/imports/1", "/residents", f"/residents/{r}", f"/residents/{town.walled}",
        f"/residents/{r}/protect", f"/residents/{r}/reissue/{PROGRAMME}", f"/residents/{r}/disclosure", "/protection/release",
        "/tickets", f"/tickets/issue/{PROGRAMME}", f"/tickets/{ticket}", "/records", f"/records/{record}/correct", "/disclosure",
        "/slips", "/slips/1", "/mailing", "/mailing/new", "/mailing/firms", "/mailing/returns", *mailing_paths(tmp_path_factory.mktemp("log")), *planning_paths(), "/plan", f"/plan/programmes/{PROGRAMME}", "/plan/halls/1", "/bridge", "/nowhere",
    )  # fmt: skip


def planning_paths() -> tuple[str, ...]:
    """A draft that was tried out, a change of capacity that leaves somebody without a place, a hall that waits."""
    made = document.read(document.SHIPPED / f"{PROGRAMME}.json")
    made["groups"][0]["who"]["age"]["min"]["years"] = 60
    version = draft_version(by=OFFICER, document=made)
    note_look(by=OFFICER, version_id=version)
    change = draft_change(
        by=OFFICER, sessions=[run("SELECT min(session_id) FROM planning.slot")[0][0]], web=0
    )
    for by in (OFFICER, CHIEF):
        approve_change(by=by, change_id=change, despite={"L21"})
    waits = draft_change(
        by=OFFICER, sessions=[run("SELECT max(id) FROM planning.session")[0][0]], closes=True
    )
    raw = {"name": "第二会場", "address": "上目黒一丁目", "open": [{
        "product": "pfizer", "from": "2026-12-01", "until": "2027-01-31", "weekdays": ["mon", "wed"],
        "hours": [{"opens": "13:00", "closes": "16:00", "minutes": 60, "web": 5, "phone": 2}]}]}  # fmt: skip
    hall = plan_hall(by=OFFICER, programme=PROGRAMME, hall=hall_of(0, raw))
    programme = f"/plan/programmes/{PROGRAMME}"
    return (
        "/plan/programmes/new", f"{programme}/draft", f"{programme}/tomorrow", f"{programme}/calendar", f"{programme}/supply",
        f"{programme}/hall", f"/plan/versions/{version}", f"/plan/versions/{version}/beside", f"/plan/versions/{version}/approve",
        f"/plan/halls/{hall}/open", "/plan/halls/1/change", "/plan/changes", f"/plan/changes/{change}", f"/plan/changes/{waits}",
        f"/plan/changes/{waits}/approve", "/plan/calls",
    )  # fmt: skip


def mailing_paths(folder) -> tuple[str, ...]:
    """A batch that is released, with differences and a piece to be pulled."""
    actions.put_watch_address(
        by=HOST, postcode="153-0061", town="中目黒二丁目", banchi="19番15号", building="見本区役所分室"
    )
    released = mailing.given_released()
    log = mailing.scan_log(
        folder / "log.csv", released, [1, (mailing.code(released, 2), "", 9), 4, ("?", "", 1)]
    )
    reconcile(by=HOST, batch_id=released, path=log)
    put_on_list(by=HOST, code=mailing.code(released, 5))
    piece = run("SELECT id FROM mailing.piece WHERE batch_id = %s AND serial = 2", released)[0][0]
    places = (
        "",
        "/seal",
        "/release",
        "/reconcile",
        "/station",
        "/spoil",
        "/pull",
        "/post",
        "/close",
        "/withdraw",
    )
    return (*(f"/mailing/{released}{place}" for place in places), f"/mailing/pieces/{piece}")


@pytest.fixture(scope="module")
def desk_top(paths):
    """A chief's browser, signed in."""
    children = Children(p.place())
    account = ready_account(p.place(), "office", "CH-7", "chief", display="係長 07")
    try:
        children.start("office")
        children.wait_for_zones()
        url = f"http://127.0.0.1:{p.place().base_port + PORTS['office']}"
        with browser() as chromium:
            page = chromium.new_context(locale="ja-JP").new_page()
            sign_in(page, url + "/signin", account)
            page.wait_for_url(url + "/")
            yield page, url
    finally:
        children.stop()


def look(page, where: str) -> list[str]:
    """What is wrong with the page in front of us, at both widths."""
    found = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{where} {width}: sideways scroll")
        for violation in Axe().run(page).response["violations"]:
            found.append(f"{where} {width}: axe {violation['id']} {violation['nodes'][0]['html'][:160]}")
    return found


def test_every_page(desk_top, paths):
    page, url = desk_top
    found = []
    for path in paths:
        page.goto(url + path)
        found += look(page, path)
    page.goto(url + "/residents")
    page.fill("[name=ticket-ticket]", "1")
    page.click("form:has([name=ticket-ticket]) button")
    found += look(page, "a wrong number")
    page.goto(url + "/slips/1")
    page.click("button:has-text('開いて担当する')")
    found += look(page, "an open slip")
    page.goto(url + "/residents")
    page.fill("[name=person-name]", "マスカワ")
    page.fill("[name=person-born]", "S21.4.1")
    page.click("button:has-text('氏名と生年月日で探す')")
    found += look(page, "several found")
    assert not found, "\n".join(found)
