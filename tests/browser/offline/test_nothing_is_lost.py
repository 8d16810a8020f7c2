"""What a till sold without internet survives whatever happens to its phone, and is handed in once.

A phone that is killed is a real process that is killed.
"""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Route, expect

from browser_here import ARGUMENTS, chromium
from offline_phone import back_online, chains, expect_sales, look_again, look_at, paired
from serving import Served
from venue import PHONE, SCAN, Phone

HOLD_SIGNING = """() => {
  const sign = crypto.subtle.sign.bind(crypto.subtle);
  const released = new Promise((resolve) => { globalThis.letGo = resolve; });
  crypto.subtle.sign = async (...all) => {
    document.body.dataset.signing = "held";
    await released;
    return sign(...all);
  };
}"""


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
