"""Takes the pictures of the tour in README.md from a demonstration that runs.

make demo &   then   .venv/bin/python tests/pictures.py http://127.0.0.1:8000
(names of pictures behind the address: only those)

The cashier's picture sells nothing; the controller's has the books looked at once more.
"""

import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES_OF_THE_TOUR = Path(__file__).parents[1] / "docs" / "pictures"
DESK, PHONE = (900, 1000), (400, 1000)
MOST_BYTES = 150_000


def become(page: Page, name: str) -> None:
    page.goto("/velsen")
    page.get_by_role("button", name=name).first.click()


def front(page: Page) -> None:
    page.goto("/velsen")


def holder(page: Page) -> None:
    become(page, "Christa")


def cashier(page: Page) -> None:
    become(page, "Christa")
    number = re.sub(r"\D", "", page.locator(".pas-card__digits").inner_text())
    page.context.clear_cookies()
    become(page, "Fietsenmaker")
    page.fill("#scanned", number)
    page.fill("#amount", "1000,00")
    page.get_by_role("button", name="Kijk wat kan").click()
    page.locator("#screen-quote").wait_for()


def officer(page: Page) -> None:
    become(page, "Christa")
    number = re.sub(r"\D", "", page.locator(".pas-card__digits").inner_text())
    page.context.clear_cookies()
    become(page, "Medewerker toekenning")
    page.goto("/velsen/residents")
    page.fill("#card", number)
    page.get_by_role("button", name="Zoek").click()
    page.get_by_role("heading", name="De beslissing over").evaluate("one => one.scrollIntoView()")


def assessment(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.goto("/velsen/assessments")
    page.locator("main .pas-tile a[href*='/assessments/']").last.click()


def intermediary(page: Page) -> None:
    become(page, "Intermediair")
    page.goto("/velsen/child-applications")


def case(page: Page) -> None:
    become(page, "Medewerker toekenning")
    page.goto("/velsen/child-application-queue")
    page.locator("main .pas-tile a").first.click()


def club(page: Page) -> None:
    page.goto("/velsen")
    page.get_by_role("button", name="Beheer Atletiekvereniging").click()
    page.goto("/velsen/awards")


def run(page: Page) -> None:
    become(page, "Medewerker financiën")
    page.goto("/velsen/settlements")
    page.get_by_role("link", name=re.compile(r"^Uitbetaling [0-9]+$")).nth(1).click()


def reach(page: Page) -> None:
    become(page, "Onderzoeker")
    page.goto("/velsen/reach")


def books(page: Page) -> None:
    become(page, "Controleur")
    page.goto("/velsen/ledger")
    page.get_by_role("button", name="Kijk de boeken nu na").click()
    page.get_by_text("Het klopt op de cent").wait_for()


def registration(page: Page) -> None:
    page.goto("/velsen")
    page.get_by_role("link", name="Een nieuwe club aanmelden").click()


def signal(page: Page) -> None:
    become(page, "Medewerker aanbieders")
    page.goto("/velsen/signals")
    page.locator("main .pas-tile a").first.click()


PICTURES: dict[str, tuple[tuple[int, int], Callable[[Page], None]]] = {
    "front": (DESK, front),
    "pass": (PHONE, holder),
    "till": (PHONE, cashier),
    "person": (DESK, officer),
    "assessment": (DESK, assessment),
    "intermediary": (PHONE, intermediary),
    "case": (DESK, case),
    "club": (PHONE, club),
    "registration": (PHONE, registration),
    "signal": (DESK, signal),
    "run": (DESK, run),
    "reach": (DESK, reach),
    "books": (DESK, books),
}


def take(browser: Browser, address: str, name: str) -> None:
    (width, height), walk = PICTURES[name]
    context = browser.new_context(
        base_url=address, locale="nl-NL", viewport={"width": width, "height": height}
    )
    page = context.new_page()
    walk(page)
    path = PICTURES_OF_THE_TOUR / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    assert path.stat().st_size < MOST_BYTES, f"{path} is too big for a README"


def main() -> None:
    address = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000"
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name in sys.argv[2:] or PICTURES:
            take(browser, address, name)
        browser.close()


if __name__ == "__main__":
    main()
