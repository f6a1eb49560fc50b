"""支援措置対象者 — the operator learns nothing, the office sees the warning alone, two people open the record once."""

from playwright.sync_api import Browser, expect

from tests.support.look import person
from tests.support.pictures import shoot
from tests.support.town import LivingTown, born_fields


def test_a_protected_person_is_handed_off(town: LivingTown, chromium: Browser):
    resident = town.resident("protected_after_booking")
    then_the_operator_sees_an_ordinary_no_match(chromium, town, resident)
    then_the_public_site_knows_nobody(chromium, town, resident)
    reference = then_the_office_sees_the_warning_alone_and_hands_on(chromium, town, resident)
    then_two_people_open_the_record_once(chromium, town, resident, reference)


def then_the_operator_sees_an_ordinary_no_match(chromium: Browser, town: LivingTown, resident: dict) -> None:
    page = town.staff(chromium, "operator")
    page.click("button:has-text('応対を始める')")
    page.fill("[name=ticket]", resident["ticket"])
    page.fill("[name=born]", resident["dob"])
    page.click("button:has-text('照合する')")
    expect(page.locator("main")).to_contain_text("一致しません")
    page.goto(town.url("desk") + "case/?by=address")
    page.fill("[name=address]", resident["address"])
    page.fill("[name=born]", resident["dob"])
    page.click("button:has-text('照合する')")
    expect(page.locator("main")).to_contain_text("一致しません")


def then_the_public_site_knows_nobody(chromium: Browser, town: LivingTown, resident: dict) -> None:
    page = person(chromium)
    page.goto(town.url("public"))
    page.fill("[name=ticket]", resident["ticket"])
    born = born_fields(resident["dob"])
    page.select_option("[name=born_0]", born["born_0"])
    for part in ("born_1", "born_2", "born_3"):
        page.fill(f"[name={part}]", born[part])
    page.click("button:has-text('次へ')")
    expect(page.locator("h1")).not_to_contain_text("会場")


def then_the_office_sees_the_warning_alone_and_hands_on(
    chromium: Browser, town: LivingTown, resident: dict
) -> str:
    [(resident_id, reference, name)] = town.ask(
        "inside",
        "SELECT r.id, r.reference_no, r.name FROM register.resident r JOIN tickets.ticket t ON t.resident_id = r.id WHERE t.number = %s",
        resident["ticket"],
    )
    page = town.staff(chromium, "officer")
    page.goto(f"{town.url('office')}residents/{resident_id}")
    expect(page.locator("[role=alert] h1")).to_contain_text("ここでは続けられません")
    shoot(page, "office_protected")
    for word in (name, resident["ticket"], resident["address"], "中央体育館"):
        assert word not in page.content()
    page.click("button:has-text('所管課へ引き継ぐ')")
    return reference


def then_two_people_open_the_record_once(
    chromium: Browser, town: LivingTown, resident: dict, reference: str
) -> None:
    first = town.staff(chromium, "section")
    expect(first.locator("main")).to_contain_text(reference)
    shoot(first, "sealed_home")
    first.click("a:has-text('開封を申し出る')")
    first.fill("[name=number]", reference)
    first.fill("[name=reason]", "本人からの依頼を確かめるため")
    first.click("button:has-text('申し出る')")
    expect(first.locator("main")).to_contain_text("2人目の承認を待っています")
    assert first.locator("button:has-text('一度だけ見る')").count() == 0
    second = town.staff(chromium, "section")
    second.click("button:has-text('2人目として承認する')")
    first.goto(town.url("sealed"))
    first.click("button:has-text('一度だけ見る')")
    lot = resident["address"].split()[0]
    expect(first.locator("main")).to_contain_text("所在情報")
    assert lot[:4] in first.content()
    first.goto(town.url("sealed"))
    assert first.locator("button:has-text('一度だけ見る')").count() == 0
