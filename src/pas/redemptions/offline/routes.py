"""What a till asks and hands in for its sales without a network. Only a till itself does."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated, Final, cast

from litestar import get, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.state import auth_state, connected, ring_of
from pas.ids import MunicipalityName, TillId
from pas.problems.bodies import AppRequest
from pas.redemptions.bodies import Body
from pas.redemptions.offline.facts_then import Till
from pas.redemptions.offline.hand_in import hand_in
from pas.redemptions.offline.permits import PermitAsk, PermitTold, ask_permit
from pas.redemptions.offline.queue import MOST_SEQUENCE
from pas.redemptions.offline.stored import OfflineAnswers, sales_after, told
from pas.redemptions.refusals import Busy, TillNotAllowed
from pas.redemptions.routes.counter import trace_of

ONLY_TILL: Final = {"till": "signed"}
PLACE: Final = "offline queues"
MOST_WAITING: Final = 100
"""Uploads of one municipality that wait for their turn at a worker; past it a till comes back later."""
MOST_OF_A_TILL: Final = 3
"""Of those: a page that lost an answer sends again, but no till stands before all others."""


class Items(Body, frozen=True, kw_only=True):
    """The next sales of the till's queue, in their order.

    Each item is read by itself: one that somebody edited is refused without its neighbours.
    """

    items: Annotated[tuple[dict[str, object], ...], Meta(min_length=1, max_length=50)]


class Turns:
    """One upload at a time for each municipality, so that scans never wait for queues."""

    def __init__(self) -> None:
        self.waiting: dict[MunicipalityName, Counter[TillId]] = {}
        self._turns: dict[MunicipalityName, asyncio.Lock] = {}

    def of(self, municipality: MunicipalityName) -> asyncio.Lock:
        return self._turns.setdefault(municipality, asyncio.Lock())

    def join(self, municipality: MunicipalityName, till: TillId) -> None:
        waiting = self.waiting.setdefault(municipality, Counter())
        if waiting.total() >= MOST_WAITING or waiting[till] >= MOST_OF_A_TILL:
            raise Busy(headers={"Retry-After": "10"})
        waiting[till] += 1

    def leave(self, municipality: MunicipalityName, till: TillId) -> None:
        # By this the tills that wait for nothing are forgotten.
        self.waiting[municipality] -= Counter({till: 1})


def turns_of(state: State) -> Turns:
    if PLACE not in state:
        state[PLACE] = Turns()
    return cast("Turns", state[PLACE])


@post("/v1/{municipality:str}/offline-permits", opt=ONLY_TILL, status_code=200)
async def give_permit(
    request: AppRequest, municipality: FromPath[str], data: JSONBody[PermitAsk]
) -> PermitTold:
    """Geef deze kassa wat die zonder internet mag verkopen, en welke passen het dan weigert."""
    till = signing_till(request)
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return await ask_permit(connection, till, data, ring=ring, now=datetime.now(UTC))


@post("/v1/{municipality:str}/offline-sales", opt=ONLY_TILL, status_code=200)
async def receive_sales(
    request: AppRequest, municipality: FromPath[str], data: JSONBody[Items]
) -> OfflineAnswers:
    """Neem aan wat deze kassa zonder internet verkocht. Dezelfde verkopen geven dezelfde antwoorden."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    till = await till_of(request, name)
    turns = turns_of(request.app.state)
    turns.join(name, till.id)
    try:
        async with turns.of(name):
            answers = await hand_in(state.database, till, data.items, now=datetime.now(UTC))
    finally:
        turns.leave(name, till.id)
    return OfflineAnswers(items=tuple(answers))


@get("/v1/{municipality:str}/offline-sales", opt=ONLY_TILL)
async def read_sales(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    after: Annotated[int, QueryParameter(ge=0, le=MOST_SEQUENCE)] = 0,
) -> OfflineAnswers:
    """Lees wat er werd van de verkopen zonder internet van deze kassa, na een volgnummer."""
    till, ring = signing_till(request), await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        rows = await sales_after(connection, till, after)
    return OfflineAnswers(items=tuple(told(row, ring) for row in rows))


def signing_till(request: AppRequest) -> TillId:
    return TillId(actor_of(request).id)


async def till_of(request: AppRequest, municipality: MunicipalityName) -> Till:
    """A till of a merchant; one that was revoked since may still hand in what it sold."""
    state = auth_state(request.app.state)
    key = await state.till_keys.find(municipality, signing_till(request))
    if key.merchant_id is None:
        raise TillNotAllowed
    return Till(
        municipality=municipality,
        key=key,
        merchant=key.merchant_id,
        ring=await state.ring(municipality),
        trace_id=trace_of(request),
    )


routes: list[ControllerRouterHandler] = [give_permit, receive_sales, read_sales]
