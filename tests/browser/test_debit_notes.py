"""A merchant that got too much, a long time ago: two people ask it back, and finance books a part of it."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from browser_here import apart
from given.debit_notes import a_debtor
from given.settlements import a_payer
from looking import check_page
from pas.auth.cookies import cookie_name
from pas.auth.roles import Role
from pas.db import role_name
from pas.embedded import DataDir
from pas.ids import MunicipalityName
from pas.installation.access import embedded_access
from serving import Served, run_pas, serving
from signed_in import a_session

VELSEN = MunicipalityName("velsen")
NOTES = "/velsen/settlements/debit-notes"


class People:
    """Sessions of the two who deal with it."""

    def __init__(self, served: Served, finance: str, second: str) -> None:
        self.served, self.finance, self.second = served, finance, second

    def be(self, page: Page, session: str) -> None:
        name = cookie_name("session", VELSEN, over_tls=False)
        page.context.clear_cookies()
        page.context.add_cookies([{"name": name, "value": session, "url": self.served.url}])


@pytest.fixture(scope="module")
def people() -> Generator[People]:
    """A municipality of its own, with a club that has been below zero for ninety days."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, workers="1") as served:
            data = folder / "data"
            made = run_pas("municipality", "add", "velsen", "--title", "Velsen", data_dir=str(data))
            assert made.returncode == 0, made.stderr
            yield apart(laid_out(served, data))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def laid_out(served: Served, data: Path) -> People:
    access = embedded_access(DataDir(data))
    assert access.superuser is not None
    superuser = await access.superuser.connect()
    connection = await access.address.login(role_name("app", VELSEN)).connect()
    try:
        await superuser.execute("SET search_path = velsen, pg_temp")
        await a_payer(connection)
        await a_debtor(connection, superuser, cents=12_345)
        tokens = [await a_session(connection, role) for role in (Role.FINANCE, Role.APPROVER)]
        return People(served, *tokens)
    finally:
        await superuser.close()
        await connection.close()


@pytest.fixture
def page(browser: Browser, people: People) -> Generator[Page]:
    context = browser.new_context(base_url=people.served.url, locale="nl-NL")
    yield context.new_page()
    context.close()


def test_two_people_ask_it_back_and_finance_books_a_part(page: Page, people: People) -> None:
    people.be(page, people.finance)
    page.goto("/velsen")
    page.get_by_role("link", name="staat lang onder nul").click()
    check_page(page, "debit-notes-due")
    page.get_by_role("button", name="Stel een debetnota voor").click()
    expect(page.get_by_text("Een tweede beoordelaar kijkt of dit klopt.")).to_be_visible()
    note = page.url
    people.be(page, people.second)
    page.goto(note)
    check_page(page, "debit-note-to-approve")
    page.get_by_role("button", name="Keur goed").click()
    people.be(page, people.finance)
    page.goto(note)
    with page.expect_download() as download:
        page.get_by_role("link", name="Haal de debetnota (PDF)").click()
    assert download.value.suggested_filename == "debetnota-1.pdf"
    page.get_by_role("link", name="Boek wat de bank ontving").click()
    page.get_by_label("Welk bedrag kwam binnen?").fill("te veel")
    page.get_by_role("button", name="Boek als ontvangen").click()
    check_page(page, "debit-note-receipt-wrong")
    page.get_by_label("Welk bedrag kwam binnen?").fill("23,45")
    page.get_by_role("button", name="Boek als ontvangen").click()
    expect(page.get_by_text("100,00").first).to_be_visible()
    check_page(page, "debit-note-approved")
    page.get_by_role("link", name="Trek de debetnota in").click()
    check_page(page, "debit-note-withdrawal")
    page.goto(NOTES)
    check_page(page, "debit-notes")
