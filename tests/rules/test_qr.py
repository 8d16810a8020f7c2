"""The drawn code, read back by a decoder that is not ours."""

import math
import random
import re
from io import BytesIO
from typing import cast
from xml.etree import ElementTree as ET

import png
import pytest
import zxingcpp

from pas.ids import MunicipalityName
from pas.passes.codes import Token, new_token, read_scanned
from pas.passes.qr import card_png, card_svg
from pas.qr import modules

Image = list[list[int]]


def a_token(seed: int) -> Token:
    return new_token(MunicipalityName("velsen"), random.Random(seed).randrange)


def decode(image: Image) -> zxingcpp.Barcode | None:
    height, width = len(image), len(image[0])
    dots = bytes(dot for row in image for dot in row)
    view = memoryview(dots).cast("B", shape=[height, width])
    return zxingcpp.read_barcode(view)


def pixels(drawn: bytes) -> Image:
    _, _, rows, _ = png.Reader(bytes=drawn).asDirect()
    return [[255 * dot for dot in row] for row in rows]


def from_svg(svg: str, scale: int) -> Image:
    """Paint the bars of the SVG: an own renderer, so that the path itself is tested."""
    root = ET.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    image = [[255] * (side * scale) for _ in range(side * scale)]
    path = root.findall("{http://www.w3.org/2000/svg}path")[1].attrib["d"]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", path):
        for row in image[int(y) * scale : (int(y) + 1) * scale]:
            row[int(x) * scale : (int(x) + int(width)) * scale] = [0] * (int(width) * scale)
    return image


def rotated(image: Image, degrees: float) -> Image:
    size = len(image)
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    middle = size / 2

    def dot(x: int, y: int) -> int:
        from_x = round(cosine * (x - middle) + sine * (y - middle) + middle)
        from_y = round(cosine * (y - middle) - sine * (x - middle) + middle)
        inside = 0 <= from_x < size and 0 <= from_y < size
        return image[from_y][from_x] if inside else 255

    return [[dot(x, y) for x in range(size)] for y in range(size)]


def framed(image: Image) -> Image:
    """Lay the card on a larger white sheet, so that turning it cuts nothing off."""
    edge = len(image) // 4
    blank = [[255] * (len(image) + 2 * edge)] * edge
    return [*blank, *([255] * edge + row + [255] * edge for row in image), *blank]


def worn(image: Image, source: random.Random) -> Image:
    """Grey noise everywhere, and a coffee stain of five by five modules in the middle."""
    noisy = [[min(255, max(0, dot + source.randrange(-70, 71))) for dot in row] for row in image]
    middle = len(noisy) // 2
    for row in noisy[middle - 15 : middle + 15]:
        row[middle - 15 : middle + 15] = [120] * 30
    return noisy


def test_a_card_is_version_3_level_q_and_decodes_to_its_token() -> None:
    token = a_token(1)
    found = decode(pixels(card_png(token)))
    assert found is not None
    assert read_scanned(found.text) == token
    assert {"Version": "3", "ECLevel": "Q"}.items() <= cast("dict[str, str]", found.extra).items()


def test_the_version_proves_the_alphanumeric_mode() -> None:
    # Version 3 at level Q holds 32 bytes, but 47 alphanumeric characters (ISO/IEC 18004).
    token = a_token(1)
    assert 32 < len(token.text()) <= 47
    assert len(modules(token.text())) == 29
    assert len(modules(token.text().lower())) > 29


@pytest.mark.parametrize("seed", range(5))
def test_the_svg_draws_the_same_code(seed: int) -> None:
    token = a_token(seed)
    found = decode(from_svg(card_svg(token), 4))
    assert found is not None
    assert found.text == token.text()


@pytest.mark.parametrize("degrees", [17, 45, 90, 180, 263])
def test_a_turned_and_worn_card_still_reads(degrees: int) -> None:
    source = random.Random(degrees)
    card = framed(from_svg(card_svg(a_token(degrees)), 6))
    found = decode(worn(rotated(card, degrees), source))
    assert found is not None
    assert found.text == a_token(degrees).text()


def test_the_quiet_zone_is_four_modules_wide_in_both_drawings() -> None:
    dots, svg = pixels(card_png(a_token(2))), from_svg(card_svg(a_token(2)), 12)
    for image in (dots, svg):
        rows = [y for y, row in enumerate(image) if 0 in row]
        columns = [x for x in range(len(image)) if any(row[x] == 0 for row in image)]
        assert (rows[0], rows[-1]) == (48, 48 + 29 * 12 - 1)
        assert (columns[0], columns[-1]) == (48, 48 + 29 * 12 - 1)
    assert dots == svg


def test_the_printed_symbol_is_at_least_25_mm_wide() -> None:
    svg = ET.fromstring(card_svg(a_token(3)))
    millimetres = float(svg.attrib["width"].removesuffix("mm"))
    assert millimetres * 29 / 37 >= 25
    width, _, _, info = png.Reader(bytes=card_png(a_token(3))).asDirect()
    assert width / info["physical"].x * 1000 * 29 / 37 >= 25


def test_the_drawing_has_a_title_that_cannot_break_out_of_it() -> None:
    svg = ET.fromstring(card_svg(a_token(4), title='Pas "kind 1" <b>&'))
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == 'Pas "kind 1" <b>&'
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == 'Pas "kind 1" <b>&'


def test_the_same_card_gives_the_same_bytes() -> None:
    assert card_svg(a_token(5)) == card_svg(a_token(5))
    assert card_png(a_token(5)) == card_png(a_token(5))
    assert BytesIO(card_png(a_token(5))).read(8) == b"\x89PNG\r\n\x1a\n"
