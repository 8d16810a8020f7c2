"""Suppliers that will never register: the registrar writes them down, a second person pays their invoices."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.payee_invoices import confirm_invoice, reject_invoice
from pas.applications.payees import list_payees, register_payee
from pas.applications.routes.fields import key_of
from pas.applications.waiting_invoices import waiting_invoices
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.ids import EntryId, MunicipalityName
from pas.merchants.model import PayoutDetails
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

CONFIRM: Final = {"permission": Permission.PAYEE_INVOICES_CONFIRM}
WRITE: Final = {"permission": Permission.MERCHANTS_WRITE}
INVOICES: Final = "/{municipality:str}/payee-invoices"
PAYEES: Final = "/{municipality:str}/one-off-payees"


@get(INVOICES, opt=CONFIRM, include_in_schema=False)
async def invoices_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which invoices wait for a second person?"""
    return page(
        request,
        "applications/invoices.html",
        form=Form(),
        **await _invoices(request, municipality),
    )


@post(f"{INVOICES}/{{invoice_id:uuid}}", opt=CONFIRM, include_in_schema=False, status_code=200)
async def judge_invoice(
    municipality: FromPath[str], invoice_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Pay it, or turn it down with a reason."""
    form, actor, now = await read_form(request), actor_of(request), datetime.now(UTC)
    agrees = form.choice("verdict", "Kies wat u vindt.", {"confirm": True, "reject": False})
    reason = form.text("reason", "Schrijf op waarom niet.", most=300, optional=agrees is not False)
    if form.ok:
        key = await key_of(request, municipality)
        try:
            async with connected(request, municipality) as connection:
                if agrees:
                    await confirm_invoice(
                        connection,
                        EntryId(invoice_id),
                        municipality=MunicipalityName(municipality),
                        key=key,
                        actor=actor,
                        now=now,
                    )
                else:
                    await reject_invoice(
                        connection, EntryId(invoice_id), reason or "", actor=actor, now=now
                    )
            return done(f"/{municipality}/payee-invoices")
        except Refusal as refusal:
            form.refuse("verdict", f"{refusal.detail} {refusal.next_step}")
    context = await _invoices(request, municipality)
    return wrong_form(request, "applications/invoices.html", form, **context)


@get(PAYEES, opt=WRITE, include_in_schema=False)
async def payees_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which suppliers are there that never join, and a form for another one."""
    return page(
        request, "applications/payees.html", form=Form(), **await _payees(request, municipality)
    )


@post(PAYEES, opt=WRITE, include_in_schema=False, status_code=200)
async def add_payee_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Write one down, with its bank account; two others approve."""
    form = await read_form(request)
    name = form.text("name", "Vul de naam van de leverancier in.", most=140)
    iban = form.text("iban", "Vul het rekeningnummer in.", most=50)
    holder = form.text("holder", "Vul in op wiens naam de rekening staat.", most=70)
    if name and iban and holder:
        try:
            async with connected(request, municipality) as connection:
                await register_payee(
                    connection,
                    name,
                    PayoutDetails(iban=iban, holder=holder),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/one-off-payees")
        except Refusal as refusal:
            form.refuse("iban", refusal.detail)
    context = await _payees(request, municipality)
    return wrong_form(request, "applications/payees.html", form, **context)


async def _invoices(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        waiting = await waiting_invoices(connection)
    return {"home": f"/{municipality}", "waiting": waiting, "me": actor_of(request).id}


async def _payees(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        payees = await list_payees(connection)
    return {"home": f"/{municipality}", "payees": payees}


routes: list[ControllerRouterHandler] = [
    invoices_page,
    judge_invoice,
    payees_page,
    add_payee_by_page,
]
