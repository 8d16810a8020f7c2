"""Sends what waits, of all municipalities, beside the jobs of ``pas work``, until it is told to stop.

A municipality in which somebody wants to hear something is looked at every two seconds; of the others
it finds out by a notification, or about once a minute. Sending holds no connection to the database,
and an endpoint that takes long holds up nobody but itself.
"""

import asyncio
import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

import msgspec
import structlog

from pas.auth.keys import KeyStore
from pas.db import CONNECTION_LOST, Connection, Database, Statement
from pas.db.listening import listen
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.webhooks.deliver import take_due, valid_secrets, write_down
from pas.webhooks.make_endpoint import CHANNEL
from pas.webhooks.model import Due, Sent
from pas.webhooks.outbox import fill_outbox
from pas.webhooks.post import Post
from pas.webhooks.signing import signed

LOOK_SECONDS: Final = 60.0
SOON_SECONDS: Final = 2.0

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
        self.at_once = at_once
        self._look_at: dict[MunicipalityName, float] = {}
        self._registry_at = 0.0
        self._woken = asyncio.Event()
        self._carrying: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop``; what is on its way then is finished first."""
        listening = asyncio.create_task(
            listen(self.database, CHANNEL, heard=self._heard, begun=self._look_everywhere)
        )
        waking = asyncio.create_task(self._wake_at(stop))
        try:
            while not stop.is_set():
                self._woken.clear()
                await self._look_round()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._seconds_to_wait())
            await asyncio.gather(*self._carrying)
        finally:
            for task in (listening, waking, *self._carrying):
                task.cancel()
            await asyncio.gather(listening, waking, *self._carrying, return_exceptions=True)

    async def run_all_due(self) -> None:
        """Carry what is due now and no more."""
        self._look_everywhere()
        self._registry_at = 0.0
        await self._look_round()
        while self._carrying:
            await asyncio.wait(self._carrying)
            await self._look_round()

    async def _look_round(self) -> None:
        try:
            await self._know_municipalities()
            now = time.monotonic()
            for at, municipality in sorted((at, name) for name, at in self._look_at.items()):
                if at > now or len(self._carrying) >= self.at_once:
                    return
                await self._look(municipality)
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("webhooks-not-read", reason=repr(error))

    async def _know_municipalities(self) -> None:
        if time.monotonic() < self._registry_at:
            return
        found = {registered.name for registered in await self.database.municipalities()}
        self._look_at = {name: self._look_at.get(name, 0.0) for name in found}
        self._registry_at = time.monotonic() + LOOK_SECONDS

    async def _look(self, municipality: MunicipalityName) -> None:
        """Make messages of what happened, and set out with those that are due."""
        self._look_at[municipality] = time.monotonic() + LOOK_SECONDS
        try:
            async with self.database.connection(municipality) as connection:
                while await fill_outbox(connection):
                    pass
                some = (await HAS_ENDPOINTS.one(connection)).some
                room = self.at_once - len(self._carrying)
                due = await take_due(connection, most=room, now=datetime.now(UTC)) if some else []
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("webhooks-not-read", municipality=municipality, reason=repr(error))
            return
        for one in due:
            task = asyncio.create_task(self._carry(municipality, one))
            self._carrying.add(task)
            task.add_done_callback(self._is_done)
        if some:
            wait = 0.0 if due else SOON_SECONDS
            self._look_at[municipality] = time.monotonic() + wait

    async def _carry(self, municipality: MunicipalityName, due: Due) -> None:
        """Send one message; when this fails of us, its lease ends and it is sent again."""
        try:
            ring, now = self.keys.ring(municipality), datetime.now(UTC)
            async with self.database.connection(municipality) as connection:
                secrets = await valid_secrets(connection, due.endpoint_id, ring=ring, now=now)
            headers = signed(secrets, due.message_id, due.content, now=now)
            sent = await self.post.send(due.url, due.content, headers)
            async with self.database.connection(municipality) as connection:
                await self._write_down(connection, due, sent)
            self._look_at[municipality] = 0.0
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("webhook-not-sent", municipality=municipality, reason=str(error))

    async def _write_down(self, connection: Connection, due: Due, sent: Sent) -> None:
        chance = random.random()  # noqa: S311  spreads tries; nobody gains by guessing it
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

    def _is_done(self, task: asyncio.Task[None]) -> None:
        self._carrying.discard(task)
        self._woken.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("webhook-error", exc_info=error)

    def _seconds_to_wait(self) -> float:
        """Until the next turn; with no room, until something has been carried."""
        if len(self._carrying) >= self.at_once:
            return LOOK_SECONDS
        soonest = min([*self._look_at.values(), self._registry_at], default=0.0)
        return max(soonest - time.monotonic(), 0.05)

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._woken.set()

    def _look_everywhere(self) -> None:
        self._look_at = dict.fromkeys(self._look_at, 0.0)
        self._woken.set()

    def _heard(self, municipality: MunicipalityName) -> None:
        self._look_at[municipality] = 0.0
        self._woken.set()
