"""The API for whoever manages access: logins and roles."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.end_login import end_login
from pas.auth.give_role import give_role, take_role
from pas.auth.incompatible_roles import why_incompatible
from pas.auth.invite_again import invite_again
from pas.auth.logins import Invited, LoginRow, Person, invite_login, list_logins, read_login
from pas.auth.permissions import Permission
from pas.auth.roles import ROLE_TITLES, ROLES, Role
from pas.auth.state import AuthState, auth_state, connected
from pas.ids import LoginId, MerchantId
from pas.problems.bodies import AppRequest

READ = {"permission": Permission.LOGINS_READ}
MANAGE = {"permission": Permission.LOGINS_MANAGE}
ROLES_OPT = {"permission": Permission.ROLES_MANAGE}

Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class LoginAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody with access."""

    id: LoginId
    name: str
    email: str | None
    state: str
    merchant_id: MerchantId | None
    roles: list[str]
    created_at: datetime


class NewLogin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Whom to invite."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: Annotated[str, Meta(min_length=3, max_length=320)] | None = None
    merchant_id: MerchantId | None = None


class InvitationAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """The link belongs to that person alone; it is shown once and works once."""

    login_id: LoginId
    link: str
    valid_until: datetime


class LoginChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody's access ends, with a reason."""

    state: Annotated[str, Meta(pattern="^ended$")]
    reason: Annotated[str, Meta(min_length=1, max_length=500)]


class RoleAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A role, what it may do, and with which roles it does not go together, with the reason."""

    name: str
    title: str
    permissions: list[str]
    incompatible_with: dict[str, str]


@get("/v1/{municipality:str}/logins", opt=READ)
async def list_all_logins(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> list[LoginAnswer]:
    """Lees wie toegang heeft, op volgorde van uitnodiging."""
    async with connected(request, municipality) as connection:
        found = await list_logins(
            connection, after=None if after is None else LoginId(after), limit=limit
        )
    return [as_answer(login) for login in found]


@get("/v1/{municipality:str}/logins/{login_id:uuid}", opt=READ)
async def read_one_login(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> LoginAnswer:
    """Lees de toegang van één persoon."""
    async with connected(request, municipality) as connection:
        return as_answer(await read_login(connection, LoginId(login_id)))


@post("/v1/{municipality:str}/logins", opt=MANAGE)
async def invite(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewLogin]
) -> InvitationAnswer:
    """Nodig iemand uit."""
    person = Person(name=data.name, email=data.email, merchant_id=data.merchant_id)
    async with connected(request, municipality) as connection:
        invited = await invite_login(
            connection, person, actor=actor_of(request), now=datetime.now(UTC)
        )
    return as_invitation(auth_state(request.app.state), municipality, invited)


@post("/v1/{municipality:str}/logins/{login_id:uuid}/invitations", opt=MANAGE)
async def invite_once_more(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> InvitationAnswer:
    """Nodig iemand opnieuw uit.

    De oude toegang en alle sessies stoppen.
    """
    async with connected(request, municipality) as connection:
        invited = await invite_again(
            connection, LoginId(login_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return as_invitation(auth_state(request.app.state), municipality, invited)


@patch("/v1/{municipality:str}/logins/{login_id:uuid}", opt=MANAGE)
async def end_one_login(
    municipality: FromPath[str],
    login_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[LoginChange],
) -> LoginAnswer:
    """Stop de toegang van iemand."""
    async with connected(request, municipality) as connection:
        ended = await end_login(
            connection,
            LoginId(login_id),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return as_answer(ended)


@put("/v1/{municipality:str}/logins/{login_id:uuid}/roles/{role:str}", opt=ROLES_OPT)
async def give_one_role(
    municipality: FromPath[str],
    login_id: FromPath[UUID],
    request: AppRequest,
    *,
    role: FromPath[Role],
) -> list[str]:
    """Geef iemand een rol."""
    async with connected(request, municipality) as connection:
        return await give_role(
            connection,
            LoginId(login_id),
            role,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@delete("/v1/{municipality:str}/logins/{login_id:uuid}/roles/{role:str}", opt=ROLES_OPT)
async def take_one_role(
    municipality: FromPath[str],
    login_id: FromPath[UUID],
    request: AppRequest,
    *,
    role: FromPath[Role],
) -> None:
    """Neem iemand een rol af."""
    async with connected(request, municipality) as connection:
        await take_role(connection, LoginId(login_id), role, actor=actor_of(request))


@get("/v1/{municipality:str}/roles", opt=READ)
async def list_roles(municipality: FromPath[str]) -> list[RoleAnswer]:
    """Lees de rollen, met wat zij mogen."""
    del municipality
    return [
        RoleAnswer(
            name=role.value,
            title=ROLE_TITLES[role],
            permissions=sorted(permissions),
            incompatible_with={
                other.value: because
                for other in ROLES
                if (because := why_incompatible(role, other)) is not None
            },
        )
        for role, permissions in ROLES.items()
    ]


def as_answer(login: LoginRow) -> LoginAnswer:
    return LoginAnswer(
        id=login.id,
        name=login.name,
        email=login.email,
        state=login.state,
        merchant_id=login.merchant_id,
        roles=login.roles,
        created_at=login.created_at,
    )


def as_invitation(state: AuthState, municipality: str, invited: Invited) -> InvitationAnswer:
    assert invited.code is not None, "invited by a link"
    assert invited.until is not None, "invited by a link"
    return InvitationAnswer(
        login_id=invited.login_id,
        link=invitation_link(state.origin, municipality, invited.code),
        valid_until=invited.until,
    )


def invitation_link(origin: str, municipality: str, code: str) -> str:
    return f"{origin}/{municipality}/sign-in/provider?invitation={code}"


handlers: list[ControllerRouterHandler] = [
    list_all_logins,
    read_one_login,
    invite,
    invite_once_more,
    end_one_login,
    give_one_role,
    take_one_role,
    list_roles,
]
