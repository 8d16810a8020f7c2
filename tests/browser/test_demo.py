"""The demonstration as a visitor walks through it: a pass, a till, and what became of the money."""

import re
from pathlib import Path
from typing import cast

import png
import zxingcpp
from playwright.sync_api import Browser, Locator, Page, expect

from given.days import TODAY
from looking import become, check_page
from pas.web.dates import MONTHS
from serving import Served, run_pas

SESSIONS = Path(__file__).parents[2] / "docs" / "sessions"
TAKE = re.compile("^Neem €")


def amount_left(page: Page, title: str) -> str:
    budget = page.locator(".pas-budget").filter(has_text=title).first
    return budget.locator(".pas-budget__left").inner_text()


def test_everybody_on_the_first_page_can_be_become(visitor: Page) -> None:
    """Each once: one click, and a page of one's own."""
    visitor.goto("/velsen")
    buttons = visitor.locator("form[action*='/demo/'] button")
    assert buttons.count() > 15
    for number in range(buttons.count()):
        visitor.context.clear_cookies()
        visitor.goto("/velsen")
        buttons.nth(number).click()
        expect(visitor.locator("h1")).not_to_have_text(re.compile("bestaat niet|Wie wilt u zijn"))


def test_a_pass_pays_at_a_till_and_is_undone(visitor: Page) -> None:
    visitor.goto("/")
    check_page(visitor, "demo-front")
    become(visitor, "holder")
    check_page(visitor, "demo-pass")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    before = amount_left(visitor, "Fiets voor volwassenen")
    visitor.get_by_role("button", name="Uitloggen").click()

    become(visitor, "till", "Fietsenmaker")
    check_page(visitor, "demo-till")
    visitor.fill("#scanned", number)
    visitor.fill("#amount", "1.000,00")
    visitor.get_by_role("button", name="Kijk wat kan").click()
    check_page(visitor, "demo-quote")
    expect(visitor.locator(".pas-verdict")).to_contain_text("Vraag nog")
    visitor.get_by_role("button", name=TAKE).click()
    check_page(visitor, "demo-sold")
    expect(visitor.locator("h1")).to_have_text("Betaald")

    become_again(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == "€\u00a00,00"
    expect(visitor.locator("table")).to_contain_text("Betaald bij Fietsenmaker")

    become_again(visitor, "till", "Fietsenmaker")
    visitor.goto("/velsen/till/sales")
    visitor.get_by_role("link", name="Ongedaan maken").first.click()
    check_page(visitor, "demo-undo")
    visitor.check("#kind")
    visitor.fill("#reason", "Verkeerd bedrag")
    visitor.get_by_role("button", name="Draai terug").click()
    check_page(visitor, "demo-sales")
    expect(visitor.locator(".pas-tile").first).to_contain_text("ongedaan gemaakt")

    become_again(visitor, "holder")
    assert amount_left(visitor, "Fiets voor volwassenen") == before


def become_again(page: Page, kind: str, name: str | None = None) -> None:
    page.context.clear_cookies()
    become(page, kind, name)


def test_a_child_pays_from_two_budgets_is_refused_and_paid_back(visitor: Page) -> None:
    """The school takes school costs and the school trip; together they do not cover the price."""
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    before = school_budgets(visitor)

    become_again(visitor, "till", "Basisschool")
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

    become_again(visitor, "holder")
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


def test_the_numbers_on_the_first_page_are_those_of_the_books(visitor: Page) -> None:
    """Per year and together: granted is spent, returned and open; and what merchants are owed."""
    visitor.goto("/velsen")
    table, merchants = (rows_of(one) for one in visitor.locator("table").all())
    [[at_merchants], [paid], [owed]] = merchants
    become_again(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger")
    visitor.get_by_role("button", name="Kijk de boeken nu na").click()
    expect(visitor.get_by_text("Het klopt op de cent")).to_be_visible()
    proved = visitor.locator("dl").first.locator("dd").all_inner_texts()

    *years, together = table
    assert len(years) == 2
    assert all(granted == spent + back + left for granted, spent, back, left in table)
    assert [sum(column) for column in zip(*years, strict=True)] == together
    spent, still_owed, still_open = [cents(text) for text in proved]
    assert (together[1], owed, together[3]) == (spent, still_owed, still_open)
    assert at_merchants == together[1] == paid + owed
    assert paid > 0


def rows_of(table: Locator) -> list[list[int]]:
    rows = table.locator("tbody tr").all()
    return [[cents(cell) for cell in row.locator("td").all_inner_texts()[1:]] for row in rows]


def cents(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def test_an_officer_finds_a_person_with_what_the_first_page_tells(visitor: Page) -> None:
    visitor.goto("/velsen")
    tile = visitor.locator(".pas-tile").filter(has_text="Christa Zeeman").first
    born = tile.inner_text().partition("Geboren op ")[2].split()
    visitor.get_by_role("button", name="Medewerker toekenning").click()
    visitor.get_by_role("link", name="Inwoners").click()
    visitor.fill("#family_name", "Zeeman")
    visitor.fill("#birth_date", f"{born[0]}-{MONTHS.index(born[1]) + 1}-{born[2]}")
    visitor.get_by_role("button", name="Zoek").click()
    visitor.get_by_role("link", name="Christa Zeeman").click()
    expect(visitor.locator("h1")).to_have_text("Christa Zeeman")


def test_a_second_person_approves_a_merchant_that_waits(visitor: Page) -> None:
    visitor.goto("/velsen")
    visitor.get_by_role("button", name="Tweede beoordelaar").click()
    visitor.get_by_role("link", name="Aanbieders").click()
    expect(visitor.locator("h2").first).to_have_text("Wacht op goedkeuring")
    visitor.get_by_role("link", name="Surfschool Derde Bank").click()
    visitor.get_by_role("button", name="Keur goed").click()
    expect(visitor.locator(".utrecht-badge").first).to_have_text("Doet mee")
    visitor.get_by_role("link", name="Bekijk de rekening").click()
    check_page(visitor, "merchant-account")
    visitor.get_by_label("Ja, keur goed").check()
    visitor.get_by_role("button", name="Beslis").click()
    expect(visitor.locator("table")).to_contain_text("wij betalen erop vanaf")


def test_a_condition_is_answered_with_yes_or_no(visitor: Page) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    become_again(visitor, "till", "Zwembad")
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


# --- pairing ----------------------------------------------------------------------------------


def test_a_manager_pairs_a_phone_that_sells_until_it_is_revoked(
    browser: Browser, city: Served, visitor: Page
) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    become_again(visitor, "manager", "Fietsenmaker")
    visitor.get_by_role("link", name="Kassa’s", exact=True).click()
    check_page(visitor, "manager-tills")
    visitor.fill("#name", "bar")
    visitor.get_by_role("button", name="Maak deze kassa").click()
    check_page(visitor, "manager-code")
    address = read_code(visitor)
    code = visitor.locator(".pas-pairing-digits").inner_text()
    assert address == f"{city.url}/velsen/till/pair#{code.replace('-', '')}"

    phone = browser.new_context(base_url=city.url, locale="nl-NL").new_page()
    sent: list[str] = []
    phone.on("request", lambda request: sent.append(f"{request.headers} {request.post_data}"))
    phone.goto(address)
    check_page(phone, "pair")
    phone.get_by_role("button", name="Koppel dit apparaat").click()
    expect(phone.locator("#known")).to_contain_text("Dit apparaat is kassa bar")
    check_page(phone, "paired")
    assert phone.evaluate(KEPT_KEY) == ["private", False, "refused"]
    phone.get_by_role("button", name="Open de kassa").click()
    expect(phone.locator("h1")).to_have_text("Kassa bar")
    assert not any("pkcs8" in one or '"d"' in one for one in sent)
    sell(phone, number)
    expect(phone.locator("h1")).to_have_text("Betaald")

    pair_in_vain(browser.new_context(base_url=city.url, locale="nl-NL").new_page(), code)

    visitor.get_by_role("link", name="Klaar").click()
    visitor.get_by_role("link", name="Zet bar voorgoed uit").click()
    check_page(visitor, "manager-revoke")
    visitor.get_by_role("button", name="Ja, zet uit").click()
    expect(visitor.locator(".pas-tile").filter(has_text="bar")).to_contain_text("uitgezet")
    phone.get_by_role("link", name="Volgende").click()
    expect(phone.locator("h1")).to_have_text("Inloggen")
    check_page(phone, "till-signed-out")
    phone.get_by_role("link", name="Open de kassa").click()
    phone.get_by_role("button", name="Open de kassa").click()
    expect(phone.locator("#refused")).to_contain_text("Dit scanpunt is uitgezet")
    expect(phone.locator("#known")).to_be_hidden()
    check_page(phone, "till-revoked")


def pair_in_vain(page: Page, used: str) -> None:
    """Another device, with the code that was used, one that nobody gave, and no code at all."""
    for typed, answer in ((used, "al een apparaat"), ("0" * 26, "kennen wij niet"), ("x", "geen")):
        page.goto("/velsen/till/pair")
        page.fill("#code", typed)
        page.get_by_role("button", name="Koppel dit apparaat").click()
        expect(page.locator("#refused")).to_contain_text(answer)
    check_page(page, "pair-refused")


KEPT_KEY = """async () => {
  const opening = indexedDB.open("pas");
  await new Promise(resolve => opening.onsuccess = resolve);
  const asking = opening.result.transaction("tills").objectStore("tills").get("velsen");
  await new Promise(resolve => asking.onsuccess = resolve);
  const key = asking.result.key;
  const out = await crypto.subtle.exportKey("pkcs8", key).then(() => "given", () => "refused");
  return [key.type, key.extractable, out];
}"""


def read_code(page: Page) -> str:
    """Read the drawing on the screen as a telephone does."""
    shot = page.locator(".pas-pairing-code svg").screenshot()
    width, height, rows, info = png.Reader(bytes=shot).asDirect()
    grey = bytes(dot for row in rows for dot in row[:: cast("int", info["planes"])])
    found = zxingcpp.read_barcode(memoryview(grey).cast("B", shape=[height, width]))
    assert found is not None
    return found.text


def sell(page: Page, number: str) -> None:
    page.fill("#scanned", number)
    page.fill("#amount", "10,00")
    page.get_by_role("button", name="Kijk wat kan").click()
    page.get_by_role("button", name=TAKE).click()


def test_a_device_without_scripts_hears_what_to_do(browser: Browser, city: Served) -> None:
    context = browser.new_context(base_url=city.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/velsen/till/pair")
    expect(page.get_by_text("Zet JavaScript aan in deze browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Koppel dit apparaat")).to_be_hidden()
    context.close()


def test_the_cashier_hears_what_is_wrong(visitor: Page) -> None:
    become(visitor, "till", "Fietsenmaker")
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


def test_the_books_of_the_demonstration_close(city: Served) -> None:
    data_dir = str(city.output.parent / "data")
    spent = run_pas("demo", "spend", "--count", "200", data_dir=data_dir)
    proved = run_pas("ledger", "prove", "velsen", data_dir=data_dir)
    assert spent.returncode == 0, spent.stderr
    assert proved.returncode == 0, proved.stderr
    assert "close" in proved.stderr


def test_the_books_of_a_whole_city_fit_on_a_phone(visitor: Page) -> None:
    become(visitor, "sign-in", "Controleur")
    visitor.goto("/velsen/ledger")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("De boeken")
    check_page(visitor, "demo-ledger")


def test_the_sessions_of_the_readme_say_what_they_said(city: Served) -> None:
    """Eighty writes refused; and one cent past every wall is named by the proof."""
    data_dir = str(city.output.parent / "data")

    def psql(name: str, *arguments: str) -> str:
        file = str(SESSIONS / f"{name}.sql")
        ran = run_pas("postgres", "psql", "--", *arguments, "--file", file, data_dir=data_dir)
        return ran.stdout + ran.stderr

    refused = re.findall("ERROR: .*", psql("append_only"))
    seen = (SESSIONS / "append_only.txt").read_text(encoding="utf-8")
    (changed,) = re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", psql("one_cent", "-v", "cents=1"))
    broken = run_pas("ledger", "prove", "velsen", data_dir=data_dir)
    psql("one_cent", "-v", "cents=-1")
    whole = run_pas("ledger", "prove", "velsen", data_dir=data_dir)

    assert len(refused) == 80
    assert refused == re.findall("ERROR: .*", seen)
    assert (broken.returncode, whole.returncode) == (1, 0)
    assert f"entry total: entry {changed}" in broken.stderr
    assert "(redeem, refusal none)" in broken.stderr
