"""The whole chain by the pages alone: a child gets to a club, the club is paid, a payment comes back."""

import csv
import io
import re

from lxml import etree
from playwright.sync_api import Locator, Page, expect

from given.days import TODAY
from looking import become, check_page

CLUB = "Atletiekvereniging Duinrun"
INVOICE = "2026-77"
DAY = f"{TODAY.day}-{TODAY.month}-{TODAY.year}"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}


def test_an_application_ends_in_the_bank_file_and_a_return_is_owed_again(visitor: Page) -> None:
    child, digits = a_child_with_a_pass(visitor)
    apply_for(visitor, digits)
    confirm_at_the_club(visitor, child)
    run = propose(visitor)
    line = approve(visitor, run)
    paid = bank_file(visitor, run)

    assert paid[CLUB] == line
    assert INVOICE in specified(visitor, run)
    book_paid(visitor, run)
    return_of_the_club(visitor, run)
    assert line <= owed_again(visitor)


def a_child_with_a_pass(page: Page) -> tuple[str, str]:
    """A parent reads the digits of a child's pass."""
    become(page, "holder")
    page.locator(".pas-people a").last.click()
    name = page.locator("h1").inner_text().removeprefix("Pas van ")
    return name, page.locator(".pas-card__digits").inner_text()


def apply_for(page: Page, digits: str) -> None:
    become(page, "sign-in", "Intermediair")
    page.get_by_role("link", name="Aanvragen voor kinderen").click()
    check_page(page, "chain-cases")
    page.get_by_role("link", name="Nieuwe aanvraag").click()
    check_page(page, "chain-purpose")
    page.get_by_role("link", name="Jeugdfonds: sport").click()
    page.get_by_label("Zoek op naam").fill("duinrun")
    page.get_by_role("button", name="Zoek").click()
    check_page(page, "chain-club")
    page.get_by_role("link", name=CLUB).click()
    page.get_by_role("button", name="Vraag aan").click()
    expect(page.get_by_role("link", name="Vul de voornaam van het kind in.")).to_be_visible()
    check_page(page, "chain-child-wrong")
    page.get_by_label("De pas van het kind").fill(digits)
    page.get_by_label("Welke ouder?").fill("Moeder")
    page.get_by_label("De ouder is er nu bij").check()
    page.get_by_label("Wanneer?").fill(DAY)
    page.get_by_label("Het is niet mijn eigen kind").check()
    page.get_by_role("button", name="Vraag aan").click()
    check_page(page, "chain-receipt")
    until(page, "Toegekend")


def until(page: Page, text: str) -> None:
    """A job decides within seconds; whoever waits looks again."""
    for _ in range(40):
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.inner_text("main"))


def confirm_at_the_club(page: Page, child: str) -> None:
    become(page, "manager", CLUB)
    check_page(page, "chain-manager-home")
    page.get_by_role("link", name="Kinderen die bij u komen").click()
    check_page(page, "chain-awards")
    page.get_by_role("link", name=re.compile(f"^{re.escape(child)}")).first.click()
    page.get_by_label("Ja, het doet mee").check()
    page.locator("#amount").fill("250,01")
    page.get_by_label("Nummer van uw factuur").fill(INVOICE)
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_role("link", name=re.compile("U kunt nog"))).to_be_visible()
    check_page(page, "chain-award-wrong")
    page.locator("#amount").fill("250,00")
    page.get_by_role("button", name="Verstuur").click()
    expect(page.get_by_text(INVOICE)).to_be_visible()
    check_page(page, "chain-award")


def propose(page: Page) -> str:
    become(page, "sign-in", "Medewerker financiën")
    page.get_by_role("link", name="Uitbetalen", exact=True).click()
    check_page(page, "chain-settlements")
    page.get_by_role("button", name="Maak een voorstel").click()
    check_page(page, "chain-run-proposed")
    return page.url


def approve(page: Page, run: str) -> int:
    become(page, "sign-in", "Tweede beoordelaar")
    page.get_by_role("link", name=re.compile("uitbetaling wacht op uw oordeel")).click()
    page.goto(run)
    line = cents(payment_of_the_club(page).locator("td").nth(2).inner_text())
    page.get_by_role("button", name="Keur goed").click()
    check_page(page, "chain-run-approved")
    return line


def payment_of_the_club(page: Page) -> Locator:
    return page.get_by_role("table", name="Wie wat krijgt").get_by_role("row").filter(has_text=CLUB)


def bank_file(page: Page, run: str) -> dict[str, int]:
    """What the file pays to whom, read as the bank does."""
    become(page, "sign-in", "Medewerker financiën")
    page.get_by_role("link", name=re.compile("haal het bestand")).click()
    page.goto(run)
    page.get_by_role("button", name="Maak het bankbestand").click()
    check_page(page, "chain-run-exported")
    with page.expect_download() as download:
        page.get_by_role("link", name="Bestand 1 (pain.001)").click()
    tree = etree.parse(download.value.path())
    return {
        payment.findtext("p:Cdtr/p:Nm", namespaces=NAMES) or "": cents(
            payment.findtext("p:Amt/p:InstdAmt", namespaces=NAMES) or ""
        )
        for payment in tree.iterfind(".//p:CdtTrfTxInf", NAMES)
    }


def specified(page: Page, run: str) -> str:
    page.goto(run)
    page.get_by_role("link", name=CLUB).click()
    check_page(page, "chain-line")
    with page.expect_download() as download:
        page.get_by_role("link", name="Elke besteding (CSV)").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";"))
    return text


def book_paid(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_role("link", name="Boek dat de bank betaalde").click()
    check_page(page, "chain-payment")
    page.get_by_label("Welke dag").fill(DAY)
    page.get_by_role("button", name="Boek als betaald").click()
    expect(page.locator(".utrecht-badge").first).to_have_text("Klaar")


def return_of_the_club(page: Page, run: str) -> None:
    page.goto(run)
    page.get_by_role("link", name=CLUB).click()
    page.get_by_label("Welke dag").fill(DAY)
    page.get_by_label("Wat zei de bank?").fill("Rekening opgeheven")
    page.get_by_role("button", name="Boek als teruggekomen").click()
    page.goto(run)
    expect(page.get_by_text("Kwam terug", exact=True)).to_be_visible()
    check_page(page, "chain-run-returned")


def owed_again(page: Page) -> int:
    """It stands in the next proposal; which is taken back, so that others can make theirs."""
    page.goto(page.url.partition("/settlements")[0] + "/settlements")
    page.get_by_role("button", name="Maak een voorstel").click()
    row = payment_of_the_club(page)
    expect(row).to_contain_text("van een eerdere keer")
    again = cents(row.locator("td").nth(2).inner_text())
    page.get_by_role("link", name="Trek deze uitbetaling in").click()
    page.get_by_label("Waarom trekt u haar in?").fill("Het was om te kijken.")
    page.get_by_role("button", name="Trek in").click()
    return again


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))
