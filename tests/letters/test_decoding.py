"""The code on a letter, from a scan at 150 dots an inch, turned and stained: a hundred of a hundred."""

import io
import random
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt
import pypdfium2
import pytest
import zxingcpp
from PIL import Image

from given.days import TODAY
from given.letters import HOUSE
from pas.ids import MunicipalityName
from pas.letters.card_letters import FAST_MASK
from pas.letters.kinds import KINDS
from pas.letters.layout import set_letters
from pas.letters.letter import Content, write
from pas.letters.samples import sample_recipient
from pas.letters.versions import Templates
from pas.passes.codes import new_token
from pas.press.press import a_press
from pas.qr import draw_bare_svg, modules

MANY = 100
DOTS_PER_INCH, POINTS_PER_INCH = 150, 72
LEAST_MILLIMETRES = 25
Scan = npt.NDArray[np.uint8]
SEED = 5
CARDS_BEGIN = 0.6
"""The cards stand below this part of the page."""


def tokens() -> list[str]:
    chance = random.Random(SEED)
    return [new_token(MunicipalityName("velsen"), chance.randrange).text() for _ in range(MANY)]


async def letters_with(codes: list[str]) -> bytes:
    """Letters with two cards each, as they are printed."""
    kind = KINDS["pass_letter"]
    texts = kind.text_of_ours("nl")
    made: list[dict[str, object]] = []
    for pair in zip(codes[::2], codes[1::2], strict=True):
        cards = [
            {
                "name": "Małgorzata Wróblewska",
                "number": "1234 5678 9012",
                "number_title": "Nummer",
                "help": "Kwijt? Bel 14 0255",
                "code": draw_bare_svg(code, mask=FAST_MASK),
                "alt": "QR-code",
            }
            for code in pair
        ]
        content = Content(lists={"cards": cards})
        made.append(
            write(
                kind,
                sample_recipient(),
                content,
                texts=texts,
                house=HOUSE,
                on=TODAY,
            )
        )
    async with a_press() as press:
        given = {"title": "Brieven", "house": HOUSE.printed(), "letters": made}
        layout = Templates({}).layout(kind)
        return await set_letters(press, layout, given, large=False, made_at=datetime.now(UTC))


def scans(pdf: bytes) -> list[Scan]:
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    scale = DOTS_PER_INCH / POINTS_PER_INCH
    return [
        np.asarray(
            document[number]
            .render(
                scale=scale,  # pyright: ignore[reportArgumentType]  # its default is a whole number
                grayscale=True,
            )
            .to_numpy(),
            np.uint8,
        ).squeeze()
        for number in range(len(document))
    ]


def turned(scan: Scan, degrees: float) -> Scan:
    """Turned on a glass that all of it fits on, each dot the mean of four."""
    scan = np.pad(scan, scan.shape[1] // 4, constant_values=255)
    on_glass = Image.fromarray(scan).rotate(degrees, Image.Resampling.BILINEAR, fillcolor=255)
    return np.asarray(on_glass, np.uint8)


def stained(scan: Scan, chance: np.random.Generator) -> Scan:
    """Grey paper, the noise of a cheap scanner, and drops of coffee."""
    grey = scan.astype(np.float32) * 0.82 + 25
    grey += chance.normal(0, 12, scan.shape)
    height, width = scan.shape
    for _ in range(40):
        size = int(chance.integers(6, 12))
        y, x = int(chance.integers(0, height - 2 * size)), int(chance.integers(0, width - 2 * size))
        rows, columns = np.mgrid[-size:size, -size:size]
        under = grey[y : y + 2 * size, x : x + 2 * size]
        drop = rows**2 + columns**2 < size**2
        under[drop] = under[drop] * 0.4 + 60
    return np.clip(grey, 0, 255).astype(np.uint8)


@pytest.mark.slow
async def test_every_code_of_a_hundred_is_read_from_a_turned_and_stained_scan() -> None:
    wanted = tokens()
    pages = scans(await letters_with(wanted))
    chance = np.random.default_rng(SEED)
    seen: set[str] = set()
    for page in pages:
        lower = page[int(page.shape[0] * CARDS_BEGIN) :]
        paper = stained(turned(lower, float(chance.uniform(-25, 25))), chance)
        seen |= {found.text for found in zxingcpp.read_barcodes(paper)}
    assert (len(pages), len(seen & set(wanted))) == (MANY // 2, MANY)


async def test_the_code_is_at_least_25_millimetres_with_white_around_it_at_level_q() -> None:
    wanted = tokens()[:2]
    (page,) = scans(await letters_with(wanted))
    found = zxingcpp.read_barcodes(page)
    assert {one.text for one in found} == set(wanted)
    for one in found:
        corners = one.position
        dots = corners.top_right.x - corners.top_left.x
        assert dots * 25.4 / DOTS_PER_INCH >= LEAST_MILLIMETRES
        assert one.ec_level == "Q"
        side = len(modules(one.text, mask=FAST_MASK))
        quiet = round(dots / side * 3)
        left = page[
            corners.top_left.y : corners.bottom_left.y,
            corners.top_left.x - quiet : corners.top_left.x - 1,
        ]
        assert left.min() > 200
