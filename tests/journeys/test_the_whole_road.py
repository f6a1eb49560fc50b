"""住民の道 — a resident of 75 books, calls, comes, is vaccinated, gets a certificate and asks who saw their data.

One journey through all zones, scripts off. Each step is a sentence; what it does stands below.
"""

import datetime as dt
import re

from playwright.sync_api import BrowserContext, Page, expect

from sesshu.base import clock
from tests.support.town import LivingTown, born_fields


def test_a_resident_walks_the_whole_road(town: LivingTown, context: BrowserContext, tmp_path):
    person = town.resident("unbooked")
    code, first = when_they_book_both_doses_on_the_web(context.new_page(), town, person)
    then_the_operator_matches_their_call_and_hears_nothing(context, town, person)
    when_they_come_and_are_vaccinated(context, town, person, first)
    then_the_ledger_knows_and_the_second_dose_is_booked(town, person)
    then_the_office_makes_a_certificate_and_the_list_of_uses(context, town, person, tmp_path)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}", code)


def when_they_book_both_doses_on_the_web(
    page: Page, town: LivingTown, person: dict
) -> tuple[str, dt.datetime]:
    page.goto(town.url("public"))
    page.fill("[name=ticket]", person["ticket"])
    born = born_fields(person["dob"])
    page.select_option("[name=born_0]", born["born_0"])
    for part in ("born_1", "born_2", "born_3"):
        page.fill(f"[name={part}]", born[part])
    page.click("button.btn")
    page.locator("main button[name=venue], main label:has([name=venue])").first.click()
    if page.locator("button.btn:visible").count() and "/venue" in page.url:
        page.click("button.btn")
    page.locator("label:has([name=slot])").first.click()
    page.locator("main form button.btn").last.click()
    expect(page.locator("h1")).to_contain_text("確認")
    page.locator("main form button.btn").last.click()
    expect(page.locator("h1")).to_contain_text("予約できました")
    return page.locator(".code").inner_text().strip(), _first_booking(town)


def _first_booking(town: LivingTown) -> dt.datetime:
    [(on, at)] = town.ask(
        "outside",
        "SELECT s.on_date, s.at FROM booking.booking b JOIN booking.slot s ON s.id = b.slot_id WHERE b.dose = 1 AND b.state = 'active' ORDER BY b.id DESC LIMIT 1",
    )
    return dt.datetime.combine(on, at, clock.TOKYO)


def then_the_operator_matches_their_call_and_hears_nothing(
    context: BrowserContext, town: LivingTown, person: dict
) -> None:
    page = town.staff(context, "operator")
    page.click("button:has-text('応対を始める')")
    page.fill("[name=ticket]", person["ticket"])
    page.fill("[name=born]", person["dob"])
    page.click("button:has-text('照合する')")
    expect(page.locator("main")).to_contain_text("一致しました")
    assert person["address"] not in page.content()
    assert person["ticket"] not in page.content()


def when_they_come_and_are_vaccinated(
    context: BrowserContext, town: LivingTown, person: dict, at: dt.datetime
) -> None:
    town.now_is(at)
    page = town.staff(context, "reception")
    page.goto(town.url("venue") + "check-in")
    page.fill("[name=scan]", person["ticket"])
    page.fill("[name=born]", person["dob"])
    page.click("button:has-text('受付する')")
    expect(page.locator(".verdict.ok")).to_contain_text("予診へ")
    number = re.search(r"\d+", page.locator(".verdict .no").inner_text())[0]
    page = town.staff(context, "doctor")
    page.goto(f"{town.url('venue')}precheck?queue={number}")
    page.check("[value=go]")
    page.click("button:has-text('この結果で記録する')")
    page = town.staff(context, "recorder")
    page.goto(f"{town.url('venue')}dose?queue={number}")
    page.fill("[name=scan]", person["ticket"])
    page.fill("[name=born]", person["dob"])
    page.select_option("[name=lot]", index=1)
    page.click("button:has-text('接種を記録する')")
    expect(page.locator(".verdict.ok")).to_contain_text("記録しました")


def then_the_ledger_knows_and_the_second_dose_is_booked(town: LivingTown, person: dict) -> None:
    town.settle()
    records = town.ask(
        "inside",
        "SELECT r.dose, r.lot_no FROM records.record r JOIN tickets.ticket t ON t.resident_id = r.resident_id WHERE t.number = %s AND r.state = 'valid'",
        person["ticket"],
    )
    assert [dose for dose, _ in records] == [1] and records[0][1]
    [(state,)] = town.ask(
        "inside",
        "SELECT b.state FROM records.booking b JOIN records.subject s ON s.id = b.subject_id JOIN tickets.ticket t ON t.resident_id = s.resident_id WHERE t.number = %s AND b.dose = 2",
        person["ticket"],
    )
    assert state == "active"


def then_the_office_makes_a_certificate_and_the_list_of_uses(
    context: BrowserContext, town: LivingTown, person: dict, tmp_path
) -> None:
    page = town.staff(context, "officer")
    page.goto(town.url("office") + "residents")
    page.fill("[name=ticket]", person["ticket"])
    page.click("main button.btn")
    expect(page.locator("main")).to_contain_text("接種")
