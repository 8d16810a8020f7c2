"""A worker whose parent was killed ends too: it would hold the port, without a database."""

import multiprocessing
import os
import signal
import threading
import time
from multiprocessing.connection import wait
from typing import Final

FINISH_SECONDS: Final = 10


def end_with_parent() -> None:
    """Watch the parent from a thread, for as long as this process lives."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        # As the parent would have asked: requests under way are finished first.
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(FINISH_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()
