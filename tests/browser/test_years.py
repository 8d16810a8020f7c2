"""The end of a year in a browser: what would lapse, what stands in the way of closing, and a sample for the audit."""

from playwright.sync_api import Page, expect

from given.days import YEAR
from looking import become, check_page


def test_finance_sees_how_the_year_ends_and_what_it_can_still_do(visitor: Page) -> None:
    become(visitor, "sign-in", "Medewerker financiën")
    visitor.goto("/velsen/years")
    check_page(visitor, "demo-years")
    visitor.get_by_role("link", name=str(YEAR), exact=True).click()
    expect(visitor.get_by_text("nog niet voorbij")).to_be_visible()
    check_page(visitor, "demo-year")
    visitor.get_by_role("link", name="Hoe eindigt dit jaar?").click()
    expect(visitor.get_by_text("Er is niets geboekt.")).to_be_visible()
    check_page(visitor, "demo-year-rehearsal")
    with visitor.expect_download() as download:
        visitor.get_by_role("link", name="Haal dit (CSV)").click()
    assert download.value.suggested_filename == f"jaareinde-velsen-{YEAR}.csv"


def test_a_controller_draws_a_sample(visitor: Page) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto(f"/velsen/years/{YEAR}")
    visitor.get_by_role("link", name="Trek een steekproef").click()
    visitor.get_by_label("Begin: een woord of een datum").fill("2027-01-15")
    visitor.get_by_label("Hoeveel boekingen?").fill("12")
    visitor.get_by_label("Hoe trekken we?").select_option("amount")
    visitor.get_by_role("button", name="Trek de steekproef").click()
    expect(visitor.get_by_role("heading", name="Getrokken")).to_be_visible()
    check_page(visitor, "demo-year-sample")
    visitor.goto(f"/velsen/years/{YEAR}/reopening-rejection")
    expect(visitor.get_by_text("niet doen")).to_be_visible()
