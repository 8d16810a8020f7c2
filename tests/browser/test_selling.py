"""Selling in the demonstration: a pass, a till, and what became of the money."""

import re

from playwright.sync_api import Browser, Page, expect

from given.days import TODAY
from looking import become, check_page
from serving import Served

TAKE = re.compile("^Neem €")


def amount_left(page: Page, title: str) -> str:
    budget = page.locator(".pas-budget").filter(has_text=title).first
    return budget.locator(".pas-budget__left").inner_text()


def cashier(page: Page, name: str) -> None:
    """Behind the bar, on the page without a camera."""
    become(page, "till", name)
    page.goto("/velsen/till")


def test_a_pass_pays_at_a_till_and_is_undone(visitor: Page) -> None:
    visitor.goto("/")
    check_page(visitor, "demo-front")
    become(visitor, "holder")
    check_page(visitor, "demo-pass")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    before = amount_left(visitor, "Fiets voor volwassenen")

    cashier(visitor, "Fietsenmaker")
    check_page(visitor, "demo-till")
    visitor.fill("#scanned", number)
    visitor.fill("#amount", "1.000,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    check_page(visitor, "demo-quote")
    expect(visitor.locator(".pas-verdict")).to_contain_text("Vraag nog")
    visitor.get_by_role("button", name=TAKE).click()
    check_page(visitor, "demo-sold")
    expect(visitor.locator("h1")).to_have_text("Betaald")

    become(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == "€\u00a00,00"
    visitor.get_by_role("link", name="Wat is er gebeurd?").click()
    expect(visitor.locator("table")).to_contain_text("Betaald bij Fietsenmaker")

    cashier(visitor, "Fietsenmaker")
    visitor.goto("/velsen/till/sales")
    visitor.get_by_role("link", name="Ongedaan maken").first.click()
    check_page(visitor, "demo-undo")
    visitor.check("#kind")
    visitor.fill("#reason", "Verkeerd bedrag")
    visitor.get_by_role("button", name="Draai terug").click()
    check_page(visitor, "demo-sales")
    expect(visitor.locator(".pas-tile").first).to_contain_text("ongedaan gemaakt")

    become(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == before


def test_a_child_pays_from_two_budgets_is_refused_and_paid_back(visitor: Page) -> None:
    """The school takes school costs and the school trip; together they do not cover the price."""
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    before = school_budgets(visitor)

    cashier(visitor, "Basisschool")
    quote_for_eldest(visitor, number, "900,00")
    quote = visitor.locator(".pas-verdict").inner_text()
    taken, asked = [int(re.sub(r"\D", "", text)) for text in re.findall(r"€\s[\d.,]+", quote)[:2]]
    rest = euros(asked)
    assert taken + asked == 90_000
    assert taken >= sum(before)
    assert taken == sum(before) or TODAY.month < 8, "until August a trip is on last year's pass"
    check_page(visitor, "demo-quote-two-budgets")
    visitor.get_by_role("button", name=TAKE).click()
    expect(visitor.locator(".pas-verdict")).to_contain_text("betaalt " + rest + " zelf")

    visitor.get_by_role("link", name="Volgende").click()
    visitor.fill("#scanned", number)
    visitor.fill("#amount", "1,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    expect(visitor.locator(".pas-verdict--error")).to_be_visible()
    expect(visitor.locator("#holder-1")).to_have_count(0)
    check_page(visitor, "demo-refused-empty")

    visitor.goto("/velsen/till/sales")
    pay_back(visitor, "30,00")
    check_page(visitor, "demo-sales-partly")
    expect(visitor.locator(".pas-tile").first).to_contain_text(f"deels terug: {euros(3_000)}")
    pay_back(visitor, "")
    expect(visitor.locator(".pas-tile").first).to_contain_text("ongedaan gemaakt")

    become(visitor, "holder")
    assert school_budgets(visitor) == before


def euros(cents: int) -> str:
    return f"€\u00a0{cents // 100},{cents % 100:02d}"


def school_budgets(page: Page) -> list[int]:
    """What the eldest child has for school, from the parent's own page: costs, and in autumn a trip."""
    page.locator(".pas-people a").first.click()
    title = page.locator(".pas-budget__title", has_text=re.compile("^School"))
    left = page.locator(".pas-budget").filter(has=title).locator(".pas-budget__left")
    amounts = [int(re.sub(r"\D", "", text)) for text in left.all_inner_texts()]
    assert len(amounts) == (2 if TODAY.month >= 8 else 1), amounts
    return amounts


def quote_for_eldest(page: Page, number: str, price: str) -> None:
    page.fill("#scanned", number)
    page.fill("#amount", price)
    page.get_by_role("button", name="Kijk wat kan").click()
    page.uncheck("#holder-0")
    page.check("#holder-1")
    page.get_by_role("button", name="Kijk opnieuw").click()


def pay_back(page: Page, amount: str) -> None:
    page.get_by_role("link", name="erugboeken").first.click()
    check_page(page, "demo-refund")
    if page.get_by_label("terugboeken").count():
        page.get_by_label("terugboeken").check()
    page.fill("#amount", amount)
    page.fill("#reason", "Het kind is verhuisd")
    page.get_by_role("button", name="Draai terug").click()


def test_a_condition_is_answered_with_yes_or_no(visitor: Page) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    cashier(visitor, "Zwembad")
    for answer in ("no", "nothing", "yes"):
        visitor.goto("/velsen/till")
        visitor.fill("#scanned", number)
        visitor.fill("#visits", "1")
        visitor.select_option("#category", label="Zwemmen")
        visitor.get_by_role("button", name="Kijk wat kan").click()
        visitor.uncheck("#holder-0")
        visitor.check("#holder-1")
        visitor.get_by_role("button", name="Kijk opnieuw").click()
        check_page(visitor, "demo-condition")
        if answer == "no":
            visitor.get_by_role("button", name="Nee, dat klopt niet").click()
            expect(visitor.locator(".pas-verdict--error")).to_contain_text("voorwaarde")
            check_page(visitor, "demo-condition-no")
            continue
        if answer == "nothing":
            visitor.get_by_role("button", name=TAKE).click()
            expect(visitor.locator("h1")).to_have_text("Nog niet klaar")
            check_page(visitor, "demo-condition-forgotten")
        visitor.get_by_role("checkbox", name="zwemdiploma").check()
        visitor.get_by_role("button", name=TAKE).click()
        expect(visitor.locator("h1")).to_have_text("Betaald")


def test_a_counter_officer_sells_for_whom_they_choose_and_finds_the_sale_again(
    visitor: Page,
) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    visitor.context.clear_cookies()
    visitor.goto("/velsen")
    visitor.get_by_role("button", name="Baliemedewerker").click()
    visitor.get_by_role("link", name="Kassa").click()
    check_page(visitor, "counter-payees")
    visitor.fill("#search", "museum")
    visitor.get_by_role("button", name="Zoek").click()
    visitor.get_by_role("link", name="Museum De Sluiskolk").click()
    check_page(visitor, "counter-till")
    visitor.fill("#scanned", number)
    visitor.fill("#visits", "1")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    visitor.get_by_role("button", name=TAKE).click()
    expect(visitor.locator("h1")).to_have_text("Betaald")
    text = visitor.locator(".pas-verdict").inner_text()
    sale = text.partition("Nummer: ")[2].split()[0]

    visitor.get_by_role("link", name="Laatste verkopen").click()
    visitor.fill("#number", sale)
    visitor.get_by_role("button", name="Zoek").click()
    expect(visitor.locator(".pas-tile")).to_contain_text("Museum De Sluiskolk")
    check_page(visitor, "counter-sale")
    visitor.get_by_role("link", name="erugboeken").click()
    visitor.get_by_label("terugboeken").check()
    visitor.fill("#visits", "1")
    visitor.fill("#reason", "Het museum was dicht")
    visitor.get_by_role("button", name="Draai terug").click()
    expect(visitor.locator(".pas-tile")).to_contain_text("ongedaan gemaakt")


def test_the_cashier_hears_what_is_wrong(visitor: Page) -> None:
    cashier(visitor, "Fietsenmaker")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    expect(visitor.locator("#fouten")).to_contain_text("Scan de pas")
    visitor.fill("#scanned", "1234 5678 9012")
    visitor.fill("#amount", "5,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    check_page(visitor, "demo-refused")
    expect(visitor.locator(".pas-verdict--error")).to_contain_text("nummer")
    expect(visitor.locator("#amount")).to_have_value("5,00")
    visitor.fill("#amount", "0")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    expect(visitor.locator("#scanned")).to_have_value("1234 5678 9012")


def test_a_till_without_scripts_sells_what_is_typed(browser: Browser, city: Served) -> None:
    context = browser.new_context(base_url=city.url, java_script_enabled=False, locale="nl-NL")
    page = context.new_page()
    become(page, "holder")
    number = re.sub(r"\D", "", page.locator(".pas-card__digits").inner_text())
    cashier(page, "Fietsenmaker")
    page.get_by_role("link", name="Scan met de camera").click()
    page.get_by_role("link", name="Typ het nummer van de pas").click()
    page.fill("#scanned", number)
    page.fill("#amount", "1,00")
    page.get_by_role("button", name="Kijk wat kan").click()
    page.get_by_role("button", name=TAKE).click()
    expect(page.locator("h1")).to_have_text("Betaald")
    page.get_by_role("link", name="Draai het terug").click()
    page.get_by_label("Ongedaan maken").check()
    page.fill("#reason", "Verkeerd bedrag")
    page.get_by_role("button", name="Draai terug").click()
    expect(page.locator(".pas-tile").first).to_contain_text("ongedaan gemaakt")
    context.close()


def test_a_counter_officer_scans_for_whom_they_chose(visitor: Page) -> None:
    """Somebody who signed in uses the page with a camera too, and says who is paid."""
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    visitor.context.clear_cookies()
    visitor.goto("/velsen")
    visitor.get_by_role("button", name="Baliemedewerker").click()
    visitor.get_by_role("link", name="Kassa").click()
    visitor.fill("#search", "Fietsenmaker")
    visitor.get_by_role("button", name="Zoek").click()
    visitor.get_by_role("link", name="Fietsenmaker").first.click()
    visitor.get_by_role("link", name="Scan met de camera").click()
    expect(visitor.locator("#till-merchant")).to_contain_text("Fietsenmaker")
    visitor.fill("#amount", "1,00")
    visitor.fill("#scanned", number)
    visitor.locator("#ask").click()
    visitor.locator("#take").click()
    expect(visitor.locator("#done-title")).to_contain_text("Betaald")
    visitor.locator("#undo-this").click()
    visitor.get_by_role("button", name="Verkeerd bedrag").click()
    expect(visitor.locator("#sales")).to_contain_text("Ongedaan gemaakt")


def test_a_session_that_ended_stops_the_till_and_leads_to_where_one_signs_in(visitor: Page) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    become(visitor, "till", "Fietsenmaker")
    visitor.fill("#amount", "1,00")
    visitor.context.clear_cookies()
    visitor.fill("#scanned", number)
    visitor.locator("#ask").click()
    expect(visitor.locator("#screen-stopped")).to_be_visible()
    check_page(visitor, "till-signed-out")
    visitor.get_by_role("link", name="Log in").click()
    expect(visitor).to_have_url(re.compile("/sign-in"))
