"""The pages on which the maker of a till begins."""

from playwright.sync_api import Page, expect

from looking import check_page


def test_a_maker_reads_the_test_cards_and_gets_a_till(visitor: Page) -> None:
    visitor.goto("/proef/sandbox")
    expect(visitor.get_by_label("Testomgeving", exact=True)).to_be_visible()
    visitor.get_by_text("QR-code van part-pay").click()
    check_page(visitor, "sandbox")

    visitor.get_by_label("Hoe heet uw kassa?").fill("Kassa van Jansen")
    visitor.get_by_role("button", name="Maak een testkassa").click()
    expect(visitor.get_by_role("heading", name="Koppel Kassa van Jansen")).to_be_visible()
    check_page(visitor, "sandbox-till")

    visitor.get_by_role("link", name="open de kassa").click()
    visitor.get_by_role("button", name="Koppel dit apparaat").click()
    visitor.get_by_role("button", name="Open zonder camera").click()
    expect(visitor.get_by_text("Er gaat geen echt geld om.")).to_be_visible()


def test_a_maker_reads_how_a_till_works(visitor: Page) -> None:
    visitor.goto("/proef/sandbox")
    visitor.get_by_role("link", name="Lees hoe een kassa werkt").click()
    expect(visitor.get_by_role("heading", name="The API for tills")).to_be_visible()
    check_page(visitor, "docs-tills")
