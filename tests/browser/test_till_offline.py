"""The till without internet: what it sells is kept, handed in once, and judged for what it was.

Each test makes one thing go wrong in between. A phone that is killed is a real process that is killed.
"""

import os
import signal
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import msgspec
import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect

from browser_here import ARGUMENTS, chromium
from given.city import Till, a_holder, a_till
from given.days import TODAY, YEAR
from looking import accessibility_faults, screenshot
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.codes import new_token
from serving import Served
from venue import PHONE, SCAN, Phone, Venue, a_venue

AN_HOUR = 3_600_000
CLOCK = """(() => {
  const real = Date.now;
  Date.now = () => real() + %d;
})()"""
EDIT = """async ([name, change]) => {
  const opening = indexedDB.open("pas");
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const store = opening.result.transaction(name, "readwrite").objectStore(name);
  const asking = store.getAll();
  await new Promise((resolve) => { asking.onsuccess = resolve; });
  const [row] = asking.result;
  const act = { ...row, ...change };
  const writing = change === null ? store.delete([row.tillId, row.sequence]) : store.put(act);
  await new Promise((resolve) => { writing.onsuccess = resolve; });
}"""

MOMENTS = """async () => {
  const opening = indexedDB.open("pas");
  await new Promise((resolve) => { opening.onsuccess = resolve; });
  const asking = opening.result.transaction("queue").objectStore("queue").getAll();
  await new Promise((resolve) => { asking.onsuccess = resolve; });
  return asking.result.map((row) => row.occurredAt);
}"""
CARDS = MOMENTS.replace("row.occurredAt", "row.scanned")
FORGOTTEN = f"""async () => {{
  for (let looks = 0; ; looks += 1) {{
    const cards = await ({CARDS})();
    if (cards[0] === null || looks === 100) return cards;
    await new Promise((resolve) => {{ setTimeout(resolve, 50); }});
  }}
}}"""
HOLD_SIGNING = """() => {
  const sign = crypto.subtle.sign.bind(crypto.subtle);
  const released = new Promise((resolve) => { globalThis.letGo = resolve; });
  crypto.subtle.sign = async (...all) => {
    document.body.dataset.signing = "held";
    await released;
    return sign(...all);
  };
}"""
EDITS = {"amount": {"priceCents": 1_900}, "id": {"id": "van mij"}, "hole": None}


@pytest.fixture
def context(browser: Browser, served: Served) -> Generator[BrowserContext]:
    context = browser.new_context(base_url=served.url, locale="nl-NL", viewport=PHONE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def look_at(page: Page, name: str) -> None:
    screenshot(page, f"till-{name}")
    assert accessibility_faults(page) == []


def paired(served: Served, page: Page, **details: object) -> tuple[Venue, Phone]:
    """A phone that has its limits, and then no internet any more."""
    venue, phone = a_venue(served, offline=True, **details), Phone(page)  # pyright: ignore[reportArgumentType]
    venue.pair(page)
    phone.part("to-more").click()
    expect(phone.part("offline-facts-text")).to_contain_text("zonder internet nog")
    phone.part("to-sell").click()
    kept(page)
    return venue, phone


def kept(page: Page) -> None:
    """Wait until the browser keeps the page, as it does in the first seconds; nothing else keeps it."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")


def back_online(phone: Phone) -> None:
    """The connection is back; the till finds out by itself."""
    phone.offline(is_off=False)
    expect(phone.part("connection-text")).to_have_text("Online", timeout=20_000)


def expect_sales(phone: Phone, *lines: str) -> None:
    """What the list says of each sale, newest first; each a part of its text."""
    phone.part("to-list").click()
    found = phone.part("sales").locator("li")
    expect(found).to_have_count(len(lines))
    expect(found).to_contain_text(list(lines), timeout=20_000)


def test_a_sale_without_internet_survives_a_reload_and_is_handed_in_by_itself(
    served: Served, page: Page
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.ask(venue.holder.token.text(), "12,40")
    expect(phone.part("quote-verdict")).to_have_attribute("data-kind", "amber")
    expect(phone.part("quote-text")).to_contain_text("€\u00a0487,60")
    look_at(page, "offline-quote")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Aangenomen €\u00a012,40")
    look_at(page, "offline-done")
    page.reload()
    expect(phone.part("offline-note-text")).to_contain_text("€\u00a0487,60")
    look_at(page, "offline-sell")
    expect_sales(phone, "Nog niet verstuurd")
    look_at(page, "offline-list")

    back_online(phone)
    expect_sales(phone, "Betaald van de pas")
    look_at(page, "offline-handed-in")
    assert venue.booked() == [1_240]
    assert venue.left() == 20_000 - 1_240


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


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_sale_that_lost_its_connection_under_way_is_booked_once(
    served: Served, page: Page, moment: str
) -> None:
    """The request arrived or it did not: the till cannot know, and goes on without internet."""
    venue, phone = paired(served, page, share_basis_points=5_000)
    phone.ask(venue.holder.token.text(), "10,00")
    expect(phone.part("screen-quote")).to_be_visible()
    page.route("**/v1/**", cut(moment))
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Aangenomen €\u00a05,00", timeout=20_000)
    page.unroute("**/v1/**")
    phone.part("next").click()
    look_again(page)
    said = "online al geboekt" if moment == "after" else "Betaald van de pas"
    expect_sales(phone, said)
    assert venue.booked() == [500]
    assert venue.left() == 19_500


def look_again(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('online'))")


def cut(moment: str) -> Callable[[Route], None]:
    def act(route: Route) -> None:
        if moment == "after" and route.request.method == "POST":
            route.fetch()
        route.abort()

    return act


def test_an_upload_that_is_cut_and_repeated_books_everything_once(
    served: Served, page: Page
) -> None:
    venue, phone = paired(served, page)
    phone.offline()
    phone.sell(venue.holder.token.text(), "1,00")
    for amount in ("2,00", "3,00"):
        phone.sell_next(venue.holder.token.text(), amount)
    page.route("**/offline-sales", cut("after"))
    for act in (lambda: phone.offline(is_off=False), lambda: look_again(page)):
        with page.expect_event("requestfailed", lambda one: "/offline-sales" in one.url):
            act()
    page.unroute("**/offline-sales")
    page.reload()
    expect_sales(phone, *["Betaald van de pas"] * 3)

    assert sorted(venue.booked()) == [100, 200, 300]
    assert venue.left() == 20_000 - 600


def test_two_tabs_sell_in_one_chain(served: Served, context: BrowserContext, page: Page) -> None:
    venue, phone = paired(served, page)
    other = Phone(context.new_page())
    other.page.goto(SCAN)
    expect(other.part("screen-sell")).to_be_visible()
    phone.offline()
    for one in (phone, other):
        one.ask(venue.holder.token.text(), "1,00")
        expect(one.part("screen-quote")).to_be_visible()
    # The other tab has looked at the chain and is signing when this one sells.
    other.page.evaluate(HOLD_SIGNING)
    other.part("take").click()
    expect(other.page.locator("body")).to_have_attribute("data-signing", "held")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Aangenomen €\u00a01,00")
    other.page.evaluate("letGo()")
    expect(other.part("done-title")).to_have_text("Aangenomen €\u00a01,00")
    other.sell_next(venue.holder.token.text(), "2,00")
    back_online(phone)
    expect_sales(phone, *["Betaald van de pas"] * 3)

    assert sorted(venue.booked()) == [100, 100, 200]
    assert chains(venue) == ["whole"] * 3


def chains(venue: Venue) -> list[str]:
    async def read(connection: Connection) -> list[str]:
        rows = await connection.fetch(
            "SELECT chain FROM offline_sale WHERE till_id = $1 ORDER BY sequence", venue.till.id
        )
        return [row["chain"] for row in rows]

    return venue.do(read)


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
    phone.offline(is_off=False)
    expect(phone.part("screen-stopped")).to_be_visible(timeout=20_000)
    page.wait_for_timeout(500)

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


@pytest.mark.parametrize("seconds", [0, 0.05, 0.2, 1])
def test_a_phone_that_is_killed_at_any_moment_loses_and_doubles_nothing(
    served: Served, playwright_here: Playwright, tmp_path: Path, seconds: float
) -> None:
    """What it showed as accepted is there after a restart without internet; the rest is not half."""
    context = a_phone(playwright_here, served, tmp_path)
    venue, phone = paired(served, context.pages[0])
    phone.offline()
    phone.sell(venue.holder.token.text(), "1,00")
    phone.part("next").click()
    phone.ask(venue.holder.token.text(), "2,00")
    expect(phone.part("screen-quote")).to_be_visible()
    phone.page.evaluate("setTimeout(() => document.getElementById('take').click(), 100)")
    phone.page.wait_for_timeout(100 + seconds * 1000)
    shown = phone.part("done-title").is_visible()
    kill(tmp_path)

    context = a_phone(playwright_here, served, tmp_path)
    context.set_offline(True)
    phone = Phone(context.pages[0])
    phone.page.goto(SCAN)
    expect(phone.part("screen-sell")).to_be_visible()
    waiting = len(phone.sales())
    assert waiting == 2 if shown else waiting in {1, 2}
    back_online(phone)
    expect_sales(phone, *["Betaald van de pas"] * waiting)
    assert venue.booked() == [100, 200][:waiting]
    assert set(chains(venue)) == {"whole"}
    context.close()


def a_phone(playwright: Playwright, served: Served, folder: Path) -> BrowserContext:
    """A browser of its own, which keeps what it has when it is started again."""
    return playwright.chromium.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=ARGUMENTS,
        base_url=served.url,
        locale="nl-NL",
        viewport=PHONE,
    )


def kill(folder: Path) -> None:
    """Kill the browser as a phone that falls into the pool: nothing is written any more."""
    ours = [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in part for part in process.info["cmdline"] or [])
    ]
    for process in ours:
        os.kill(process.pid, signal.SIGKILL)
    psutil.wait_procs(ours, timeout=10)
