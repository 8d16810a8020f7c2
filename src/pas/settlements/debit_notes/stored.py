"""Reads debit notes, who is below zero, and what was received; to look, or to change with nobody else changing it."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import DebitNoteId, MerchantId
from pas.money import Cents
from pas.settlements.debit_notes.model import BelowZero, DebitNote, NoteReceipt

NEWEST: Final = 1_000_000_000
MOST_BELOW: Final = 1_000
"""Merchants below zero at one time; those the longest below it come first."""


class DebitNoteNotFound(Refusal):
    """Deze debetnota is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een debetnota uit de lijst."


class Standing(msgspec.Struct, frozen=True):
    """What stands on the account of a merchant; ``below_since`` is None when it is not below zero."""

    balance_cents: Cents
    below_since: datetime | None


READ_NOTE: Final = Statement(
    """
    SELECT n.id, n.number, n.reference, n.merchant_id, m.name AS merchant,
        CASE WHEN n.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN n.received_cents = n.amount_cents THEN 'paid'
            WHEN n.netted_at IS NOT NULL OR o.cents = 0 THEN 'netted' WHEN n.approved_at IS NOT NULL THEN 'approved'
            ELSE 'proposed' END AS state,
        n.amount_cents, n.received_cents, o.cents AS outstanding_cents, n.negative_since, n.proposed_at, n.proposed_by_kind,
        n.proposed_by, n.approved_at, n.approved_by, n.due_on, n.payee_name, n.payee_iban, n.withdrawn_at, n.withdrawn_by,
        n.withdrawn_because, n.netted_at
    FROM debit_note n JOIN merchant m ON m.id = n.merchant_id
    CROSS JOIN LATERAL (SELECT debit_note_outstanding(n.id) AS cents) o
    WHERE n.id = $1
    """,
    DebitNote,
)
LOCK_NOTE: Final = Statement("SELECT 1 FROM debit_note WHERE id = $1 FOR NO KEY UPDATE", None)
LIST_NOTES: Final = Statement(
    """
    SELECT n.id, n.number, n.reference, n.merchant_id, m.name AS merchant,
        CASE WHEN n.withdrawn_at IS NOT NULL THEN 'withdrawn' WHEN n.received_cents = n.amount_cents THEN 'paid'
            WHEN n.netted_at IS NOT NULL OR o.cents = 0 THEN 'netted' WHEN n.approved_at IS NOT NULL THEN 'approved'
            ELSE 'proposed' END AS state,
        n.amount_cents, n.received_cents, o.cents AS outstanding_cents, n.negative_since, n.proposed_at, n.proposed_by_kind,
        n.proposed_by, n.approved_at, n.approved_by, n.due_on, n.payee_name, n.payee_iban, n.withdrawn_at, n.withdrawn_by,
        n.withdrawn_because, n.netted_at
    FROM (SELECT * FROM debit_note WHERE number < $1 ORDER BY number DESC LIMIT $2) n JOIN merchant m ON m.id = n.merchant_id
    CROSS JOIN LATERAL (SELECT debit_note_outstanding(n.id) AS cents) o
    ORDER BY n.number DESC
    """,
    DebitNote,
)
READ_RECEIPTS: Final = Statement(
    "SELECT number, entry_id, amount_cents, received_on, booked_at FROM debit_note_receipt WHERE note_id = $1 ORDER BY number",
    NoteReceipt,
)
LIST_BELOW: Final = Statement(
    """
    SELECT z.merchant_id, m.name AS merchant, m.state AS merchant_state, z.balance_cents, z.below_since,
        n.id AS note_id, n.number AS note_number
    FROM merchants_below_zero($1) z JOIN merchant m ON m.id = z.merchant_id
    LEFT JOIN debit_note n ON n.merchant_id = z.merchant_id AND n.withdrawn_at IS NULL AND n.netted_at IS NULL
        AND n.received_cents < n.amount_cents AND n.proposed_at >= z.below_since
    ORDER BY z.below_since, z.merchant_id LIMIT $2
    """,
    BelowZero,
)
READ_STANDING: Final = Statement(
    """
    SELECT z.balance_cents, z.below_since FROM account a CROSS JOIN LATERAL account_below_zero(a.id) z
    WHERE a.kind = 'merchant' AND a.unit = 'cents' AND a.subject_id = $1
    """,
    Standing,
)


async def read_note(connection: Connection, note_id: DebitNoteId) -> DebitNote:
    found = await READ_NOTE.first(connection, note_id)
    if found is None:
        raise DebitNoteNotFound
    return found


async def lock_note(connection: Connection, note_id: DebitNoteId) -> DebitNote:
    """Until the end of the transaction nobody else changes this note, nor books what comes in for it."""
    await LOCK_NOTE.run(connection, note_id)
    return await read_note(connection, note_id)


async def list_notes(
    connection: Connection, *, before: int = NEWEST, limit: int = 50
) -> list[DebitNote]:
    """Give the notes, newest first; for the next page, ``before`` is the last number of this one."""
    return await LIST_NOTES.all(connection, before, limit)


async def read_receipts(connection: Connection, note_id: DebitNoteId) -> list[NoteReceipt]:
    return await READ_RECEIPTS.all(connection, note_id)


async def list_below_zero(
    connection: Connection, *, now: datetime, limit: int = MOST_BELOW
) -> list[BelowZero]:
    """Give who is below zero, the longest first."""
    return await LIST_BELOW.all(connection, now, limit)


async def read_standing(connection: Connection, merchant_id: MerchantId) -> Standing:
    """Say what stands on a merchant's account; a one-off payee has none, and stands at nothing."""
    return await READ_STANDING.first(connection, merchant_id) or Standing(Cents(0), None)
