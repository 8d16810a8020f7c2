"""Three people and a month: finance closes it and proposes to open it, another one opens it, a controller reads."""

import re

from playwright.sync_api import Page, expect

from looking import become, check_page


def test_a_month_is_closed_by_one_and_opened_by_another(visitor: Page) -> None:
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto("/velsen/ledger")
    visitor.get_by_role("button", name="Kijk de boeken nu na").click()
    visitor.goto("/velsen/journal-profile")
    check_page(visitor, "demo-journal-profile")
    visitor.goto("/velsen/periods")
    check_page(visitor, "demo-periods")
    month = visitor.locator(".pas-tile__link").first
    title = month.inner_text()
    month.click()
    check_page(visitor, "demo-period-open")
    visitor.locator("summary", has_text=re.compile("^besteed: ")).click()
    check_page(visitor, "demo-period-lines")
    visitor.locator("details[open] table a").first.click()
    expect(visitor.get_by_role("heading", level=2, name="Boekingen")).to_be_visible()
    check_page(visitor, "demo-journal-transaction")
    visitor.go_back()
    visitor.get_by_role("button", name=f"Sluit {title} af").click()
    expect(visitor.get_by_text("Kenmerk (SHA-256)")).to_be_visible()
    check_page(visitor, "demo-period-closed")
    address = visitor.url
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Haal het journaal (CSV)").click()
    assert re.fullmatch(r"journaal-velsen-\d{4}-\d{2}\.csv", download.value.suggested_filename)
    visitor.get_by_role("link", name="Stel voor om weer te openen").click()
    visitor.get_by_label("Waarom?").fill("De rekening van de bank klopt niet.")
    check_page(visitor, "demo-period-reason")
    visitor.get_by_role("button", name="Stel voor om te openen").click()
    become(visitor, "sign-in", "Tweede beoordelaar")
    visitor.goto(address)
    check_page(visitor, "demo-period-reopening")
    visitor.get_by_role("button", name="Open de maand weer").click()
    expect(visitor.get_by_role("heading", name="Eerder dicht")).to_be_visible()
    become(visitor, "sign-in", "Controleur")
    visitor.goto(address)
    expect(visitor.get_by_text("De rekening van de bank klopt niet.")).to_be_visible()
    expect(visitor.get_by_role("button", name=f"Sluit {title} af")).to_have_count(0)


def test_where_the_money_comes_from_fits_on_a_phone(visitor: Page) -> None:
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto("/velsen/appropriations")
    check_page(visitor, "demo-appropriations")
    visitor.goto("/velsen/reach/money")
    expect(visitor.get_by_text("onbekend").first).to_be_visible()
    check_page(visitor, "demo-money")


def test_how_the_money_goes_fits_on_a_phone(visitor: Page) -> None:
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto("/velsen/appropriations")
    visitor.get_by_role("link", name="Hoe het geld gaat").click()
    check_page(visitor, "demo-spending")
    visitor.locator("h2 a").first.click()
    expect(visitor.get_by_text("Besteed per maand")).to_be_visible()
    check_page(visitor, "demo-spending-by-month")
