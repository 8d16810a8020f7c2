"""Ask, sell, list, void, refund."""

from datetime import UTC, date, datetime
from typing import Annotated, Literal
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import EntryId, MerchantId, TillId
from pas.money import Cents
from pas.problems.bodies import AppRequest
from pas.redemptions.bodies import (
    Answers,
    Asks,
    Payees,
    RefundBody,
    Sales,
    SaleTold,
    Sells,
    UndoneTold,
    VoidBody,
)
from pas.redemptions.facts import TillFacts
from pas.redemptions.payees import list_payees
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.routes.counter import LOOK, SELL, answered, till_of, trace_of
from pas.redemptions.sell import moment_in
from pas.redemptions.till_list import Part, TillSale, read_sale, sales_of
from pas.redemptions.undo import Undo, undo
from pas.redemptions.viewer import viewer_of
from pas.seals.receipts import make_receipt

OfMerchant = Annotated[UUID | None, QueryParameter(name="merchantId")]


@post("/v1/{municipality:str}/quotes", opt=SELL, status_code=200)
async def ask(request: AppRequest, municipality: FromPath[str], data: JSONBody[Asks]) -> Answers:
    """What can be taken from a pass, what to ask the holder for, or why not. Nothing is booked."""
    return Answers(items=await answered(request, municipality, data))


@post("/v1/{municipality:str}/redemptions", opt=SELL, status_code=200)
async def redeem(
    request: AppRequest, municipality: FromPath[str], data: JSONBody[Sells]
) -> Answers:
    """Book a sale under the ids of the device. The same ids again give the same answers."""
    return Answers(items=await answered(request, municipality, data))


@get("/v1/{municipality:str}/redemptions", opt=LOOK)
async def list_sales(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    day: FromQuery[date | None] = None,
    before: FromQuery[UUID | None] = None,
    of_merchant: OfMerchant = None,
) -> Sales:
    """Fifty sales and attempts, newest first: of this till, or of a merchant that one may look at.

    Those of one day, or those before a sale that was listed last.
    """
    part = Part(day=day, before=None if before is None else EntryId(before))
    payee = None if of_merchant is None else MerchantId(of_merchant)
    async with connected(request, municipality) as connection:
        viewer = await viewer_of(connection, actor_of(request))
        found = await sales_of(connection, viewer, part, payee=payee)
    return Sales(items=tuple(map(sale_told, found)))


@get("/v1/{municipality:str}/redemptions/{redemption_id:uuid}", opt=LOOK)
async def read_one_sale(
    request: AppRequest, municipality: FromPath[str], redemption_id: FromPath[UUID]
) -> SaleTold:
    """One sale by its number."""
    async with connected(request, municipality) as connection:
        viewer = await viewer_of(connection, actor_of(request))
        return sale_told(await read_sale(connection, EntryId(redemption_id), viewer))


def sale_told(sale: TillSale) -> SaleTold:
    return SaleTold(
        id=sale.id,
        recorded_at=sale.recorded_at,
        outcome="booked" if sale.refusal is None else "declined",
        category=sale.category,
        price_cents=sale.price_cents,
        take_cents=sale.taken_cents,
        reversed_cents=sale.reversed_cents,
        visits=sale.visits,
        refusal=sale.refusal,
    )


@post("/v1/{municipality:str}/redemptions/{redemption_id:uuid}/voids", opt=SELL, status_code=200)
async def void(
    request: AppRequest,
    municipality: FromPath[str],
    redemption_id: FromPath[UUID],
    *,
    data: JSONBody[VoidBody],
) -> UndoneTold:
    """Undo a whole sale, by the till that made it, soon after."""
    till = await till_of(request, municipality)
    return await undone(
        request, municipality, asked(request, redemption_id, data, kind="void", till=till)
    )


@post(
    "/v1/{municipality:str}/redemptions/{redemption_id:uuid}/refunds",
    opt={"till": True, "permission": Permission.REDEMPTIONS_REFUND, "scoped": True},
    status_code=200,
)
async def refund(
    request: AppRequest,
    municipality: FromPath[str],
    redemption_id: FromPath[UUID],
    *,
    data: JSONBody[RefundBody],
) -> UndoneTold:
    """Pay back later, whole or in part; it is kept in on the merchant's next payout."""
    actor = actor_of(request)
    till = TillId(actor.id) if actor.kind == "till" else None
    return await undone(
        request, municipality, asked(request, redemption_id, data, kind="refund", till=till)
    )


def asked(
    request: AppRequest,
    redemption_id: UUID,
    data: VoidBody,
    *,
    kind: Literal["void", "refund"],
    till: TillId | None,
) -> Undo:
    """``till`` is the one that asks; without it somebody of the merchant or a counter does."""
    actor = actor_of(request)
    cents = data.amount_cents if isinstance(data, RefundBody) else None
    visits = data.visits if isinstance(data, RefundBody) else None
    return Undo(
        id=EntryId(data.id),
        original=EntryId(redemption_id),
        kind=kind,
        reason=data.reason,
        actor_kind=actor.kind,
        actor_id=actor.id,
        till=till,
        acting=acting(actor) if till is None else None,
        amount=RefundRequest(amount_cents=None if cents is None else Cents(cents), visits=visits),
        trace_id=trace_of(request),
    )


def acting(actor: Actor) -> TillFacts:
    """Let somebody of a merchant act for its tills, and somebody of the municipality for a counter."""
    merchant = actor.merchant_id
    return TillFacts(
        id=TillId(actor.id),
        kind="counter" if merchant is None else "merchant",
        state="active",
        merchant_id=None if merchant is None else MerchantId(merchant),
    )


async def undone(request: AppRequest, municipality: str, ask: Undo) -> UndoneTold:
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        done = await undo(connection, ask, moment_in(ring))
    return UndoneTold(
        id=done.id,
        redemption_id=done.original,
        amount_cents=done.amount_cents,
        lost_cents=done.lost_cents,
        recorded_at=done.recorded_at,
        receipt=make_receipt(
            ring,
            done.id,
            cents=-done.amount_cents,
            is_booked=True,
            recorded_at=done.recorded_at,
        ),
    )


@get("/v1/{municipality:str}/payees", opt=LOOK)
async def find_payees(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    search: Annotated[str, QueryParameter(max_length=100)] = "",
    after: FromQuery[UUID | None] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=100)] = 30,
) -> Payees:
    """Lees wie er betaald kan worden. Wie voor anderen scant, noemt er één van bij een verkoop."""
    async with connected(request, municipality) as connection:
        found = await list_payees(
            connection,
            search,
            after=None if after is None else MerchantId(after),
            limit=limit,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Payees(items=tuple(found))


handlers: list[ControllerRouterHandler] = [
    *(ask, redeem, list_sales, read_one_sale, void, refund),
    find_payees,
]
