"""``pas serve``: the API and the pages, in several worker processes."""

import asyncio
import multiprocessing
import os
import shutil
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Final, NoReturn

import typer
from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.log import LogLevels

from pas.cli.safety import behind_their_books, missing_keys, unsafe, unsafe_demo, unsafe_keys
from pas.cli.screen import done, failed, say
from pas.db import Database
from pas.installation import Access, migrate_everything, opened
from pas.logs import configure_logs
from pas.settings import Settings, read_settings

WORKER: Final = "pas.app:worker"
COUNTS_FOLDER: Final = "metrics"
BACKLOG: Final = 1024
STOP_SECONDS: Final = 20
KNOCK_SECONDS: Final = 0.1
ENVIRONMENT: Final = 3
LOGS: Final[dict[str, object]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"_granian": {"handlers": [], "propagate": True}},
}
"""The server's own warnings go down the same road as ours."""

app = typer.Typer(invoke_without_command=True)


@app.callback()
def serve() -> None:
    """Serve the API and the pages until Ctrl-C; requests under way are finished first.

    Without PAS_DATABASE_URL it runs PostgreSQL itself and brings its tables up to date. On a
    server of your own: pas migrate first. It refuses to start with a role that could write the
    books past the ledger.

    Example: PAS_PORT=8080 PAS_WORKERS=4 pas serve
    """
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    check_address(settings)
    with opened(settings, say) as access:
        asyncio.run(prepared(access, settings))
        hand_over(settings, access)
        tell_when_open(settings, f"Serving on {settings.origin} with {settings.workers} workers.")
        run_workers(settings)
    done("Stopped.")


def check_address(settings: Settings) -> None:
    """Two programs can share a port (the workers do), so somebody else's would go unnoticed."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            failed(
                f"Cannot listen on {settings.host} port {settings.port}: {error.strerror}. "
                "Choose another with PAS_PORT, or stop the program that uses it."
            )
            sys.exit(ENVIRONMENT)


async def prepared(access: Access, settings: Settings) -> None:
    """Migrate our own PostgreSQL, and make sure that serving is safe."""
    if access.is_embedded:
        await migrate_everything(access, say)
    database = Database(access.address)
    try:
        rights, keys = await unsafe(database), await unsafe_keys(database, settings)
        seen = await unsafe_demo(database, settings)
        behind = await behind_their_books(database)
        lacking = [] if keys else await missing_keys(database, settings)
    finally:
        await database.close()
    if rights:
        refuse_to_serve("the role of the program could write the books past the ledger", rights)
    if seen:
        refuse_to_serve("the demonstration made this database, and others could reach it", seen)
    if behind:
        refuse_to_serve("the books came from another server, or from a backup", behind)
    if keys:
        refuse_to_serve("these keys may not be used like this", keys)
    failed(*lacking)


def refuse_to_serve(why: str, sentences: list[str]) -> NoReturn:
    failed(f"Not serving: {why}.")
    failed(*sentences)
    sys.exit(ENVIRONMENT)


def hand_over(settings: Settings, access: Access) -> None:
    """Tell the workers where the database is, and where they count together."""
    folder = empty_folder(settings.data_dir / COUNTS_FOLDER)
    os.environ["PAS_DATABASE_URL"] = access.address.url
    os.environ["PAS_DATABASE_SECRET"] = access.address.secret
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def empty_folder(path: Path) -> Path:
    """Counts start at zero with the program; a scraper expects that."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path.resolve()


def tell_when_open(settings: Settings, sentence: str) -> None:
    """Say where it is once it answers: whoever clicks at once must not find a closed door."""

    def wait() -> None:
        while True:
            try:
                with socket.create_connection((settings.host, settings.port), timeout=1):
                    return done(sentence)
            except OSError:
                time.sleep(KNOCK_SECONDS)

    threading.Thread(target=wait, daemon=True).start()


def run_workers(settings: Settings) -> None:
    """Run until a signal; a worker that dies is started again, one that hangs is ended."""
    # A forked worker would inherit the lock of the supervisor and half of its thread.
    multiprocessing.set_start_method("spawn", force=True)
    Granian(
        WORKER,
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.workers,
        loop=Loops.uvloop,
        http=HTTPModes.http1,
        websockets=False,
        backlog=BACKLOG,
        log_level=LogLevels.warning,
        log_dictconfig=LOGS,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()
