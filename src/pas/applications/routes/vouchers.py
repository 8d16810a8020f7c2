"""Endpoints: the neighbourhood team's vouchers and what is left of its pot."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.decide_voucher import (
    Proposal,
    confirm_voucher,
    propose_voucher,
    reject_voucher,
)
from pas.applications.routes.fields import Amount, Limit, SchemeCode, Why
from pas.applications.vouchers import PotRow, Voucher, list_vouchers, pots_left, show_voucher
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import VoucherId
from pas.problems.bodies import AppRequest

DECIDE: Final = {"permission": Permission.VOUCHERS_DECIDE}
READ: Final = {"permission": Permission.VOUCHERS_READ}
VOUCHERS: Final = "/v1/{municipality:str}/vouchers"
ONE: Final = f"{VOUCHERS}/{{voucher_id:uuid}}"


class VoucherBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """What is proposed; the id is the sender's. ``whatFor`` names no child."""

    id: UUID
    scheme: SchemeCode
    category: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,40}$", max_length=41)]
    amount_cents: Amount
    what_for: Why
    no_other_provision: bool


class VoucherRejectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why not."""

    reason: Why


class Vouchers(msgspec.Struct, frozen=True):
    """Those of one's own team; the next page is before the last id."""

    items: Annotated[list[Voucher], Meta(max_length=100)]


class Pots(msgspec.Struct, frozen=True):
    """What is left this year."""

    items: list[PotRow]


@get(VOUCHERS, opt=DECIDE)
async def read_vouchers(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Vouchers:
    """Lees de bonnen van uw team, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        last = None if before is None else VoucherId(before)
        return Vouchers(
            await list_vouchers(connection, before=last, limit=limit, actor=actor_of(request))
        )


@get("/v1/{municipality:str}/voucher-pots", opt=READ)
async def read_pots(municipality: FromPath[str], request: AppRequest) -> Pots:
    """Lees hoeveel er dit jaar nog in de pot zit."""
    async with connected(request, municipality) as connection:
        return Pots(await pots_left(connection, now=datetime.now(UTC)))


@post(VOUCHERS, opt=DECIDE, status_code=204)
async def add_voucher(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[VoucherBody]
) -> None:
    """Stel een bon voor. Een collega bevestigt."""
    proposal = Proposal(
        id=VoucherId(data.id),
        scheme=data.scheme,
        category=data.category,
        amount_cents=data.amount_cents,
        what_for=data.what_for,
        no_other_provision=data.no_other_provision,
    )
    async with connected(request, municipality) as connection:
        await propose_voucher(connection, proposal, actor=actor_of(request), now=datetime.now(UTC))


@get(ONE, opt=DECIDE)
async def read_voucher(
    municipality: FromPath[str], voucher_id: FromPath[UUID], request: AppRequest
) -> Voucher:
    """Lees één bon van uw team."""
    async with connected(request, municipality) as connection:
        return await show_voucher(connection, VoucherId(voucher_id), actor=actor_of(request))


@post(f"{ONE}/confirmation", opt=DECIDE, status_code=204)
async def confirm_team_voucher(
    municipality: FromPath[str], voucher_id: FromPath[UUID], request: AppRequest
) -> None:
    """Bevestig de bon van een collega."""
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        await confirm_voucher(
            connection,
            VoucherId(voucher_id),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(f"{ONE}/rejection", opt=DECIDE, status_code=204)
async def reject_team_voucher(
    municipality: FromPath[str],
    voucher_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[VoucherRejectionBody],
) -> None:
    """Wijs een bon af, of trek uw eigen bon in."""
    async with connected(request, municipality) as connection:
        await reject_voucher(
            connection,
            VoucherId(voucher_id),
            data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [
    read_vouchers,
    read_pots,
    add_voucher,
    read_voucher,
    confirm_team_voucher,
    reject_team_voucher,
]
