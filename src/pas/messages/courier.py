"""Sends messages of all municipalities beside the jobs of ``pas work``, until it is told to stop.

Where somebody wants to hear of spendings it looks every two seconds; elsewhere it hears of a code that
must go by a notification, or looks about once a minute. Sending holds no connection to the database.
"""

import asyncio
from datetime import UTC, datetime
from secrets import SystemRandom
from typing import Final

import msgspec
import structlog

from pas.auth.keys import KeyRing, KeyStore
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import CONNECTION_LOST, Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.jobs.rounds import Rounds
from pas.messages.carriers import Carriers
from pas.messages.deliver import end, take_due, write_down
from pas.messages.mail import Envelope
from pas.messages.model import CHANNEL, Due, Letter, Went
from pas.messages.outbox import fill_messages
from pas.messages.sealed import Unreadable, open_address, open_letter

SOON_SECONDS: Final = 2.0

log = structlog.get_logger("pas.messages")


class Some(msgspec.Struct, frozen=True):
    some: bool


IS_BUSY: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM holder_choice WHERE after_spending <> 'none')
        OR EXISTS (SELECT 1 FROM holder_message WHERE state = 'waiting') AS some
    """,
    Some,
)


class MessageCourier:
    """Carries messages to holders; several share them out among themselves."""

    def __init__(
        self,
        database: Database,
        *,
        keys: KeyStore,
        carriers: Carriers,
        origin: str,
        at_once: int = 8,
    ) -> None:
        self.database = database
        self.keys = keys
        self.carriers = carriers
        self.origin = origin
        self._rounds = Rounds(
            database, self._look, channel=CHANNEL, at_once=at_once, name="messages"
        )

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop``; what is on its way then is finished first."""
        await self._rounds.run(stop, finish=True)

    async def run_all_due(self) -> None:
        """Carry what is due now and no more."""
        await self._rounds.run_all_due()

    async def _look(self, municipality: MunicipalityName) -> float | None:
        """Make messages of what was booked, and set out with those that are due."""
        now = datetime.now(UTC)
        async with self.database.connection(municipality) as connection:
            ring = self.keys.ring(municipality)
            while await fill_messages(connection, ring=ring, now=now):
                pass
            if not (await IS_BUSY.one(connection)).some:
                return None
            due = await take_due(connection, most=self._rounds.room, now=now)
        for one in due:
            self._rounds.start(self._carry(municipality, one, ring))
        return 0.0 if due else SOON_SECONDS

    async def _carry(self, municipality: MunicipalityName, due: Due, ring: KeyRing) -> None:
        """Send one message; when this fails of us, its lease ends and it is sent again."""
        try:
            async with self.database.connection(municipality) as connection:
                envelope = await self._envelope(connection, municipality)
                if await self._is_kept(connection, municipality, due):
                    return
            went = await self._send(due, ring, envelope)
            async with self.database.connection(municipality) as connection:
                chance, now = SystemRandom().random(), datetime.now(UTC)
                await write_down(connection, due, went, chance=chance, now=now)
            log.info("message", message_id=str(due.id), number=due.tries, problem=went.problem)
        except (Refusal, *CONNECTION_LOST) as error:
            log.warning("message-not-sent", municipality=municipality, reason=str(error))

    async def _is_kept(
        self, connection: Connection, municipality: MunicipalityName, due: Due
    ) -> bool:
        """End what goes nowhere: not wanted any more, or of a demonstration that sends nothing."""
        now = datetime.now(UTC)
        if due.address_encrypted is None:
            await end(connection, due, "withdrawn", problem=None, now=now)
            return True
        if self._carrier_of(due) is None and (await self.database.municipality(municipality)).demo:
            await end(connection, due, "kept", problem=None, now=now)
            return True
        return False

    async def _send(self, due: Due, ring: KeyRing, envelope: Envelope) -> Went:
        try:
            letter, address = _opened(due, ring)
        except Unreadable:
            return Went("unreadable", for_good=True)
        if due.channel == "email" and self.carriers.mail is not None:
            now = datetime.now(UTC)
            return await self.carriers.mail.send(
                address, letter, envelope, message_id=due.id, now=now
            )
        if due.channel == "text" and self.carriers.texts is not None:
            return await self.carriers.texts.send(address, letter, message_id=due.id)
        return Went("not-set-up")

    def _carrier_of(self, due: Due) -> object:
        return self.carriers.mail if due.channel == "email" else self.carriers.texts

    async def _envelope(self, connection: Connection, municipality: MunicipalityName) -> Envelope:
        chosen = await read_municipality_settings(connection)
        return Envelope(
            name=chosen.product
            if chosen.product == chosen.title
            else f"{chosen.product} {chosen.title}",
            reply_to=chosen.message_reply_to,
            choices_url=f"{self.origin}/{municipality}/my-messages",
        )


def _opened(due: Due, ring: KeyRing) -> tuple[Letter, str]:
    assert due.address_encrypted is not None, "looked at before"
    letter = open_letter(ring, due.content_encrypted, message=due.id)
    return letter, open_address(
        ring, due.address_encrypted, resident=due.recipient_id, channel=due.channel
    )
