"""Money out and back, as three people: proposed, approved, at the bank, answered, payable again, closed and proven."""

import re
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from looking import become, check_page
from pas.settlements import pain001

ANSWERS = ("pain.002", "camt.053", "camt.054")


def fetched(page: Page, link: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=link).first.click()
    file = folder / f"{link[:8].strip()}.xml"
    download.value.save_as(file)
    return file


def hand_over(page: Page, file: Path) -> None:
    page.goto("/velsen/settlements/bank")
    page.get_by_label("Bestand van de bank").set_input_files(file)
    page.get_by_role("button", name="Lees het bestand in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(file.name)


def propose(page: Page) -> str:
    become(page, "sign-in", "Medewerker financiën")
    page.goto("/velsen/settlements")
    page.get_by_role("button", name="Maak een voorstel").click()
    expect(page.get_by_text("Een tweede beoordelaar kijkt of dit klopt.")).to_be_visible()
    return page.url


def prove(page: Page) -> None:
    """Wait until the books are proven; where many work at once, that is a job."""
    page.goto("/velsen/ledger")
    page.get_by_role("button", name="Kijk de boeken nu na").click()
    expect(page.get_by_role("button", name="Kijk de boeken nu na")).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Het klopt op de cent")).to_be_visible()


def open_again(page: Page, month: str) -> None:
    """Leave the city as it was for the next visitor."""
    page.get_by_role("link", name="Stel voor om weer te openen").click()
    page.get_by_label("Waarom?").fill("Een bezoeker ging naar huis.")
    page.get_by_role("button", name="Stel voor om te openen").click()
    become(page, "sign-in", "Tweede beoordelaar")
    page.goto(month)
    page.get_by_role("button", name="Open de maand weer").click()


@pytest.mark.usefixtures("owed")
def test_three_people_pay_the_merchants_and_the_books_prove_it(
    visitor: Page, tmp_path: Path
) -> None:
    run = propose(visitor)
    check_page(visitor, "finance-proposed")
    become(visitor, "sign-in", "Tweede beoordelaar")
    visitor.goto(run)
    visitor.get_by_role("button", name="Keur goed").click()
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto(run)
    visitor.get_by_role("button", name="Maak het bankbestand").click()
    order = fetched(visitor, "Bestand 1", tmp_path)
    schema = Path(pain001.__file__).with_name("pain.001.001.09.xsd")
    etree.XMLSchema(etree.parse(schema)).assertValid(etree.parse(order))
    answers = [fetched(visitor, name, tmp_path) for name in ANSWERS]
    for answer in answers:
        hand_over(visitor, answer)
    visitor.goto(run)
    expect(visitor.get_by_text("Kwam terug op")).to_have_count(2)
    check_page(visitor, "finance-booked")
    visitor.goto("/velsen/settlements")
    ready = visitor.get_by_text(re.compile(r"^Er staat nu .* klaar voor")).inner_text()
    assert int(ready.split()[-2]) >= 2, "what was refused and what came back are payable again"

    prove(visitor)
    visitor.goto("/velsen/periods")
    month = visitor.locator(".pas-tile__link").first
    title = month.inner_text()
    month.click()
    visitor.get_by_role("button", name=f"Sluit {title} af").click()
    expect(visitor.get_by_text("Kenmerk (SHA-256)")).to_be_visible()
    open_again(visitor, visitor.url)
    become(visitor, "sign-in", "Controleur")
    prove(visitor)
    check_page(visitor, "finance-proven")
