"""The codes of a card, for the holder's own page, a reprint, or a till that cannot scan."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, MandateOnlySees
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CardId
from pas.passes.block import CardIsOver
from pas.passes.card_keys import CardCodes, open_codes
from pas.passes.cards import read_card


class CardCodesNotKept(Refusal):
    """Van deze kaart kennen wij de code niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "De kaart zelf werkt. Kwijt? Vraag dan een nieuwe kaart."


class SealedRow(msgspec.Struct, frozen=True):
    codes_encrypted: bytes | None


READ_SEALED: Final = Statement("SELECT codes_encrypted FROM card WHERE id = $1", SealedRow)


async def read_codes(
    connection: Connection, card_id: CardId, *, ring: KeyRing, actor: Actor, now: datetime
) -> CardCodes:
    """Give token and number of a card that is or may yet be in use.

    That an officer read them is recorded: with them a card can be copied. A mandate to see does not
    get them: who has them can pay.
    """
    if actor.only_sees:
        raise MandateOnlySees
    card = await read_card(connection, card_id, actor=actor, now=now)
    if card.state in {"replaced", "ended"}:
        raise CardIsOver
    sealed = (await READ_SEALED.one(connection, card_id)).codes_encrypted
    if sealed is None:
        raise CardCodesNotKept
    if actor.kind == "login":
        async with connection.transaction():
            await record_event(
                connection,
                kind="card.codes_read",
                subject_kind="card",
                subject_id=card_id,
                actor=actor,
            )
    return open_codes(ring, sealed, card=card_id)
