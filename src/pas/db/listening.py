"""Hears notifications by one connection of its own for the whole database, made anew when it breaks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from pas.db.pools import REGISTRY_ROLE, Database
from pas.db.trouble import CONNECTION_LOST
from pas.errors import Refusal
from pas.ids import MunicipalityName

LISTEN_AGAIN_SECONDS: Final = 5.0


async def listen(
    database: Database,
    channel: str,
    *,
    heard: Callable[[MunicipalityName], None],
    begun: Callable[[], None],
) -> None:
    """Listen until cancelled; whatever was told while nobody listened is for ``begun`` to find out."""

    def told(_connection: object, _pid: int, _channel: str, payload: object) -> None:
        heard(MunicipalityName(str(payload)))

    while True:
        with suppress(Refusal, *CONNECTION_LOST):
            connection = await database.address.login(REGISTRY_ROLE).connect()
            broken = asyncio.Event()
            connection.add_termination_listener(lambda _, broken=broken: broken.set())
            try:
                await connection.add_listener(channel, told)
                begun()
                await broken.wait()
            finally:
                connection.terminate()
        await asyncio.sleep(LISTEN_AGAIN_SECONDS)
