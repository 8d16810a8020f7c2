"""Endpoints: merchants with their state, locations and agreements."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from litestar import get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import AgreementId, LocationId, MerchantId
from pas.merchants.agreements import add_agreement, end_agreement
from pas.merchants.judge import set_state
from pas.merchants.locations import add_location, change_location, close_location
from pas.merchants.model import (
    AgreementTerms,
    LocationDetails,
    Merchant,
    MerchantDetails,
    MerchantState,
    Registration,
)
from pas.merchants.register import change_merchant, register_merchant
from pas.merchants.show import ListedMerchant, Search, ShownMerchant, list_merchants, show_merchant
from pas.merchants.values import ValueFault, refuse_faults
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.MERCHANTS_READ}
READ_SCOPED: Final = {"permission": Permission.MERCHANTS_READ, "scoped": True}
WRITE: Final = {"permission": Permission.MERCHANTS_WRITE}
APPROVE: Final = {"permission": Permission.MERCHANTS_APPROVE}

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=300)]
StateQuery = Annotated[MerchantState | None, QueryParameter(name="state")]
"""Under another name in the handler: Litestar keeps ``state`` for itself."""
SearchText = Annotated[str | None, QueryParameter(max_length=140)]


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: UUID


class Merchants(msgspec.Struct, frozen=True):
    """A page of the list; the next page starts after the last id."""

    items: list[ListedMerchant]


class StateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The state that a merchant gets; suspending and ending need a reason."""

    state: Literal["approved", "suspended", "ended"]
    reason: Reason | None = None


class ClosingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """From which day a location is closed; null is open after all."""

    ended_on: date | None


class EndBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The first day on which an agreement holds no more."""

    valid_until: date


@get("/v1/{municipality:str}/merchants", opt=READ_SCOPED)
async def list_all_merchants(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    state_is: StateQuery = None,
    search: SearchText = None,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Merchants:
    """Lees de aanbieders, op volgorde van naam.

    Zoek op een deel van de naam of op KvK-nummer. Een aanbieder ziet alleen zichzelf.
    """
    wanted = Search(
        state=state_is,
        text=search or None,
        after=None if after is None else MerchantId(after),
        limit=limit,
    )
    async with connected(request, municipality) as connection:
        return Merchants(
            await list_merchants(connection, wanted, actor=actor_of(request), now=datetime.now(UTC))
        )


@post("/v1/{municipality:str}/merchants", opt=WRITE)
async def register_new_merchant(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Registration]
) -> Made:
    """Schrijf een aanbieder in.

    De aanbieder wacht daarna op goedkeuring. Een rekening wacht op een tweede persoon.
    """
    async with connected(request, municipality) as connection:
        return Made(
            await register_merchant(
                connection, data, actor=actor_of(request), now=datetime.now(UTC)
            )
        )


@get("/v1/{municipality:str}/merchants/{merchant_id:uuid}", opt=READ)
async def read_one_merchant(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> ShownMerchant:
    """Lees een aanbieder met locaties en afspraken."""
    async with connected(request, municipality) as connection:
        return await show_merchant(
            connection, MerchantId(merchant_id), actor=actor_of(request), now=datetime.now(UTC)
        )


@put("/v1/{municipality:str}/merchants/{merchant_id:uuid}", opt=WRITE)
async def change_one_merchant(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[MerchantDetails],
) -> MerchantDetails:
    """Verander naam, KvK-nummer of contactgegevens."""
    async with connected(request, municipality) as connection:
        return await change_merchant(
            connection, MerchantId(merchant_id), data, actor=actor_of(request)
        )


@put("/v1/{municipality:str}/merchants/{merchant_id:uuid}/state", opt=APPROVE)
async def set_merchant_state(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[StateBody],
) -> Merchant:
    """Keur een aanbieder goed, schort op, of beëindig.

    Een aanbieder die stopt, houdt recht op wat al is verdiend. De kassa's gaan uit.
    """
    if data.state != "approved" and data.reason is None:
        refuse_faults([ValueFault("reason", "Schrijf op waarom.")])
    async with connected(request, municipality) as connection:
        return await set_state(
            connection,
            MerchantId(merchant_id),
            data.state,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post("/v1/{municipality:str}/merchants/{merchant_id:uuid}/locations", opt=WRITE)
async def add_merchant_location(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[LocationDetails],
) -> Made:
    """Voeg een locatie toe."""
    async with connected(request, municipality) as connection:
        return Made(
            await add_location(connection, MerchantId(merchant_id), data, actor=actor_of(request))
        )


@put("/v1/{municipality:str}/merchants/{merchant_id:uuid}/locations/{location_id:uuid}", opt=WRITE)
async def change_merchant_location(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    location_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[LocationDetails],
) -> Made:
    """Verander een locatie."""
    async with connected(request, municipality) as connection:
        await change_location(
            connection,
            MerchantId(merchant_id),
            LocationId(location_id),
            details=data,
            actor=actor_of(request),
        )
    return Made(location_id)


@patch(
    "/v1/{municipality:str}/merchants/{merchant_id:uuid}/locations/{location_id:uuid}", opt=WRITE
)
async def close_merchant_location(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    location_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[ClosingBody],
) -> Made:
    """Sluit een locatie vanaf een dag, niet eerder dan vandaag."""
    async with connected(request, municipality) as connection:
        await close_location(
            connection,
            MerchantId(merchant_id),
            LocationId(location_id),
            from_day=data.ended_on,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Made(location_id)


@post("/v1/{municipality:str}/merchants/{merchant_id:uuid}/agreements", opt=WRITE)
async def add_merchant_agreement(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[AgreementTerms],
) -> Made:
    """Spreek een bestedingsdoel af, met een prijs per bezoek als die er is."""
    async with connected(request, municipality) as connection:
        return Made(
            await add_agreement(connection, MerchantId(merchant_id), data, actor=actor_of(request))
        )


@patch(
    "/v1/{municipality:str}/merchants/{merchant_id:uuid}/agreements/{agreement_id:uuid}",
    opt=WRITE,
)
async def end_merchant_agreement(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    agreement_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[EndBody],
) -> Made:
    """Laat een afspraak eindigen vanaf een dag, niet eerder dan vandaag."""
    async with connected(request, municipality) as connection:
        await end_agreement(
            connection,
            MerchantId(merchant_id),
            AgreementId(agreement_id),
            until=data.valid_until,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Made(agreement_id)


handlers: list[ControllerRouterHandler] = [
    list_all_merchants,
    register_new_merchant,
    read_one_merchant,
    change_one_merchant,
    set_merchant_state,
    add_merchant_location,
    change_merchant_location,
    close_merchant_location,
    add_merchant_agreement,
    end_merchant_agreement,
]
