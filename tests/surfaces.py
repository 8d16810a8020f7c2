"""What is held before a camera: a printed card or letter, a telephone, and what became of them.

The codes are drawn by qrcode, as our own cards are; no decoder under test has a hand in them.
"""

import math

import numpy as np
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.main import QRCode

from optics import Grid, Surface, smooth
from pas.qr import MODULE_TENTHS_OF_MM, modules

DOT = 0.1
"""Millimetres of one dot of a surface."""
PAPER, INK = 0.82, 0.05
SCREEN, OFF, BEZEL = 0.95, 0.03, 0.02
CARD = (54, 85.6)
TELEPHONE = (148, 71)
PHONE_CODE = 48
"""Millimetres of a code on a telephone's screen."""


def card(text: str, seed: int) -> Surface:
    """A card of plastic or board as we print it: squares of 0.9 mm, with words beside the code."""
    dots = blank(CARD, PAPER)
    scale = MODULE_TENTHS_OF_MM
    code = np.kron(np.array(modules(text)), np.ones((scale, scale), bool))
    words(dots, (60, 380, 480, 830), seed)
    side = code.shape[0]
    top, left = (dots.shape[0] - side) // 2, 60
    dots[top : top + side, left : left + side][code] = INK
    return Surface(printed(dots, seed), DOT, ((left + side / 2) * DOT, (top + side / 2) * DOT))


def letter(text: str, seed: int, *, dots_per_inch: int = 150) -> Surface:
    """The same code on office paper; a coarse printer makes some squares a dot wider than others."""
    dot = 25.4 / dots_per_inch
    side = len(modules(text)) * MODULE_TENTHS_OF_MM / 10
    places = (np.arange(int(side / dot)) + 0.5) * dot * 10 / MODULE_TENTHS_OF_MM
    code = np.array(modules(text))[np.ix_(places.astype(int), places.astype(int))]
    dots = np.full((int(140 / dot), int(180 / dot)), PAPER, np.float32)
    top, left = int(50 / dot), int(70 / dot)
    dots[top : top + code.shape[0], left : left + code.shape[1]][code] = INK
    middle = ((left + code.shape[1] / 2) * dot, (top + code.shape[0] / 2) * dot)
    return Surface(printed(dots, seed), dot, middle)


def telephone(text: str, seed: int, *, version: int, quartile: bool = False) -> Surface:
    """A telephone that shows a code of a given version on a white panel."""
    level = ERROR_CORRECT_Q if quartile else ERROR_CORRECT_M
    drawn = QRCode(version=version, error_correction=level, border=0)
    drawn.add_data(text, optimize=0)
    drawn.make(fit=False)
    squares = np.array(drawn.get_matrix(), bool)
    places = (np.arange(int(PHONE_CODE / DOT)) * DOT / PHONE_CODE * len(squares)).astype(int)
    code = squares[np.ix_(places, places)]
    dots = blank(TELEPHONE, BEZEL)
    dots[80:-80, 25:-25] = SCREEN
    words(dots, (120, 100, 330, 600), seed)
    words(dots, (1020, 100, 1320, 600), seed + 1)
    top, left = 430, (dots.shape[1] - len(code)) // 2
    dots[top : top + len(code), left : left + len(code)][code] = OFF
    return Surface(dots, DOT, (dots.shape[1] / 2 * DOT, (top + len(code) / 2) * DOT))


def blank(millimetres: tuple[float, float], light: float) -> Grid:
    height, width = (round(length / DOT) for length in millimetres)
    return np.full((height, width), light, np.float32)


def words(dots: Grid, box: tuple[int, int, int, int], seed: int) -> None:
    """Lines of letters that are none: what else a decoder must look past."""
    chance = np.random.default_rng(seed)
    top, left, bottom, right = box
    for line in range(top, bottom - 24, 44):
        x = left
        while x < right - 16:
            width = int(chance.integers(8, 16))
            if chance.random() < 0.85:
                dots[line : line + 24, x : x + width][chance.random((24, width)) < 0.55] = 0.25
            x += width + 4


def printed(dots: Grid, seed: int) -> Grid:
    """Paper has a grain, and ink does not cover it everywhere."""
    chance = np.random.default_rng(seed)
    grain = smooth(dots.shape, chance, across=1.5, down=1.5)
    bare = smooth(dots.shape, chance, across=2, down=2) > 0.24
    covered = np.where(bare & (dots < 0.3), 0.5, dots)
    return np.clip(covered + 0.25 * grain, 0.01, 1).astype(np.float32)


# --- what became of it ---------------------------------------------------------------------


def stained(surface: Surface, seed: int, *, spots: int) -> Surface:
    """A ring of coffee over the code, and drops; each takes half of the light or more."""
    chance = np.random.default_rng(seed)
    dots = surface.dots.copy()
    rows, columns = distances(surface)
    x, y = chance.uniform(-9, 9, 2)
    ring = np.abs(np.hypot(rows - y, columns - x) - 13)
    dots *= 1 - 0.55 * np.exp(-((ring / 1.3) ** 2))
    for _ in range(spots):
        x, y = chance.uniform(-14, 14, 2)
        size = chance.uniform(1.2, 3.4)
        edge = size * (1 + 3 * smooth(dots.shape, chance, across=12, down=12))
        dots *= np.where(np.hypot(rows - y, columns - x) < edge, chance.uniform(0.25, 0.6), 1)
    return Surface(np.clip(dots, 0.01, 1).astype(np.float32), surface.millimetres, surface.middle)


def folded(surface: Surface, seed: int, *, angle: float, aside: float) -> Surface:
    """A crease through the code: worn white on the line, and the far half turned from the light."""
    chance = np.random.default_rng(seed)
    rows, columns = distances(surface)
    turned = math.radians(angle)
    over = columns * math.cos(turned) + rows * math.sin(turned) - aside
    wave = 0.7 * smooth(surface.dots.shape, chance, across=25, down=25)
    dots = surface.dots * np.where(over > 0, 0.6, 1)
    dots *= 1 + wave
    worn = np.exp(-((over / 0.35) ** 2)) * (0.6 + 6 * np.abs(wave))
    dots = dots * (1 - np.clip(worn, 0, 1)) + PAPER * np.clip(worn, 0, 1)
    # Beyond the crease the paper leans back: it looks shorter there.
    shift = np.where(over > 0, over * 0.07, 0) / surface.millimetres
    return moved(dots, surface, down=shift * math.sin(turned), right=shift * math.cos(turned))


def cracked(surface: Surface, seed: int, *, shards: int) -> Surface:
    """Broken glass: shards around a blow, each shifting what is under it, with bright edges."""
    chance = np.random.default_rng(seed)
    rows, columns = distances(surface)
    blow = chance.uniform(-16, 16, 2)
    far = 40 * chance.random(shards) ** 1.6 + 1.5
    angle = chance.uniform(0, 2 * math.pi, shards)
    hearts = blow[:, None] + far * np.stack([np.cos(angle), np.sin(angle)])
    hearts = hearts.astype(np.float32)
    away = np.stack([np.hypot(rows - y, columns - x) for x, y in hearts.T])
    owner, other = np.argpartition(away, 1, axis=0)[:2]
    near, second = (np.take_along_axis(away, who[None], 0)[0] for who in (owner, other))
    apart = np.hypot(*(hearts[:, owner] - hearts[:, other]))
    to_edge = (second**2 - near**2) / (2 * apart)
    shifts = chance.normal(size=(2, shards)) * 0.12 / surface.millimetres
    through = moved(surface.dots, surface, down=shifts[0][owner], right=shifts[1][owner])
    edge = np.exp(-((to_edge / 0.18) ** 2))
    bright = np.where(chance.random(shards)[owner] < 0.6, 0.9, 0.2)
    dots = through.dots * (1 - edge) + bright * edge
    return Surface(dots.astype(np.float32), surface.millimetres, surface.middle)


def distances(surface: Surface) -> tuple[Grid, Grid]:
    """How many millimetres each dot is below and to the right of the middle of the code."""
    height, width = surface.dots.shape
    rows = np.arange(height, dtype=np.float32)[:, None] * surface.millimetres - surface.middle[1]
    columns = np.arange(width, dtype=np.float32)[None, :] * surface.millimetres - surface.middle[0]
    return np.broadcast_to(rows, (height, width)), np.broadcast_to(columns, (height, width))


def moved(dots: Grid, surface: Surface, *, down: Grid, right: Grid) -> Surface:
    """Shift dots; where none were, the background shows."""
    height, width = dots.shape
    rows = np.rint(np.arange(height)[:, None] + down).astype(np.int32)
    columns = np.rint(np.arange(width)[None, :] + right).astype(np.int32)
    there = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    shifted = dots[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]
    seen = np.where(there, shifted, -1).astype(np.float32)
    return Surface(seen, surface.millimetres, surface.middle)
