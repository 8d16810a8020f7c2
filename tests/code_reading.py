"""Reads the code that a screen shows, as a telephone does."""

from typing import cast

import png
import zxingcpp
from playwright.sync_api import Page, expect


def read_code(page: Page, where: str = ".pas-pairing-code") -> str:
    """Read the drawing on the screen as a telephone does."""
    expect(page.locator(f"{where} svg")).to_be_visible()
    shot = page.locator(where).screenshot()
    width, height, rows, info = png.Reader(bytes=shot).asDirect()
    grey = bytes(dot for row in rows for dot in row[:: cast("int", info["planes"])])
    found = zxingcpp.read_barcode(memoryview(grey).cast("B", shape=[height, width]))
    assert found is not None, "no code to be read"
    return found.text
