"""A phone for each test, with a browser that keeps what it was given."""

from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from serving import Served
from venue import PHONE


@pytest.fixture
def context(browser: Browser, served: Served) -> Generator[BrowserContext]:
    context = browser.new_context(base_url=served.url, locale="nl-NL", viewport=PHONE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
