"""Truly at once: each act on a connection of its own, started together."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from pas.db import Connection, Database
from pas.errors import Refusal
from pas.ids import MunicipalityName

VELSEN = MunicipalityName("velsen")

Answer = TypeVar("Answer")


async def at_once(
    crowd: Database, *acts: Callable[[Connection], Awaitable[Answer]]
) -> list[Answer | Refusal]:
    """Do all of these; a refusal is an answer, anything else that is raised fails the test."""
    ready = asyncio.Barrier(len(acts))

    async def one(act: Callable[[Connection], Awaitable[Answer]]) -> Answer | Refusal:
        async with crowd.connection(VELSEN) as connection:
            await ready.wait()
            try:
                return await act(connection)
            except Refusal as refusal:
                return refusal

    return await asyncio.gather(*(one(act) for act in acts))
