"""``pas demo``: the whole product with a demonstration city, on this machine alone."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from pas.auth.keys import KeyStore
from pas.auth.providers import LOOPBACK
from pas.cli.rows import bar
from pas.cli.screen import done, failed, say
from pas.cli.serve import check_address, hand_over, prepared, run_workers, tell_when_open
from pas.db import Database
from pas.demo.city import NAME, make_city
from pas.demo.spending import spend
from pas.installation import Access, opened
from pas.logs import configure_logs
from pas.settings import Settings, read_settings

ENVIRONMENT: Final = 3

app = typer.Typer(invoke_without_command=True)


class Phases:
    """Tells each phase as it begins, and how long the one before it took."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._told = ""

    def __call__(self, sentence: str) -> None:
        self.end()
        self._told = sentence
        say(f"  {sentence} …")

    def end(self) -> None:
        now = time.monotonic()
        if self._told:
            say(f"    {now - self._since:.1f} s")
        self._since, self._told = now, ""


@app.callback()
def demo(
    context: typer.Context,
    households: Annotated[
        int | None,
        typer.Option(
            min=300, max=3_900, help="How many, for a smaller city; all 3,900 if left out."
        ),
    ] = None,
) -> None:
    """Make a city the size of Velsen, if there is none yet, and serve it until Ctrl-C.

    Everybody in it is invented. The data stay in PAS_DATA_DIR: the next start takes seconds.

    Example: PAS_PORT=9000 pas demo
    """
    if context.invoked_subcommand is not None:
        return
    os.environ.setdefault("PAS_LOG_LEVEL", "warning")
    settings = read_settings()
    # While the city is made its phases are printed; that a pot is overspent is part of the story.
    configure_logs("error", settings.log_format)
    refuse_elsewhere(settings)
    check_address(settings)
    with opened(settings, say) as access:
        make(access, settings, households)
        configure_logs(settings.log_level, settings.log_format)
        asyncio.run(prepared(access, settings))
        hand_over(settings, access)
        with worker():
            tell_when_open(
                settings, f"The demonstration is at {settings.origin} (Ctrl-C stops it)."
            )
            run_workers(settings)
    done("Stopped.")


@app.command(name="spend")
def spend_more(
    count: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many sales to try.")] = 1000,
) -> None:
    """Make sales in the demonstration city, as its tills would; then see pas ledger prove velsen.

    Example: pas demo spend --count 10000
    """

    async def work(access: Access) -> dict[str, int]:
        database = Database(access.address)
        try:
            return await spend(database, ring, count, told=progress)
        finally:
            await database.close()

    settings = read_settings()
    ring = KeyStore(settings.keys).ring(NAME)
    with opened(settings, say) as access, bar("Selling") as progress:
        started = time.monotonic()
        outcomes = asyncio.run(work(access))
    seconds = time.monotonic() - started
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))
    done(f"{count} sales tried in {seconds:.1f} s: {told}.")


def refuse_elsewhere(settings: Settings) -> None:
    """One click makes anybody anyone here, so nobody else may reach it."""
    if settings.host not in LOOPBACK:
        failed(f"The demonstration listens on this machine only; PAS_HOST is {settings.host}.")
        sys.exit(ENVIRONMENT)
    if settings.public_url is not None:
        failed("The demonstration is for this machine only; leave PAS_PUBLIC_URL out.")
        sys.exit(ENVIRONMENT)


def make(access: Access, settings: Settings, households: int | None) -> None:
    phases = Phases()
    now = datetime.now(UTC)
    asyncio.run(make_city(access, settings, now=now, say=phases, households=households))
    phases.end()


@contextmanager
def worker() -> Generator[None]:
    """Run ``pas work`` beside the pages, for what takes longer than a request."""
    # What it warns of is part of the story: the pages tell it.
    environment = {**os.environ, "PAS_LOG_LEVEL": "error"}
    process = subprocess.Popen([sys.executable, "-m", "pas.cli", "work"], env=environment)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)
