"""Sealing in tests: one sale to seal, everything sealed, and the last checkpoint."""

import asyncio

import pytest

from given.city import Budget, Till
from pas.auth.keys import KeyRing, Purpose
from pas.db import Connection
from pas.ledger.book import Line
from pas.seals.checkpoints import Checkpoint, last_checkpoint, read_checkpoint
from pas.seals.notes import Note, verifier_of
from pas.seals.seal import Sealed, seal_next


def a_sale(till: Till, budget: Budget, *, cents: int = 100) -> Line:
    return Line(budget.account, till.merchant.account, cents)


async def settled(connection: Connection) -> None:
    """Wait until what began before has ended: other tests work on the same server."""
    until = await connection.fetchval(
        "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
    )
    horizon = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    for _ in range(6_000):
        if await connection.fetchval(horizon) >= until:
            return
        await asyncio.sleep(0.01)
    pytest.fail("something of another test goes on for a minute")


async def seal_all(connection: Connection, ring: KeyRing, *, wait: bool = True) -> list[Sealed]:
    if wait:
        await settled(connection)
    found = list[Sealed]()
    while (one := await seal_next(connection, ring)) is not None:
        found.append(one)
    return found


async def last(connection: Connection) -> tuple[Checkpoint, Note]:
    found = await last_checkpoint(connection)
    assert found is not None
    return read_checkpoint(found.note)


def public_key(ring: KeyRing) -> bytes:
    """Give the key that seals, as somebody outside knows it."""
    return verifier_of("", ring.current(Purpose.SEAL).secret).public_key
