"""Invoices of one-off payees: those that wait for a second person, and those of one award."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.applications.payees import MOST_LISTED
from pas.db import Connection, Statement
from pas.ids import ApplicationId, EntryId, MerchantId
from pas.money import Cents


class Invoice(msgspec.Struct, frozen=True, rename="camel"):
    """What somebody proposes to pay and why, and for which award."""

    id: EntryId
    application_id: ApplicationId
    merchant_id: MerchantId
    payee: str
    amount_cents: Cents
    invoice_reference: str
    proposed_at: datetime
    proposed_by: UUID
    proposed_by_name: str
    proposed_because: str
    title: str
    awarded_cents: Cents
    bound_to: MerchantId | None
    """Who is the first payee until this is confirmed."""


class InvoiceOfAward(msgspec.Struct, frozen=True):
    """An invoice of a payee as the officer of the award sees it, whatever became of it."""

    payee: str
    amount_cents: Cents
    invoice_reference: str
    confirmed_at: datetime | None
    rejected_at: datetime | None
    rejected_because: str | None


READ: Final = Statement(
    """
    SELECT i.id, i.application_id, i.merchant_id, m.name AS payee, i.amount_cents, i.invoice_reference, i.proposed_at,
        i.proposed_by, l.name AS proposed_by_name, i.proposed_because, coalesce(v.title, s.code) AS title, a.awarded_cents,
        a.merchant_id AS bound_to
    FROM payee_invoice i
    JOIN merchant m ON m.id = i.merchant_id
    JOIN login l ON l.id = i.proposed_by
    JOIN child_application a ON a.id = i.application_id
    JOIN scheme s ON s.id = a.scheme_id
    LEFT JOIN budget b ON b.application_id = a.id
    LEFT JOIN scheme_version v ON v.id = b.scheme_version_id
    WHERE i.confirmed_at IS NULL AND i.rejected_at IS NULL AND ($1::uuid IS NULL OR i.id = $1)
    ORDER BY i.proposed_at, i.id LIMIT $2
    """,
    Invoice,
)
LIST_OF: Final = Statement(
    """
    SELECT m.name AS payee, i.amount_cents, i.invoice_reference, i.confirmed_at, i.rejected_at, i.rejected_because
    FROM payee_invoice i JOIN merchant m ON m.id = i.merchant_id
    WHERE i.application_id = $1 ORDER BY i.proposed_at DESC, i.id LIMIT $2
    """,
    InvoiceOfAward,
)


async def invoices_of(connection: Connection, application: ApplicationId) -> list[InvoiceOfAward]:
    """What was proposed for an award, the newest first."""
    return await LIST_OF.all(connection, application, MOST_LISTED)


async def waiting_invoices(connection: Connection) -> list[Invoice]:
    """Those that wait for a second person, the longest waiting first."""
    return await READ.all(connection, None, MOST_LISTED)
