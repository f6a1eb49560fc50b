"""接種券をなくした人 — a call, a slip, a new number; the old number is dead outside and nobody can see why."""

import re

from playwright.sync_api import Browser, expect

from tests.support.look import person
from tests.support.pictures import shoot
from tests.support.town import LivingTown, born_fields


def test_a_lost_ticket_is_replaced(town: LivingTown, chromium: Browser):
    resident = town.resident("unbooked")
    when_the_caller_is_matched_by_address_and_asks(chromium, town, resident)
    new = when_the_office_takes_the_slip_and_reissues(chromium, town, resident)
    town.settle()
    then_the_old_number_answers_like_an_unknown_one(chromium, town, resident["ticket"], resident["dob"])
    then_the_new_number_opens_the_booking(chromium, town, new, resident["dob"])


def when_the_caller_is_matched_by_address_and_asks(
    chromium: Browser, town: LivingTown, resident: dict
) -> None:
    page = town.staff(chromium, "operator")
    page.click("button:has-text('応対を始める')")
    page.goto(town.url("desk") + "case/?by=address")
    page.fill("[name=address]", resident["address"])
    page.fill("[name=born]", resident["dob"])
    page.click("button:has-text('照合する')")
    expect(page.locator("main")).to_contain_text("一致しました")
    assert resident["address"] not in page.content()
    page.goto(town.url("desk") + "case/slip?kind=reissue")
    page.fill("[name=name]", "見本 太郎")
    page.fill("[name=phone]", "0312345678")
    page.fill("[name=words]", "券をなくした")
    shoot(page, "desk_slip")
    page.click("button:has-text('封をして送る')")
    expect(page.locator("main")).to_contain_text("引")
    assert "見本 太郎" not in page.content()
    town.settle()


def when_the_office_takes_the_slip_and_reissues(chromium: Browser, town: LivingTown, resident: dict) -> str:
    page = town.staff(chromium, "officer")
    page.goto(town.url("office") + "slips")
    page.locator("main table a").first.click()
    page.click("button:has-text('開いて担当する')")
    expect(page.locator("main")).to_contain_text("券をなくした")
    shoot(page, "office_slip")
    page.click("a:has-text('一致した方の記録を開く')")
    page.click("a:has-text('再発行する')")
    page.check("[value=lost]")
    page.click("button:has-text('再発行する')")
    shown = re.search(r"\b\d{10}\b|\d{4}[ -]?\d{3}[ -]?\d{3}", page.locator("main").inner_text())
    assert shown, "the new number is shown once"
    new = re.sub(r"\D", "", shown[0])
    assert new != resident["ticket"]
    return new


def _type(page, town: LivingTown, ticket: str, dob: str) -> None:
    page.goto(town.url("public"))
    page.fill("[name=ticket]", ticket)
    born = born_fields(dob)
    page.select_option("[name=born_0]", born["born_0"])
    for part in ("born_1", "born_2", "born_3"):
        page.fill(f"[name={part}]", born[part])
    page.click("button:has-text('次へ')")


def then_the_old_number_answers_like_an_unknown_one(
    chromium: Browser, town: LivingTown, old: str, dob: str
) -> None:
    page = person(chromium)
    _type(page, town, old, dob)
    of_the_old = page.locator("main").inner_text()
    unknown = town.resident("never_issued")
    page = person(chromium)
    _type(page, town, unknown["ticket"], unknown["dob"])
    assert page.locator("main").inner_text() == of_the_old


def then_the_new_number_opens_the_booking(chromium: Browser, town: LivingTown, new: str, dob: str) -> None:
    page = person(chromium)
    _type(page, town, new, dob)
    expect(page.locator("h1")).to_contain_text("会場")
