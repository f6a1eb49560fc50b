"""住民の道 — a resident of 75 books, calls, comes, is vaccinated, gets a certificate and asks who saw their data.

One journey through all zones, scripts off. Each step is a sentence; what it does stands below.
"""

import datetime as dt
import re

from playwright.sync_api import Browser, Page, expect

from sesshu.base import clock
from tests.support import paper
from tests.support.look import person
from tests.support.pictures import shoot
from tests.support.town import LivingTown, born_fields


def test_a_resident_walks_the_whole_road(town: LivingTown, chromium: Browser):
    resident = town.resident("unbooked")
    code, first = when_they_book_both_doses_on_the_web(person(chromium), town, resident)
    then_the_operator_matches_their_call_and_hears_nothing(chromium, town, resident)
    when_they_come_and_are_vaccinated(chromium, town, resident, first)
    then_the_ledger_knows_and_the_second_dose_is_booked(town, resident)
    then_the_office_makes_a_certificate_and_the_list_of_uses(chromium, town, resident)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)


def when_they_book_both_doses_on_the_web(
    page: Page, town: LivingTown, resident: dict
) -> tuple[str, dt.datetime]:
    page.goto(town.url("public"))
    shoot(page, "public_start")
    page.fill("[name=ticket]", resident["ticket"])
    born = born_fields(resident["dob"])
    page.select_option("[name=born_0]", born["born_0"])
    for part in ("born_1", "born_2", "born_3"):
        page.fill(f"[name={part}]", born[part])
    page.click("button:has-text('次へ')")
    shoot(page, "public_venue")
    page.locator("label:has([name=venue])").first.click()
    page.click("button:has-text('この会場で進む')")
    page.locator("label:has([name=slot]:not([disabled]))").first.click()
    shoot(page, "public_time")
    page.click("button:has-text('この日時で進む')")
    expect(page.locator("h1")).to_contain_text("確かめてください")
    shoot(page, "public_check")
    page.click("button:has-text('この内容で予約する')")
    expect(page.locator("h1")).to_contain_text("予約できました")
    shoot(page, "public_done")
    return page.locator(".code").inner_text().strip(), _first_booking(town)


def _first_booking(town: LivingTown) -> dt.datetime:
    [(on, at)] = town.ask(
        "outside",
        "SELECT s.on_date, s.at FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id WHERE b.dose = 1 AND b.state = 'active' ORDER BY b.id DESC LIMIT 1",
    )
    return dt.datetime.combine(on, at, clock.TOKYO)


def then_the_operator_matches_their_call_and_hears_nothing(
    chromium: Browser, town: LivingTown, resident: dict
) -> None:
    page = town.staff(chromium, "operator")
    page.click("button:has-text('応対を始める')")
    page.fill("[name=ticket]", resident["ticket"])
    page.fill("[name=born]", resident["dob"])
    page.click("button:has-text('照合する')")
    expect(page.locator("main")).to_contain_text("一致しました")
    shoot(page, "desk_match")
    assert resident["address"] not in page.content()
    assert resident["ticket"] not in page.content()


def when_they_come_and_are_vaccinated(
    chromium: Browser, town: LivingTown, resident: dict, at: dt.datetime
) -> None:
    town.now_is(at)
    page = town.staff(chromium, "reception")
    page.goto(town.url("venue") + "check-in")
    page.fill("[name=scan]", resident["ticket"])
    page.fill("[name=born]", resident["dob"])
    page.click("button:has-text('受付する')")
    expect(page.locator(".verdict.ok")).to_contain_text("予診へ")
    shoot(page, "venue_check_in")
    number = re.search(r"\d+", page.locator(".verdict .no").inner_text())[0]
    page = town.staff(chromium, "doctor")
    page.goto(f"{town.url('venue')}precheck?queue={number}")
    shoot(page, "venue_precheck")
    page.check("[value=go]")
    page.click("button:has-text('この結果で記録する')")
    page = town.staff(chromium, "recorder")
    page.goto(f"{town.url('venue')}dose?queue={number}")
    page.fill("[name=scan]", resident["ticket"])
    page.fill("[name=born]", resident["dob"])
    page.select_option("[name=lot]", index=1)
    shoot(page, "venue_dose")
    page.click("button:has-text('接種を記録する')")
    expect(page.locator(".verdict.ok")).to_contain_text("記録しました")


def then_the_ledger_knows_and_the_second_dose_is_booked(town: LivingTown, resident: dict) -> None:
    town.settle()
    records = town.ask(
        "inside",
        "SELECT r.dose, r.lot_no FROM records.record r JOIN tickets.ticket t ON t.resident_id = r.resident_id WHERE t.number = %s AND r.state = 'valid'",
        resident["ticket"],
    )
    assert [dose for dose, _ in records] == [1] and records[0][1]
    [(state,)] = town.ask(
        "inside",
        "SELECT b.state FROM records.booking b JOIN records.subject s ON s.id = b.subject_id JOIN tickets.ticket t ON t.resident_id = s.resident_id WHERE t.number = %s AND b.dose = 2",
        resident["ticket"],
    )
    assert state == "active"


def then_the_office_makes_a_certificate_and_the_list_of_uses(
    chromium: Browser, town: LivingTown, resident: dict
) -> None:
    """A certificate with the dose on it, and a list that names this resident's own clicks."""
    page = town.staff(chromium, "officer")
    open_by_ticket(page, town, resident["ticket"])
    shoot(page, "office_resident")
    with page.expect_download() as download:
        page.click("button:has-text('接種済証')")
    text = paper.text(download.value.path().read_bytes())
    assert "予防接種済証" in text and re.search("EW4811|EX3617|3004667", text), "the lot is on it"
    page.click("a:has-text('開示の一覧')")
    shoot(page, "office_disclosure")
    uses = page.locator("main .log").inner_text()
    for own in (
        "予約サイトで予約しました",
        "コールセンターが",
        "会場の受付が",
        "会場で接種を記録しました",
        "接種済証を作りました",
    ):
        assert own in uses, own
    with page.expect_download() as download:
        page.click("button:has-text('紙にする')")
    pdf = download.value.path().read_bytes()
    whole = "".join(paper.text(pdf, n) for n in range(paper.pages(pdf)))
    assert "予約サイトで予約しました" in whole


def open_by_ticket(page: Page, town: LivingTown, ticket: str) -> None:
    page.goto(town.url("office") + "residents")
    page.fill("[name=ticket-ticket]", ticket)
    page.locator("form:has([name=ticket-ticket]) button").click()
    expect(page.locator("main")).to_contain_text("接種券の経過")
