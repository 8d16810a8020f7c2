"""Who may come in for a merchant, on pages of its own people: the list, an invitation, an end."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.login_routes import invitation_link
from pas.auth.pages.logins import STATES
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.errors import Refusal
from pas.ids import LoginId, MerchantId
from pas.merchants.pages.beside import refuse_beside
from pas.merchants.staff import StaffMember, end_staff, find_staff, invite_staff, list_staff
from pas.merchants.stored import read_merchant
from pas.merchants.values import EMAIL
from pas.problems.bodies import AppRequest
from pas.web.dates import day_at
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

MANAGE: Final = {"permission": Permission.STAFF_MANAGE}
STAFF: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/staff"
MEMBER: Final = f"{STAFF}/{{login_id:uuid}}/end"
TEMPLATE: Final = "merchants/staff.html"
LONGEST_ADDRESS: Final = 320


class MemberTile(msgspec.Struct, frozen=True):
    """Somebody in the list."""

    id: LoginId
    name: str
    email: str
    state: str
    kind: str
    since: str
    is_own: bool


@get(STAFF, opt=MANAGE, include_in_schema=False)
async def staff_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Who may come in, and a form to invite somebody."""
    context = await context_of(request, municipality, MerchantId(merchant_id))
    return page(request, TEMPLATE, form=Form(), **context)


@post(STAFF, opt=MANAGE, include_in_schema=False, status_code=200)
async def invite(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Invite somebody, and show the link, this once."""
    form = await read_form(request)
    name = form.text("name", "Typ een naam.", most=140)
    email = form.text("email", "", most=LONGEST_ADDRESS, optional=True)
    if email is not None and not EMAIL.fullmatch(email):
        form.refuse("email", "Typ het e-mailadres zo: naam@club.nl.")
    if form.ok and name is not None:
        try:
            async with connected(request, municipality) as connection:
                invited = await invite_staff(
                    connection,
                    MerchantId(merchant_id),
                    name=name,
                    email=email,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            assert invited.code is not None, "made with a link"
            return page(
                request,
                "merchants/staff_invited.html",
                home=f"/{municipality}",
                back=at(municipality, merchant_id),
                name=name,
                link=invitation_link(
                    auth_state(request.app.state).origin, municipality, invited.code
                ),
                until=invited.until,
            )
        except Refusal as refusal:
            refuse_beside(form, refusal, otherwise="name")
    context = await context_of(request, municipality, MerchantId(merchant_id))
    return wrong_form(request, TEMPLATE, form, **context)


@get(MEMBER, opt=MANAGE, include_in_schema=False)
async def ask_ending(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    login_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    """Ask once more."""
    async with connected(request, municipality) as connection:
        member = await find_staff(
            connection, MerchantId(merchant_id), LoginId(login_id), actor=actor_of(request)
        )
    return page(
        request,
        "merchants/staff_end.html",
        home=f"/{municipality}",
        back=at(municipality, merchant_id),
        member=member,
    )


@post(MEMBER, opt=MANAGE, include_in_schema=False, status_code=303)
async def end(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    login_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Redirect:
    async with connected(request, municipality) as connection:
        await end_staff(
            connection,
            MerchantId(merchant_id),
            LoginId(login_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(at(municipality, merchant_id))


def at(municipality: str, merchant_id: UUID) -> str:
    return f"/{municipality}/merchants/{merchant_id}/staff"


async def context_of(
    request: AppRequest, municipality: str, merchant_id: MerchantId
) -> dict[str, object]:
    actor = actor_of(request)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, merchant_id, actor=actor)
        staff = await list_staff(connection, merchant_id, actor=actor)
    return {
        "home": f"/{municipality}",
        "here": at(municipality, merchant_id),
        "merchant": merchant,
        "staff": [tile_of(one, is_own=one.id == actor.id) for one in staff],
    }


def tile_of(one: StaffMember, *, is_own: bool) -> MemberTile:
    state, kind = STATES[one.state]
    return MemberTile(
        one.id, one.name, one.email or "", state, kind, day_at(one.created_at), is_own
    )


routes: list[ControllerRouterHandler] = [staff_page, invite, ask_ending, end]
