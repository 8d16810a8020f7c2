"""What one payment to a merchant is made of, on a page: each sale, what went off it, and the sum."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import MerchantId, SettlementId
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents, euros
from pas.problems.bodies import AppRequest
from pas.settlements.pages.payouts import PAYOUTS
from pas.settlements.routes.payouts import (
    CSV,
    PDF,
    READ,
    SPREADSHEET,
    PartNumber,
    fetched_csv,
    fetched_pdf,
    fetched_spreadsheet,
)
from pas.settlements.specification import KINDS, Part, read_specification
from pas.settlements.specification_files import parts_on_paper
from pas.web.dates import moment
from pas.web.pages import page

SPECIFICATION: Final = f"{PAYOUTS}/{{run_id:uuid}}/specification"
MOST_SHOWN: Final = 200
"""Of a payment that is made of more, the file tells the rest."""


@get(f"{PAYOUTS}/{{run_id:uuid}}", opt=READ, include_in_schema=False)
async def made_of_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    """What was I paid for, and what went off?"""
    actor, wanted, run = actor_of(request), MerchantId(merchant_id), SettlementId(run_id)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        found = await read_specification(connection, wanted, run, actor=actor, most=MOST_SHOWN)
    total = found.total
    return page(
        request,
        "settlements/made_of.html",
        home=f"/{municipality}",
        merchant=merchant,
        back=f"/{municipality}/merchants/{wanted}/payouts",
        file=f"/{municipality}/merchants/{wanted}/payouts/{run}/specification",
        number=found.payments[0].run_number,
        sums=[
            ("Erbij", euros(total.credited_cents)),
            ("Eraf", euros(total.debited_cents)),
            ("Samen", euros(total.amount_cents)),
        ],
        parts=[cells(one) for one in found.parts],
        many=total.parts,
        papers=parts_on_paper(found),
    )


@get(SPECIFICATION, opt=READ, include_in_schema=False, media_type=CSV)
async def csv_file(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[bytes]:
    return await fetched_csv(request, municipality, merchant_id, run_id=run_id)


@get(f"{SPECIFICATION}.xlsx", opt=READ, include_in_schema=False, media_type=SPREADSHEET)
async def spreadsheet_file(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[bytes]:
    return await fetched_spreadsheet(request, municipality, merchant_id, run_id=run_id)


@get(f"{SPECIFICATION}.pdf", opt=READ, include_in_schema=False, media_type=PDF)
async def pdf_file(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    run_id: FromPath[UUID],
    *,
    request: AppRequest,
    part: PartNumber = 1,
) -> Response[bytes]:
    return await fetched_pdf(request, municipality, merchant_id, run_id=run_id, part=part)


def cells(one: Part) -> list[str | None]:
    what = KINDS[one.kind] if one.category is None else f"{KINDS[one.kind]}, {one.category}"
    where = ", ".join(text for text in (one.location, one.till, one.invoice) if text)
    return [
        moment(one.occurred_at),
        what,
        where or None,
        amount(one.credited_cents),
        amount(one.debited_cents),
    ]


def amount(cents: Cents) -> str | None:
    return euros(cents) if cents != NO_CENTS else None


routes: list[ControllerRouterHandler] = [made_of_page, csv_file, spreadsheet_file, pdf_file]
