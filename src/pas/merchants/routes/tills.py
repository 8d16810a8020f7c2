"""Endpoints: tills of merchants, and of intermediaries and counters."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import LoginId, MerchantId, TillId
from pas.merchants.create_till import BoundKind, bind_till
from pas.merchants.model import Till, TillName
from pas.merchants.routes.organisations import Reason
from pas.merchants.tills import (
    TillChange,
    change_till,
    list_bound_tills,
    list_tills,
    pause_till,
    read_till,
    resume_till,
    revoke_till,
)
from pas.problems.bodies import AppRequest

TILLS: Final = "/v1/{municipality:str}/tills"
TILL: Final = f"{TILLS}/{{till_id:uuid}}"
OF_MERCHANT: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/tills"
READ: Final = {"permission": Permission.TILLS_READ}
READ_SCOPED: Final = {"permission": Permission.TILLS_READ, "scoped": True}
PAIR: Final = {"permission": Permission.TILLS_PAIR}
PAIR_SCOPED: Final = {"permission": Permission.TILLS_PAIR, "scoped": True}
PAUSE_SCOPED: Final = {"permission": Permission.TILLS_PAUSE, "scoped": True}
REVOKE_SCOPED: Final = {"permission": Permission.TILLS_REVOKE, "scoped": True}


class Tills(msgspec.Struct, frozen=True):
    """Tills, the revoked ones last."""

    items: list[Till]


class BoundTill(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The till of an intermediary or a counter officer: their login."""

    kind: BoundKind
    login_id: LoginId
    name: TillName


class TillStateBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a till scans."""

    state: Literal["active", "paused"]
    reason: Reason | None = None


class RevocationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a till is switched off for good."""

    reason: Annotated[Reason | None, msgspec.Meta(description="Mag leeg zijn.")] = None


@get(OF_MERCHANT, opt=READ)
async def list_merchant_tills(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Tills:
    """Lees de kassa's van een aanbieder."""
    async with connected(request, municipality) as connection:
        return Tills(await list_tills(connection, MerchantId(merchant_id), actor=actor_of(request)))


@get(TILLS, opt=READ)
async def list_tills_of_logins(municipality: FromPath[str], request: AppRequest) -> Tills:
    """Lees de kassa's van intermediairs en balies."""
    async with connected(request, municipality) as connection:
        return Tills(await list_bound_tills(connection, actor=actor_of(request)))


@post(TILLS, opt=PAIR)
async def bind_till_to_login(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[BoundTill]
) -> Till:
    """Laat een intermediair of baliemedewerker passen scannen."""
    async with connected(request, municipality) as connection:
        return await bind_till(
            connection,
            data.login_id,
            kind=data.kind,
            name=data.name,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get(TILL, opt=READ_SCOPED)
async def read_one_till(
    municipality: FromPath[str], till_id: FromPath[UUID], request: AppRequest
) -> Till:
    """Lees één kassa."""
    async with connected(request, municipality) as connection:
        return await read_till(connection, TillId(till_id), actor=actor_of(request))


@put(TILL, opt=PAIR_SCOPED)
async def change_one_till(
    municipality: FromPath[str],
    till_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[TillChange],
) -> Till:
    """Verander naam, locatie of hoogste bedrag per keer."""
    async with connected(request, municipality) as connection:
        return await change_till(connection, TillId(till_id), data, actor=actor_of(request))


@put(f"{TILL}/state", opt=PAUSE_SCOPED)
async def set_till_state(
    municipality: FromPath[str],
    till_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[TillStateBody],
) -> Till:
    """Zet een kassa stil, of weer aan.

    Wat de gemeente stilzet, zet alleen de gemeente weer aan.
    """
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        if data.state == "active":
            return await resume_till(connection, TillId(till_id), actor=actor, now=now)
        return await pause_till(
            connection, TillId(till_id), actor=actor, now=now, reason=data.reason
        )


@put(f"{TILL}/revocation", opt=REVOKE_SCOPED)
async def revoke_one_till(
    municipality: FromPath[str],
    till_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[RevocationBody],
) -> Till:
    """Zet een kassa voorgoed uit. De volgende scan wordt al geweigerd."""
    async with connected(request, municipality) as connection:
        return await revoke_till(
            connection,
            TillId(till_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
            reason=data.reason,
        )


handlers: list[ControllerRouterHandler] = [
    list_merchant_tills,
    list_tills_of_logins,
    bind_till_to_login,
    read_one_till,
    change_one_till,
    set_till_state,
    revoke_one_till,
]
