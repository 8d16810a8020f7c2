"""Who stands at a till: the device or person that asks, its lanes, and what its routes ask of it."""

from typing import Final, cast

from litestar.datastructures import State

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import LoginId, MunicipalityName, TillId
from pas.problems.bodies import AppRequest
from pas.redemptions.bodies import AnswerTold, Asks, Sells, told_all
from pas.redemptions.lanes import Lanes
from pas.redemptions.own_till import own_till
from pas.redemptions.paused_till import is_paused, read_pause
from pas.redemptions.sell import Counter, sell

PLACE: Final = "lanes"
SELL: Final = {"till": True, "permission": Permission.REDEMPTIONS_MAKE}
LOOK: Final = {
    "till": True,
    "permission": (Permission.REDEMPTIONS_MAKE, Permission.REDEMPTIONS_REFUND),
    "scoped": True,
}


def lanes_of(state: State) -> Lanes:
    """Give the lanes of this worker; made at its first sale."""
    if PLACE not in state:
        state[PLACE] = Lanes(auth_state(state).database)
    return cast("Lanes", state[PLACE])


async def counter_of(request: AppRequest, municipality: str) -> Counter:
    state, name, actor = (
        auth_state(request.app.state),
        MunicipalityName(municipality),
        actor_of(request),
    )
    return Counter(
        municipality=name,
        ring=await state.ring(name),
        lanes=lanes_of(request.app.state),
        till_id=await till_of(request, municipality),
        login=None if actor.kind == "till" else LoginId(actor.id),
        trace_id=trace_of(request),
    )


async def till_of(request: AppRequest, municipality: str) -> TillId:
    """Give the till that asks, or the own till of the person who asks."""
    actor = actor_of(request)
    if actor.kind == "till":
        return TillId(actor.id)
    async with connected(request, municipality) as connection:
        return await own_till(connection, LoginId(actor.id))


async def answered(
    request: AppRequest, municipality: str, asked: Asks | Sells
) -> tuple[AnswerTold, ...]:
    """Ask or sell, and tell what became of it; a till that stands still is told why."""
    counter = await counter_of(request, municipality)
    answers = await sell(counter, asked)
    if not is_paused(answers):
        return told_all(answers, None)
    async with connected(request, municipality) as connection:
        return told_all(answers, await read_pause(connection, counter.till_id))


def trace_of(request: AppRequest) -> str:
    return cast("str", request.state.get("trace_id", ""))
