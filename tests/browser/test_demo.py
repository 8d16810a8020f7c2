"""The demonstration as a visitor walks through it: a pass, a till, and what became of the money."""

import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from looking import check_page
from serving import Served, run_pas, serving

TAKE = re.compile("^Neem €")


@pytest.fixture(scope="module")
def city() -> Generator[Served]:
    """``pas demo`` from nothing, with everything that it makes."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, "demo", workers="1") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def visitor(browser: Browser, city: Served) -> Generator[Page]:
    context = browser.new_context(base_url=city.url, locale="nl-NL")
    yield context.new_page()
    context.close()


def become(page: Page, kind: str, name: str | None = None) -> None:
    page.goto("/velsen")
    buttons = page.locator(f"form[action$='/demo/{kind}'] button")
    (buttons.filter(has_text=name) if name else buttons).first.click()


def amount_left(page: Page, title: str) -> str:
    budget = page.locator(".pas-budget").filter(has_text=title).first
    return budget.locator(".pas-budget__left").inner_text()


def test_a_pass_pays_at_a_till_and_is_undone(visitor: Page) -> None:
    visitor.goto("/")
    check_page(visitor, "demo-front")
    become(visitor, "holder")
    check_page(visitor, "demo-pass")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    before = amount_left(visitor, "Fiets voor volwassenen")
    visitor.get_by_role("button", name="Uitloggen").click()

    become(visitor, "till", "Fietsenmaker")
    check_page(visitor, "demo-till")
    visitor.fill("#scanned", number)
    visitor.fill("#amount", "1.000,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    check_page(visitor, "demo-quote")
    expect(visitor.locator(".pas-verdict")).to_contain_text("Vraag nog")
    visitor.get_by_role("button", name=TAKE).click()
    check_page(visitor, "demo-sold")
    expect(visitor.locator("h1")).to_have_text("Betaald")

    become_again(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == "€\u00a00,00"
    expect(visitor.locator("table")).to_contain_text("Betaald bij Fietsenmaker")

    become_again(visitor, "till", "Fietsenmaker")
    visitor.goto("/velsen/till/sales")
    visitor.get_by_role("link", name="Ongedaan maken").first.click()
    check_page(visitor, "demo-undo")
    visitor.check("#kind")
    visitor.fill("#reason", "Verkeerd bedrag")
    visitor.get_by_role("button", name="Draai terug").click()
    check_page(visitor, "demo-sales")
    expect(visitor.locator(".pas-tile").first).to_contain_text("ongedaan gemaakt")

    become_again(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == before


def become_again(page: Page, kind: str, name: str | None = None) -> None:
    page.context.clear_cookies()
    become(page, kind, name)


def test_the_cashier_hears_what_is_wrong(visitor: Page) -> None:
    become(visitor, "till", "Fietsenmaker")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    expect(visitor.locator("#fouten")).to_contain_text("Scan de pas")
    visitor.fill("#scanned", "1234 5678 9012")
    visitor.fill("#amount", "5,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    check_page(visitor, "demo-refused")
    expect(visitor.locator(".pas-verdict--error")).to_contain_text("nummer")


def test_the_books_of_the_demonstration_close(city: Served) -> None:
    data_dir = str(city.output.parent / "data")
    spent = run_pas("demo", "spend", "--count", "200", data_dir=data_dir)
    proved = run_pas("ledger", "prove", "velsen", data_dir=data_dir)
    assert spent.returncode == 0, spent.stderr
    assert proved.returncode == 0, proved.stderr
    assert "close" in proved.stderr
