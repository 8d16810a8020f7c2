"""Endpoints: suppliers that will never register, and their invoices, by two people."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.confirm import Confirmed, Stated
from pas.applications.payee_invoices import confirm_invoice, propose_invoice, reject_invoice
from pas.applications.payees import OneOffPayee, list_payees, register_payee
from pas.applications.routes.fields import Amount, Name, Recognised, Why, key_of
from pas.applications.routes.fields import Invoice as InvoiceNumber
from pas.applications.waiting_invoices import Invoice, waiting_invoices
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import ApplicationId, EntryId, MerchantId, MunicipalityName
from pas.merchants.model import PayoutDetails
from pas.problems.bodies import AppRequest

WRITE: Final = {"permission": Permission.MERCHANTS_WRITE}
DECIDE: Final = {"permission": Permission.APPLICATIONS_DECIDE}
CONFIRM: Final = {"permission": Permission.PAYEE_INVOICES_CONFIRM}
READ: Final = {"permission": (Permission.APPLICATIONS_DECIDE, Permission.PAYEE_INVOICES_CONFIRM)}
INVOICES: Final = "/v1/{municipality:str}/payee-invoices"


class PayeeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Who is paid, and on which account."""

    name: Name
    payout_account: PayoutDetails


class InvoiceBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What is to be paid for an award; the id is the sender's."""

    id: UUID
    application_id: UUID
    merchant_id: UUID
    amount_cents: Amount
    invoice_reference: InvoiceNumber
    reason: Why


class InvoiceRejectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why not."""

    reason: Why


class OneOffPayees(msgspec.Struct, frozen=True):
    """By name."""

    items: Annotated[list[OneOffPayee], Meta(max_length=200)]


class Invoices(msgspec.Struct, frozen=True):
    """Those that wait for a second person, the longest waiting first."""

    items: Annotated[list[Invoice], Meta(max_length=200)]


@get("/v1/{municipality:str}/one-off-payees", opt=READ)
async def read_payees(municipality: FromPath[str], request: AppRequest) -> OneOffPayees:
    """Lees welke leveranciers er eenmalig betaald kunnen worden."""
    async with connected(request, municipality) as connection:
        return OneOffPayees(await list_payees(connection))


@post("/v1/{municipality:str}/one-off-payees", opt=WRITE)
async def add_payee(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[PayeeBody]
) -> Recognised:
    """Schrijf een leverancier in die nooit zelf meedoet."""
    async with connected(request, municipality) as connection:
        made = await register_payee(
            connection,
            data.name,
            data.payout_account,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Recognised(made)


@get(INVOICES, opt=READ)
async def read_invoices(municipality: FromPath[str], request: AppRequest) -> Invoices:
    """Lees welke facturen wachten op een tweede persoon."""
    async with connected(request, municipality) as connection:
        return Invoices(await waiting_invoices(connection))


@post(INVOICES, opt=DECIDE, status_code=204)
async def add_invoice(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[InvoiceBody]
) -> None:
    """Stel voor om een factuur te betalen."""
    stated = Stated(
        id=EntryId(data.id),
        application=ApplicationId(data.application_id),
        merchant=MerchantId(data.merchant_id),
        amount_cents=data.amount_cents,
        invoice=data.invoice_reference,
    )
    async with connected(request, municipality) as connection:
        await propose_invoice(
            connection,
            stated,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(f"{INVOICES}/{{invoice_id:uuid}}/confirmation", opt=CONFIRM, status_code=200)
async def confirm_payee_invoice(
    municipality: FromPath[str], invoice_id: FromPath[UUID], request: AppRequest
) -> Confirmed:
    """Bevestig als tweede persoon dat een factuur betaald wordt."""
    key = await key_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await confirm_invoice(
            connection,
            EntryId(invoice_id),
            municipality=MunicipalityName(municipality),
            key=key,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(f"{INVOICES}/{{invoice_id:uuid}}/rejection", opt=CONFIRM, status_code=204)
async def reject_payee_invoice(
    municipality: FromPath[str],
    invoice_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[InvoiceRejectionBody],
) -> None:
    """Wijs een factuur af, met de reden."""
    async with connected(request, municipality) as connection:
        await reject_invoice(
            connection,
            EntryId(invoice_id),
            data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [
    read_payees,
    add_payee,
    read_invoices,
    add_invoice,
    confirm_payee_invoice,
    reject_payee_invoice,
]
