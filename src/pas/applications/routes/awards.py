"""Endpoints: a club sees which children come, states what they cost, and gives back."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.awards import (
    ClubAward,
    ClubConfirmation,
    confirmations_of,
    expected_children,
    read_award,
)
from pas.applications.confirm import AwardNotFound, Confirmed, Stated, confirm, never_came
from pas.applications.give_back import Back, give_back
from pas.applications.routes.fields import (
    Amount,
    Invoice,
    Limit,
    Offset,
    Why,
    key_of,
)
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import ApplicationId, EntryId, MerchantId, MunicipalityName
from pas.money import Cents
from pas.problems.bodies import AppRequest

CONFIRM: Final = {"permission": Permission.AWARDS_CONFIRM}
AWARDS: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/awards"
ONE: Final = f"{AWARDS}/{{application_id:uuid}}"


class Awards(msgspec.Struct, frozen=True):
    """Those that the club said nothing about first."""

    items: Annotated[list[ClubAward], Meta(max_length=100)]


class ShownAward(msgspec.Struct, frozen=True):
    """One child, with what was stated for it."""

    award: ClubAward
    confirmations: list[ClubConfirmation]


class ConfirmationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The id is the sender's: sent again, it counts once."""

    id: UUID
    amount_cents: Amount
    invoice_reference: Invoice


class BackBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """How much comes back; without an amount all of it."""

    id: UUID
    reason: Why
    amount_cents: Amount | None = None


class Returned(msgspec.Struct, frozen=True, rename="camel"):
    """What came back."""

    id: EntryId
    amount_cents: Cents


@get(AWARDS, opt=CONFIRM)
async def list_awards(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Awards:
    """Lees welke kinderen er bij u komen."""
    async with connected(request, municipality) as connection:
        return Awards(
            await expected_children(
                connection,
                MerchantId(merchant_id),
                offset=offset,
                limit=limit,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@get(ONE, opt=CONFIRM)
async def show_award(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> ShownAward:
    """Lees wat u voor een kind hebt opgegeven."""
    async with connected(request, municipality) as connection:
        found = await read_award(
            connection,
            MerchantId(merchant_id),
            application_id,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
        if found is None:
            raise AwardNotFound
        stated = await confirmations_of(
            connection, found.application_id, merchant=MerchantId(merchant_id)
        )
        return ShownAward(found, stated)


@post(f"{ONE}/confirmations", opt=CONFIRM)
async def state_amount(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[ConfirmationBody],
) -> Confirmed:
    """Bevestig dat een kind meedoet, met het bedrag en uw factuurnummer."""
    stated = Stated(
        id=EntryId(data.id),
        application=ApplicationId(application_id),
        merchant=MerchantId(merchant_id),
        amount_cents=data.amount_cents,
        invoice=data.invoice_reference,
    )
    key = await key_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await confirm(
            connection,
            stated,
            municipality=MunicipalityName(municipality),
            key=key,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(f"{ONE}/never-came", opt=CONFIRM, status_code=204)
async def say_never_came(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    application_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> None:
    """Zeg dat een kind niet is gekomen."""
    async with connected(request, municipality) as connection:
        await never_came(
            connection,
            MerchantId(merchant_id),
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(
    "/v1/{municipality:str}/child-applications/{application_id:uuid}/confirmations/{confirmation_id:uuid}/refunds",
    opt={
        "permission": (Permission.AWARDS_CONFIRM, Permission.APPLICATIONS_DECIDE),
        "scoped": True,
    },
    status_code=200,
)
async def return_amount(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    confirmation_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[BackBody],
) -> Returned:
    """Geef een deel terug: het kind is gestopt, of nooit gekomen."""
    back = Back(
        id=EntryId(data.id),
        confirmation=EntryId(confirmation_id),
        application=ApplicationId(application_id),
        amount_cents=data.amount_cents,
        reason=data.reason,
    )
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        done = await give_back(
            connection, back, ring=ring, actor=actor_of(request), now=datetime.now(UTC)
        )
    return Returned(done.id, done.amount_cents)


handlers: list[ControllerRouterHandler] = [
    list_awards,
    show_award,
    state_amount,
    say_never_came,
    return_amount,
]
