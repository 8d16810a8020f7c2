"""A club that has never seen the system comes from registration to its first sale by what the screens show.

Nobody types an address but that of the first page; the phone opens what the QR code says.
"""

import re
from collections.abc import Generator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from code_reading import read_code
from looking import check_page
from serving import Served

PHONE = ViewportSize(width=360, height=740)
KVK = "90001234"
IBAN = "NL91 ABNA 0417 1643 00"
CLUB = "Judoschool De Zwarte Band"


class People:
    """Each has a browser of their own; nobody has been anywhere yet."""

    def __init__(self, browser: Browser, city: Served, open_tabs: ExitStack) -> None:
        self.browser, self.city, self.open_tabs = browser, city, open_tabs

    def somebody(self, address: str = "/") -> Page:
        context = self.browser.new_context(base_url=self.city.url, locale="nl-NL", viewport=PHONE)
        self.open_tabs.callback(context.close)
        page = context.new_page()
        page.goto(address)
        return page


@pytest.fixture
def people(browser: Browser, city: Served) -> Generator[People]:
    with ExitStack() as open_tabs:
        yield People(browser, city, open_tabs)


def test_a_new_club_gets_from_registration_to_its_first_sale(people: People) -> None:
    holder = people.somebody()
    holder.locator("form[action$='/demo/holder'] button").first.click()
    number = re.sub(r"\D", "", holder.locator(".pas-card__digits").inner_text())

    club = people.somebody()
    registers(club)
    asked_back(people.somebody(), club)
    approved(people.somebody())
    second_person(people.somebody())
    comes_in(club)
    phone = people.somebody(pairs(club))
    check(phone, "new-club-20-phone")
    phone.get_by_role("button", name="Koppel dit apparaat").click()
    expect(phone.locator("#known")).to_contain_text("Dit apparaat is kassa bar")
    phone.get_by_role("link", name="Open de kassa").click()
    sells(phone, number)
    looks(club)
    refunds(club)
    revokes(club, phone, number)


def registers(club: Page) -> None:
    """Page by page, with a mistake on the way."""
    club.get_by_role("link", name="Een nieuwe club aanmelden").click()
    check(club, "new-club-01-begin")
    go_on(club)
    check(club, "new-club-02-mistakes")
    club.get_by_label("Hoe heet uw club of winkel?").fill(CLUB)
    club.get_by_label("KvK-nummer").fill(KVK)
    go_on(club)
    check(club, "new-club-03-places")
    club.get_by_label("Straat en huisnummer").fill("Dorpsstraat 1")
    club.get_by_label("Postcode").fill("1971 AB")
    club.get_by_label("Plaats", exact=True).fill("IJmuiden")
    go_on(club)
    check(club, "new-club-04-purposes")
    for purpose in ("Sport", "Kleding"):
        club.get_by_label(purpose, exact=True).check()
    go_on(club)
    check(club, "new-club-05-words")
    club.get_by_label("Sport").fill("Judoles voor kinderen van 4 tot 12 jaar.")
    club.get_by_label("Kleding").fill("Judopakken.")
    go_on(club)
    check(club, "new-club-06-contact")
    club.get_by_label("Naam", exact=True).fill("Noor Bakker")
    club.get_by_label("E-mailadres").fill("noor@zwarteband.example")
    club.get_by_label("Telefoonnummer").fill("0255 12 34 56")
    go_on(club)
    check(club, "new-club-07-account")
    club.get_by_label("Rekeningnummer").fill(IBAN)
    club.get_by_label("Op naam van").fill(CLUB)
    go_on(club)
    check(club, "new-club-08-check")
    club.get_by_label("Ik vind dit goed").check()
    club.get_by_role("button", name="Verstuur").click()
    expect(club.get_by_text("Uw aanmelding is binnen")).to_be_visible()
    check(club, "new-club-09-receipt")


def asked_back(officer: Page, club: Page) -> None:
    """The municipality wants to know something first, and gets an answer."""
    becomes(officer, "Medewerker aanbieders")
    opens_registration(officer)
    check(officer, "new-club-10-officer")
    officer.get_by_label("Wat wilt u weten?").fill("Verkoopt u de judopakken zelf?")
    officer.get_by_role("button", name="Stel de vraag").click()
    club.get_by_role("link", name="Kijk opnieuw hoe het staat").click()
    check(club, "new-club-11-question")
    club.get_by_role("link", name="Antwoord, of verander iets").click()
    club.get_by_label("Uw antwoord").fill("Ja, in de zaal.")
    club.get_by_label("Ik vind dit goed").check()
    club.get_by_role("button", name="Verstuur").click()
    expect(club.get_by_text("Wij hebben uw antwoord")).to_be_visible()


def approved(officer: Page) -> None:
    becomes(officer, "Medewerker aanbieders")
    opens_registration(officer)
    expect(officer.get_by_text("Ja, in de zaal.")).to_be_visible()
    officer.get_by_role("button", name="Keur goed").click()
    expect(officer.get_by_role("link", name="Open de aanbieder")).to_be_visible()


def second_person(approver: Page) -> None:
    """Somebody else looks at the account."""
    becomes(approver, "Tweede beoordelaar")
    approver.get_by_role("link", name=re.compile("rekeningnummer")).click()
    approver.get_by_role("link", name=CLUB).click()
    approver.get_by_label("Ja, keur goed").check()
    check(approver, "new-club-14-account")
    approver.get_by_role("button", name="Beslis").click()
    expect(approver.get_by_text("Wij betalen erop vanaf")).to_be_visible()


def comes_in(club: Page) -> None:
    """Back on its link, the club makes its own access."""
    club.get_by_role("link", name="Kijk opnieuw hoe het staat").click()
    check(club, "new-club-15-welcome")
    club.get_by_role("button", name="Maak uw toegang").click()
    check(club, "new-club-16-access")
    club.get_by_role("link", name="Log in en begin").click()
    check(club, "new-club-17-invitation")
    club.get_by_role("button", name="Neem de uitnodiging aan").click()
    check(club, "new-club-18-home")


def pairs(club: Page) -> str:
    """Make a till; gives what the phone reads from the screen."""
    club.get_by_role("link", name="Kassa’s", exact=True).click()
    club.get_by_label("Hoe heet de kassa?").fill("bar")
    club.get_by_role("button", name="Maak deze kassa").click()
    check(club, "new-club-19-code")
    return read_code(club)


def sells(phone: Page, number: str) -> None:
    """A mistake that is undone with one tap, and then what it had to be."""
    takes(phone, number, "1,00", look=True)
    phone.get_by_role("button", name="Maak ongedaan").click()
    check(phone, "new-club-24-undo")
    phone.get_by_role("button", name="Verkeerd bedrag").click()
    expect(phone.locator("#sales")).to_contain_text("Ongedaan gemaakt")
    phone.get_by_role("button", name="Kassa", exact=True).click()
    takes(phone, number, "2,00")


def takes(phone: Page, number: str, amount: str, *, look: bool = False) -> None:
    phone.get_by_label("Bedrag in euro").fill(amount)
    phone.get_by_label("Of typ de 12 cijfers van de pas").fill(number)
    if look:
        check(phone, "new-club-21-till")
    phone.get_by_role("button", name="Kijk wat kan").click()
    phone.get_by_role("button", name=re.compile("^Neem €")).wait_for()
    if look:
        check(phone, "new-club-22-quote")
    phone.get_by_role("button", name=re.compile("^Neem €")).click()
    expect(phone.get_by_role("heading", name=re.compile("^Betaald €"))).to_be_visible()
    if look:
        check(phone, "new-club-23-sold")


def looks(club: Page) -> None:
    """What the club's own page says of it all."""
    club.get_by_role("link", name="Klaar").click()
    check(club, "new-club-26-tills")
    club.get_by_role("link", name=CLUB).click()
    expect(club.get_by_text("€ 2,00 tot nu toe")).to_be_visible()
    expect(club.get_by_text("Vanaf").first).to_contain_text("betalen wij op NL91 •••• 4300")
    check(club, "new-club-27-merchant")


def refunds(club: Page) -> None:
    """A part of the sale goes back, and off what the club gets."""
    club.get_by_role("link", name="Alle verkopen, en terugboeken").click()
    check(club, "new-club-28-sales")
    club.get_by_role("link", name="Terugboeken").click()
    check(club, "new-club-29-refund")
    club.get_by_label("Hoeveel gaat terug?").fill("0,50")
    club.get_by_label("Waarom?").fill("De les was korter")
    club.get_by_role("button", name="Draai terug").click()
    expect(club.get_by_text("deels terug: € 0,50")).to_be_visible()
    club.get_by_role("link", name="Begin").click()
    club.get_by_role("link", name="Uw club of winkel").click()
    expect(club.get_by_text("€ 1,50 tot nu toe")).to_be_visible()
    check(club, "new-club-31-less")


def revokes(club: Page, phone: Page, number: str) -> None:
    club.get_by_role("link", name="Kassa’s beheren").click()
    club.get_by_role("link", name="Zet bar voorgoed uit").click()
    check(club, "new-club-32-revoke")
    club.get_by_role("button", name="Ja, zet uit").click()
    phone.get_by_role("button", name="Volgende").click()
    phone.get_by_label("Bedrag in euro").fill("1,00")
    phone.get_by_label("Of typ de 12 cijfers van de pas").fill(number)
    phone.get_by_role("button", name="Kijk wat kan").click()
    expect(phone.get_by_role("heading", name="Deze kassa is uitgezet")).to_be_visible()
    check(phone, "new-club-34-stopped")


def becomes(page: Page, who: str) -> None:
    page.get_by_role("button", name=who, exact=True).click()


def opens_registration(officer: Page) -> None:
    officer.get_by_role("link", name=re.compile("meldde zich aan")).click()
    officer.get_by_role("link", name=CLUB).click()


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Verder", exact=True).click()


def check(page: Page, name: str) -> None:
    """As every page, as the phone of this club shows it."""
    check_page(page, name, widths=(PHONE["width"],))
    page.set_viewport_size(PHONE)
