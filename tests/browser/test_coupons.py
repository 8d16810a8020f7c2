"""Booklets are made in a browser, and a tally list is entered at the merchant's page."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from looking import check_page
from serving import Served, run_pas, serving
from town import make_town


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
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


def test_booklets_are_made_and_a_list_is_entered(page: Page, served: Served) -> None:
    become(page, "Medewerker toekenning")
    page.get_by_role("link", name="Bonnen op papier").click()
    check_page(page, "coupons-first")
    page.get_by_label("Hoeveel samen, hoogstens?").fill("5000")
    page.get_by_role("button", name="Maak de bonnen").click()
    work = run_pas("work", "--once", data_dir=str(served.output.parent / "data"))
    assert work.returncode == 0, work.stderr
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal het bestand").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    check_page(page, "coupons-made")
    sport = [line.split(";") for line in lines[1:] if "sport" in line.lower()]
    code = (sport or [line.split(";") for line in lines[1:]])[0][-1]

    become(page, "Baliemedewerker")
    page.goto("/velsen/merchants")
    page.goto(str(page.locator("a[href*='/velsen/merchants/0']").first.get_attribute("href")))
    page.get_by_role("link", name="Bonnen invoeren").click()
    check_page(page, "coupons-enter")
    page.get_by_label("Code").nth(0).fill(code)
    page.get_by_label("Bedrag").nth(0).fill("4,50")
    page.get_by_label("Code").nth(1).fill("4X7K-9MPT-XX")
    page.get_by_label("Bedrag").nth(1).fill("10")
    page.get_by_role("button", name="Voer de bonnen in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wat er met de bonnen is")
    check_page(page, "coupons-list")
