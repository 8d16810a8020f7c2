"""What a cheap camera makes of something flat before it: pose, light, focus, movement, noise.

Grey only, as decoders look at brightness alone. All chance is seeded: a frame is the same each time.
"""

import math
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

Grid: TypeAlias = npt.NDArray[np.floating]
Frame: TypeAlias = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 1280, 720
FOCAL_PIXELS = 1005
"""A telephone's main camera: 65 degrees across 1280 pixels."""
DISPLAY_GAMMA = 1 / 2.2


class Surface(msgspec.Struct, frozen=True):
    """Something flat: how much light each dot gives back (or gives), and how large a dot is.

    ``middle`` is what the camera is pointed at, in millimetres from the left and upper edge. A dot
    below zero is a hole: the background shows.
    """

    dots: Grid
    millimetres: float
    middle: tuple[float, float]


class Pose(msgspec.Struct, frozen=True, kw_only=True):
    """How something is held: millimetres, degrees, and pixels off the middle of the picture."""

    distance: float
    turn: float = 0
    tilt: float = 0
    swing: float = 0
    aside: tuple[float, float] = (0, 0)


class Shot(msgspec.Struct, frozen=True, kw_only=True):
    """How the camera takes it; lengths in pixels, light and noise in parts of full scale."""

    light: float = 0.8
    contrast: float = 1.0
    shadow: float = 0.15
    defocus: float = 0.7
    movement: float = 0.0
    direction: float = 0.0
    noise: float = 0.012
    banding: float = 0.0
    glare: tuple[tuple[float, float, float, float], ...] = ()
    """Of each spot of light: where (in parts of the picture's width from the middle), size, strength."""


def photograph(surface: Surface, *, pose: Pose, shot: Shot, seed: int) -> Frame:
    chance = np.random.default_rng(seed)
    scene = table(chance)
    place(surface, pose, scene)
    scene *= shot.light * lighting(shot.shadow, chance)
    for x, y, size, strength in shot.glare:
        scene += spot(x, y, size) * strength
    scene = seen_through(scene, lens(shot.defocus, shot.movement, shot.direction))
    scene = 0.5 * shot.light + (scene - 0.5 * shot.light) * shot.contrast
    if shot.banding:
        rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
        scene *= 1 - shot.banding * (0.5 + 0.5 * np.sin(rows / 23 + seed))
    return exposed(scene, shot.noise, chance)


def table(chance: np.random.Generator) -> Grid:
    """Something with streaks and specks under the card, as a bar has."""
    streaks = smooth((HEIGHT, WIDTH), chance, across=40, down=2)
    specks = smooth((HEIGHT, WIDTH), chance, across=2, down=2)
    return np.clip(0.35 + 0.9 * streaks + 0.12 * specks, 0.02, 1).astype(np.float32)


def smooth(
    shape: tuple[int, ...], chance: np.random.Generator, *, across: float, down: float
) -> Grid:
    """Chance that is alike over two lengths, and varies by about a tenth."""
    noise = chance.standard_normal(shape, np.float32)
    rows = np.fft.fftfreq(shape[0])[:, None]
    columns = np.fft.rfftfreq(shape[1])[None, :]
    keep = np.exp(-2 * math.pi**2 * ((rows * down) ** 2 + (columns * across) ** 2))
    blurred = np.fft.irfft2(np.fft.rfft2(noise) * keep.astype(np.float32), shape)
    return (0.1 * blurred / blurred.std()).astype(np.float32)


def place(surface: Surface, pose: Pose, scene: Grid) -> None:
    """Draw a surface over a scene, each pixel the mean of what it sees."""
    from_pixels = np.linalg.inv(projection(pose))
    left, top, right, bottom = extent(surface, pose)
    if left >= right or top >= bottom:
        return
    fine = finer(surface, pose)
    total = np.zeros((bottom - top, right - left), np.float32)
    covered = np.zeros_like(total)
    for step in range(fine * fine):
        x = np.arange(left, right) + (step % fine + 0.5) / fine
        y = np.arange(top, bottom) + (step // fine + 0.5) / fine
        light, there = sampled(surface, from_pixels, *np.meshgrid(x, y))
        total += light
        covered += there
    part = covered / fine**2
    scene[top:bottom, left:right] *= 1 - part
    scene[top:bottom, left:right] += total / fine**2


def projection(pose: Pose) -> Grid:
    """From millimetres on a surface to pixels of the picture."""
    turn, tilt, swing = (math.radians(angle) for angle in (pose.turn, pose.tilt, pose.swing))
    about_z = np.array(
        [[math.cos(turn), -math.sin(turn), 0], [math.sin(turn), math.cos(turn), 0], [0, 0, 1]]
    )
    about_x = np.array(
        [[1, 0, 0], [0, math.cos(tilt), -math.sin(tilt)], [0, math.sin(tilt), math.cos(tilt)]]
    )
    about_y = np.array(
        [[math.cos(swing), 0, math.sin(swing)], [0, 1, 0], [-math.sin(swing), 0, math.cos(swing)]]
    )
    placed = about_y @ about_x @ about_z
    placed[:, 2] = (0, 0, pose.distance)
    camera = np.array(
        [
            [FOCAL_PIXELS, 0, WIDTH / 2 + pose.aside[0]],
            [0, FOCAL_PIXELS, HEIGHT / 2 + pose.aside[1]],
            [0, 0, 1],
        ]
    )
    return camera @ placed


def extent(surface: Surface, pose: Pose) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the surface in the picture."""
    height, width = (length * surface.millimetres for length in surface.dots.shape)
    x0, y0 = surface.middle
    corners = np.array([[x - x0, y - y0, 1] for x in (0, width) for y in (0, height)]).T
    seen = projection(pose) @ corners
    x, y = seen[0] / seen[2], seen[1] / seen[2]
    return (
        max(0, math.floor(x.min())),
        max(0, math.floor(y.min())),
        min(WIDTH, math.ceil(x.max())),
        min(HEIGHT, math.ceil(y.max())),
    )


def finer(surface: Surface, pose: Pose) -> int:
    """How many samples a pixel needs a side, so that no dot is left out."""
    return max(1, math.ceil(pose.distance / FOCAL_PIXELS / surface.millimetres / 1.5))


def sampled(
    surface: Surface,
    from_pixels: Grid,
    x: Grid,
    y: Grid,
) -> tuple[Grid, Grid]:
    """What a point of the picture sees of the surface, and whether it sees it at all."""
    (a, b, c), (d, e, f), (g, h, i) = from_pixels
    away = g * x + h * y + i
    column = ((a * x + b * y + c) / away + surface.middle[0]) / surface.millimetres
    row = ((d * x + e * y + f) / away + surface.middle[1]) / surface.millimetres
    height, width = surface.dots.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    columns = np.clip(column, 0, width - 1).astype(np.int32)
    rows = np.clip(row, 0, height - 1).astype(np.int32)
    light = surface.dots[rows, columns]
    there = (inside & (light >= 0)).astype(np.float32)
    return light * there, there


def lighting(shadow: float, chance: np.random.Generator) -> Grid:
    """More light from one side, and the soft edge of somebody's shadow."""
    angle = chance.uniform(0, 2 * math.pi)
    x = np.linspace(-1, 1, WIDTH, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, HEIGHT, dtype=np.float32)[:, None]
    along = x * math.cos(angle) + y * math.sin(angle)
    edge = 1 / (1 + np.exp(-along * 18 + chance.uniform(-2, 2)))
    return (1 - shadow * edge) * (1 + 0.12 * along)


def spot(x: float, y: float, size: float) -> Grid:
    """Light that mirrors in what is held: a bright heart and a wide glow."""
    columns = np.linspace(-0.5, 0.5, WIDTH, dtype=np.float32)[None, :] - x
    rows = (np.arange(HEIGHT, dtype=np.float32)[:, None] - HEIGHT / 2) / WIDTH - y
    far = (columns**2 + (1.7 * rows) ** 2) / size**2
    return 0.75 * np.exp(-(far**2)) + 0.25 * np.exp(-far / 6)


def lens(defocus: float, movement: float, direction: float) -> Grid:
    """What one point of light becomes: a disc for focus, a line for movement."""
    reach = math.ceil(max(defocus, movement / 2)) + 2
    fine = 5
    grid = (np.arange((2 * reach + 1) * fine) - (2 * reach + 1) * fine / 2 + 0.5) / fine
    x, y = grid[None, :], grid[:, None]
    angle = math.radians(direction)
    along = x * math.cos(angle) + y * math.sin(angle)
    across = -x * math.sin(angle) + y * math.cos(angle)
    beyond = np.maximum(np.abs(along) - movement / 2, 0)
    point = (np.hypot(beyond, across) <= max(defocus, 0.5)).astype(np.float32)
    side = 2 * reach + 1
    kernel = point.reshape(side, fine, side, fine).sum(axis=(1, 3))
    return (kernel / kernel.sum()).astype(np.float32)


def seen_through(scene: Grid, kernel: Grid) -> Grid:
    """Blur by a kernel; the edges repeat."""
    reach = kernel.shape[0] // 2
    wide = np.pad(scene, reach, mode="edge")
    spread = np.zeros_like(wide)
    side = kernel.shape[0]
    spread[:side, :side] = kernel
    spread = np.roll(spread, (-reach, -reach), axis=(0, 1))
    blurred = np.fft.irfft2(np.fft.rfft2(wide) * np.fft.rfft2(spread), wide.shape)
    return blurred[reach:-reach, reach:-reach].astype(np.float32)


def exposed(scene: Grid, noise: float, chance: np.random.Generator) -> Frame:
    """Count the light with its own noise and the sensor's, and make of it what a screen shows."""
    light = np.clip(scene, 0, 1)
    grain = chance.standard_normal(light.shape, np.float32) * noise * np.sqrt(0.25 + light)
    shown = np.clip(light + grain, 0, 1) ** DISPLAY_GAMMA
    return np.round(shown * 255).astype(np.uint8)
