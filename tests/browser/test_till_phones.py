"""A holder's telephone before the till's camera: the sale goes on when its code is over, and one pass is one pass."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, expect

from given.phones import a_code
from pas.auth.keys import KeyRing, KeyStore
from pas.settings import Settings
from serving import Served
from venue import VELSEN, Phone, Venue, a_venue

SALES = re.compile("/redemptions$")


def ring_of(served: Served) -> KeyRing:
    folder: Path = served.output.parent / "data"
    return KeyStore(Settings(data_dir=folder).keys).ring(VELSEN)


def shown(venue: Venue) -> str:
    return a_code(ring_of(venue.served), venue.holder, now=datetime.now(UTC))


def test_the_sale_is_sent_with_the_ticket_and_the_code_pays_for_nothing_more(
    page: Page, served: Served
) -> None:
    venue, till = a_venue(served), Phone(page)
    venue.pair(page)
    code = shown(venue)
    till.ask(code, "5,00")
    expect(till.part("quote-title")).to_have_text("Neem €\u00a05,00")
    with page.expect_request(SALES) as asked:
        till.part("take").click()
    expect(till.part("done-title")).to_have_text("Betaald €\u00a05,00")
    [item] = json.loads(asked.value.post_data or "{}")["items"]
    assert item["scanned"].startswith("SP1:")
    assert item["scanned"] != code

    till.part("next").click()
    till.ask(code, "5,00")
    expect(till.part("done-title")).to_have_text("Met deze code is al betaald.")
    assert venue.booked() == [500]


def test_a_telephone_that_shows_its_next_code_is_still_one_pass(page: Page, served: Served) -> None:
    venue, till = a_venue(served), Phone(page)
    venue.pair(page)
    for _ in range(2):
        till.part("scanned").fill(shown(venue))
        till.part("ask").click()
        expect(till.part("scanned")).to_have_value("")
    till.part("amount").fill("5,00")
    till.part("ask").click()
    expect(till.part("quote-title")).to_have_text("Neem €\u00a05,00")
    expect(till.part("quote-people")).to_be_hidden()
    till.part("take").click()
    expect(till.part("done-title")).to_have_text("Betaald €\u00a05,00")
    assert venue.booked() == [500]
