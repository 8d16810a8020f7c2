"""The plastic card of an earlier supplier at the till: typed, and with its barcode before the camera."""

import shutil
import tempfile
from collections.abc import Generator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from playwright.sync_api import Browser, Page, Playwright, expect

from film import looking_at
from given.assessment import a_scheme_in_force
from given.cards import a_resident
from given.days import NEW_YEAR
from given.files import a_file
from given.takeovers import SECOND
from looking import check_page, screenshot
from offline_phone import kept
from optics import Pose, Surface
from pas.db import Connection
from pas.takeovers.approve import approve_takeover
from pas.takeovers.files import COLUMNS
from pas.takeovers.show import list_takeovers
from serving import Served, run_pas, serving
from surfaces import CARD, DOT, INK, PAPER, blank, printed
from venue import PHONE, Phone, Venue, a_venue

SCHEME = "oude_kaarten"
NUMBER = "OP-6064-360012"
BORN = date(1961, 3, 9)


def command(served: Served, *arguments: str) -> None:
    ran = run_pas("takeovers", *arguments, data_dir=str(served.output.parent / "data"))
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def served() -> Generator[Served]:
    """A municipality of its own: where cards are taken over, a till sends what others catch."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    try:
        with serving(folder, workers="1") as served:
            data_dir = str(folder / "data")
            added = run_pas("municipality", "add", "velsen", "--title", "Velsen", data_dir=data_dir)
            assert added.returncode == 0, added.stderr
            yield served
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def venue(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Venue:
    """A venue, and somebody whose old card was taken over by two, with commands where there are."""
    venue = a_venue(served)

    async def settle(connection: Connection) -> None:
        await a_scheme_in_force(connection, SCHEME, valid_from=NEW_YEAR)
        await a_resident(connection, name="Hendrika", birth_date=BORN)

    async def approve(connection: Connection) -> None:
        (waiting,) = await list_takeovers(connection, open_only=True)
        await approve_takeover(connection, waiting.id, actor=SECOND, now=datetime.now(UTC))

    venue.do(settle)
    row = {"card_number": NUMBER, "scheme": SCHEME, "amount_cents": "2500"}
    person = {"given_name": "Hendrika", "family_name": "de Wit", "birth_date": f"{BORN}"}
    file = tmp_path_factory.mktemp("list") / "kaarten.csv"
    file.write_bytes(a_file(COLUMNS, {**row, **person}).getvalue())
    said = ("--supplier", "oude_pas", "--total-cents", f"{SCHEME}=2500")
    command(served, "propose", "velsen", str(file), *said)
    venue.do(approve)
    command(served, "book", "velsen")
    return venue


def left(venue: Venue) -> int:
    asked = """
        SELECT b.amount FROM balance b JOIN budget g ON g.account_id = b.account_id
        JOIN scheme s ON s.id = g.scheme_id WHERE s.code = $1
        """
    return venue.do(lambda connection: connection.fetchval(asked, SCHEME))


def barcoded(number: str) -> Surface:
    """A card with bars of 0.4 mm, as wide as fits on it."""
    bars = np.array(
        zxingcpp.create_barcode(number, zxingcpp.BarcodeFormat.Code128).to_image(
            scale=4, add_quiet_zones=False
        )
    )
    dots = blank((CARD[0], 2 * CARD[1]), PAPER)
    code = np.repeat(bars[:1] < 128, 200, axis=0)
    top, left_side = (dots.shape[0] - 200) // 2, (dots.shape[1] - code.shape[1]) // 2
    dots[top : top + 200, left_side : left_side + code.shape[1]][code] = INK
    return Surface(printed(dots, 7), DOT, (dots.shape[1] / 2 * DOT, dots.shape[0] / 2 * DOT))


def test_a_number_of_the_earlier_supplier_is_typed_and_pays(venue: Venue, page: Page) -> None:
    phone, before = Phone(page), left(venue)
    page.set_viewport_size(PHONE)
    venue.pair(page)
    phone.sell(" op 6064 360012 ", "5,00")
    check_page(page, "till-old-card", widths=(360,))
    assert left(venue) == before - 500
    phone.part("next").click()
    phone.ask("hallo", "5,00")
    expect(phone.part("scanned-fault")).to_contain_text("Dit is geen pas.")


def test_its_barcode_before_the_camera_pays(
    venue: Venue, served: Served, playwright_here: Playwright, tmp_path: Path
) -> None:
    before = left(venue)
    pose = Pose(distance=190, turn=3, tilt=4, swing=-4, aside=(4, -4))
    with looking_at(playwright_here, served, barcoded(NUMBER), tmp_path, pose=pose) as page:
        phone = Phone(page)
        a_venue(served).pair(page)
        expect(phone.part("scanned-note")).to_contain_text("De pas is gescand", timeout=20_000)
        screenshot(page, "till-old-card-camera")
        phone.part("amount").fill("1,00")
        phone.part("ask").click()
        phone.part("take").click()
        expect(phone.part("done-title")).to_have_text("Betaald €\u00a01,00")
    assert left(venue) == before - 100


@pytest.mark.usefixtures("venue")
def test_without_internet_it_says_so_at_once(served: Served, browser: Browser) -> None:
    offline, page = a_venue(served, offline=True), browser.new_page(base_url=served.url)
    phone = Phone(page)
    offline.pair(page)
    kept(page)
    phone.offline()
    phone.ask(NUMBER, "5,00")
    expect(page.get_by_text("Deze kaart werkt niet zonder internet.")).to_be_visible()
    page.context.close()
