"""Sends what waits, of all municipalities, beside the jobs of ``pas work``, until it is told to stop.

A municipality in which somebody wants to hear something is looked at every two seconds; of the others
it finds out by a notification, or about once a minute. Sending holds no connection to the database,
and an endpoint that takes long holds up nobody but itself.
"""

import asyncio
from datetime import UTC, datetime
from secrets import SystemRandom
from typing import Final

import msgspec
import structlog

from pas.auth.keys import KeyStore
from pas.db import CONNECTION_LOST, Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.jobs.rounds import Rounds
from pas.outgoing.post import Post, Sent
from pas.webhooks.deliver import take_due, valid_secrets, write_down
from pas.webhooks.make_endpoint import CHANNEL
from pas.webhooks.model import Due
from pas.webhooks.outbox import fill_outbox
from pas.webhooks.signing import signed

SOON_SECONDS: Final = 2.0
AGENT: Final = "pas-webhooks/1"

log = structlog.get_logger("pas.webhooks")


class Some(msgspec.Struct, frozen=True):
    some: bool


HAS_ENDPOINTS: Final = Statement(
    "SELECT EXISTS (SELECT 1 FROM webhook_endpoint WHERE state <> 'ended') AS some", Some
)


class Courier:
    """Carries messages; several couriers share them out among themselves."""

    def __init__(
        self, database: Database, *, keys: KeyStore, post: Post, at_once: int = 32
    ) -> None:
        self.database = database
        self.keys = keys
        self.post = post
        self._rounds = Rounds(
            database, self._look, channel=CHANNEL, at_once=at_once, name="webhooks"
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop``; what is on its way then is finished first."""
        await self._rounds.run(stop, finish=True)

    async def run_all_due(self) -> None:
        """Carry what is due now and no more."""
        await self._rounds.run_all_due()

    async def _look(self, municipality: MunicipalityName) -> float | None:
        """Make messages of what happened, and set out with those that are due."""
        async with self.database.connection(municipality) as connection:
            while await fill_outbox(connection):
                pass
            if not (await HAS_ENDPOINTS.one(connection)).some:
                return None
            due = await take_due(connection, most=self._rounds.room, now=datetime.now(UTC))
        for one in due:
            self._rounds.start(self._carry(municipality, one))
        return 0.0 if due else SOON_SECONDS

    async def _carry(self, municipality: MunicipalityName, due: Due) -> None:
        """Send one message; when this fails of us, its lease ends and it is sent again."""
        try:
            ring, now = self.keys.ring(municipality), datetime.now(UTC)
            async with self.database.connection(municipality) as connection:
                secrets = await valid_secrets(connection, due.endpoint_id, ring=ring, now=now)
            headers = signed(secrets, due.message_id, due.content, now=now)
            headers["user-agent"] = AGENT
            if (await self.database.municipality(municipality)).sandbox:
                headers["sandbox"] = "?1"
            sent = await self.post.send(due.url, due.content, headers)
            async with self.database.connection(municipality) as connection:
                await self._write_down(connection, due, sent)
            self._rounds.look_soon(municipality)
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("webhook-not-sent", municipality=municipality, reason=str(error))

    async def _write_down(self, connection: Connection, due: Due, sent: Sent) -> None:
        chance = SystemRandom().random()
        await write_down(connection, due, sent, chance=chance, now=datetime.now(UTC))
        log.info(
            "webhook",
            endpoint_id=str(due.endpoint_id),
            message_id=str(due.message_id),
            number=due.tries,
            status=sent.status,
            problem=sent.problem,
            milliseconds=sent.milliseconds,
        )
