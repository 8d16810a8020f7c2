"""Colleagues as pages: who there is, one with their roles, giving and taking a role, ending access."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.end_login import end_login
from pas.auth.give_role import give_role, take_role
from pas.auth.incompatible_roles import roles_for_people, why_incompatible
from pas.auth.logins import LoginRow, LoginState, list_logins, read_login
from pas.auth.permissions import Permission
from pas.auth.role_tasks import ROLE_TASKS
from pas.auth.roles import ROLE_TITLES, Role
from pas.auth.state import connected
from pas.errors import Refusal
from pas.ids import LoginId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.LOGINS_READ}
MANAGE: Final = {"permission": Permission.LOGINS_MANAGE}
ROLES_OPT: Final = {"permission": Permission.ROLES_MANAGE}
LOGIN: Final = "/{municipality:str}/logins/{login_id:uuid}"
ONE: Final = "auth/login.html"
ON_A_PAGE: Final = 50
LONGEST_REASON: Final = 500
STATES: Final[dict[LoginState, tuple[str, str]]] = {
    "invited": ("Uitgenodigd", "warning"),
    "active": ("Heeft toegang", "ok"),
    "ended": ("Geen toegang meer", "info"),
}


class LoginLine(msgspec.Struct, frozen=True):
    """Somebody in the list."""

    id: LoginId
    name: str
    state: str
    kind: str
    roles: str
    since: datetime


class RoleShown(msgspec.Struct, frozen=True):
    """A role with what it is for, or why somebody cannot have it."""

    name: str
    title: str
    text: str


@get("/{municipality:str}/logins", opt=READ, include_in_schema=False)
async def logins_page(
    municipality: FromPath[str], request: AppRequest, *, after: FromQuery[UUID | None] = None
) -> Response[str]:
    """Who has access, and who was invited?"""
    async with connected(request, municipality) as connection:
        found = await list_logins(
            connection, after=None if after is None else LoginId(after), limit=ON_A_PAGE
        )
    return page(
        request,
        "auth/logins.html",
        home=f"/{municipality}",
        logins=[line_of(one) for one in found],
        next=found[-1].id if len(found) == ON_A_PAGE else None,
        may_invite=actor_of(request).may(Permission.LOGINS_MANAGE),
    )


@get(LOGIN, opt=READ, include_in_schema=False)
async def login_page(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """One colleague: what they may do, and what one can change about it."""
    context = await context_of(request, municipality, login_id)
    return page(request, ONE, form=Form(), **context)


@post(f"{LOGIN}/roles", opt=ROLES_OPT, include_in_schema=False, status_code=200)
async def give(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Give a role; the database refuses pairs that may not be together as well."""
    form = await read_form(request)
    role = form.choice("role", "Kies een rol.", {one.value: one for one in Role})
    if role is not None:
        try:
            async with connected(request, municipality) as connection:
                await give_role(
                    connection,
                    LoginId(login_id),
                    role,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/logins/{login_id}")
        except Refusal as refusal:
            form.refuse("role", refusal.detail)
    return wrong_form(request, ONE, form, **await context_of(request, municipality, login_id))


@post(f"{LOGIN}/roles/{{role:str}}/take", opt=ROLES_OPT, include_in_schema=False, status_code=303)
async def take(
    municipality: FromPath[str],
    login_id: FromPath[UUID],
    request: AppRequest,
    *,
    role: FromPath[Role],
) -> Redirect:
    """Take a role away; the next request is without it."""
    async with connected(request, municipality) as connection:
        await take_role(connection, LoginId(login_id), role, actor=actor_of(request))
    return done(f"/{municipality}/logins/{login_id}")


@get(f"{LOGIN}/end", opt=MANAGE, include_in_schema=False)
async def end_page(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Ask once more, and for the reason."""
    async with connected(request, municipality) as connection:
        login = await read_login(connection, LoginId(login_id))
    return page(request, "auth/end_login.html", form=Form(), home=f"/{municipality}", login=login)


@post(f"{LOGIN}/end", opt=MANAGE, include_in_schema=False, status_code=200)
async def end(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """End the access, with every session and token."""
    form = await read_form(request)
    reason = form.text("reason", "Schrijf op waarom de toegang stopt.", most=LONGEST_REASON)
    async with connected(request, municipality) as connection:
        login = await read_login(connection, LoginId(login_id))
        if reason is not None:
            try:
                await end_login(
                    connection,
                    login.id,
                    reason=reason,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
                return done(f"/{municipality}/logins/{login_id}")
            except Refusal as refusal:
                form.refuse("reason", refusal.detail)
    return wrong_form(request, "auth/end_login.html", form, home=f"/{municipality}", login=login)


async def context_of(request: AppRequest, municipality: str, login_id: UUID) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        login = await read_login(connection, LoginId(login_id))
    actor = actor_of(request)
    is_own = actor.kind == "login" and actor.id == login.id
    state, kind = STATES[login.state]
    return {
        "home": f"/{municipality}",
        "login": login,
        "state": state,
        "kind": kind,
        "is_own": is_own,
        "roles": [shown(name) for name in login.roles],
        "possible": possible_roles(login),
        "impossible": impossible_roles(login),
        "may_give": may(actor, Permission.ROLES_MANAGE, login, is_own=is_own),
        "may_end": may(actor, Permission.LOGINS_MANAGE, login, is_own=is_own),
        "may_invite": actor.may(Permission.LOGINS_MANAGE) and not is_own and not login.is_program,
    }


def may(actor: Actor, permission: Permission, login: LoginRow, *, is_own: bool) -> bool:
    return actor.may(permission) and not is_own and login.state != "ended"


def line_of(login: LoginRow) -> LoginLine:
    state, kind = STATES[login.state]
    titles = ", ".join(shown(name).title for name in login.roles)
    return LoginLine(login.id, login.name, state, kind, titles or "Nog geen rol.", login.created_at)


def shown(name: str) -> RoleShown:
    """A role of a newer version than this one is shown by its name."""
    if name not in ROLE_TITLES:
        return RoleShown(name, name, "")
    return RoleShown(name, ROLE_TITLES[Role(name)], ROLE_TASKS[Role(name)])


def possible_roles(login: LoginRow) -> list[RoleShown]:
    """The roles that could be added to those somebody has."""
    return [
        shown(role)
        for role in Role
        if role not in login.roles and fits(role, login) and not why_not(role, login)
    ]


def impossible_roles(login: LoginRow) -> list[RoleShown]:
    """Those that do not go together with what somebody has, and why."""
    return [
        RoleShown(role.value, ROLE_TITLES[role], because)
        for role in Role
        if role not in login.roles and fits(role, login) and (because := why_not(role, login))
    ]


def fits(role: Role, login: LoginRow) -> bool:
    """Whether a role is for this kind of login: of a merchant, of a program, or of a colleague."""
    if login.is_program:
        return role not in roles_for_people()
    return (role == Role.MERCHANT_MANAGER) == (login.merchant_id is not None)


def why_not(role: Role, login: LoginRow) -> str:
    for name in login.roles:
        held = Role(name) if name in ROLE_TITLES else role
        if because := why_incompatible(role, held):
            return f"Gaat niet samen met {ROLE_TITLES[held]}. {because}"
    return ""


routes: list[ControllerRouterHandler] = [logins_page, login_page, give, take, end_page, end]
