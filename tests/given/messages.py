"""Holders who chose to hear something, at an address that they proved."""

import re
from datetime import datetime
from typing import Final

from given.days import NOW
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.ids import ResidentId
from pas.messages.choices import choose
from pas.messages.model import AfterSpending, BeforeLapse, Channel, Language
from pas.messages.outbox import fill_messages
from pas.messages.prove_address import prove_address, send_code
from pas.messages.sealed import open_letter

ADDRESSES: Final[dict[Channel, str]] = {"email": "fatma@voorbeeld.nl", "text": "+31612345678"}
CODE: Final = re.compile(r"\b\d{6}\b")


def as_holder(resident: ResidentId) -> Actor:
    return Actor(kind="holder", id=resident)


async def code_sent(
    connection: Connection,
    resident: ResidentId,
    *,
    ring: KeyRing,
    channel: Channel = "email",
    address: str | None = None,
    language: Language = "nl",
    now: datetime = NOW,
) -> str:
    """Ask for a code, and read it in the message that waits to be sent."""
    await send_code(
        connection,
        channel,
        address or ADDRESSES[channel],
        language=language,
        ring=ring,
        actor=as_holder(resident),
        now=now,
    )
    row = await connection.fetchrow(
        """
        SELECT id, content_encrypted FROM holder_message WHERE recipient_id = $1 AND reason = 'code'
        ORDER BY made_at DESC, id DESC LIMIT 1
        """,
        resident,
    )
    assert row is not None
    found = CODE.search(open_letter(ring, row["content_encrypted"], message=row["id"]).body)
    assert found is not None
    return found[0]


async def an_address(
    connection: Connection,
    resident: ResidentId,
    *,
    ring: KeyRing,
    channel: Channel = "email",
    address: str | None = None,
    now: datetime = NOW,
) -> None:
    """An address that somebody proved; the message with its code is out of the way."""
    code = await code_sent(
        connection, resident, ring=ring, channel=channel, address=address, now=now
    )
    await prove_address(connection, channel, code, ring=ring, actor=as_holder(resident), now=now)
    await connection.execute("DELETE FROM holder_message WHERE reason = 'code'")


async def a_listener(
    connection: Connection,
    holder: ResidentId,
    *,
    ring: KeyRing,
    recipient: ResidentId | None = None,
    after_spending: AfterSpending | None = "email",
    before_lapse: BeforeLapse | None = None,
    address: str | None = None,
) -> None:
    """Somebody who hears of a pass, by the way that was chosen."""
    reader = recipient or holder
    for channel in ADDRESSES:
        if channel in {after_spending, before_lapse}:
            await an_address(connection, reader, ring=ring, channel=channel, address=address)
    await choose(
        connection,
        holder,
        after_spending=after_spending,
        before_lapse=before_lapse,
        actor=as_holder(reader),
        now=NOW,
    )


async def filled(connection: Connection, *, ring: KeyRing, now: datetime = NOW) -> None:
    """Make messages of all that is decided; nothing else of the test goes on meanwhile."""
    await until_decided(connection)
    while await fill_messages(connection, ring=ring, now=now):
        pass


async def written(connection: Connection, *, ring: KeyRing) -> list[str]:
    """What waits to be sent, in the order in which it was made."""
    rows = await connection.fetch(
        "SELECT id, content_encrypted FROM holder_message WHERE content_encrypted IS NOT NULL ORDER BY made_at, id"
    )
    return [
        open_letter(ring, row["content_encrypted"], message=row["id"]).body.replace("\xa0", " ")
        for row in rows
    ]
