"""The till's endpoints: ask, sell, list, void, refund."""

from typing import Final, Literal, cast
from uuid import UUID

from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import auth_state
from pas.ids import EntryId, MerchantId, MunicipalityName, TillId
from pas.money import Cents
from pas.problems.bodies import AppRequest
from pas.redemptions.bodies import (
    Answers,
    Asks,
    RefundBody,
    Sales,
    SaleTold,
    Sells,
    UndoneTold,
    VoidBody,
    told,
)
from pas.redemptions.facts import TillFacts
from pas.redemptions.lanes import Lanes
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.sell import Counter, moment_in, sell
from pas.redemptions.till_list import TillSale, till_sales
from pas.redemptions.undo import Undo, undo

PLACE: Final = "lanes"
TILL: Final = {"till": True}


def lanes_of(state: State) -> Lanes:
    """Give the lanes of this worker; made at its first sale."""
    if PLACE not in state:
        state[PLACE] = Lanes(auth_state(state).database)
    return cast("Lanes", state[PLACE])


async def counter_of(request: AppRequest, municipality: str) -> Counter:
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    return Counter(
        municipality=name,
        ring=await state.ring(name),
        lanes=lanes_of(request.app.state),
        till_id=TillId(actor_of(request).id),
        trace_id=trace_of(request),
    )


def trace_of(request: AppRequest) -> str:
    return cast("str", request.state.get("trace_id", ""))


@post("/v1/{municipality:str}/quotes", opt=TILL, status_code=200)
async def ask(request: AppRequest, municipality: FromPath[str], data: JSONBody[Asks]) -> Answers:
    """What can be taken from a pass, what to ask the holder for, or why not. Nothing is booked."""
    answers = await sell(await counter_of(request, municipality), data)
    return Answers(items=tuple(map(told, answers)))


@post("/v1/{municipality:str}/redemptions", opt=TILL, status_code=200)
async def redeem(
    request: AppRequest, municipality: FromPath[str], data: JSONBody[Sells]
) -> Answers:
    """Book a sale under the ids of the device. The same ids again give the same answers."""
    answers = await sell(await counter_of(request, municipality), data)
    return Answers(items=tuple(map(told, answers)))


@get("/v1/{municipality:str}/redemptions", opt=TILL)
async def list_sales(request: AppRequest, municipality: FromPath[str]) -> Sales:
    """The last fifty sales and attempts of this till, newest first."""
    till = TillId(actor_of(request).id)
    async with auth_state(request.app.state).database.connection(
        MunicipalityName(municipality)
    ) as connection:
        return Sales(items=tuple(map(sale_told, await till_sales(connection, till))))


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


@post("/v1/{municipality:str}/redemptions/{redemption_id:uuid}/voids", opt=TILL, status_code=200)
async def void(
    request: AppRequest,
    municipality: FromPath[str],
    redemption_id: FromPath[UUID],
    *,
    data: JSONBody[VoidBody],
) -> UndoneTold:
    """Undo a whole sale, by the till that made it, soon after."""
    return await undone(request, municipality, asked(request, redemption_id, data, kind="void"))


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
    return await undone(request, municipality, asked(request, redemption_id, data, kind="refund"))


def asked(
    request: AppRequest, redemption_id: UUID, data: VoidBody, *, kind: Literal["void", "refund"]
) -> Undo:
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
        till=TillId(actor.id) if actor.kind == "till" else None,
        acting=None if actor.kind == "till" else acting(actor),
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
    name, state = MunicipalityName(municipality), auth_state(request.app.state)
    moment = moment_in(await state.ring(name))
    async with state.database.connection(name) as connection:
        done = await undo(connection, ask, moment)
    return UndoneTold(
        id=done.id,
        redemption_id=done.original,
        amount_cents=done.amount_cents,
        lost_cents=done.lost_cents,
        recorded_at=done.recorded_at,
    )


routes: list[ControllerRouterHandler] = [ask, redeem, list_sales, void, refund]
