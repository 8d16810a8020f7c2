"""Kills PostgreSQL without mercy at full load, and times how long it takes to book again."""

import asyncio
import os
import signal
import time
from typing import Final

import asyncpg

from at_sql_level import Crew
from lane import Order
from pas.db import CONNECTION_LOST, Login
from sales import REDEEM_BATCH, Crowd, redeem_arguments
from server import Server

BATCH: Final = 128
ATTEMPT_SECONDS: Final = 0.02
LONGEST_WAIT: Final = 120.0
REFUSED: Final = (*CONNECTION_LOST, asyncpg.PostgresError, OSError, TimeoutError)


def seconds_to_recover(server: Server, crew: Crew, *, crowd: Crowd, load_seconds: float) -> float:
    """Load, kill, and give the seconds until a new redemption was booked."""
    crew.start(Order("redeem", crowd, BATCH, 0, seconds=1e6))
    time.sleep(load_seconds)
    server.disconnect()
    killed = time.monotonic()
    os.kill(server.postmaster, signal.SIGKILL)
    server.run(_book_again(server.app, crowd))
    recovered = time.monotonic() - killed
    crew.reports()
    return recovered


async def _book_again(login: Login, crowd: Crowd) -> None:
    deadline = time.monotonic() + LONGEST_WAIT
    arguments = redeem_arguments(crowd.sales(1))
    while time.monotonic() < deadline:
        try:
            connection = await login.connect()
            outcomes = await connection.fetchval(REDEEM_BATCH, *arguments)
            await connection.close()
        except REFUSED:
            await asyncio.sleep(ATTEMPT_SECONDS)
        else:
            # A replay: the try before this one was stored, but its answer never came.
            assert outcomes in (["booked"], ["replay"]), outcomes
            return
    raise TimeoutError("PostgreSQL did not come back")
