"""A film for Chromium's stand-in for a camera: one picture, again and again, as a hand holds it still."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import numpy as np
from playwright.sync_api import Page, Playwright

from browser_here import ARGUMENTS, chromium
from optics import Frame, Pose, Shot, Surface, photograph
from serving import Served
from venue import PHONE

FRAMES = 10
GREY = 128
CAMERA: Final = ("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
ASKEW: Final = Pose(distance=160, turn=24, tilt=8, swing=-9, aside=(12, -8))


def film(frame: Frame, path: Path) -> Path:
    """Write YUV4MPEG2, which Chromium plays in a circle; sizes must be even."""
    height, width = frame.shape[:2]
    light = frame if frame.ndim == 2 else frame[..., :3].mean(axis=2).astype(np.uint8)
    colour = bytes([GREY]) * (width * height // 2)
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F15:1 Ip A1:1 C420jpeg\n".encode())
        for _ in range(FRAMES):
            file.write(b"FRAME\n" + light.tobytes() + colour)
    return path


@contextmanager
def looking_at(
    playwright: Playwright, served: Served, surface: Surface, folder: Path, *, pose: Pose = ASKEW
) -> Generator[Page]:
    """A phone whose camera sees this, held askew."""
    seen = film(photograph(surface, pose=pose, shot=Shot(), seed=3), folder / "camera.y4m")
    browser = playwright.chromium.launch(
        executable_path=chromium(),
        args=[*ARGUMENTS, *CAMERA, f"--use-file-for-fake-video-capture={seen}"],
    )
    yield browser.new_context(base_url=served.url, locale="nl-NL", viewport=PHONE).new_page()
    browser.close()
