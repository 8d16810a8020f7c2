"""A holder looks at what is known, objects, is asked something and reads the answer; and finds where to go."""

import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from looking import become, check_page

OFFICER = "Medewerker toekenning"
NUMBER = re.compile("^[0-9A-Z]{4}-[0-9A-Z]{4}$")


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(name)).first.click()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def ask_for(visitor: Page) -> tuple[str, str]:
    """Object on the pages of a holder; gives the address of the receipt, and its number."""
    become(visitor, "holder")
    visitor.goto("/velsen/my-data")
    check_page(visitor, "my-data")
    follow(visitor, "^Wie gebruikte")
    check_page(visitor, "my-data-used")
    follow(visitor, "^Naar mijn gegevens")
    follow(visitor, "^Vragen, bezwaren")
    check_page(visitor, "my-requests")
    follow(visitor, "^Bezwaar maken")
    check_page(visitor, "my-objection")
    press(visitor, "Verstuur")
    expect(visitor.get_by_text("Er kloppen nog 2 dingen niet")).to_be_visible()
    check_page(visitor, "my-objection-wrong")
    visitor.get_by_role("radio").first.check()
    visitor.get_by_label("Waarom bent u het niet eens").fill("Mijn loon is lager.")
    press(visitor, "Verstuur")
    expect(visitor.get_by_text("Controlegetal", exact=True)).to_be_visible()
    check_page(visitor, "my-receipt")
    return visitor.url, visitor.get_by_text(NUMBER).inner_text()


def ask_back(visitor: Page, number: str) -> str:
    """Find it as an officer and ask something; gives the address of the request."""
    become(visitor, "sign-in", OFFICER)
    follow(visitor, "inwoner.? wacht")
    check_page(visitor, "requests")
    visitor.locator(".pas-tile").filter(has_text=number).get_by_role("link").click()
    check_page(visitor, "request")
    visitor.get_by_label("Wat wilt u weten?").fill("Vanaf welke maand?")
    press(visitor, "Stel de vraag")
    return visitor.url


def reply(visitor: Page, receipt: str) -> None:
    become(visitor, "holder")
    visitor.goto(receipt)
    check_page(visitor, "my-request-asked")
    visitor.get_by_label("Uw antwoord").fill("Vanaf maart.")
    press(visitor, "Verstuur uw antwoord")
    expect(visitor.get_by_text("Wij lezen uw antwoord")).to_be_visible()


def answer(visitor: Page, address: str) -> None:
    become(visitor, "sign-in", OFFICER)
    visitor.goto(address)
    visitor.get_by_label("U heeft gelijk.").check()
    visitor.get_by_label("Waarom?").fill("Uw loon daalde in maart.")
    press(visitor, "Verstuur het antwoord")
    expect(visitor.get_by_role("link", name="Stel toekennen voor")).to_be_visible()
    check_page(visitor, "request-answered")


def test_an_objection_goes_from_the_first_page_to_an_answer_with_a_receipt_and_a_trace(
    visitor: Page,
) -> None:
    receipt, number = ask_for(visitor)
    address = ask_back(visitor, number)
    reply(visitor, receipt)
    answer(visitor, address)
    become(visitor, "holder")
    visitor.goto(receipt)
    expect(visitor.get_by_text("Uw loon daalde in maart.")).to_be_visible()
    check_page(visitor, "my-request-answered")


def test_everything_is_taken_along_as_a_file(visitor: Page, tmp_path: Path) -> None:
    become(visitor, "holder")
    visitor.goto("/velsen/my-data")
    follow(visitor, "^Alles ophalen")
    check_page(visitor, "my-download")
    with visitor.expect_download() as started:
        press(visitor, "Haal het bestand op")
    started.value.save_as(tmp_path / "mine.json")
    read = json.loads((tmp_path / "mine.json").read_text())
    assert read["parts"]["person"]["items"]
    assert read["parts"]["decisionsInWords"]["items"]


def test_a_holder_and_a_passer_by_find_where_the_pass_is_taken(visitor: Page) -> None:
    visitor.goto("/velsen/where")
    check_page(visitor, "where")
    visitor.locator(".pas-tile a").first.click()
    check_page(visitor, "where-purpose")
    visitor.goto("/velsen/where?name=bestaat-niet")
    check_page(visitor, "where-nothing")
    become(visitor, "holder")
    expect(visitor.locator("h1")).to_be_visible()
    history = visitor.get_by_role("link", name="Wat is er gebeurd?").get_attribute("href") or ""
    visitor.goto(history.replace("/history", "/where"))
    expect(visitor.locator("h1")).to_have_text("Waar kan ik dit gebruiken?")
    check_page(visitor, "my-where")
