"""The browser of this machine, and how the tests start it."""

import shutil

from node_tools import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
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
