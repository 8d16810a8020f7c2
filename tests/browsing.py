"""The whole application as a client sees it, on a database or on none at all."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from litestar import Litestar
from litestar.types import ControllerRouterHandler

from pas.app.application import Routed, routed, run_on
from pas.db import Address
from pas.settings import Settings

NOWHERE = Address.of_socket(Path("/nonexistent"), secret="x" * 32)
SETTINGS = Settings()
BASE = SETTINGS.origin
KEPT: defaultdict[tuple[ControllerRouterHandler, ...], list[Routed]] = defaultdict(list)
"""Applications that have ended, to be run again: making one takes longer than most tests."""


@asynccontextmanager
async def browsing(
    address: Address = NOWHERE,
    routes: Sequence[ControllerRouterHandler] = (),
    settings: Settings = SETTINGS,
    *,
    peer: str = "127.0.0.1",
) -> AsyncGenerator[httpx.AsyncClient]:
    """A client of the whole application, inside its lifespan."""
    kept = KEPT[tuple(routes)]
    made = kept.pop() if kept else routed(routes)
    app = run_on(made, settings, address)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(peer, 40_000))  # pyright: ignore[reportArgumentType]
    started, over = asyncio.Event(), asyncio.Event()
    # A fixture's end runs in another task than its start, and the lifespan wants one task.
    life = asyncio.create_task(live(app, started, over))
    await asyncio.wait({life, asyncio.create_task(started.wait())}, return_when="FIRST_COMPLETED")
    try:
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            yield client
    finally:
        over.set()
        await life
    kept.append(made)


async def live(app: Litestar, started: asyncio.Event, over: asyncio.Event) -> None:
    async with app.lifespan():
        started.set()
        await over.wait()
