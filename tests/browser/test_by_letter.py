"""From the letter to the history of the pass, in Dutch and from right to left: one holder's whole way.

What is typed comes off the paper: the number from the letter with the card, the code from the other.
"""

import re
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page, expect

from given.days import YEAR
from looking import become, check_page
from pas.web.languages import Language, say, speaking
from serving import Served, run_pas, serving

LOCALES: dict[str, Language] = {"nl-NL": "nl", "ar": "ar"}
NUMBER = re.compile(r"\b\d{4} \d{4} \d{4}\b")
CODE = re.compile(r"\b[34679CFHJKMNPRTWXY]{4}-[34679CFHJKMNPRTWXY]{4}\b")
TAKE = re.compile("^Neem €")
SHOP = "Fietsenmaker"


@pytest.fixture(scope="module")
def folder() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def small_city(folder: Path) -> Generator[Served]:
    """A demonstration of our own: its cards are replaced, and its letters printed."""
    with serving(folder, "demo --households 300", workers="1") as served:
        yield served


@pytest.fixture
def clerk(browser: Browser, small_city: Served) -> Generator[Page]:
    """A desk in the town hall, and the till of a shop: both in Dutch."""
    context = browser.new_context(base_url=small_city.url, locale="nl-NL")
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("locale", LOCALES)
def test_a_holder_goes_from_the_letter_to_the_history(
    locale: str, browser: Browser, clerk: Page, folder: Path, small_city: Served
) -> None:
    name, number = somebody(clerk)
    replace_at_the_counter(clerk, number)
    context = browser.new_context(
        base_url=small_city.url, locale=locale, viewport={"width": 360, "height": 740}
    )
    phone = context.new_page()
    with speaking(LOCALES[locale]):
        number = by_post(phone, folder, name)
        check_page(phone, f"by-letter-{locale}-pass", widths=(360,))
        press_on_card(phone, say("Blokkeer de kaart"))
        assert "geblokkeerd" in refused(clerk, number)
        press_on_card(phone, say("Zet de kaart weer aan"))
        press_on_card(phone, say("Vraag een nieuwe kaart"))
        assert "nieuwere pas" in refused(clerk, number)
        number = by_post(phone, folder, name)
        taken = sold(clerk, number, "1,00")
        phone.goto("/velsen/my-pass")
        phone.get_by_role("link", name=say("Wat is er gebeurd?")).click()
        newest = phone.get_by_role("row").nth(1)
        expect(newest).to_contain_text(taken)
        expect(newest).to_contain_text(SHOP)
        check_page(phone, f"by-letter-{locale}-history", widths=(360,))
        assert adds_up(phone)
    context.close()


def somebody(clerk: Page) -> tuple[str, str]:
    """The holder of the demonstration: the name, and the number of the card in the purse."""
    become(clerk, "holder")
    name = clerk.locator("h1").inner_text().removeprefix("Pas van").strip()
    return " ".join(name.split()), clerk.locator(".pas-card__digits").inner_text()


def replace_at_the_counter(clerk: Page, number: str) -> None:
    become(clerk, "sign-in", "Baliemedewerker")
    clerk.goto("/velsen/residents")
    clerk.get_by_label("Pasnummer").fill(number)
    clerk.get_by_role("button", name="Zoek").click()
    clerk.get_by_role("link", name="Papier").first.click()
    clerk.get_by_role("link", name="Vervang de kaart").click()
    clerk.get_by_label(re.compile("Waarom|gezien")).fill("Kwijt")
    clerk.get_by_role("button", name="Vervang de kaart").click()
    expect(clerk.get_by_text("Deze kaart komt nog")).to_be_visible()


def by_post(phone: Page, folder: Path, name: str) -> str:
    """Read both letters, type what they say, and see the pass; gives the number of the card."""
    number, code = printed(folder, name)
    phone.context.clear_cookies()
    phone.goto("/velsen/sign-in/card")
    phone.fill("#number", number)
    phone.fill("#code", code)
    phone.check("#own_device")
    phone.get_by_role("button", name=say("Bekijk uw pas")).click()
    expect(phone.locator("#code")).to_be_visible()
    expect(phone.locator("h1")).to_contain_text(name.split(maxsplit=1)[0])
    return number


def printed(folder: Path, name: str) -> tuple[str, str]:
    """What stands in the newest letters for somebody: the number of the card, and its code."""
    out = Path(tempfile.mkdtemp(dir=folder))
    ran("passes", "cards", "velsen", "--year", str(YEAR), "--folder", str(out), folder=folder)
    read: list[str] = []
    for kind, shape in (("replacement", NUMBER), ("activation-letter", CODE)):
        ran("letters", "make", "velsen", kind, "--out", str(out / kind), folder=folder)
        pages = [page for file in sorted((out / kind).glob("*.pdf")) for page in pages_of(file)]
        mine = next(page for page in pages if name in " ".join(page.split()))
        found = shape.search(" ".join(mine.split()))
        assert found is not None, mine
        read.append(found[0])
    return read[0], read[1]


def pages_of(file: Path) -> list[str]:
    document = pypdfium2.PdfDocument(file)
    return [page.get_textpage().get_text_bounded() for page in document]


def ran(*arguments: str, folder: Path) -> None:
    done = run_pas(*arguments, data_dir=str(folder / "data"))
    assert done.returncode == 0, done.stdout + done.stderr


def press_on_card(phone: Page, act: str) -> None:
    """From the pass to one act with the card, and through it."""
    phone.goto("/velsen/my-pass")
    phone.get_by_role("link", name=say("Regel mijn pas")).click()
    phone.get_by_role("link", name=act).click()
    phone.get_by_role("button", name=act).click()
    expect(phone).to_have_url(re.compile("/done$"))


def quote(clerk: Page, number: str, amount: str) -> None:
    become(clerk, "till", SHOP)
    clerk.goto("/velsen/till")
    clerk.fill("#scanned", number)
    clerk.fill("#amount", amount)
    clerk.get_by_role("button", name="Kijk wat kan").click()


def refused(clerk: Page, number: str) -> str:
    quote(clerk, number, "1,00")
    return clerk.locator(".pas-verdict--error").inner_text().lower()


def sold(clerk: Page, number: str, amount: str) -> str:
    quote(clerk, number, amount)
    clerk.get_by_role("button", name=TAKE).click()
    expect(clerk.locator("h1")).to_have_text("Betaald")
    return amount


def adds_up(phone: Page) -> bool:
    """Whether the lines make what the page says is left, to the cent."""
    lines = phone.locator("tbody tr td:last-child").all_inner_texts()
    left = phone.locator(".utrecht-paragraph--lead").first.inner_text()
    return sum(map(cents, lines)) == cents(left)


def cents(text: str) -> int:
    sign = -1 if "-" in text or "−" in text else 1
    found = re.search(r"€\s*([\d.]+),(\d\d)", text)
    assert found is not None, text
    return sign * int(found[1].replace(".", "") + found[2])


def test_a_visitor_signs_in_with_the_letter_that_lies_open_while_its_code_works(
    clerk: Page,
) -> None:
    clerk.goto("/velsen")
    open_letter = clerk.locator(".pas-tile").filter(has_text="Log in met een brief")
    text = open_letter.inner_text()
    number, code = NUMBER.search(text), CODE.search(text)
    assert number is not None
    assert code is not None
    open_letter.get_by_role("link").click()
    clerk.fill("#number", number[0])
    clerk.fill("#code", code[0])
    clerk.get_by_role("button", name=say("Bekijk uw pas")).click()
    expect(clerk.locator("#code")).to_be_visible()

    press_on_card(clerk, "Vraag een nieuwe kaart")
    clerk.context.clear_cookies()
    clerk.goto("/velsen")
    expect(clerk.locator(".pas-tile").first).to_be_visible()
    expect(open_letter).to_have_count(0)
