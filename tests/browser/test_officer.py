"""A day of an officer, in a browser: schemes, a person explained, an assessment tried, the books."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from given.days import YEAR
from looking import check_page
from serving import Served, run_pas, serving
from town import make_town

NAMES_OF_FILES = {"vertrouwelijk-kaarten.csv", "vertrouwelijk-codes.csv"}


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


def become(page: Page, role: str) -> None:
    page.context.clear_cookies()
    page.goto("/velsen")
    page.get_by_role("button", name=role, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat wacht op u?")


def test_an_officer_reads_the_schemes_and_explains_a_person(page: Page) -> None:
    become(page, "Medewerker toekenning")
    check_page(page, "officer-home")
    page.get_by_role("link", name="Regelingen").click()
    check_page(page, "officer-schemes")
    page.get_by_role("link", name="Sport voor kinderen").click()
    expect(page.get_by_text("Precies 110% mag ook.")).to_be_visible()
    check_page(page, "officer-scheme")

    page.get_by_role("link", name="Begin").click()
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_role("button", name="Zoek").click()
    check_page(page, "officer-search-wrong")
    page.get_by_label("Achternaam").fill("yıl")
    page.get_by_label("Geboortedatum").fill(f"3-2-{YEAR - 13}")
    page.get_by_role("button", name="Zoek").click()
    expect(page.get_by_text("Deze persoon is gevonden")).to_be_visible()
    check_page(page, "officer-found")
    page.get_by_role("link", name="Deniz Yılmaz").click()
    expect(page.get_by_role("heading", name="Dit krijgt u", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Dit krijgt u niet")).to_be_visible()
    check_page(page, "officer-person")


def test_an_officer_tries_an_assessment(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Toekennen").click()
    check_page(page, "officer-assessments")
    page.get_by_role("link", name=f"Jaar {YEAR}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Toegekend voor {YEAR}")
    check_page(page, "officer-report")


def test_an_auditor_sees_the_books_close(page: Page) -> None:
    become(page, "Controleur")
    page.get_by_role("link", name="De boeken").click()
    page.get_by_role("button", name="Kijk de boeken nu na").click()
    expect(page.get_by_text("Het klopt op de cent")).to_be_visible()
    check_page(page, "auditor-ledger")


def test_an_approver_approves_a_merchant(page: Page) -> None:
    become(page, "Tweede beoordelaar")
    page.get_by_role("link", name="Aanbieders").click()
    check_page(page, "approver-merchants")
    page.get_by_role("link", name="Zwembad De Heerenduinen").click()
    check_page(page, "approver-merchant")
    page.get_by_role("button", name="Keur goed").click()
    expect(page.get_by_text("Doet mee")).to_be_visible()


def test_an_officer_finds_out_an_income(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Toekennen").click()
    page.get_by_role("link", name="Onbekende inkomens").click()
    check_page(page, "officer-unknown")
    page.get_by_role("link", name="Joke Yılmaz").click()
    page.get_by_label("Waar blijkt dat uit?").fill("Loonstrook van oktober")
    page.get_by_role("button", name="Leg vast en beslis").click()
    check_page(page, "officer-income-wrong")
    page.get_by_label("Hoeveel procent").fill("105,5")
    page.get_by_role("button", name="Leg vast en beslis").click()
    expect(page.get_by_role("heading", name="Dit krijgt u", exact=True)).to_be_visible()


def test_an_officer_adds_somebody_and_corrects_them(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_role("link", name="Voeg een inwoner toe").click()
    check_page(page, "officer-new-resident")
    page.get_by_label("Persoonsnummer", exact=True).fill("880001")
    page.get_by_label("Voornaam").fill("Noor")
    page.get_by_label("Achternaam").fill("van de Kamp")
    page.get_by_label("Geboortedatum").fill("17 mei 1990")
    page.get_by_label("Postcode").fill("0000")
    page.get_by_role("button", name="Leg vast").click()
    check_page(page, "officer-new-resident-wrong")
    page.get_by_label("Geboortedatum").fill("17-5-1990")
    page.get_by_label("Postcode").fill("1971 AB")
    page.get_by_label("Nummer van het huishouden").fill("H-880001")
    page.get_by_role("button", name="Leg vast").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Noor van de Kamp")
    page.get_by_role("link", name="Verbeter de gegevens").click()
    check_page(page, "officer-correction")
    page.get_by_label("Voornaam").fill("Eleonora")
    page.get_by_role("button", name="Leg vast").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Eleonora van de Kamp")
    check_page(page, "officer-corrected")


def test_an_officer_records_a_swimming_diploma(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_label("Persoonsnummer").fill("1002")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="Deniz Yılmaz").click()
    page.get_by_role("link", name="Leg een zwemdiploma vast").click()
    page.get_by_label("Welke dag").fill("31-2-2026")
    page.get_by_role("button", name="Leg vast").click()
    check_page(page, "officer-diploma-wrong")
    page.get_by_label("Welke dag").fill(f"17-5-{YEAR - 1}")
    page.get_by_role("button", name="Leg vast").click()
    expect(page.get_by_text(f"gehaald op 17 mei {YEAR - 1}")).to_be_visible()
    check_page(page, "officer-diploma-recorded")


def test_an_officer_prints_the_cards_of_a_year(page: Page, served: Served) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Kaarten drukken").click()
    page.get_by_label("Voor welk jaar?").fill("")
    page.get_by_role("button", name="Maak de kaarten").click()
    check_page(page, "officer-card-runs-wrong")
    page.get_by_label("Voor welk jaar?").fill(str(YEAR))
    page.get_by_role("button", name="Maak de kaarten").click()
    expect(page.get_by_role("heading", name="Wij zijn bezig")).to_be_visible()
    check_page(page, "officer-card-run-busy")
    done = run_pas("work", "--once", data_dir=str(served.output.parent / "data"))
    assert done.returncode == 0, done.stderr
    expect(page.get_by_text("Houd ze apart")).to_be_visible()
    check_page(page, "officer-card-run-ready")
    for kind in ("Kaarten, voor de drukker", "Brieven, met de codes"):
        with page.expect_download() as fetched:
            page.get_by_role("link", name=kind).click()
        assert fetched.value.suggested_filename in NAMES_OF_FILES
    page.get_by_role("link", name="Terug").click()
    check_page(page, "officer-card-runs")


def test_two_people_deviate_from_the_rule(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_label("Persoonsnummer").fill("1002")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name="Deniz Yılmaz").click()
    page.get_by_role("link", name="Wijk af van de regel").click()
    check_page(page, "officer-propose")
    page.get_by_label("Over welke regeling").select_option(
        label="Schoolkosten voor de middelbare school"
    )
    page.get_by_label("Toch toekennen").check()
    page.get_by_label("Welk bedrag?").fill("12,4")
    page.get_by_role("button", name="Stel voor").click()
    check_page(page, "officer-propose-wrong")
    page.get_by_label("Welk bedrag?").fill("12,40")
    page.get_by_label("Waarom?").fill("De boeken zijn verbrand. Er is geen geld voor nieuwe.")
    page.get_by_role("button", name="Stel voor").click()
    expect(page.get_by_text("Uw voorstel ligt klaar")).to_be_visible()

    become(page, "Tweede beoordelaar")
    page.get_by_role("link", name="Afwijkingen").click()
    check_page(page, "approver-deviations")
    page.get_by_role("link", name="Deniz Yılmaz").click()
    check_page(page, "approver-deviation")
    page.get_by_label("Bevestigen").check()
    page.get_by_role("button", name="Beslis").click()
    expect(page.get_by_text("Bevestigd")).to_be_visible()
