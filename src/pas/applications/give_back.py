"""A child that stopped half-way, or never came after all: a part of what was stated comes back.

It goes the way it came, from the club to the award, and is kept in on the club's next payout. Once the
award has ended it goes on to the appropriation. By the club itself, or by an officer.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.processing import trace_id
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ApplicationId, EntryId, MerchantId, TillId
from pas.money import Cents
from pas.redemptions.facts import TillFacts
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.sell import moment_at
from pas.redemptions.undo import Undo, Undone, undo


class ConfirmationNotFound(Refusal):
    """Deze opgave is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een opgave uit de lijst van het kind."


class Back(msgspec.Struct, frozen=True, kw_only=True):
    """How much comes back of which confirmation, and why; without an amount all that is left."""

    id: EntryId
    confirmation: EntryId
    application: ApplicationId
    amount_cents: Cents | None
    reason: str


class OfRow(msgspec.Struct, frozen=True):
    """Whose confirmation it is, and whether this was given back already."""

    merchant_id: MerchantId
    known: bool


READ_OF: Final = Statement(
    """
    SELECT r.merchant_id, EXISTS (SELECT 1 FROM entry e WHERE e.id = $3) AS known
    FROM budget b
    JOIN transfer t ON t.debit = b.account_id AND t.entry_id = $2
    JOIN redemption r ON r.entry_id = t.entry_id AND r.invoice_reference IS NOT NULL
    WHERE b.application_id = $1
    """,
    OfRow,
)


async def give_back(
    connection: Connection, back: Back, *, ring: KeyRing, actor: Actor, now: datetime
) -> Undone:
    """Take a confirmation back, whole or in part; the same id again gives the same answer."""
    found = await READ_OF.first(connection, back.application, back.confirmation, back.id)
    if found is None:
        raise ConfirmationNotFound
    actor.require_merchant(found.merchant_id)
    moment = moment_at(ring, now)
    async with connection.transaction():
        done = await undo(connection, _asked(back, actor), moment)
        if not found.known:
            await _record(connection, back, done, actor=actor)
    return done


def _asked(back: Back, actor: Actor) -> Undo:
    return Undo(
        id=back.id,
        original=back.confirmation,
        kind="refund",
        reason=back.reason,
        actor_kind=actor.kind,
        actor_id=actor.id,
        acting=TillFacts(
            id=TillId(actor.id),
            kind="counter" if actor.merchant_id is None else "merchant",
            state="active",
            merchant_id=actor.merchant_id,
        ),
        amount=RefundRequest(amount_cents=back.amount_cents),
        trace_id=trace_id(),
    )


async def _record(connection: Connection, back: Back, done: Undone, *, actor: Actor) -> None:
    await record_event(
        connection,
        kind="child_application.given_back",
        subject_kind="child_application",
        subject_id=back.application,
        actor=actor,
        after={"amountCents": done.amount_cents},
        reason=back.reason,
    )
