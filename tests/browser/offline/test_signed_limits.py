"""The limits that the municipality signed hold without internet, whatever the storage or the clock says."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from given.city import a_holder
from given.days import YEAR
from offline_phone import MOMENTS, back_online, expect_sales, kept, look_at, paired
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from serving import Served
from venue import Phone, Venue, a_venue

AN_HOUR = 3_600_000


CLOCK = """(() => {
  const real = Date.now;
  Date.now = () => real() + %d;
})()"""


def test_the_limits_that_were_signed_hold_without_internet(served: Served, page: Page) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    for amount, why in (
        ("50,01", "te veel voor één keer"),
        ("50,00", ""),
        ("25,01", "vandaag al genoeg"),
    ):
        phone.ask(venue.holder.token.text(), amount)
        if why:
            expect(phone.part("done-text")).to_contain_text(why)
            look_at(page, f"offline-limit-{amount}")
        else:
            phone.part("take").click()
            expect(phone.part("done-verdict")).to_have_attribute("data-kind", "amber")
        phone.part("next").click()


def test_what_all_passes_may_pay_together_holds_too(served: Served, page: Page) -> None:
    venue = a_venue(served, offline=True)
    limited(venue, 6_000)
    phone = Phone(page)
    venue.pair(page)
    kept(page)
    limited(venue, 50_000)
    other = venue.do(lambda connection: a_holder(connection, year=YEAR))
    phone.offline()
    phone.sell(venue.holder.token.text(), "50,00")
    phone.part("next").click()
    phone.ask(other.token.text(), "10,01")
    expect(phone.part("done-text")).to_contain_text("verkocht al genoeg")
    expect(phone.part("done-text")).to_contain_text("€\u00a010,00")


def limited(venue: Venue, cents: int) -> None:
    venue.do(
        lambda connection: change_municipality_settings(
            connection, {"offlineTotalCents": cents}, actor=SYSTEM
        )
    )


def test_limits_that_somebody_raised_in_the_storage_are_worth_nothing(
    served: Served, page: Page
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    raise_limits(page)
    phone.ask(venue.holder.token.text(), "50,01")
    expect(phone.part("done-text")).to_contain_text("kloppen niet")


def raise_limits(page: Page) -> None:
    page.evaluate(
        """async () => {
      const opening = indexedDB.open("pas");
      await new Promise((resolve) => { opening.onsuccess = resolve; });
      const store = opening.result.transaction("permits", "readwrite").objectStore("permits");
      const [keys, rows] = await Promise.all(["getAllKeys", "getAll"].map((how) => new Promise((resolve) => {
        const asking = store[how]();
        asking.onsuccess = () => resolve(asking.result);
      })));
      const row = rows[0];
      row.text = row.text.replace(/"perSaleCents":[0-9]+/, '"perSaleCents":9000000');
      row.permit.perSaleCents = 9000000;
      await new Promise((resolve) => { store.put(row, keys[0]).onsuccess = resolve; });
    }"""
    )


@pytest.mark.parametrize("hours", [-7, 7])
def test_a_clock_that_is_hours_wrong_sells_online_and_without(
    served: Served, context: BrowserContext, page: Page, hours: int
) -> None:
    context.add_init_script(CLOCK % (hours * AN_HOUR))
    venue, phone = paired(served, page)
    phone.sell(venue.holder.token.text(), "1,00")
    phone.offline()
    phone.sell_next(venue.holder.token.text(), "2,00")
    page.reload()
    phone.sell(venue.holder.token.text(), "3,00")
    back_online(phone)
    expect_sales(phone, "Betaald van de pas", "Betaald van de pas", "€\u00a01,00")

    apart = venue.do(
        lambda connection: connection.fetchval(
            "SELECT max(abs(extract(epoch FROM recorded_at - said_at))) FROM offline_sale WHERE till_id = $1",
            venue.till.id,
        )
    )
    assert apart < 300, "as of our time, whatever the clock of the phone says"


def test_a_clock_that_is_set_back_wins_no_time(
    served: Served, context: BrowserContext, page: Page
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "1,00")
    for hours in (3, -3):
        context.add_init_script(CLOCK % (hours * AN_HOUR))
        page.reload()
        phone.sell(venue.holder.token.text(), "1,00")
    moments = page.evaluate(MOMENTS)
    assert len(moments) == 3
    assert moments == sorted(moments), "never earlier than the sale before"
    context.add_init_script(CLOCK % (25 * AN_HOUR))
    page.reload()
    phone.ask(venue.holder.token.text(), "1,00")
    expect(phone.part("done-text")).to_contain_text(
        "tijd om zonder internet te verkopen is voorbij"
    )
    look_at(page, "offline-ended")
