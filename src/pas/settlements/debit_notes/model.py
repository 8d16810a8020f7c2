"""A debit note as stored, what was received for it, and who could get one."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from pas.days import day_of
from pas.ids import DebitNoteId, EntryId, MerchantId
from pas.merchants.model import MerchantState
from pas.money import Cents

NoteState = Literal["proposed", "approved", "paid", "netted", "withdrawn"]
"""Netted: new sales paid the rest. Approved: the merchant can pay it."""


class DebitNote(msgspec.Struct, frozen=True, rename="camel"):
    """A debit note; who did what, when, and what of it is still to be paid at this moment."""

    id: DebitNoteId
    number: int
    reference: str
    merchant_id: MerchantId
    merchant: str
    state: NoteState
    amount_cents: Cents
    received_cents: Cents
    outstanding_cents: Cents
    """The rest of the note, but no more than what the merchant is below zero now."""
    negative_since: date
    proposed_at: datetime
    proposed_by_kind: str
    proposed_by: UUID
    approved_at: datetime | None
    approved_by: UUID | None
    due_on: date | None
    payee_name: str | None
    payee_iban: str | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_because: str | None
    netted_at: datetime | None


class NoteReceipt(msgspec.Struct, frozen=True, rename="camel"):
    """What the bank received for a note; ``number`` counts those of the note, from 1."""

    number: int
    entry_id: EntryId
    amount_cents: Cents
    received_on: date
    booked_at: datetime


class BelowZero(msgspec.Struct, frozen=True, rename="camel"):
    """A merchant below zero, since when without interruption, and the note that waits for it."""

    merchant_id: MerchantId
    merchant: str
    merchant_state: MerchantState
    balance_cents: Cents
    below_since: datetime
    note_id: DebitNoteId | None
    note_number: int | None

    @property
    def negative_since(self) -> date:
        return day_of(self.below_since)
