"""Who stands at the counter, or is on the telephone: no more than one needs to help.

A volunteer sees a name and a date of birth, and no address and no income. Whether a caller is who
they say, is found out by typing what they answer: the page never shows it.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ResidentId


class HolderUnknownHere(Refusal):
    """Deze persoon kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de persoon opnieuw, op naam of op pasnummer."


class AnswersWrong(Refusal):
    """Dit klopt niet met wat wij weten."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag het nog een keer. Klopt het niet? Zet de kaart niet aan."


class Helped(msgspec.Struct, frozen=True):
    """Somebody who is helped."""

    id: ResidentId
    name: str
    birth_date: date


class AnswerRow(msgspec.Struct, frozen=True):
    is_right: bool


READ: Final = Statement(
    """
    SELECT v.resident_id AS id, v.given_name || ' ' || v.family_name AS name, v.birth_date
    FROM resident_version v WHERE v.resident_id = $1
    ORDER BY v.valid_from <= $2::date DESC, abs(v.valid_from - $2::date) LIMIT 1
    """,
    Helped,
)
IS_RIGHT: Final = Statement(
    """
    SELECT v.birth_date = $3::date AND replace(upper(coalesce(v.postcode, '')), ' ', '') = $4 AND $4 <> '' AS is_right
    FROM resident_version v WHERE v.resident_id = $1
    ORDER BY v.valid_from <= $2::date DESC, abs(v.valid_from - $2::date) LIMIT 1
    """,
    AnswerRow,
)


def helping(actor: Actor, resident: ResidentId) -> Actor:
    """Who acts, with for whom: so it stands in the event, and is told to the holder."""
    return msgspec.structs.replace(actor, on_behalf_of=resident)


async def read_helped(
    connection: Connection, resident: ResidentId, *, actor: Actor, now: datetime
) -> Helped:
    """Give who it is, and note the look."""
    async with connection.transaction():
        found = await READ.first(connection, resident, day_of(now))
        if found is None:
            raise HolderUnknownHere
        await note_processing(connection, [resident], "counter.helped", actor=actor, now=now)
    return found


async def check_answers(
    connection: Connection,
    resident: ResidentId,
    *,
    born: date,
    postcode: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Refuse a caller whose date of birth or postcode is not that of the holder; both looks are noted."""
    plain = postcode.upper().replace(" ", "")
    async with connection.transaction():
        found = await IS_RIGHT.first(connection, resident, day_of(now), born, plain)
        await note_processing(
            connection, [resident], "counter.caller_checked", actor=actor, now=now
        )
    if found is None or not found.is_right:
        raise AnswersWrong
