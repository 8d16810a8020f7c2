"""An invoice of a one-off payee: an officer puts it to a second person, who makes it so."""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.applications.confirm import (
    AboveWhatIsLeft,
    AwardHasEnded,
    AwardNotFound,
    ClubIsSuspended,
    Confirmed,
    Stated,
    confirm,
    refuse_invoice,
)
from pas.applications.decide import ClubDoesNotJoin
from pas.applications.open_cases import ChildApplicationNotFound
from pas.applications.payees import refuse_unready
from pas.applications.release import LOCK, AwardReleased, bind_elsewhere
from pas.applications.waiting_invoices import READ, Invoice
from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.deviate import SecondPersonNeeded
from pas.ids import ApplicationId, EntryId, MerchantId, MunicipalityName
from pas.money import Cents, euros


class InvoiceNotFound(Refusal):
    """Deze factuur wacht niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een factuur uit de lijst."


class InvoiceIdReused(Refusal):
    """Dit nummer hoort bij een andere factuur."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin opnieuw met een nieuwe factuur."


class InvoiceProposedBefore(Refusal):
    """Deze factuur wacht al op een tweede persoon."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "U hoeft niets meer te doen. Is het een andere factuur? Vul haar eigen nummer in."
    )


class InvoiceNotPayable(Refusal):
    """Deze factuur kan niet meer betaald worden."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Wijs haar af. Vraag wie haar voorstelde om de aanvraag na te kijken."
    )


class KnownRow(msgspec.Struct, frozen=True):
    application_id: ApplicationId
    merchant_id: MerchantId
    amount_cents: Cents
    invoice_reference: str


class StandRow(msgspec.Struct, frozen=True):
    """What is left of an award, how much of it waits for a second person, and whether this invoice does."""

    left_cents: Cents | None
    until: datetime | None
    waiting_cents: Cents
    waits: bool


INSERT: Final = Statement(
    """
    INSERT INTO payee_invoice (id, application_id, merchant_id, amount_cents, invoice_reference, proposed_at, proposed_by,
        proposed_because)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """,
    None,
)
KNOWN: Final = Statement(
    "SELECT application_id, merchant_id, amount_cents, invoice_reference FROM payee_invoice WHERE id = $1",
    KnownRow,
)
LOCK_INVOICE: Final = Statement("SELECT FROM payee_invoice WHERE id = $1 FOR UPDATE", None)
CONFIRM: Final = Statement(
    "UPDATE payee_invoice SET confirmed_at = $2, confirmed_by = $3 WHERE id = $1", None
)
REJECT: Final = Statement(
    "UPDATE payee_invoice SET rejected_at = $2, rejected_by = $3, rejected_because = $4 WHERE id = $1",
    None,
)
GONE: Final = (AwardNotFound, AwardHasEnded, AwardReleased, ClubDoesNotJoin, ClubIsSuspended)
READ_STAND: Final = Statement(
    """
    SELECT c.amount AS left_cents, c.usable_until AS until, w.cents AS waiting_cents, w.waits
    FROM child_application a
    LEFT JOIN budget b ON b.application_id = a.id
    LEFT JOIN balance c ON c.account_id = b.account_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(i.amount_cents), 0)::bigint AS cents,
            coalesce(bool_or(i.merchant_id = $2 AND lower(i.invoice_reference) = lower($3)), false) AS waits
        FROM payee_invoice i WHERE i.application_id = a.id AND i.confirmed_at IS NULL AND i.rejected_at IS NULL
    ) w
    WHERE a.id = $1 AND a.state = 'awarded'
    """,
    StandRow,
)


async def propose_invoice(
    connection: Connection, stated: Stated, *, reason: str, actor: Actor, now: datetime
) -> None:
    """Put an invoice to a second person; nothing changes before that one agrees. The same again is the same."""
    refuse_invoice(stated.invoice)
    async with connection.transaction():
        await LOCK.run(connection, stated.application)
        known = await KNOWN.first(connection, stated.id)
        if known is not None:
            return _refuse_other(known, stated)
        await refuse_unready(connection, stated.merchant)
        of = (stated.application, stated.merchant, stated.invoice.strip())
        stand = await READ_STAND.first(connection, *of)
        if stand is None:
            raise ChildApplicationNotFound
        if stand.waits:
            raise InvoiceProposedBefore
        if stand.until is None or stand.until <= now:
            raise AwardHasEnded
        left = Cents(max(0, (stand.left_cents or 0) - stand.waiting_cents))
        if left < stated.amount_cents:
            raise AboveWhatIsLeft(f"U kunt nog {euros(left)} opgeven.")
        await INSERT.run(
            connection,
            *(stated.id, stated.application, stated.merchant),
            *(stated.amount_cents, stated.invoice.strip(), now, actor.id, reason.strip()),
        )
        await _record(connection, "proposed", stated.id, actor=actor, after=_told(stated))
    return None


async def confirm_invoice(
    connection: Connection,
    invoice: EntryId,
    *,
    municipality: MunicipalityName,
    key: bytes,
    actor: Actor,
    now: datetime,
) -> Confirmed:
    """Let a second person make it so: the award is bound to the payee, and the invoice booked and payable."""
    async with connection.transaction():
        held = await _held(connection, invoice)
        if held.proposed_by == actor.id:
            raise SecondPersonNeeded
        await CONFIRM.run(connection, invoice, now, actor.id)
        stated = Stated(
            id=held.id,
            application=held.application_id,
            merchant=held.merchant_id,
            amount_cents=held.amount_cents,
            invoice=held.invoice_reference,
        )
        await _record(connection, "confirmed", invoice, actor=actor, after=_told(stated))
        try:
            if held.bound_to != held.merchant_id:
                await bind_elsewhere(
                    connection,
                    held.application_id,
                    held.merchant_id,
                    reason=held.proposed_because,
                    actor=actor,
                    now=now,
                )
            return await confirm(
                connection, stated, municipality=municipality, key=key, actor=actor, now=now
            )
        except GONE as refusal:
            raise InvoiceNotPayable from refusal


async def reject_invoice(
    connection: Connection, invoice: EntryId, because: str, *, actor: Actor, now: datetime
) -> None:
    async with connection.transaction():
        held = await _held(connection, invoice)
        await REJECT.run(connection, held.id, now, actor.id, because)
        await _record(connection, "rejected", invoice, actor=actor, reason=because)


async def _held(connection: Connection, invoice: EntryId) -> Invoice:
    await LOCK_INVOICE.run(connection, invoice)
    found = await READ.first(connection, invoice, 1)
    if found is None:
        raise InvoiceNotFound
    return found


def _refuse_other(known: KnownRow, stated: Stated) -> None:
    same = (known.application_id, known.merchant_id, known.amount_cents, known.invoice_reference)
    if same != (stated.application, stated.merchant, stated.amount_cents, stated.invoice.strip()):
        raise InvoiceIdReused


def _told(stated: Stated) -> dict[str, object]:
    return {
        "applicationId": str(stated.application),
        "merchantId": str(stated.merchant),
        "amountCents": stated.amount_cents,
        "invoice": stated.invoice,
    }


async def _record(
    connection: Connection,
    what: str,
    invoice: EntryId,
    *,
    actor: Actor,
    after: dict[str, object] | None = None,
    reason: str | None = None,
) -> None:
    await record_event(
        connection,
        kind=f"payee_invoice.{what}",
        subject_kind="payee_invoice",
        subject_id=invoice,
        actor=actor,
        after=after,
        reason=reason,
    )
