"""A manager pairs a phone of their own: it sells until it is revoked."""

import re

from playwright.sync_api import Browser, Page, expect

from code_reading import read_code
from looking import become, check_page
from serving import Served

KEPT_KEY = """async () => {
  const opening = indexedDB.open("pas");
  await new Promise(resolve => opening.onsuccess = resolve);
  const asking = opening.result.transaction("tills").objectStore("tills").get("velsen");
  await new Promise(resolve => asking.onsuccess = resolve);
  const key = asking.result.key;
  const out = await crypto.subtle.exportKey("pkcs8", key).then(() => "given", () => "refused");
  return [key.type, key.extractable, out];
}"""


def test_a_manager_pairs_a_phone_that_sells_until_it_is_revoked(
    browser: Browser, city: Served, visitor: Page
) -> None:
    become(visitor, "holder")
    number = re.sub(r"\D", "", visitor.locator(".pas-card__digits").inner_text())
    become(visitor, "manager", "Fietsenmaker")
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
    phone.get_by_role("button", name="Open zonder camera").click()
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
    phone.get_by_role("button", name="Open zonder camera").click()
    expect(phone.locator("#refused")).to_contain_text("Deze kassa is uitgezet")
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


def sell(page: Page, number: str) -> None:
    page.fill("#scanned", number)
    page.fill("#amount", "10,00")
    page.get_by_role("button", name="Kijk wat kan").click()
    page.get_by_role("button", name=re.compile("^Neem €")).click()


def test_the_device_on_which_a_manager_is_signed_in_becomes_a_till_too(visitor: Page) -> None:
    become(visitor, "manager", "Fietsenmaker")
    visitor.get_by_role("link", name="Kassa’s", exact=True).click()
    visitor.get_by_label("Hoe heet de kassa?").fill("eigen telefoon")
    visitor.get_by_role("button", name="Maak deze kassa").click()
    with visitor.context.expect_page() as opened:
        visitor.get_by_role("link", name="Open de code op dit apparaat").click()
    till = opened.value
    till.get_by_role("button", name="Koppel dit apparaat").click()
    till.get_by_role("link", name="Open de kassa").click()
    expect(till.locator("#till-name")).to_have_text("eigen telefoon")
    visitor.get_by_role("link", name="Klaar").click()
    expect(visitor.locator("h1")).to_have_text("Kassa’s")


def test_a_device_without_scripts_hears_what_to_do(browser: Browser, city: Served) -> None:
    context = browser.new_context(base_url=city.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/velsen/till/pair")
    expect(page.get_by_text("Zet JavaScript aan in deze browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Koppel dit apparaat")).to_be_hidden()
    context.close()
