"""The link of a registration: how it stands, what was asked and answered, and the way in once it is approved."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.demo_login import is_demo
from pas.auth.login_routes import invitation_link
from pas.auth.state import auth_state, connected
from pas.ids import MunicipalityName
from pas.merchants.values import masked_iban
from pas.problems.bodies import AppRequest
from pas.registrations.drafts import read_draft
from pas.registrations.invite_manager import invite_manager
from pas.registrations.links import Secret, grouped, read_secret
from pas.registrations.model import StepRow
from pas.registrations.pages.form import PUBLIC, REGISTER, address_of
from pas.registrations.pages.words import STATES, STEPS
from pas.registrations.stored import (
    RegistrationNotFound,
    by_link,
    newest_said,
    read_steps,
)
from pas.schemes.categories import category_titles
from pas.web.pages import done, page

LINK: Final = f"{REGISTER}/{{secret:str}}"


class StepShown(msgspec.Struct, frozen=True):
    """A step as the club reads it: of the municipality it does not say who."""

    title: str
    who: str
    at: datetime
    words: str


@get(LINK, opt=PUBLIC, include_in_schema=False)
async def link_page(
    municipality: FromPath[str], secret: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """How does it stand? What is not sent yet goes on where it was left."""
    known = secret_in(secret)
    async with connected(request, municipality) as connection:
        stored = await by_link(connection, known)
        if stored is None:
            if await read_draft(connection, known) is None:
                raise RegistrationNotFound
            return done(address_of(municipality, known, "check"))
        steps = await read_steps(connection, stored.id)
        titles = await category_titles(connection)
        draft = await read_draft(connection, known) if stored.is_open else None
    said = newest_said(steps)
    origin, address = auth_state(request.app.state).origin, f"/{municipality}/merchants/register"
    state, kind = STATES[stored.state]
    return page(
        request,
        "registrations/link.html",
        home=f"/{municipality}",
        here=f"{address}/{known}",
        whole=f"{origin}{address}/{known}",
        registration=stored,
        number=grouped(stored.number),
        state=state,
        kind=kind,
        question=steps[-1].words if stored.state == "asked" else None,
        said=said,
        iban=masked_iban(said.account.iban),
        titles=titles,
        steps=[shown(one) for one in reversed(steps)],
        unsent=draft is not None,
        is_demo=await is_demo(request, MunicipalityName(municipality)),
    )


@post(f"{LINK}/access", opt=PUBLIC, include_in_schema=False, status_code=200)
async def access_page(
    municipality: FromPath[str], secret: FromPath[str], request: AppRequest
) -> Response[str]:
    """Invite the first manager, and show the invitation, this once."""
    known = secret_in(secret)
    async with connected(request, municipality) as connection:
        invited = await invite_manager(connection, known, now=datetime.now(UTC))
    assert invited.code is not None, "made with a link"
    origin = auth_state(request.app.state).origin
    return page(
        request,
        "registrations/access.html",
        home=f"/{municipality}",
        back=f"/{municipality}/merchants/register/{known}",
        invitation=invitation_link(origin, municipality, invited.code),
        until=invited.until,
    )


def secret_in(text: str) -> Secret:
    known = read_secret(text)
    if known is None:
        raise RegistrationNotFound
    return known


def shown(step: StepRow) -> StepShown:
    by_club = step.kind in {"received", "answered"} and step.by is None
    who = "U" if by_club else "De gemeente"
    return StepShown(STEPS[step.kind], who, step.taken_at, step.words or "")


routes: list[ControllerRouterHandler] = [link_page, access_page]
