"""An analyst's day in a browser: from a bar to its definition, printed figures, and files."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from counted_town import make_counted_town
from given.days import YEAR
from looking import check_page
from serving import Served, serving


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    """``pas serve`` on a town with enough people to count."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        make_counted_town(folder / "data")
        with serving(folder, workers="1") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def analyst(page: Page) -> Page:
    page.goto("/velsen")
    page.get_by_role("button", name="Onderzoeker", exact=True).click()
    page.get_by_role("link", name="Bereik").click()
    return page


def test_a_figure_is_traced_from_the_chart_to_its_definition_in_one_click(analyst: Page) -> None:
    expect(analyst.get_by_role("heading", level=1)).to_have_text(f"Bereik, heel {YEAR}")
    expect(analyst.get_by_text("van elke 100 personen")).to_be_visible()
    check_page(analyst, "reach-overview")

    chart = analyst.locator(".pas-chart").first
    chart.get_by_role("link", name="Sport voor kinderen").click()

    expect(analyst.get_by_text("Kinderen van 4 tot 18 jaar, tot 110%.")).to_be_in_viewport()
    expect(analyst.get_by_text("Armoedemonitor")).to_be_visible()
    check_page(analyst, "reach-scheme")


def test_a_quarter_stands_beside_the_one_before(analyst: Page) -> None:
    analyst.get_by_role("link", name="4e kwartaal").click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text(f"Bereik, vierde kwartaal {YEAR}")
    expect(analyst.get_by_text(f"Vergeleken met derde kwartaal {YEAR}")).to_be_visible()
    check_page(analyst, "reach-quarter")


@pytest.mark.parametrize(
    ("link", "heading", "name"),
    [
        ("Gedrukte cijfers nagerekend", "Gedrukte cijfers nagerekend", "reach-printed"),
        ("Begroting en boeken", "Begroting en boeken", "reach-money"),
        ("Doelgroepen inlezen", "Doelgroepen inlezen", "reach-targets"),
        ("Vastgezette cijfers", "Vastgezette cijfers", "reach-frozen"),
    ],
)
def test_every_page_from_here_can_be_read_by_everybody(
    analyst: Page, link: str, heading: str, name: str
) -> None:
    analyst.locator(".pas-tiles").get_by_role("link", name=link).click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text(heading)
    check_page(analyst, name)


def test_a_file_is_chosen_sent_and_waited_for(analyst: Page) -> None:
    analyst.locator(".pas-tiles").get_by_role("link", name="Doelgroepen inlezen").click()
    analyst.get_by_role("button", name="Lees het bestand").click()
    expect(analyst.get_by_role("link", name="Kies een bestand.")).to_be_visible()
    check_page(analyst, "reach-targets-wrong")
    file = {"name": "doelgroepen.csv", "mimeType": "text/csv", "buffer": b"a;b\n"}
    analyst.get_by_label("Bestand met doelgroepen").set_input_files(file)  # pyright: ignore[reportArgumentType]
    analyst.get_by_role("button", name="Lees het bestand").click()
    expect(analyst.get_by_role("heading", level=1)).to_have_text("Wij lezen uw bestand")
    check_page(analyst, "reach-target-file")
    analyst.goto("/velsen/reach/published")
    check_page(analyst, "reach-published")
