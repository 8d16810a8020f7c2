"""The first page of the demonstration: everybody a visitor can be, and numbers that add up."""

import re

from playwright.sync_api import Locator, Page, expect

from looking import become, check_page
from pas.web.dates import MONTHS


def test_everybody_on_the_first_page_can_be_become(visitor: Page) -> None:
    """Each once: one click, and a page of one's own."""
    visitor.goto("/velsen")
    buttons = visitor.locator("form[action*='/demo/'] button")
    assert buttons.count() > 15
    for number in range(buttons.count()):
        visitor.context.clear_cookies()
        visitor.goto("/velsen")
        buttons.nth(number).click()
        expect(visitor.locator("h1").first).not_to_have_text(
            re.compile("bestaat niet|Wie wilt u zijn")
        )


def test_the_numbers_on_the_first_page_are_those_of_the_books(visitor: Page) -> None:
    """Per year and together: granted is spent, returned and open; and what merchants are owed."""
    visitor.goto("/velsen")
    table, merchants = (rows_of(one) for one in visitor.locator("table").all())
    [[at_merchants], [paid], [owed]] = merchants
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger")
    visitor.get_by_role("button", name="Kijk de boeken nu na").click()
    expect(visitor.get_by_text("Het klopt op de cent")).to_be_visible()
    proved = visitor.locator("dl").first.locator("dd").all_inner_texts()

    *years, together = table
    assert len(years) == 2
    assert all(granted == spent + back + left for granted, spent, back, left in table)
    assert [sum(column) for column in zip(*years, strict=True)] == together
    spent, still_owed, still_open = [cents(text) for text in proved]
    assert (together[1], owed, together[3]) == (spent, still_owed, still_open)
    assert at_merchants == together[1] == paid + owed
    assert paid > 0


def rows_of(table: Locator) -> list[list[int]]:
    rows = table.locator("tbody tr").all()
    return [[cents(cell) for cell in row.locator("td").all_inner_texts()[1:]] for row in rows]


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_an_officer_finds_a_person_with_what_the_first_page_tells(visitor: Page) -> None:
    visitor.goto("/velsen")
    tile = visitor.locator(".pas-tile").filter(has_text="Christa Zeeman").first
    born = tile.inner_text().partition("Geboren op ")[2].split()
    visitor.get_by_role("button", name="Medewerker toekenning").click()
    visitor.get_by_role("link", name="Inwoners").click()
    visitor.fill("#family_name", "Zeeman")
    visitor.fill("#birth_date", f"{born[0]}-{MONTHS.index(born[1]) + 1}-{born[2]}")
    visitor.get_by_role("button", name="Zoek").click()
    visitor.get_by_role("link", name="Christa Zeeman").click()
    expect(visitor.locator("h1")).to_have_text("Christa Zeeman")


def test_a_second_person_approves_a_merchant_that_waits(visitor: Page) -> None:
    visitor.goto("/velsen")
    visitor.get_by_role("button", name="Tweede beoordelaar").click()
    visitor.get_by_role("link", name="Aanbieders").click()
    expect(visitor.locator("h2").first).to_have_text("Wacht op goedkeuring")
    visitor.get_by_role("link", name="Surfschool Derde Bank").click()
    visitor.get_by_role("button", name="Keur goed").click()
    expect(visitor.locator(".utrecht-badge").first).to_have_text("Doet mee")
    visitor.get_by_role("link", name="Alle rekeningen").click()
    check_page(visitor, "merchant-account")
    visitor.get_by_label("Ja, keur goed").check()
    visitor.get_by_role("button", name="Beslis").click()
    expect(visitor.locator("table")).to_contain_text("Wij betalen erop vanaf")
