"""Inviting somebody as a page: a name, and then a link that is shown once."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.invite_again import invite_again
from pas.auth.login_routes import as_invitation
from pas.auth.logins import Invited, MerchantUnknown, Person, invite_login, read_login
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import LoginId, MerchantId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import page, read_form, wrong_form

MANAGE: Final = {"permission": Permission.LOGINS_MANAGE}
INVITE: Final = "/{municipality:str}/logins/invite"
TEMPLATE: Final = "auth/invite.html"
SHORTEST_ADDRESS: Final = 3
LONGEST_ADDRESS: Final = 320


@get(INVITE, opt=MANAGE, include_in_schema=False)
async def invite_page(
    municipality: FromPath[str], request: AppRequest, *, merchant: FromQuery[UUID | None] = None
) -> Response[str]:
    """Whom do you invite? Of a merchant, when its page led here."""
    return page(
        request,
        TEMPLATE,
        form=Form({} if merchant is None else {"merchant": str(merchant)}),
        home=f"/{municipality}",
    )


@post(INVITE, opt=MANAGE, include_in_schema=False, status_code=200)
async def invite(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Invite, and show the link, this once."""
    form = await read_form(request)
    person = read_person(form)
    if person is None:
        return wrong_form(request, TEMPLATE, form, home=f"/{municipality}")
    async with connected(request, municipality) as connection:
        invited = await invite_login(
            connection, person, actor=actor_of(request), now=datetime.now(UTC)
        )
    return await link_page(request, municipality, invited)


@post(
    "/{municipality:str}/logins/{login_id:uuid}/invite",
    opt=MANAGE,
    include_in_schema=False,
    status_code=200,
)
async def invite_once_more(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """A new link; what the old one opened is closed, and the roles are given anew."""
    async with connected(request, municipality) as connection:
        invited = await invite_again(
            connection, LoginId(login_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return await link_page(request, municipality, invited)


def read_person(form: Form) -> Person | None:
    name = form.text("name", "Vul een naam in.")
    email = form.text("email", "", most=LONGEST_ADDRESS, optional=True)
    if email is not None and (len(email) < SHORTEST_ADDRESS or "@" not in email):
        form.refuse("email", "Typ het e-mailadres zo: naam@gemeente.nl.")
    merchant = form.parsed("merchant", "", parse_merchant, optional=True)
    if not form.ok or name is None:
        return None
    return Person(name=name, email=email, merchant_id=merchant)


def parse_merchant(typed: str) -> MerchantId:
    try:
        return MerchantId(UUID(typed))
    except ValueError:
        raise MerchantUnknown from None


async def link_page(request: AppRequest, municipality: str, invited: Invited) -> Response[str]:
    answer = as_invitation(auth_state(request.app.state), municipality, invited)
    async with connected(request, municipality) as connection:
        login = await read_login(connection, invited.login_id)
        settings = await read_municipality_settings(connection)
    return page(
        request,
        "auth/invited.html",
        home=f"/{municipality}",
        login=login,
        link=answer.link,
        until=answer.valid_until,
        has_provider=settings.identity_provider is not None,
    )


routes: list[ControllerRouterHandler] = [invite_page, invite, invite_once_more]
