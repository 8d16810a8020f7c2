"""Endpoints: who, outside the household, manages a child's pass."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest
from pas.residents.managing_adults import (
    ManagingAdult,
    RecordedKind,
    end_managing_adult,
    record_managing_adult,
)

WRITE: Final = {"permission": Permission.RESIDENTS_IMPORT}


class ManagingBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Who manages the pass, as what, and between which days.

    At eighteen it ends by itself, but for an administrator.
    """

    adult_id: UUID
    kind: RecordedKind
    valid_from: date
    valid_until: date | None = None


class ManagementEndBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The first day without it, today at the earliest."""

    valid_until: date


@post("/v1/{municipality:str}/residents/{resident_id:uuid}/managing-adults", opt=WRITE)
async def record_one_managing_adult(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[ManagingBody],
) -> ManagingAdult:
    """Leg vast wie buiten het huishouden de pas van een kind beheert.

    Een bewindvoerder (administrator) kan ook de pas van een volwassene beheren.
    """
    wanted = ManagingAdult(
        ResidentId(resident_id),
        ResidentId(data.adult_id),
        data.kind,
        data.valid_from,
        data.valid_until,
    )
    async with connected(request, municipality) as connection:
        return await record_managing_adult(
            connection, wanted, actor=actor_of(request), now=datetime.now(UTC)
        )


@post(
    "/v1/{municipality:str}/residents/{resident_id:uuid}/managing-adults/{adult_id:uuid}/end",
    opt=WRITE,
    status_code=200,
)
async def end_one_managing_adult(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    adult_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[ManagementEndBody],
) -> ManagingAdult:
    """Laat het beheer van iemand buiten het huishouden eindigen."""
    async with connected(request, municipality) as connection:
        return await end_managing_adult(
            connection,
            ResidentId(resident_id),
            ResidentId(adult_id),
            from_day=data.valid_until,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [record_one_managing_adult, end_one_managing_adult]
