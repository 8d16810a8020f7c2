"""The till on a phone: a pass is scanned or typed, quoted, taken, undone."""

from collections.abc import Callable, Generator

import msgspec
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from given.city import Holder, Till, a_budget, a_child_of, a_holder, a_scheme, a_till
from given.days import YEAR
from looking import accessibility_faults, fits, screenshot
from pas.db import Connection
from serving import Served
from venue import PHONE, SCAN, Phone, Venue, a_venue

EXPECTED = ("404", "403", "ERR_FAILED", "ERR_INTERNET_DISCONNECTED")
"""What a browser says of answers that a test wants: not found, refused, no connection."""


@pytest.fixture
def page(browser: Browser, served: Served) -> Generator[Page]:
    """A phone that may only speak with our own program, and may not complain."""
    context = browser.new_context(base_url=served.url, locale="nl-NL", viewport=PHONE)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [url for url in asked if not url.startswith(served.url)] == []
    assert [text for text in complaints if not any(code in text for code in EXPECTED)] == []


def look_at(page: Page, name: str) -> None:
    """Each state at 360 × 740: kept as a picture, and without what axe finds."""
    page.set_viewport_size(PHONE)
    screenshot(page, f"till-{name}")
    assert accessibility_faults(page) == []
    assert fits(page, 320), "no sideways scrolling at 320 px, which is also 400 % zoom"
    assert page.locator("a[href^='tel:']").count() >= 1


def test_a_pass_pays_in_part_and_is_undone_with_one_tap(page: Page, served: Served) -> None:
    venue, phone = a_venue(served, cents=1_240), Phone(page)
    venue.pair(page)
    look_at(page, "sell")

    phone.ask(venue.holder.token.text(), "20,00")
    expect(phone.part("quote-title")).to_have_text("Neem €\u00a012,40")
    expect(phone.part("quote-ask")).to_have_text("Vraag €\u00a07,60")
    assert venue.left() == 1_240, "a quote books nothing"
    look_at(page, "quote-part")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a012,40")
    expect(phone.part("done-ask")).to_have_text("Vraag nog €\u00a07,60")
    look_at(page, "done-part")
    assert venue.left() == 0

    phone.part("undo-this").click()
    look_at(page, "undo")
    page.get_by_role("button", name="Verkeerd bedrag").click()
    expect(phone.part("sales")).to_contain_text("Ongedaan gemaakt")
    look_at(page, "list")
    assert venue.left() == 1_240


def test_a_wrong_digit_is_caught_before_anything_is_sent(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))

    phone.ask("1234 5678 9012", "5,00")
    expect(phone.part("scanned-fault")).to_contain_text("Dit nummer klopt niet")
    expect(phone.part("scanned")).to_be_focused()
    look_at(page, "mistyped")
    phone.ask("geen pas", "5,00")
    expect(phone.part("scanned-fault")).to_contain_text("Dit is geen pas")

    assert [url for url in sent if "/quotes" in url] == []


def test_an_amount_that_could_be_two_is_not_guessed(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)

    for typed in ("12,4", "1.234", "nul", "0"):
        phone.ask(venue.holder.token.text(), typed)
        expect(phone.part("amount-fault")).to_contain_text("12,40")
        expect(phone.part("screen-sell")).to_be_visible()


def test_three_children_pay_together_each_from_their_own_budget(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)

    async def a_family(connection: Connection) -> tuple[Holder, list[int]]:
        scheme = await a_scheme(connection, year=YEAR)
        parent = await a_holder(connection, year=YEAR)
        children = [await a_child_of(connection, parent, name=f"Kind {n}") for n in range(3)]
        budgets = [await a_budget(connection, scheme, child, cents=800) for child in children]
        return parent, [budget.account for budget in budgets]

    parent, accounts = venue.do(a_family)
    venue.pair(page)

    phone.ask(parent.token.text(), "10,00")
    expect(phone.part("quote-title")).to_have_text("Voor wie is het?")
    look_at(page, "who")
    phone.part("who").get_by_label("Pashouder").uncheck()
    for child in ("Kind 1", "Kind 2", "Kind 3"):
        phone.part("who").get_by_label(child).check()
    page.get_by_role("button", name="Kijk opnieuw").click()
    expect(phone.part("quote-title")).to_have_text("Neem €\u00a024,00")
    expect(phone.part("quote-ask")).to_have_text("Vraag €\u00a06,00")
    look_at(page, "quote-children")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a024,00")
    look_at(page, "done-children")

    left = venue.do(
        lambda connection: connection.fetch(
            "SELECT amount FROM balance WHERE account_id = ANY ($1)", accounts
        )
    )
    assert [row["amount"] for row in left] == [0, 0, 0]
    assert venue.booked() == [800, 800, 800]
    sales = venue.do(
        lambda connection: connection.fetchval(
            "SELECT count(DISTINCT sale_id) FROM redemption WHERE merchant_id = $1",
            venue.merchant.id,
        )
    )
    assert sales == 1, "one receipt"


def test_two_cards_pay_in_one_sale(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)

    async def another(connection: Connection) -> Holder:
        holder = await a_holder(connection, year=YEAR)
        await a_budget(connection, venue.budget.scheme, holder, cents=300)
        return holder

    other = venue.do(another)
    phone.ask(venue.holder.token.text(), "5,00")
    phone.part("one-more").click()
    expect(phone.part("scanned-note")).to_contain_text("volgende pas")
    phone.part("scanned").fill(other.token.text())
    phone.part("ask").click()
    expect(phone.part("quote-title")).to_have_text("Neem €\u00a08,00")
    look_at(page, "quote-two-passes")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a08,00")

    assert sorted(venue.booked()) == [300, 500]


def test_a_condition_is_checked_before_anything_is_taken(page: Page, served: Served) -> None:
    venue = a_venue(served, precondition="diploma")
    phone = Phone(page)
    venue.pair(page)

    phone.ask(venue.holder.token.text(), "5,00")
    phone.part("take").click()
    expect(phone.part("take-fault")).to_contain_text("Zet dan een vinkje")
    look_at(page, "condition")
    assert venue.booked() == []
    page.get_by_role("button", name="Nee, dat klopt niet").click()
    expect(phone.part("screen-done")).to_be_visible()
    look_at(page, "condition-no")
    assert venue.booked() == []
    phone.part("next").click()
    phone.ask(venue.holder.token.text(), "5,00")
    phone.part("quote-conditions").get_by_role("checkbox").check()
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a05,00")


def test_what_is_lost_is_said_before_it_is_taken(page: Page, served: Served) -> None:
    venue, phone = a_venue(served, cents=5_100, spend_at_once=True), Phone(page)
    venue.pair(page)

    phone.ask(venue.holder.token.text(), "10,00")
    expect(phone.part("quote-warnings")).to_contain_text("€\u00a041,00")
    look_at(page, "loses")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a010,00")

    assert venue.left() == 0


def test_a_refusal_says_what_to_say_and_no_balance(page: Page, served: Served) -> None:
    venue, phone = a_venue(served, cents=500), Phone(page)
    venue.pair(page)
    phone.sell(venue.holder.token.text(), "5,00")
    phone.part("next").click()

    phone.ask(venue.holder.token.text(), "5,00")
    expect(phone.part("done-verdict")).to_have_attribute("data-kind", "no")
    expect(phone.part("done-people")).to_contain_text("Zeg tegen de pashouder")
    look_at(page, "refused")

    assert "€" not in phone.part("screen-done").inner_text()


def test_a_budget_that_moved_is_asked_about_again(page: Page, served: Served) -> None:
    venue, phone = a_venue(served, cents=1_000), Phone(page)
    venue.pair(page)
    elsewhere = Phone(page.context.browser.new_context(base_url=served.url).new_page())  # pyright: ignore[reportOptionalMemberAccess]
    spend_elsewhere(
        venue, elsewhere, "4,00", first=lambda: phone.ask(venue.holder.token.text(), "10,00")
    )

    expect(phone.part("quote-title")).to_have_text("Neem €\u00a010,00")
    phone.part("take").click()
    expect(phone.part("quote-moved")).to_be_visible()
    expect(phone.part("quote-title")).to_have_text("Neem €\u00a06,00")
    look_at(page, "moved")
    phone.part("take").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a06,00")

    assert venue.left() == 0
    elsewhere.context.close()


def spend_elsewhere(venue: Venue, phone: Phone, amount: str, *, first: Callable[[], None]) -> None:
    """At another till of the same merchant, between what the first till asks and takes."""

    async def another(connection: Connection) -> Till:
        return await a_till(connection, venue.merchant)

    other = msgspec.structs.replace(venue, till=venue.do(another))
    other.pair(phone.page)
    first()
    phone.sell(venue.holder.token.text(), amount)


def test_a_till_that_died_before_the_answer_sells_once(page: Page, served: Served) -> None:
    """The request arrived and the answer did not; the page was opened again."""
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    swallow(page, "**/redemptions")
    phone.ask(venue.holder.token.text(), "5,00")
    with page.expect_event("requestfailed", lambda one: one.url.endswith("/redemptions")):
        phone.part("take").click()
    page.reload()
    expect(phone.part("screen-sell")).to_be_visible()

    assert venue.booked() == [500]
    assert len(phone.sales()) == 1, "known again, and not asked about"


def test_a_sale_that_never_arrived_is_asked_about_and_sold_once(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    page.route("**/redemptions", lambda route: route.abort())
    phone.ask(venue.holder.token.text(), "5,00")
    phone.part("take").click()
    expect(phone.part("screen-unsure")).to_be_visible()
    look_at(page, "unsure")
    page.unroute("**/redemptions")
    page.reload()
    expect(phone.part("unsure-text")).to_contain_text("Er is nog niet betaald")
    look_at(page, "unfinished")
    phone.part("unsure-again").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a05,00")

    assert venue.booked() == [500]


def test_trying_again_after_a_lost_answer_sells_once(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    swallow(page, "**/redemptions")
    phone.ask(venue.holder.token.text(), "5,00")
    phone.part("take").click()
    expect(phone.part("screen-unsure")).to_be_visible()
    page.unroute("**/redemptions")
    phone.part("unsure-again").click()
    expect(phone.part("done-title")).to_have_text("Betaald €\u00a05,00")

    assert venue.booked() == [500]


def swallow(page: Page, pattern: str) -> None:
    """Let requests through and lose their answers."""

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.fallback()

    page.route(pattern, lose)


def test_everything_goes_by_keyboard(page: Page, served: Served) -> None:
    venue = a_venue(served)
    venue.pair(page)

    page.locator("#amount").focus()
    page.keyboard.type("5,00")
    tab_to(page, "scanned")
    page.keyboard.type(venue.holder.token.text())
    page.keyboard.press("Enter")
    expect(page.locator("#quote-title")).to_be_focused()
    tab_to(page, "take")
    page.keyboard.press("Enter")
    expect(page.locator("#done-title")).to_be_focused()
    tab_to(page, "next")
    page.keyboard.press("Enter")

    expect(page.locator("#screen-sell")).to_be_visible()
    assert venue.booked() == [500]


def tab_to(page: Page, name: str) -> None:
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == name:
            return
    pytest.fail(f"{name} cannot be reached with the Tab key")


def test_a_till_that_was_revoked_stops_at_once(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    phone.ask(venue.holder.token.text(), "5,00")
    expect(phone.part("screen-quote")).to_be_visible()
    venue.do(
        lambda connection: connection.execute(
            "UPDATE till SET state = 'revoked' WHERE id = $1", venue.till.id
        )
    )
    phone.part("take").click()
    expect(phone.part("screen-stopped")).to_be_visible()
    expect(phone.part("stopped-pair")).to_be_visible()
    look_at(page, "revoked")

    assert venue.booked() == []


def test_a_till_that_was_paused_says_why_and_whom_to_ask(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    phone.ask(venue.holder.token.text(), "5,00")
    expect(phone.part("screen-quote")).to_be_visible()
    venue.do(
        lambda connection: connection.execute(
            """
            UPDATE till SET state = 'paused', paused_by = 'merchant',
                paused_because = 'De telefoon is zoek', state_since = clock_timestamp() WHERE id = $1
            """,
            venue.till.id,
        )
    )
    phone.part("take").click()
    expect(phone.part("stopped-title")).to_have_text("Deze kassa staat stil")
    expect(phone.part("stopped-reason")).to_contain_text("De telefoon is zoek")
    look_at(page, "paused")
    venue.do(
        lambda connection: connection.execute(
            "UPDATE till SET state = 'active', paused_by = NULL, paused_because = NULL WHERE id = $1",
            venue.till.id,
        )
    )
    phone.part("stopped-again").click()
    phone.sell(venue.holder.token.text(), "5,00")

    assert venue.booked() == [500]


def test_a_device_that_is_no_till_hears_how_to_become_one(page: Page) -> None:
    page.goto(SCAN)
    expect(page.locator("#screen-unpaired")).to_be_visible()
    look_at(page, "unpaired")


def test_what_the_cashier_taps_is_big(page: Page, served: Served) -> None:
    venue, phone = a_venue(served), Phone(page)
    venue.pair(page)
    small = """() => [...document.querySelectorAll('#till button, #till input, #till label:has(input), nav button')]
      .filter(one => one.checkVisibility() && !(one.matches('input') && one.closest('label')))
      .filter(one => one.getBoundingClientRect().height < 48 && !one.matches('[type=checkbox], [type=radio]'))
      .map(one => one.outerHTML.slice(0, 100))"""

    for screen, act in (
        ("sell", lambda: None),
        ("quote", lambda: phone.ask(venue.holder.token.text(), "5,00")),
        ("done", phone.part("take").click),
        ("undo", phone.part("undo-this").click),
    ):
        act()
        expect(phone.part(f"screen-{screen}")).to_be_visible()
        assert page.evaluate(small) == []
