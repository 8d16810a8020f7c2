"""QR codes as SVG and PNG: level Q, quiet zone of four, squares of 0.9 mm when printed.

A cheap scanner and an old phone read squares of that size from worn paper too.
"""

from html import escape
from io import BytesIO
from typing import Final

import png
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

QUIET_ZONE: Final = 4
MODULE_TENTHS_OF_MM: Final = 9
PIXELS_PER_MODULE: Final = 12


def modules(text: str, *, mask: int | None = None) -> list[list[bool]]:
    """Draw the squares, true for dark, without the quiet zone; no ``mask`` looks for the best one."""
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=0, mask_pattern=mask)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    return [[bool(dark) for dark in row] for row in code.get_matrix()]


def draw_svg(text: str, *, title: str) -> str:
    """Draw a code as one path, black on white, with its size in millimetres."""
    squares = modules(text)
    side = len(squares) + 2 * QUIET_ZONE
    tenths = side * MODULE_TENTHS_OF_MM
    size = f"{tenths // 10}.{tenths % 10}mm"
    name = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{name}"'
        f' width="{size}" height="{size}" viewBox="0 0 {side} {side}"'
        f' shape-rendering="crispEdges"><title>{name}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
        f'<path fill="#000" d="{"".join(runs(squares))}"/></svg>'
    )


def draw_bare_svg(text: str, *, mask: int | None = None) -> str:
    """Draw the squares alone, for a letter that brings its own white and its own size."""
    squares = modules(text, mask=mask)
    side = len(squares)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}">'
        f'<path fill="#000" d="{"".join(runs(squares, border=0))}"/></svg>'
    )


def runs(squares: list[list[bool]], *, border: int = QUIET_ZONE) -> list[str]:
    """Write each row as bars, dark neighbours together: fewer bytes and no hairlines in print."""
    bars: list[str] = []
    for y, row in enumerate(squares):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                bars.append(f"M{x + border} {y + border}h{end - x}v1h-{end - x}z")
            x = end + 1
    return bars


def draw_png(text: str) -> bytes:
    """Draw a code in black and white, with the pixels per metre that make its printed size."""
    squares = modules(text)
    side = len(squares) + 2 * QUIET_ZONE
    empty = [True] * (side * PIXELS_PER_MODULE)
    margin = [True] * (QUIET_ZONE * PIXELS_PER_MODULE)
    rows = [empty] * (QUIET_ZONE * PIXELS_PER_MODULE)
    for row in squares:
        dots = [not dark for dark in row for _ in range(PIXELS_PER_MODULE)]
        rows += [margin + dots + margin] * PIXELS_PER_MODULE
    rows += [empty] * (QUIET_ZONE * PIXELS_PER_MODULE)
    per_metre = PIXELS_PER_MODULE * 10_000 // MODULE_TENTHS_OF_MM
    writer = png.Writer(
        width=len(empty),
        height=len(empty),
        greyscale=True,
        bitdepth=1,
        x_pixels_per_unit=per_metre,
        y_pixels_per_unit=per_metre,
        unit_is_meter=True,
    )
    written = BytesIO()
    writer.write(written, rows)
    return written.getvalue()
