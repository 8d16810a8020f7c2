"""A film for Chromium's stand-in for a camera: one picture, again and again, as a hand holds it still."""

from pathlib import Path

import numpy as np

from optics import Frame

FRAMES = 10
GREY = 128


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
