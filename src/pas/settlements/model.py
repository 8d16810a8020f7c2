"""A settlement run with its lines, as stored, and what stands in it for a merchant."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.ids import AccountId, MerchantId, PayoutAccountId, SettlementId
from pas.money import Cents

RunState = Literal["proposed", "approved", "exported", "booked", "withdrawn"]
LineState = Literal["proposed", "approved", "paid", "returned", "withdrawn"]
UnpaidReason = Literal["negative", "below_minimum", "above_maximum", "no_account", "other_name"]
Reason = Annotated[str, Meta(min_length=1, max_length=300)]

MOST_OF_A_PAYMENT = Cents(99_999_999_999)
"""The most that one SEPA credit transfer carries: 999,999,999.99 euros."""


class Owed(msgspec.Struct, frozen=True):
    """What came to one account since its last line, and what was taken back of it."""

    account_id: AccountId
    merchant_id: MerchantId
    from_epoch: int
    from_xid: int
    redeemed_cents: Cents
    reversed_cents: Cents
    returned_cents: Cents
    """Of earlier payments that did not arrive: payable again."""

    @property
    def amount_cents(self) -> Cents:
        return Cents(self.redeemed_cents - self.reversed_cents + self.returned_cents)


class SettlementRun(msgspec.Struct, frozen=True, rename="camel"):
    """A settlement run; who did what, when, and on which account of the municipality."""

    id: SettlementId
    number: int
    state: RunState
    minimum_cents: Cents
    large_cents: Cents | None
    """Above this it is a large one; of a proposal the strictest limit since it was made."""
    proposed_at: datetime
    proposed_by_kind: str
    proposed_by: UUID
    approved_at: datetime | None
    approved_by: UUID | None
    pays_on: date | None
    payer_name: str | None
    payer_iban: str | None
    exported_at: datetime | None
    booked_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None
    withdrawn_because: str | None


class SettlementLine(msgspec.Struct, frozen=True, rename="camel"):
    """One payment to one merchant."""

    number: int
    merchant_id: MerchantId
    merchant: str
    payout_account_id: PayoutAccountId
    iban: str
    holder: str
    redeemed_cents: Cents
    reversed_cents: Cents
    returned_cents: Cents
    amount_cents: Cents
    state: LineState
    paid_on: date | None
    returned_on: date | None
    returned_because: str | None


class BankFile(msgspec.Struct, frozen=True, rename="camel"):
    """One file of a run; the hash (SHA-256, in hex) tells whether a copy is the same."""

    number: int
    transactions: int
    total_cents: Cents
    sha256: str
    made_at: datetime


class UnpaidMerchant(msgspec.Struct, frozen=True, rename="camel"):
    """What a run does not pay, and why; the next one looks again."""

    merchant_id: MerchantId
    merchant: str
    amount_cents: Cents
    reason: UnpaidReason
