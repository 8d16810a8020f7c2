"""The counter in a browser: find, explain, print, let somebody else in; and who was let in comes in."""

import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from looking import check_page
from serving import Served, serving
from town import make_town

NAME, FAMILY, BORN = "Fatma Yılmaz", "Yılmaz", "17-5-1990"


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


def find(page: Page) -> None:
    page.get_by_role("link", name="Iemand helpen aan de balie").click()
    page.get_by_label("Achternaam").fill(FAMILY)
    page.get_by_label("Geboortedatum").fill(BORN)
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("link", name=NAME).click()


def test_a_volunteer_helps_somebody_at_the_counter_and_on_the_telephone(page: Page) -> None:
    become(page, "Vrijwilliger")
    check_page(page, "volunteer-home")
    page.get_by_role("link", name="Iemand helpen aan de balie").click()
    check_page(page, "counter-find")
    page.get_by_role("button", name="Zoek").click()
    check_page(page, "counter-find-wrong")
    page.goto("/velsen")
    find(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    check_page(page, "counter-person")
    page.get_by_role("link", name="Zet aan: de persoon belt").click()
    check_page(page, "counter-caller")
    page.get_by_role("button", name="Zet de kaart aan").click()
    check_page(page, "counter-caller-wrong")
    page.get_by_role("link", name="Stoppen").click()
    page.get_by_role("button", name="Druk een tijdelijke pas").click()
    expect(page.locator(".pas-card svg")).to_be_visible()
    check_page(page, "counter-temporary")


def test_who_is_let_in_at_the_counter_signs_in_with_what_the_letter_says(page: Page) -> None:
    become(page, "Baliemedewerker")
    find(page)
    page.get_by_role("link", name="Maak een nieuwe code").click()
    check_page(page, "counter-new-code")
    page.get_by_role("button", name="Maak de brief").click()
    check_page(page, "counter-code-letter")
    page.get_by_role("link", name="Klaar").click()
    page.get_by_role("link", name="Machtig iemand").click()
    check_page(page, "counter-new-mandate")
    page.get_by_role("button", name="Machtig deze persoon").click()
    check_page(page, "counter-new-mandate-wrong")
    page.get_by_label("Hoe heet deze persoon?").fill("Ria Vos")
    page.get_by_label("Een bewindvoerder").check()
    page.get_by_label("Alleen zien").check()
    page.get_by_label("Een jaar").check()
    page.get_by_role("button", name="Machtig deze persoon").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("U bent gemachtigd voor een pas")
    check_page(page, "counter-made-mandate")
    told = page.locator("main").inner_text()
    number = re.search(r"\d{4} \d{4} \d{4}", told)
    code = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", told)
    assert number is not None
    assert code is not None

    page.context.clear_cookies()
    page.goto("/velsen/sign-in/card")
    check_page(page, "sign-in-card")
    page.get_by_label("Welk nummer").fill(number[0])
    page.get_by_label("Welke code").fill(code[0])
    page.get_by_role("button", name="Bekijk uw pas").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fatma")
    check_page(page, "mandate-sees")
    page.goto("/velsen/my-mandates")
    check_page(page, "mandate-own")


def test_a_holder_lets_somebody_in_and_sends_them_away(page: Page) -> None:
    become(page, NAME)
    page.goto("/velsen/my-mandates/new")
    check_page(page, "holder-new-mandate")
    page.get_by_label("Hoe heet deze persoon?").fill("Ayşe Yılmaz")
    page.get_by_label("Familie, een vriend of een helper").check()
    page.get_by_label("Zien en regelen").check()
    page.get_by_label("Een half jaar").check()
    page.get_by_role("button", name="Machtig deze persoon").click()
    check_page(page, "holder-made-mandate")
    page.get_by_role("link", name="Klaar").click()
    check_page(page, "holder-mandates")
    page.get_by_role("link", name="Ayşe Yılmaz: stoppen").click()
    check_page(page, "holder-end-mandate")
    page.get_by_role("button", name="Ja, stop de machtiging").click()
    expect(page.get_by_text("Ayşe Yılmaz")).not_to_be_visible()


def test_a_teacher_hands_a_card_over(page: Page) -> None:
    become(page, "Intermediair")
    page.get_by_role("link", name="Een kaart geven").click()
    check_page(page, "hand-over")
    page.get_by_role("button", name="Zet de kaart aan").click()
    check_page(page, "hand-over-wrong")
