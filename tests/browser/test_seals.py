"""The seals in a browser: a controller reads what they are, keeps one, and finds what witnesses signed."""

import httpx
from playwright.sync_api import Page, expect

from looking import become, check_page
from pas.seals.checkpoints import read_checkpoint
from serving import Served

MINUTE = 60_000


def test_a_controller_reads_what_a_seal_is_and_keeps_the_newest(
    visitor: Page, city: Served
) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/seals")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("Zegels van de boeken")
    expect(visitor.get_by_role("heading", name="Bewaar dit zegel")).to_be_visible(timeout=MINUTE)
    check_page(visitor, "seals")
    visitor.get_by_role("link", name="Alleen het zegel van nu").click()
    assert "pas/velsen/" in visitor.locator("body").inner_text()
