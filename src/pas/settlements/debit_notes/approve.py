"""Approve a debit note as a second person, or withdraw it with a reason.

The approval fixes all that the paper says: until when, to whom and to which account. It is judged
again whether anything is left to ask, since sales go on while a proposal waits.
"""

from datetime import datetime
from typing import Final

import asyncpg

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import DebitNoteId
from pas.settlements.approve import read_payer
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.rules import (
    DebitNoteInOtherState,
    due_day,
    refuse_note_state,
    refuse_own_note,
)
from pas.settlements.debit_notes.stored import lock_note, read_note
from pas.settlements.stored import refuse_broken_books

OTHER_STATE: Final = "PA274"

APPROVE: Final = Statement(
    """
    UPDATE debit_note SET approved_at = $2, approved_by = $3, due_on = $4, payee_name = $5, payee_iban = $6
    WHERE id = $1
    """,
    None,
)
WITHDRAW: Final = Statement(
    "UPDATE debit_note SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_because = $4 WHERE id = $1",
    None,
)


async def approve_debit_note(
    connection: Connection, note_id: DebitNoteId, *, actor: Actor, now: datetime
) -> DebitNote:
    """Ask the merchant to pay; again by the same person changes nothing.

    Raises OwnDebitNote, DebitNoteInOtherState (also when sales paid it meanwhile), PayerNotSet or
    BooksDoNotClose.
    """
    refuse_programs(actor)
    try:
        async with connection.transaction():
            note = await lock_note(connection, note_id)
            if note.approved_by == actor.id:
                return note
            refuse_note_state(note.state, "proposed")
            refuse_own_note(note.proposed_by, actor.id)
            await refuse_broken_books(connection)
            payer = await read_payer(connection)
            await APPROVE.run(
                connection,
                *(note_id, now, actor.id, due_day(now), payer.payer_name, payer.payer_iban),
            )
            await record_event(
                connection,
                kind="debit_note.approved",
                subject_kind="debit_note",
                subject_id=note_id,
                actor=actor,
                after={
                    "number": note.number,
                    "amountCents": note.amount_cents,
                    "iban": payer.payer_iban,
                },
            )
            return await read_note(connection, note_id)
    except asyncpg.PostgresError as error:
        if error.sqlstate == OTHER_STATE:
            raise DebitNoteInOtherState from error
        raise


async def withdraw_debit_note(
    connection: Connection, note_id: DebitNoteId, *, reason: str, actor: Actor, now: datetime
) -> DebitNote:
    """Ask it no longer, as proposer or as approver; what was received stays booked."""
    refuse_programs(actor)
    async with connection.transaction():
        note = await lock_note(connection, note_id)
        refuse_note_state(note.state, "proposed", "approved")
        await WITHDRAW.run(connection, note_id, now, actor.id, reason)
        await record_event(
            connection,
            kind="debit_note.withdrawn",
            subject_kind="debit_note",
            subject_id=note_id,
            actor=actor,
            before={"state": note.state, "outstandingCents": note.outstanding_cents},
            reason=reason,
        )
        return await read_note(connection, note_id)
