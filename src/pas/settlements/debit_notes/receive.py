"""What the bank received for a debit note is booked, by hand or from a file of the bank: never more than is outstanding."""

import hashlib
from datetime import date, datetime
from typing import Final
from uuid import uuid5

import asyncpg

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import DebitNoteId, EntryId
from pas.ledger.accounts import new_account_id
from pas.ledger.fingerprint import encoded_field
from pas.money import Cents
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.rules import (
    MoreThanOutstanding,
    is_booked_before,
    refuse_more,
    refuse_note_state,
)
from pas.settlements.debit_notes.stored import lock_note, read_note, read_receipts
from pas.settlements.payments import By, PaymentDayWrong

ABOVE_OUTSTANDING: Final = "PA278"
PRINT: Final = b"pas debit note 1\x00"

BOOK: Final = Statement("SELECT book_debit_note($1, $2, $3, $4, $5, $6, $7, $8, $9)", None)


async def receive_by_hand(
    connection: Connection,
    note_id: DebitNoteId,
    number: int,
    *,
    amount_cents: Cents,
    received_on: date,
    actor: Actor,
    now: datetime,
) -> DebitNote:
    """Book that the bank received an amount for a note; ``number`` says which receipt of the note it is.

    The same receipt again changes nothing. Raises MoreThanOutstanding, ReceiptBooked, PaymentDayWrong or
    DebitNoteInOtherState.
    """
    refuse_programs(actor)
    async with connection.transaction():
        note = await lock_note(connection, note_id)
        receipts = await read_receipts(connection, note_id)
        if is_booked_before(receipts, number, amount_cents=amount_cents, received_on=received_on):
            return note
        refuse_note_state(note.state, "approved")
        assert note.approved_at is not None, "it is approved"
        if not day_of(note.approved_at) <= received_on <= day_of(now):
            raise PaymentDayWrong
        refuse_more(note, amount_cents)
        await book_receipt(
            connection,
            note_id,
            number,
            amount_cents=amount_cents,
            received_on=received_on,
            by=By(actor, now),
        )
        return await read_note(connection, note_id)


async def book_receipt(
    connection: Connection,
    note_id: DebitNoteId,
    number: int,
    *,
    amount_cents: Cents,
    received_on: date,
    by: By,
) -> None:
    """Book a receipt, in the transaction that locked its note; it enters the open period."""
    entry = receipt_entry(note_id, number)
    try:
        await BOOK.run(
            connection,
            *(note_id, number, amount_cents, received_on, entry),
            _fingerprint(note_id, number, amount_cents=amount_cents, received_on=received_on),
            *(new_account_id(), by.now, by.actor.id),
        )
    except asyncpg.PostgresError as error:
        if error.sqlstate == ABOVE_OUTSTANDING:
            raise MoreThanOutstanding from error
        raise
    await record_event(
        connection,
        kind="debit_note.received",
        subject_kind="debit_note",
        subject_id=note_id,
        actor=by.actor,
        after={
            "receipt": number,
            "amountCents": amount_cents,
            "receivedOn": received_on,
            **by.source,
        },
    )


def receipt_entry(note_id: DebitNoteId, number: int) -> EntryId:
    """Give the entry of a receipt: made from the note and its number, so that twice is once."""
    return EntryId(uuid5(note_id, f"receive-{number}"))


def _fingerprint(
    note_id: DebitNoteId, number: int, *, amount_cents: Cents, received_on: date
) -> bytes:
    fields = (note_id, "receive", number, amount_cents, received_on.isoformat())
    return hashlib.sha256(PRINT + b"".join(map(encoded_field, fields))).digest()
