"""Propose a debit note for a merchant that stays below zero; a second person approves it.

The database says the number, the reference, the amount and since when; it refuses once more what is
refused here. A program may propose, as with runs: nothing is asked of anybody before the approval.
"""

from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.ids import DebitNoteId, MerchantId, uuid7
from pas.merchants.stored import lock_present_merchant
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.rules import (
    NotBelowZeroLongEnough,
    OpenDebitNote,
    refuse_not_due,
)
from pas.settlements.debit_notes.stored import read_note, read_standing
from pas.settlements.stored import refuse_broken_books

NOT_DUE: Final = "PA273"


class OpenRow(msgspec.Struct, frozen=True):
    id: DebitNoteId


READ_OPEN: Final = Statement(
    """
    SELECT id FROM debit_note
    WHERE merchant_id = $1 AND withdrawn_at IS NULL AND netted_at IS NULL AND received_cents < amount_cents
    """,
    OpenRow,
)
SET_NETTED: Final = Statement("UPDATE debit_note SET netted_at = $2 WHERE id = $1", None)
INSERT_NOTE: Final = Statement(
    "INSERT INTO debit_note (id, merchant_id, proposed_by_kind, proposed_by) VALUES ($1, $2, $3, $4)",
    None,
)


async def propose_debit_note(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> DebitNote:
    """Propose to ask back all that a merchant is below zero; at most one note of a merchant is open.

    Raises MerchantHasEnded, NotBelowZero, NotBelowZeroLongEnough, OpenDebitNote or BooksDoNotClose.
    """
    try:
        async with connection.transaction():
            await lock_present_merchant(connection, merchant_id, actor=actor)
            await refuse_broken_books(connection)
            settings = await read_municipality_settings(connection)
            standing = await read_standing(connection, merchant_id)
            refuse_not_due(standing.below_since, now, days=settings.debit_note_days)
            await _end_netted(connection, merchant_id, now=now)
            return await _insert(connection, merchant_id, actor=actor)
    except asyncpg.UniqueViolationError as error:
        raise OpenDebitNote from error
    except asyncpg.PostgresError as error:
        if error.sqlstate == NOT_DUE:
            raise NotBelowZeroLongEnough from error
        raise


async def _end_netted(connection: Connection, merchant_id: MerchantId, *, now: datetime) -> None:
    """Say of an earlier note that sales paid its rest; one that is not paid yet refuses a second."""
    found = await READ_OPEN.first(connection, merchant_id)
    if found is None:
        return
    note = await read_note(connection, found.id)
    if note.state != "netted":
        raise OpenDebitNote(
            f"Debetnota {note.number} is nog open.", noteId=str(note.id), number=note.number
        )
    await SET_NETTED.run(connection, note.id, now)


async def _insert(connection: Connection, merchant_id: MerchantId, *, actor: Actor) -> DebitNote:
    by_kind = "login" if actor.kind == "login" else "system"
    note_id = DebitNoteId(uuid7())
    await INSERT_NOTE.run(connection, note_id, merchant_id, by_kind, actor.id)
    note = await read_note(connection, note_id)
    await record_event(
        connection,
        kind="debit_note.proposed",
        subject_kind="debit_note",
        subject_id=note_id,
        actor=actor,
        after={
            "number": note.number,
            "merchantId": str(merchant_id),
            "amountCents": note.amount_cents,
            "negativeSince": note.negative_since,
        },
    )
    return note
