"""Every component together on one page: readable, reachable, the same for everybody."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from looking import accessibility_faults, check_page, fits, screenshot
from pas.app.edge import ALWAYS, UNLESS_SET
from pas.web.languages import speaking
from style_page import style_page

HEADERS = {name.decode(): value.decode() for name, value in ALWAYS + UNLESS_SET}


@pytest.fixture
def style(page: Page) -> Page:
    """The page of components, with the program's own headers and static files."""

    def answer(route: Route) -> None:
        arabic = route.request.url.endswith("/ar")
        with speaking("ar" if arabic else "nl"):
            route.fulfill(body=style_page(), content_type="text/html", headers=HEADERS)

    page.route("**/style-page**", answer)
    page.goto("/style-page")
    return page


def test_every_component_passes_all_checks(style: Page) -> None:
    check_page(style, "components")


def test_the_first_tab_leads_past_the_heading(style: Page) -> None:
    style.keyboard.press("Tab")
    skip = style.get_by_role("link", name="Naar de inhoud")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    style.keyboard.press("Enter")
    expect(style.locator("main")).to_be_focused()


def test_a_line_of_the_summary_leads_to_its_field(style: Page) -> None:
    style.get_by_role("link", name="Vul het pasnummer in.").click()
    expect(style.get_by_label("Pasnummer")).to_be_focused()


def test_who_wants_no_motion_gets_none(style: Page) -> None:
    moving = "[...document.querySelectorAll('*')].filter(one => getComputedStyle(one).transitionDuration !== '0s').length"
    assert style.evaluate(moving) > 0
    style.emulate_media(reduced_motion="reduce")
    assert style.evaluate(moving) == 0


def test_right_to_left_is_the_mirror_image(style: Page) -> None:
    style.goto("/style-page/ar")
    style.set_viewport_size({"width": 360, "height": 800})
    screenshot(style, "components-rtl-360")
    assert fits(style, 320)
    assert accessibility_faults(style) == []
    label = style.get_by_text("Wat is uw naam?").bounding_box()
    assert label is not None
    assert label["x"] + label["width"] > 300, "text starts on the right"


def test_the_digits_of_a_pass_keep_their_order(style: Page) -> None:
    where = """one => ['4821', '0937', '5516'].map(group => {
      const range = document.createRange();
      range.setStart(one.firstChild, one.textContent.indexOf(group));
      range.setEnd(one.firstChild, one.textContent.indexOf(group) + 4);
      return range.getBoundingClientRect().left;
    })"""
    for address in ("/style-page", "/style-page/ar"):
        style.goto(address)
        lefts = style.locator(".pas-card__digits").evaluate(where)
        assert lefts == sorted(lefts)


def test_paper_shows_the_pass_and_no_buttons(style: Page, tmp_path: Path) -> None:
    style.emulate_media(media="print")
    screenshot(style, "components-print")
    expect(style.get_by_role("button", name="Verder")).to_be_hidden()
    expect(style.locator(".pas-card__code")).to_be_visible()
    millimetres = 96 / 25.4
    code = style.locator(".pas-card__code svg").bounding_box()
    assert code is not None
    assert code["width"] >= 25 * millimetres, "a printed code is at least 25 mm"


def test_larger_letters_break_nothing(style: Page) -> None:
    style.set_viewport_size({"width": 1280, "height": 800})
    style.evaluate("document.documentElement.style.fontSize = '200%'")
    assert fits(style, 640)


@pytest.mark.parametrize(
    ("address", "name", "heading"),
    [
        ("/velsen/bestaat-niet", "refusal", "Deze pagina bestaat niet"),
        ("/problems/temporarily-busy", "problem", "Het is nu te druk, of er is een korte storing"),
    ],
)
def test_pages_of_the_program_itself_pass_all_checks(
    page: Page, address: str, name: str, heading: str
) -> None:
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    check_page(page, name)
