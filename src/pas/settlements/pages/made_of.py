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
from pas.settlements.routes.payouts import READ
from pas.settlements.specification import KINDS, Part, read_specification
from pas.settlements.stored import read_run
from pas.web.dates import moment
from pas.web.pages import page

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
        parts = await read_specification(connection, wanted, run, actor=actor)
        number = (await read_run(connection, run)).number
    credited = Cents(sum(one.credited_cents for one in parts))
    debited = Cents(sum(one.debited_cents for one in parts))
    return page(
        request,
        "settlements/made_of.html",
        home=f"/{municipality}",
        merchant=merchant,
        back=f"/{municipality}/merchants/{wanted}/payouts",
        file=f"/{municipality}/merchants/{wanted}/payouts/{run}/specification",
        number=number,
        sums=[
            ("Erbij", euros(credited)),
            ("Eraf", euros(debited)),
            ("Samen", euros(Cents(credited - debited))),
        ],
        parts=[cells(one) for one in parts[:MOST_SHOWN]],
        many=len(parts),
    )


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


routes: list[ControllerRouterHandler] = [made_of_page]
