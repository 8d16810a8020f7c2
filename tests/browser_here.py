"""The browser of this machine, and how the tests start it."""

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from node_tools import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
T = TypeVar("T")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str:
    """Debian's Chromium, or whatever of the kind is here."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing("There is no Chromium here; on Debian: apt-get install chromium.")
    assert found is not None, "missing() does not return"
    return found


def apart(work: Coroutine[object, object, T]) -> T:
    """Do something asynchronous in a thread: in this one the browser's event loop is busy."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
