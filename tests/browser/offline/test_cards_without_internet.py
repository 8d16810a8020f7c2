"""Which cards a till turns away without internet, and who pays for those that it could not know."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from given.days import TODAY
from offline_phone import EDIT, MOMENTS, back_online, expect_sales, kept, look_at, paired
from pas.ids import MunicipalityName
from pas.passes.codes import new_token
from serving import Served
from venue import Phone, Venue, a_venue

CARDS = MOMENTS.replace("row.occurredAt", "row.scanned")


FORGOTTEN = f"""async () => {{
  for (let looks = 0; ; looks += 1) {{
    const cards = await ({CARDS})();
    if (cards[0] === null || looks === 100) return cards;
    await new Promise((resolve) => {{ setTimeout(resolve, 50); }});
  }}
}}"""


def test_a_device_knows_no_card_of_yesterday(served: Served, page: Page) -> None:
    """What was handed in stays in the list; the code of the card would be worth stealing."""
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "1,00")
    back_online(phone)
    expect_sales(phone, "Betaald van de pas")
    assert page.evaluate(CARDS) == [venue.holder.token.text()], "for the limit of its pass and day"
    page.evaluate(EDIT, ["queue", {"occurredAt": f"{TODAY - timedelta(days=2)}T12:00:00.000Z"}])
    page.reload()
    assert page.evaluate(FORGOTTEN) == [None]


def test_a_card_that_was_blocked_after_the_sale_still_paid(served: Served, page: Page) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "5,00")
    block(venue)
    back_online(phone)
    expect_sales(phone, "Betaald van de pas")
    assert venue.left() == 19_500


def test_a_card_that_was_blocked_before_the_sale_costs_the_municipality(
    served: Served, page: Page
) -> None:
    """The till could not know, and the holder must not pay."""
    venue, phone = paired(served, page)
    phone.offline()
    block(venue)
    phone.sell(venue.holder.token.text(), "5,00")
    back_online(phone)
    expect_sales(phone, "De gemeente draagt het bedrag")
    look_at(page, "offline-risk")
    assert venue.left() == 20_000


def test_a_card_on_the_list_of_blocked_cards_is_turned_away(served: Served, page: Page) -> None:
    venue = a_venue(served, offline=True)
    block(venue)
    phone = Phone(page)
    venue.pair(page)
    kept(page)
    phone.offline()
    phone.ask(venue.holder.token.text(), "5,00")
    expect(phone.part("done-title")).to_have_text("Deze pas kan niet gebruikt worden")
    look_at(page, "offline-blocked")


def test_a_code_that_lives_for_a_minute_is_for_a_till_with_internet(
    served: Served, page: Page
) -> None:
    _, phone = paired(served, page)
    phone.offline()
    phone.ask("SP1:" + "A" * 40, "5,00")
    expect(phone.part("done-text")).to_contain_text("Vraag om de kaart")


def test_a_pass_of_another_municipality_is_turned_away(served: Served, page: Page) -> None:
    """With internet the program says so; without, the club would have sold for nothing."""
    _, phone = paired(served, page)
    phone.offline()
    phone.ask(new_token(MunicipalityName("almere")).text(), "5,00")
    expect(phone.part("done-text")).to_contain_text("van een andere gemeente")


def block(venue: Venue) -> None:
    venue.do(
        lambda connection: connection.execute(
            "UPDATE card SET state = 'blocked', state_since = clock_timestamp() WHERE id = $1",
            venue.holder.card,
        )
    )
