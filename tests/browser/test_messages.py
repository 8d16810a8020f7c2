"""A holder chooses messages in a browser: an address, the code that came there, and then what to hear."""

import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from looking import check_page
from serving import Served, run_pas, serving
from town import make_town

HOLDER = "Fatma Yılmaz"


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


def test_an_address_is_proved_and_then_a_message_is_chosen(page: Page, served: Served) -> None:
    become(page, HOLDER)
    page.goto("/velsen/my-messages")
    check_page(page, "messages-first")
    page.get_by_role("link", name="Wijzig: na elke betaling").first.click()
    check_page(page, "messages-choose-without-address")
    page.get_by_role("link", name="Uw e-mailadres").click()
    page.get_by_label("Wat is uw e-mailadres?").fill("fatma")
    page.get_by_role("button", name="Stuur mij de code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    check_page(page, "messages-address-wrong")
    page.get_by_label("Wat is uw e-mailadres?").fill("fatma@voorbeeld.nl")
    page.get_by_role("button", name="Stuur mij de code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat is de code?")
    check_page(page, "messages-code")

    work = run_pas("work", "--once", data_dir=str(served.output.parent / "data"))
    assert work.returncode == 0, work.stderr
    page.get_by_role("link", name="Lees wat deze demonstratie").click()
    check_page(page, "messages-kept")
    code = re.search(r"\b\d{6}\b", page.get_by_role("main").inner_text())
    assert code is not None

    page.goto("/velsen/my-messages/address/email/code")
    page.get_by_label("Welke code staat in het bericht?").fill(code[0])
    page.get_by_role("button", name="Klaar").click()
    expect(page.get_by_text("f…@voorbeeld.nl")).to_be_visible()
    page.get_by_role("link", name="Wijzig: na elke betaling").first.click()
    page.get_by_label("Een e-mail").check()
    page.get_by_role("button", name="Bewaar").click()
    check_page(page, "messages-chosen")
    page.get_by_role("link", name="Wijzig uw e-mailadres").click()
    check_page(page, "messages-address")


def test_how_somebody_reads_is_chosen_a_page_each_and_in_arabic_too(page: Page) -> None:
    become(page, HOLDER)
    page.goto("/velsen/my-messages/language")
    check_page(page, "messages-language")
    page.get_by_label("Türkçe").check()
    page.get_by_role("button", name="Bewaar").click()
    page.get_by_role("link", name="Wijzig de letters").click()
    check_page(page, "messages-large-print")
    page.get_by_label("Grote letters").check()
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_text("Groot", exact=True)).to_be_visible()
    page.goto("/velsen/language/ar?returnTo=/velsen/my-messages")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    check_page(page, "messages-arabic")


def test_an_officer_sees_that_something_was_sent(page: Page) -> None:
    become(page, "Baliemedewerker")
    page.get_by_role("link", name="Inwoners").click()
    page.get_by_label("Persoonsnummer").fill("1001")
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name=HOLDER).click()
    page.get_by_role("link", name="Berichten aan deze inwoner").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Berichten aan deze inwoner")
    check_page(page, "messages-officer")
