"""Waiting for what other processes and threads do; from a loop, in a thread beside it."""

import time
from collections.abc import Callable


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    """Look again and again; not longer than this."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen in {seconds} s"
        time.sleep(0.02)
