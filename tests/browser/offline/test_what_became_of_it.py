"""What is handed in is judged for what it was: a budget spent elsewhere, a till revoked, a queue edited."""

import msgspec
import pytest
from playwright.sync_api import Page, expect

from given.city import Till, a_till
from offline_phone import EDIT, back_online, chains, expect_sales, look_at, paired
from pas.db import Connection
from serving import Served
from venue import Phone, Venue

EDITS = {"amount": {"priceCents": 1_900}, "id": {"id": "van mij"}, "hole": None}


def test_a_budget_that_was_spent_elsewhere_is_borne_by_the_municipality(
    served: Served, page: Page
) -> None:
    venue, phone = paired(served, page, cents=1_000)
    phone.offline()
    phone.sell(venue.holder.token.text(), "10,00")
    spend_elsewhere(venue, page, "6,00")
    back_online(phone)
    expect_sales(phone, "De gemeente draagt €\u00a06,00 ervan")
    look_at(page, "offline-conflict")

    assert sorted(venue.booked()) == [600, 1_000]
    assert venue.left() == 0


def spend_elsewhere(venue: Venue, page: Page, amount: str) -> None:
    """At another till of the same merchant, with internet."""

    async def another(connection: Connection) -> Till:
        return await a_till(connection, venue.merchant)

    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(base_url=venue.served.url)
    phone = Phone(context.new_page())
    msgspec.structs.replace(venue, till=venue.do(another)).pair(phone.page)
    phone.sell(venue.holder.token.text(), amount)
    context.close()


def test_a_till_that_was_revoked_in_between_hands_in_what_it_sold_before(
    served: Served, page: Page
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "5,00")
    venue.do(
        lambda connection: connection.execute(
            "UPDATE till SET state = 'revoked', state_since = clock_timestamp() WHERE id = $1",
            venue.till.id,
        )
    )
    phone.sell_next(venue.holder.token.text(), "3,00")
    with page.expect_response("**/offline-sales", timeout=20_000):
        phone.offline(is_off=False)
    expect(phone.part("screen-stopped")).to_be_visible(timeout=20_000)

    assert venue.booked() == [500], "what it sold after that is the merchant's"


@pytest.mark.parametrize("what", ["amount", "id", "hole"])
def test_a_queue_that_somebody_edited_is_seen_and_its_neighbours_are_paid(
    served: Served, page: Page, what: str
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "1,00")
    phone.sell_next(venue.holder.token.text(), "2,00")
    page.evaluate(EDIT, ["queue", EDITS[what]])
    back_online(phone)
    if what == "hole":
        expect_sales(phone, "Betaald van de pas")
        assert "hole" in chains(venue)
    else:
        expect_sales(phone, "Betaald van de pas", "Niet betaald")
        look_at(page, f"offline-edited-{what}")
    assert venue.booked() == [200]
