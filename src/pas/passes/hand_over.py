"""An intermediary hands a card over and activates it: they have the card, and see whose it is.

The municipality chooses whether that may be. They type the number of the card and the date of birth
of who gets it; wrong ones are counted for the intermediary, as those of a card are for a card, so
that nobody finds out birth dates or numbers here. Those of one card are counted apart too: a right
answer about another card says nothing about this one.
"""

import hashlib
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec
import structlog

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MunicipalityName, ResidentId
from pas.passes.activate import CardNotToActivate, activate_at_counter
from pas.passes.card_keys import hashes_of_scan
from pas.passes.find import FIND_CARD
from pas.passes.sign_in_tries import count_try, forget_tries

log = structlog.get_logger("pas.passes")


class HandOverNotAllowed(Refusal):
    """Kaarten aanzetten kan hier niet."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "De pashouder kan bellen, of de code uit de brief gebruiken."


class HandOverWrong(Refusal):
    """Deze kaart en deze geboortedatum horen niet bij elkaar."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Kijk het nummer en de datum na. Na vijf keer moet u wachten."


class BornRow(msgspec.Struct, frozen=True):
    is_born: bool


IS_BORN: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM resident_version v WHERE v.resident_id = $1 AND v.birth_date = $2::date
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = $1 AND n.valid_from > v.valid_from
            AND n.valid_from <= $3::date)) AS is_born
    """,
    BornRow,
)


async def hand_over_card(
    connection: Connection,
    scanned: str,
    born: date,
    *,
    ring: KeyRing,
    municipality: MunicipalityName,
    actor: Actor,
    now: datetime,
) -> None:
    """Activate or confirm a card for its holder. Call outside a transaction."""
    assert not connection.is_in_transaction(), "a refusal must not undo the count of tries"
    if not (await read_municipality_settings(connection)).intermediaries_activate:
        raise HandOverNotAllowed
    scan = hashes_of_scan(scanned, ring, municipality)
    if not await count_try(connection, actor.id, None, now=now):
        raise HandOverWrong
    card = await FIND_CARD.first(connection, scan.token_hash, scan.number_hashes)
    of_card = hashlib.sha256(actor.id.bytes).digest()
    if (
        card is None
        or not await count_try(connection, card.id, of_card, now=now)
        or not await _is_born(connection, card.resident_id, born, now=now)
    ):
        log.warning("hand-over-refused", card=card and str(card.id), login=str(actor.id))
        raise HandOverWrong
    await forget_tries(connection, card.id, of_card)
    await forget_tries(connection, actor.id, None)
    await note_processing(connection, [card.resident_id], "card.handed_over", actor=actor, now=now)
    if card.state not in {"inactive", "active"}:
        raise CardNotToActivate
    helping = msgspec.structs.replace(actor, on_behalf_of=card.resident_id)
    await activate_at_counter(
        connection,
        card.id,
        reason="Overhandigd, en de geboortedatum gevraagd",
        actor=helping,
        now=now,
        how="intermediary",
    )


async def _is_born(
    connection: Connection, resident: ResidentId, born: date, *, now: datetime
) -> bool:
    found = await IS_BORN.one(connection, resident, born, day_of(now))
    return found.is_born
