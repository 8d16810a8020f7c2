"""From a code before the camera to green: printed on paper and shown on a telephone."""

import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright, expect

from browser_here import ARGUMENTS, chromium
from film import looking_at
from looking import screenshot
from optics import Surface
from serving import Served
from surfaces import letter, stained, telephone
from venue import PHONE, Phone, a_venue

MEASURES = """() => {
  const found = performance.getEntriesByType("measure").map((one) => [one.name, one.duration]);
  performance.clearMeasures();
  return found;
}"""
ROUNDS = 10
SLOWER = (1, 4)
"""Four times is what browsers' own tools take for a phone of the middle range."""


def on_paper(text: str) -> Surface:
    """A letter, printed at 150 dots per inch, with coffee on it."""
    return stained(letter(text, 1, dots_per_inch=150), 1, spots=4)


def on_a_telephone(text: str) -> Surface:
    return telephone(text, 2, version=4)


@pytest.mark.parametrize("drawn", [on_paper, on_a_telephone])
def test_a_code_before_the_camera_is_sold_to(
    served: Served,
    playwright_here: Playwright,
    tmp_path: Path,
    drawn: Callable[[str], Surface],
    record_property: Callable[[str, object], None],
) -> None:
    venue = a_venue(served)
    surface = drawn(venue.holder.token.text())
    with looking_at(playwright_here, served, surface, tmp_path) as page:
        phone = Phone(page)
        venue.pair(page)
        expect(phone.part("scanned-note")).to_contain_text("De pas is gescand", timeout=20_000)
        screenshot(page, f"till-camera-{drawn.__name__}")
        phone.part("amount").fill("1,00")
        phone.part("ask").click()
        devtools = page.context.new_cdp_session(page)
        for slower in SLOWER:
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": slower})
            page.evaluate(MEASURES)
            for _ in range(ROUNDS):
                phone.part("take").click()
                expect(phone.part("done-title")).to_have_text("Betaald €\u00a01,00")
                phone.part("next").click()
                expect(phone.part("screen-quote")).to_be_visible(timeout=20_000)
            told = f"{drawn.__name__}, page {slower} times slower: {medians(page)}"
            record_property("figures", told)

    assert venue.booked() == [100] * (ROUNDS * len(SLOWER))


def medians(page: Page) -> str:
    """From the camera's frame to the verdict (green), and what of it was reading and asking."""
    measured = page.evaluate(MEASURES)
    found = {
        name.removeprefix("pas-"): round(
            statistics.median(took for which, took in measured if which == name)
        )
        for name in ("pas-decode", "pas-quote", "pas-green", "pas-take")
    }
    return ", ".join(f"{name} {took} ms" for name, took in found.items())


def test_the_camera_can_be_refused_and_the_number_is_typed(
    served: Served, playwright_here: Playwright
) -> None:
    venue = a_venue(served)
    browser = playwright_here.chromium.launch(
        executable_path=chromium(),
        args=[*ARGUMENTS, "--use-fake-device-for-media-stream", "--deny-permission-prompts"],
    )
    phone = Phone(browser.new_context(base_url=served.url, viewport=PHONE).new_page())
    venue.pair(phone.page)
    phone.part("camera-start").click()
    expect(phone.part("camera-text")).to_contain_text("mag niet gebruikt worden")
    screenshot(phone.page, "till-camera-denied")
    phone.sell(venue.holder.token.text(), "1,00")
    browser.close()

    assert venue.booked() == [100]
