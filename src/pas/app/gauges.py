"""What we watch of each municipality: whether its books close, and what stands in everybody's way.

Read from the database when somebody asks, and not more often than twice a minute: a country of
municipalities has a pool each, and the answer changes slowly.
"""

import asyncio
import time
from contextlib import suppress
from typing import Final

import msgspec
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from pas.db import CONNECTION_LOST, Database, Statement
from pas.errors import Refusal

KEPT_SECONDS: Final = 30.0


class Watched(msgspec.Struct, frozen=True):
    """``closes`` and ``proved_at`` (seconds since 1970) are None before the first proof."""

    closes: bool | None
    proved_at: int | None
    oldest_transaction_seconds: int
    deadlocks: int


READ: Final = Statement(
    """
    SELECT p.closes, extract(epoch FROM p.proved_at)::bigint AS proved_at,
        (SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)::bigint
            FROM pg_stat_activity a WHERE a.datname = current_database() AND a.usename = current_user
            AND a.pid <> pg_backend_pid()) AS oldest_transaction_seconds,
        (SELECT d.deadlocks FROM pg_stat_database d WHERE d.datname = current_database()) AS deadlocks
    FROM (VALUES (1)) AS one (row)
    LEFT JOIN (SELECT closes, proved_at FROM proof ORDER BY proved_at DESC LIMIT 1) p ON true
    """,
    Watched,
)


class Overspent(msgspec.Struct, frozen=True):
    scheme: str
    year: int
    cents: int


READ_OVERSPENT: Final = Statement(
    """
    SELECT s.code AS scheme, a.budget_year::int AS year, a.overspent_cents AS cents
    FROM appropriation a JOIN scheme s ON s.id = a.scheme_id
    WHERE a.budget_year >= extract(year FROM current_date) - 1
    """,
    Overspent,
)


class Gauges:
    """The gauges of all municipalities, for ``/metrics``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._one_reader = asyncio.Lock()
        self._read_at = -KEPT_SECONDS
        self._told = b""

    async def exposition(self) -> bytes:
        async with self._one_reader:
            if time.monotonic() - self._read_at >= KEPT_SECONDS:
                self._told = await self._read()
                self._read_at = time.monotonic()
            return self._told

    async def _read(self) -> bytes:
        """Ask one municipality after the other; one that does not answer is left out."""
        registry = CollectorRegistry()
        with suppress(Refusal, *CONNECTION_LOST):
            gauges = _Made(registry)
            for municipality in await self._database.municipalities():
                with suppress(Refusal, *CONNECTION_LOST):
                    async with self._database.connection(municipality.name) as connection:
                        gauges.set(municipality.name, await READ.one(connection))
                        for one in await READ_OVERSPENT.all(connection):
                            gauges.overspent.labels(
                                municipality.name, one.scheme, str(one.year)
                            ).set(one.cents)
        return generate_latest(registry)


class _Made:
    def __init__(self, registry: CollectorRegistry) -> None:
        def made(name: str, about: str, *more: str) -> Gauge:
            return Gauge(name, about, ["municipality", *more], registry=registry)

        self.closes = made("pas_ledger_closes", "1 when the last proof of the books closed, else 0")
        self.proved = made("pas_ledger_proved_at_seconds", "When the books were last proved")
        self.oldest = made("pas_oldest_transaction_seconds", "Age of the oldest transaction")
        self.overspent = made(
            "pas_overspent_cents", "Granted above what was set aside", "scheme", "year"
        )
        self.deadlocks = made("pas_database_deadlocks", "Deadlocks in the database so far")

    def set(self, municipality: str, watched: Watched) -> None:
        if watched.closes is not None and watched.proved_at is not None:
            self.closes.labels(municipality).set(watched.closes)
            self.proved.labels(municipality).set(watched.proved_at)
        self.oldest.labels(municipality).set(watched.oldest_transaction_seconds)
        self.deadlocks.labels(municipality).set(watched.deadlocks)
