"""A day of the administrator, in a browser: a colleague, a role, a setting, a program, and what was told."""

import re
import shutil
import tempfile
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from given.days import TODAY
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


@pytest.fixture
def administrator(page: Page) -> Page:
    page.goto("/velsen")
    page.get_by_role("button", name="Beheerder", exact=True).click()
    return page


def test_somebody_is_invited_gets_a_role_loses_it_and_goes(administrator: Page) -> None:
    page = administrator
    check_page(page, "administrator-home")
    page.get_by_role("link", name="Collega’s en rollen").click()
    check_page(page, "administrator-logins")
    page.get_by_role("link", name="Nodig iemand uit").click()
    page.get_by_role("button", name="Maak de link").click()
    check_page(page, "administrator-invite-wrong")
    page.get_by_label("Hoe heet deze persoon?").fill("Noor Bakker")
    page.get_by_role("button", name="Maak de link").click()
    expect(page.get_by_label("Kopieer deze link")).to_have_value(re.compile("invitation="))
    check_page(page, "administrator-invited")

    page.get_by_role("link", name="Geef een rol").click()
    page.get_by_role("button", name="Geef deze rol").click()
    check_page(page, "administrator-login-wrong")
    page.get_by_role("radio", name="Medewerker toekenning").check()
    page.get_by_role("button", name="Geef deze rol").click()
    expect(page.get_by_role("heading", name="Dit gaat niet samen")).to_be_visible()
    check_page(page, "administrator-login")
    page.get_by_role("button", name="Neem Medewerker toekenning af").click()
    expect(page.get_by_text("Nog geen rol.")).to_be_visible()

    page.get_by_role("link", name="Stop de toegang").click()
    check_page(page, "administrator-end")
    page.get_by_label("Waarom?").fill("Werkt hier niet meer")
    page.get_by_role("button", name="Ja, stop de toegang").click()
    expect(page.locator(".utrecht-badge")).to_have_text("Geen toegang meer")


def test_a_setting_is_changed_and_told_to_whoever_looks(administrator: Page) -> None:
    page = administrator
    page.get_by_role("link", name="Instellingen").click()
    check_page(page, "administrator-settings")
    page.get_by_role("link", name="Ongedaan maken aan de kassa").click()
    page.get_by_label("Hoeveel uur?").fill("9999")
    page.get_by_role("button", name="Verander").click()
    check_page(page, "administrator-setting-wrong")
    page.get_by_label("Hoeveel uur?").fill("48")
    page.get_by_role("button", name="Verander").click()
    tile = page.locator(".pas-tile").filter(has_text="Ongedaan maken aan de kassa")
    expect(tile).to_contain_text("48 uur")
    for title in ("Wijken", "Begin van het pasjaar"):
        page.get_by_role("link", name=title).click()
        check_page(page, f"administrator-setting-{title.split()[0].lower()}")
        page.get_by_role("link", name="Laat zo").click()

    page.get_by_role("link", name="Begin", exact=True).click()
    page.get_by_role("link", name="Wat is er veranderd?").click()
    check_page(page, "administrator-events")
    page.get_by_label("Waarover?").select_option(label="Instelling")
    page.get_by_role("button", name="Laat zien").click()
    expect(page.locator(".pas-changes").first).to_contain_text("24 wordt 48")


def test_a_program_is_let_in_and_stopped(administrator: Page) -> None:
    page = administrator
    page.get_by_role("link", name="Programma’s").click()
    page.get_by_role("button", name="Maak het token").click()
    check_page(page, "administrator-programs-wrong")
    page.get_by_label("Hoe heet het programma?").fill("Koppeling")
    page.get_by_role("radio", name="Onderzoeker").check()
    until = TODAY + timedelta(days=60)
    page.get_by_label("Tot welke dag werkt het?").fill(f"{until.day}-{until.month}-{until.year}")
    page.get_by_role("button", name="Maak het token").click()
    expect(page.get_by_label("Kopieer dit token")).to_have_value(re.compile("^ey"))
    check_page(page, "administrator-token")
    page.get_by_role("link", name="Klaar").click()
    check_page(page, "administrator-programs")
    page.get_by_role("button", name="Stop Koppeling").click()
    expect(page.get_by_text("Er is nog geen programma toegelaten.")).to_be_visible()


def test_the_keyboard_alone_gives_a_role(administrator: Page) -> None:
    page = administrator
    page.goto("/velsen/logins/invite")
    page.get_by_label("Hoe heet deze persoon?").focus()
    page.keyboard.type("Teun de Boer")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Geef een rol").focus()
    page.keyboard.press("Enter")
    page.get_by_role("radio", name="Baliemedewerker").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Neem Baliemedewerker af")).to_be_visible()


def test_jobs_are_told_and_the_second_person_is_led_to_what_waits(administrator: Page) -> None:
    page = administrator
    page.get_by_role("link", name="Taken").click()
    check_page(page, "administrator-jobs")
    page.context.clear_cookies()
    page.goto("/velsen")
    page.get_by_role("button", name="Tweede beoordelaar", exact=True).click()
    check_page(page, "approver-home")
    page.get_by_role("link", name="club of winkel wil meedoen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aanbieders")
    page.goto("/velsen/merchants/accounts")
    check_page(page, "approver-accounts")
