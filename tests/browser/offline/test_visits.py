"""Visits without internet: at the price that was signed, and no more of them than were quoted."""

from playwright.sync_api import Page, expect

from given.offers import an_offer
from offline_phone import back_online, expect_sales, kept, look_again
from pas.db import Connection
from serving import Served
from venue import Phone, Venue, a_venue


def a_pool(served: Served) -> Venue:
    """It sells three visits in one tap, at 4.50 each; its holder has two."""
    venue = a_venue(served, cents=900, visits=2, offline=True)
    venue.do(
        lambda connection: an_offer(
            connection,
            venue.merchant.id,
            title="Drie keer zwemmen",
            priceCents=None,
            visits=3,
            validFrom="2025-01-01",
            conditions=None,
        )
    )
    return venue


def choose(venue: Venue, page: Page) -> Phone:
    phone = Phone(page)
    venue.pair(page)
    kept(page)
    page.get_by_role("radio", name="Drie keer zwemmen").check()
    return phone


def scan(phone: Phone, scanned: str) -> None:
    phone.part("scanned").fill(scanned)
    phone.part("ask").click()
    expect(phone.part("screen-quote")).to_be_visible()


def handed_in(venue: Venue) -> list[tuple[int, int, int]]:
    """What was paid of each, by whom, and how many visits."""

    async def read(connection: Connection) -> list[tuple[int, int, int]]:
        rows = await connection.fetch(
            """
            SELECT s.take_cents, s.risk_cents, r.visits FROM offline_sale s
            JOIN redemption r ON r.entry_id = s.id WHERE s.till_id = $1
            """,
            venue.till.id,
        )
        return [tuple(row) for row in rows]

    return venue.do(read)


def test_visits_are_sold_at_the_price_that_was_signed(served: Served, page: Page) -> None:
    venue = a_pool(served)
    phone = choose(venue, page)
    phone.offline()
    scan(phone, venue.holder.token.text())
    expect(phone.part("quote-title")).to_have_text("Neem €\u00a013,50 aan")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Aangenomen €\u00a013,50")
    back_online(phone)
    expect_sales(phone, "De gemeente draagt €\u00a04,50 ervan")

    assert handed_in(venue) == [(900, 450, 2)]


def test_of_quoted_visits_no_more_are_handed_in_than_the_pass_has(
    served: Served, page: Page
) -> None:
    venue = a_pool(served)
    phone = choose(venue, page)
    scan(phone, venue.holder.token.text())
    expect(phone.part("quote-ask")).to_contain_text("€\u00a04,50")
    page.route("**/v1/**", lambda route: route.abort())
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Aangenomen €\u00a09,00", timeout=20_000)
    page.unroute("**/v1/**")
    phone.part("next").click()
    look_again(page)
    expect_sales(phone, "Betaald van de pas")

    assert handed_in(venue) == [(900, 0, 2)]
