"""Programs as a page: which have a token, letting one in, and stopping a token."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.api_tokens import (
    ApiTokenRow,
    end_api_token,
    list_api_tokens,
    make_api_token,
)
from pas.auth.give_role import give_role
from pas.auth.incompatible_roles import roles_for_people
from pas.auth.logins import add_program, read_login
from pas.auth.permissions import Permission
from pas.auth.role_tasks import ROLE_TASKS
from pas.auth.roles import ROLE_TITLES, Role
from pas.auth.setting_words import iso
from pas.auth.state import auth_state, connected
from pas.days import start_of
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

TOKENS: Final = {"permission": Permission.API_TOKENS_MANAGE}
PROGRAMS: Final = "/{municipality:str}/programs"
TEMPLATE: Final = "auth/programs.html"
MOST_SHOWN: Final = 200
LONGEST_NAME: Final = 100


class TokenShown(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    whose: str
    created_at: datetime
    expires_at: datetime


class Wanted(msgspec.Struct, frozen=True):
    """A program to let in: what it is called, what it may do, until when."""

    name: str
    role: Role
    until: datetime


@get(PROGRAMS, opt=TOKENS, include_in_schema=False)
async def programs_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which programs may work here, and until when?"""
    return page(request, TEMPLATE, form=Form(), **await context_of(request, municipality))


@post(PROGRAMS, opt=TOKENS, include_in_schema=False, status_code=200)
async def let_in(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Make the program, its role and its token, and show the token this once."""
    actor, now, form = actor_of(request), datetime.now(UTC), await read_form(request)
    actor.require(Permission.LOGINS_MANAGE)
    actor.require(Permission.ROLES_MANAGE)
    wanted = read_wanted(form)
    state = auth_state(request.app.state)
    ring = await state.ring(MunicipalityName(municipality))
    if wanted is not None:
        try:
            async with connected(request, municipality) as connection, connection.transaction():
                login_id = await add_program(connection, wanted.name, actor=actor)
                await give_role(connection, login_id, wanted.role, actor=actor, now=now)
                _, token = await make_api_token(
                    connection,
                    ring,
                    issuer=state.origin,
                    login_id=login_id,
                    name=wanted.name,
                    expires_at=wanted.until,
                    actor=actor,
                    now=now,
                )
            home = f"/{municipality}"
            return page(request, "auth/token.html", home=home, wanted=wanted, token=token)
        except Refusal as refusal:
            form.refuse("until", refusal.detail)
    return wrong_form(request, TEMPLATE, form, **await context_of(request, municipality))


@post(
    f"{PROGRAMS}/tokens/{{token_id:uuid}}/end",
    opt=TOKENS,
    include_in_schema=False,
    status_code=303,
)
async def stop(
    municipality: FromPath[str], token_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Stop a token: the next request with it is refused."""
    async with connected(request, municipality) as connection:
        await end_api_token(connection, token_id, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/programs")


def read_wanted(form: Form) -> Wanted | None:
    name = form.text("name", "Geef het programma een naam.", most=LONGEST_NAME)
    roles = {role.value: role for role in program_roles()}
    role = form.choice("role", "Kies wat het programma mag doen.", roles)
    until = form.text("until", "Kies tot wanneer het token werkt.", most=10)
    moment = None if until is None else moment_of(until)
    if until is not None and moment is None:
        form.refuse("until", "Typ de datum zo: 31-12-2030.")
    if not form.ok or name is None or role is None or moment is None:
        return None
    return Wanted(name, role, moment)


def moment_of(text: str) -> datetime | None:
    try:
        return start_of(date.fromisoformat(iso(text)))
    except ValueError:
        return None


def program_roles() -> list[Role]:
    apart = roles_for_people()
    return [role for role in Role if role not in apart and role != Role.MERCHANT_MANAGER]


async def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        rows = await list_api_tokens(connection, limit=MOST_SHOWN, now=datetime.now(UTC))
        names = {row.login_id: await read_login(connection, row.login_id) for row in rows}
    return {
        "home": f"/{municipality}",
        "tokens": [shown(row, names[row.login_id].name) for row in rows],
        "roles": [(role.value, ROLE_TITLES[role], ROLE_TASKS[role]) for role in program_roles()],
    }


def shown(row: ApiTokenRow, whose: str) -> TokenShown:
    return TokenShown(row.id, row.name, whose, row.created_at, row.expires_at)


routes: list[ControllerRouterHandler] = [programs_page, let_in, stop]
