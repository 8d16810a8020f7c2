"""A resident in a browser: applies, keeps the receipt, reads why; and a card set going at last."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from looking import check_page
from serving import Served, serving
from town import make_town


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    """``pas serve`` on a small demonstration town, instead of the empty municipality."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        make_town(folder / "data")
        with serving(folder, workers="1") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def become(page: Page, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/velsen")
    page.get_by_role("button", name=name, exact=True).click()


def test_somebody_without_a_pass_applies_and_is_answered(page: Page) -> None:
    become(page, "Anouk Yılmaz")
    expect(page.get_by_role("heading", level=1)).to_have_text("U heeft nog geen pas")
    check_page(page, "holder-no-pass")
    page.get_by_role("link", name="Bekijk de beslissing").click()
    check_page(page, "holder-no-decision")
    page.get_by_role("link", name="De pas aanvragen").click()
    check_page(page, "holder-apply")
    page.get_by_role("button", name="Vraag de pas aan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw aanvraag is binnen")
    check_page(page, "holder-receipt")

    become(page, "Medewerker toekenning")
    page.goto("/velsen/assessments/unknown")
    page.get_by_role("link", name="Anouk Yılmaz").first.click()
    page.get_by_label("Hoeveel procent").fill("95")
    page.get_by_label("Waar blijkt dat uit?").fill("Loonstrook van oktober")
    page.get_by_role("button", name="Leg vast en beslis").click()

    become(page, "Anouk Yılmaz")
    page.get_by_role("link", name="Regel mijn pas").click()
    page.get_by_role("link", name="Waarom dit tegoed?").click()
    expect(page.get_by_role("heading", name="Dit krijgt u", exact=True)).to_be_visible()
    expect(page.get_by_text("U kunt bezwaar maken.")).to_be_visible()
    check_page(page, "holder-decision")


def test_a_card_that_waits_is_set_going_at_the_counter(page: Page) -> None:
    become(page, "Fatma Yılmaz")
    check_page(page, "holder-card-waits")
    page.get_by_role("link", name="Zet de kaart aan").click()
    check_page(page, "holder-sign-in")
    page.get_by_label("Welk nummer").fill("1234 5678 9012")
    page.get_by_role("button", name="Bekijk uw pas").click()
    check_page(page, "holder-sign-in-wrong")

    become(page, "Baliemedewerker")
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_label("Persoonsnummer").fill("1001")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="Fatma Yılmaz").click()
    check_page(page, "counter-person")
    page.get_by_role("link", name="Papier").click()
    check_page(page, "counter-card")
    page.get_by_role("link", name="Zet de kaart aan").click()
    check_page(page, "counter-card-activate")
    page.get_by_role("button", name="Zet de kaart aan").click()
    check_page(page, "counter-card-wrong")
    page.get_by_label("Hoe heeft u gezien wie dit is?").fill("Paspoort gezien")
    page.get_by_role("button", name="Zet de kaart aan").click()
    expect(page.get_by_text("in gebruik")).to_be_visible()


def test_a_helper_applies_and_an_officer_looks_who_it_is(page: Page) -> None:
    become(page, "Intermediair")
    page.get_by_role("link", name="Iemand helpen").click()
    check_page(page, "helper-form")
    page.get_by_label("Wat is de achternaam?").fill("Onbekend")
    page.get_by_label("Wat is de postcode?").fill("1971ab")
    page.get_by_role("button", name="Vraag de pas aan").click()
    check_page(page, "helper-form-wrong")
    page.get_by_label("Wat is de geboortedatum?").fill("17-5-1990")
    page.get_by_role("button", name="Vraag de pas aan").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("De aanvraag is binnen")
    check_page(page, "helper-receipt")

    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Aanvragen van helpers").click()
    check_page(page, "officer-helped")
    page.get_by_role("button", name="Uitgezocht: haal weg").click()
    expect(page.get_by_text("Er is niets om uit te zoeken.")).to_be_visible()
