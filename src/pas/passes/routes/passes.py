"""Endpoints: the passes of a holder, what is on them, and their end."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, cast
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import holder_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.ids import PassId, ResidentId
from pas.passes.end import EndReason, PassRow, end_pass
from pas.passes.household import HouseholdPass, household_passes
from pas.passes.reopen import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Reopening,
    confirm_reopening,
    propose_reopening,
)
from pas.passes.show import ShownPass, list_passes, show_pass
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.PASSES_READ, "holder": True, "mandate": True}
OWN: Final = {"holder": True, "mandate": True}
END: Final = {"permission": Permission.PASSES_END}
CONFIRM: Final = {"permission": Permission.PASSES_REOPEN}


class Passes(msgspec.Struct, frozen=True):
    """The newest year first."""

    items: list[PassRow]


class HouseholdPasses(msgspec.Struct, frozen=True):
    """The holder's own first, then the children by age."""

    items: list[HouseholdPass]


class PassEnd(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """From which day a pass works no more, and why; null is not earlier after all."""

    ended_on: date | None
    because: EndReason


class ReopeningReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a pass should go on."""

    reason: Annotated[str, msgspec.Meta(min_length=SHORTEST_REASON, max_length=LONGEST_REASON)]


@get("/v1/{municipality:str}/residents/{resident_id:uuid}/passes", opt=READ)
async def list_passes_of_resident(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Passes:
    """Lees de passen van een inwoner. Een pashouder leest die van zichzelf en van zijn kinderen."""
    async with connected(request, municipality) as connection:
        return Passes(
            await list_passes(
                connection,
                ResidentId(resident_id),
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@get("/v1/{municipality:str}/household-passes", opt=OWN)
async def list_passes_of_household(
    municipality: FromPath[str], request: AppRequest
) -> HouseholdPasses:
    """Lees uw eigen pas en die van de kinderen voor wie u zorgt."""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        holder = holder_of(actor_of(request))
        return HouseholdPasses(await household_passes(connection, holder, today=day_of(now)))


@get("/v1/{municipality:str}/passes/{pass_id:uuid}", opt=READ)
async def read_one_pass(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> ShownPass:
    """Lees een pas met kaarten, tegoeden en geschiedenis.

    De regels van een tegoed tellen op tot het saldo.
    """
    async with connected(request, municipality) as connection:
        return await show_pass(
            connection,
            PassId(pass_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
            trace_id=cast("str", request.state.get("trace_id", "")),
        )


@put("/v1/{municipality:str}/passes/{pass_id:uuid}/end", opt=END)
async def set_end_of_pass(
    municipality: FromPath[str],
    pass_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[PassEnd],
) -> PassRow:
    """Laat een pas eindigen vanaf een dag, niet eerder dan vandaag."""
    async with connected(request, municipality) as connection:
        return await end_pass(
            connection,
            PassId(pass_id),
            from_day=data.ended_on,
            because=data.because,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put("/v1/{municipality:str}/passes/{pass_id:uuid}/reopening", opt=END)
async def put_reopening(
    municipality: FromPath[str],
    pass_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[ReopeningReason],
) -> Reopening:
    """Stel voor om een pas weer te openen die bij vergissing gestopt is.

    Een collega bevestigt het. Een nieuw voorstel vervangt een dat nog wacht.
    """
    async with connected(request, municipality) as connection:
        return await propose_reopening(
            connection,
            PassId(pass_id),
            data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(
    "/v1/{municipality:str}/passes/{pass_id:uuid}/reopening/confirmation",
    opt=CONFIRM,
    status_code=200,
)
async def post_reopening_confirmation(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> PassRow:
    """Open een pas weer, als tweede persoon. De tegoeden zijn weer te besteden."""
    async with connected(request, municipality) as connection:
        return await confirm_reopening(
            connection, PassId(pass_id), actor=actor_of(request), now=datetime.now(UTC)
        )


handlers: list[ControllerRouterHandler] = [
    list_passes_of_resident,
    list_passes_of_household,
    read_one_pass,
    set_end_of_pass,
    put_reopening,
    post_reopening_confirmation,
]
