"""My pass in a browser: at a till, on a slow line, without internet, without a script, by keyboard."""

import re
import shutil
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from code_reading import read_code
from looking import become, check_page, fits
from pas.passes.codes import Token, read_scanned
from serving import Served, serving
from town import make_town

SLOW_3G = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
"""As the browser's own throttling: 400 milliseconds, 400 kilobits a second."""
MOST_BYTES = 100_000
SOON_SECONDS = 1.0
SIGNED = '[data-part="signed"]'
FIXED = '[data-part="fixed"]'


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        make_town(folder / "data")
        with serving(folder, workers="1") as served:
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def desk(browser: Browser, served: Served) -> Generator[Page]:
    """Where the holder is signed in for a while only: a browser that is nobody's."""
    context = browser.new_context(base_url=served.url, locale="nl-NL")
    page = context.new_page()
    become(page, "holder")
    yield page
    context.close()


@pytest.fixture
def phone(desk: Page, browser: Browser, served: Served) -> Generator[Page]:
    """The holder's own telephone, with the pass put on it by a code from the desk."""
    address = linked(desk)
    context = browser.new_context(
        base_url=served.url, locale="nl-NL", viewport={"width": 360, "height": 740}
    )
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_label("Welke code staat op het andere apparaat?")).not_to_have_value("")
    assert "#" not in page.url
    page.get_by_role("button", name="Zet de pas hier").click()
    expect(page.locator("#code")).to_be_visible()
    yield page
    context.set_offline(False)
    page.goto("/velsen/my-pass")
    # There is room for six telephones, so each goes when its test is over.
    if page.get_by_role("link", name="Regel mijn pas").count():
        page.get_by_role("link", name="Regel mijn pas").click()
        page.get_by_role("button", name="Uitloggen").click()
        expect(page).to_have_url(re.compile("/velsen$"))
    context.close()


def linked(desk: Page) -> str:
    """What the QR code says that is shown to the other telephone."""
    desk.goto("/velsen/my-pass/telephones")
    desk.get_by_role("button", name="Maak een code").click()
    return read_code(desk, ".pas-code__square")


def kept_by(page: Page) -> bool:
    """Whether anything of a pass is kept in this browser."""
    return bool(
        page.evaluate(
            "async () => (await caches.keys()).some((name) => name.startsWith('pas pass '))"
        )
    )


def test_a_telephone_shows_a_code_that_is_new_each_time(phone: Page) -> None:
    first = read_code(phone, SIGNED)
    phone.reload()
    assert first.startswith("SP1:")
    assert read_code(phone, SIGNED) != first
    expect(phone.locator(FIXED)).to_be_hidden()
    check_page(phone, "my-pass")


def test_a_code_renews_itself_before_it_ends(phone: Page) -> None:
    first = read_code(phone, SIGNED)
    phone.clock.install()
    phone.reload()
    second = read_code(phone, SIGNED)
    with phone.expect_response(re.compile("/phone-code$")):
        phone.clock.run_for(75_000)
    third = read_code(phone, SIGNED)
    assert len({first, second, third}) == 3


def test_the_first_view_is_small_and_there_within_a_second_on_slow_3g(phone: Page) -> None:
    """By heart: nothing is kept of before, as at the first visit."""
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    session.send("Network.setBypassServiceWorker", {"bypass": True})
    session.send("Network.emulateNetworkConditions", SLOW_3G)
    sizes: list[int] = []

    def arrived(told: dict[str, int]) -> None:
        sizes.append(told["encodedDataLength"])

    session.on("Network.loadingFinished", arrived)
    taken: list[float] = []
    for _ in range(3):
        sizes.clear()
        phone.goto("/velsen/my-pass", wait_until="load")
        taken.append(
            phone.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0].startTime / 1000"
            )
        )
        expect(phone.locator(f"{SIGNED} svg")).to_be_visible()
    assert sum(sizes) < MOST_BYTES
    assert min(taken) < SOON_SECONDS, taken


def test_without_internet_the_last_pass_opens_with_the_code_of_the_telephone(phone: Page) -> None:
    expect.set_options(timeout=10_000)
    until_kept(phone)
    phone.context.set_offline(True)
    phone.goto("/velsen/my-pass")
    expect(phone.get_by_text("U heeft nu geen internet.")).to_be_visible()
    expect(phone.get_by_text("De bedragen zijn van")).to_be_visible()
    assert isinstance(read_scanned(read_code(phone, FIXED)), Token)
    check_page(phone, "my-pass-offline")
    phone.context.set_offline(False)
    phone.evaluate("dispatchEvent(new Event('online'))")
    expect(phone.locator(SIGNED)).to_be_visible()
    expect(phone.get_by_text("U heeft nu geen internet.")).to_be_hidden()


def until_kept(phone: Page) -> None:
    deadline = time.monotonic() + 15
    while not kept_by(phone) and time.monotonic() < deadline:
        phone.wait_for_timeout(100)
    assert kept_by(phone)


def test_signing_out_forgets_everything(phone: Page) -> None:
    until_kept(phone)
    phone.get_by_role("link", name="Regel mijn pas").click()
    check_page(phone, "my-pass-manage")
    phone.get_by_role("button", name="Uitloggen").click()
    expect(phone).to_have_url(re.compile("/velsen$"))
    assert not kept_by(phone)
    phone.context.set_offline(True)
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        phone.goto("/velsen/my-pass")


def test_a_telephone_that_was_removed_elsewhere_forgets_at_the_next_look(
    phone: Page, desk: Page
) -> None:
    until_kept(phone)
    desk.goto("/velsen/my-pass/telephones")
    check_page(desk, "my-telephones")
    desk.get_by_role("link", name="Haal de pas van dit apparaat").first.click()
    check_page(desk, "my-telephone-removal")
    desk.get_by_role("button", name="Haal de pas eraf").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Mijn telefoons")
    phone.goto("/velsen/my-pass")
    expect(phone.locator("#code")).to_have_count(0)
    assert not kept_by(phone)


def test_a_pass_that_is_no_longer_ones_own_is_forgotten_at_the_next_look(phone: Page) -> None:
    until_kept(phone)
    gone = f"/velsen/my-pass/{uuid4()}"
    keep = """async (path) => {
        const [name] = (await caches.keys()).filter((name) => name.startsWith('pas pass '));
        await (await caches.open(name)).put(path, new Response('zoals het was'));
    }"""
    phone.evaluate(keep, gone)
    phone.goto(gone)
    expect(phone.get_by_role("heading", level=1)).to_be_visible()
    match = "async (path) => Boolean(await caches.match(path))"
    assert not phone.evaluate(match, gone)
    assert phone.evaluate(match, "/velsen/my-pass")


def test_a_browser_that_is_nobodys_keeps_nothing(desk: Page) -> None:
    desk.goto("/velsen/my-pass")
    assert not kept_by(desk)
    assert (
        desk.evaluate("async () => (await navigator.serviceWorker.getRegistrations()).length") == 0
    )


def test_it_is_shown_large_and_small_again_by_keyboard(phone: Page) -> None:
    button = phone.get_by_role("button", name="Laat groot zien")
    before = phone.locator(SIGNED).bounding_box()
    button.focus()
    phone.keyboard.press("Enter")
    expect(phone.get_by_role("button", name="Weer klein")).to_have_attribute("aria-pressed", "true")
    phone.screenshot(path="build/screenshots/my-pass-large.png")
    after = phone.locator(SIGNED).bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] >= before["width"]
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("button", name="Laat groot zien")).to_be_visible()


def test_without_a_script_the_code_of_the_telephone_stands_there(
    phone: Page, browser: Browser, served: Served
) -> None:
    bare = browser.new_context(
        base_url=served.url,
        java_script_enabled=False,
        storage_state=phone.context.storage_state(),
        viewport={"width": 320, "height": 700},
    )
    page = bare.new_page()
    page.goto("/velsen/my-pass")
    assert isinstance(read_scanned(read_code(page, FIXED)), Token)
    expect(page.locator(SIGNED)).to_be_hidden()
    page.screenshot(path="build/screenshots/my-pass-no-script.png", full_page=True)
    bare.close()


def test_each_task_has_a_page(phone: Page) -> None:
    phone.get_by_role("link", name="Wat is er gebeurd?").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Wat is er gebeurd?")
    check_page(phone, "my-pass-history")
    phone.goto("/velsen/my-pass/telephones")
    check_page(phone, "my-telephones-phone")
    phone.get_by_role("button", name="Maak een code").click()
    check_page(phone, "my-telephone-link")
    phone.goto("/velsen/add-telephone")
    check_page(phone, "add-telephone")


def test_it_fits_a_narrow_screen_in_arabic_too(phone: Page) -> None:
    phone.goto("/velsen/language/ar?returnTo=/velsen/my-pass")
    expect(phone.locator("html")).to_have_attribute("dir", "rtl")
    assert fits(phone, 320)
    check_page(phone, "my-pass-ar", widths=(360,))
