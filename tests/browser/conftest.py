"""A real program in its own process, and a real browser before it.

Playwright's own event loop is busy while a browser is open, so these tests are plain functions.
"""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from browser_here import ARGUMENTS, chromium
from serving import Served, run_pas, serving


@pytest.fixture(scope="session")
def served() -> Generator[Served]:
    """``pas serve`` with its own PostgreSQL and the municipality velsen."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, workers="1") as served:
            added = run_pas(
                "municipality",
                "add",
                "velsen",
                "--title",
                "Gemeente Velsen",
                data_dir=str(folder / "data"),
            )
            assert added.returncode == 0, added.stderr
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def playwright_here() -> Generator[Playwright]:
    """Per module, so that its event loop ends with the module."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright_here: Playwright) -> Generator[Browser]:
    browser = playwright_here.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser, served: Served) -> Generator[Page]:
    """An empty tab that may only speak with our own program, and may not complain."""
    context = browser.new_context(base_url=served.url, locale="nl-NL")
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(served.url)] == []
    assert [text for text in complaints if "404" not in text and "400" not in text] == []


@pytest.fixture(scope="session")
def city() -> Generator[Served]:
    """``pas demo`` from nothing, with everything that it makes, for a sixth of the city."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, "demo --households 650", workers="1") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def owed(city: Served) -> None:
    """Merchants have something to be paid, whatever was proposed in this city before."""
    spent = run_pas("demo", "spend", "--count", "60", data_dir=str(city.output.parent / "data"))
    assert spent.returncode == 0, spent.stderr


@pytest.fixture
def visitor(browser: Browser, city: Served) -> Generator[Page]:
    context = browser.new_context(base_url=city.url, locale="nl-NL")
    yield context.new_page()
    context.close()
