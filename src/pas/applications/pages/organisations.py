"""Who may apply for children: organisations and their people, and the forms to recognise them."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.organisations import (
    OrganisationKind,
    candidates,
    end_intermediary,
    end_organisation,
    list_intermediaries,
    list_organisations,
    recognise_intermediary,
    recognise_organisation,
)
from pas.applications.pages.fields import parse_uuid
from pas.applications.words import KINDS
from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.ids import LoginId, OrganisationId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.INTERMEDIARIES_READ}
RECOGNISE: Final = {"permission": Permission.INTERMEDIARIES_RECOGNISE}
PAGE: Final = "/{municipality:str}/organisations"
TEMPLATE: Final = "applications/organisations.html"


@get(PAGE, opt=READ, include_in_schema=False)
async def organisations_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Who may apply, and for whom?"""
    return page(request, TEMPLATE, form=Form(), **await _context(request, municipality))


@post(PAGE, opt=RECOGNISE, include_in_schema=False, status_code=200)
async def recognise_organisation_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Recognise an organisation."""
    form = await read_form(request)
    kinds: dict[str, OrganisationKind] = {kind: kind for kind in KINDS}
    name = form.text("name", "Vul de naam van de organisatie in.", most=140)
    kind = form.choice("kind", "Kies wat voor organisatie het is.", kinds)
    if name and kind:
        try:
            async with connected(request, municipality) as connection:
                await recognise_organisation(
                    connection, name, kind, actor=actor_of(request), now=datetime.now(UTC)
                )
            return done(f"/{municipality}/organisations")
        except Refusal as refusal:
            form.refuse("name", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, **await _context(request, municipality))


@post(f"{PAGE}/people", opt=RECOGNISE, include_in_schema=False, status_code=200)
async def recognise_person_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Recognise somebody for an organisation, in a profession."""
    form = await read_form(request)
    login = form.parsed("login", "Kies wie er mag aanvragen.", parse_uuid)
    organisation = form.parsed("organisation", "Kies de organisatie.", parse_uuid)
    profession = form.text("profession", "Kies het beroep.", most=80)
    if login and organisation and profession:
        try:
            async with connected(request, municipality) as connection:
                await recognise_intermediary(
                    connection,
                    LoginId(login),
                    OrganisationId(organisation),
                    profession=profession,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/organisations")
        except Refusal as refusal:
            form.refuse("login", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, **await _context(request, municipality))


@post(
    f"{PAGE}/{{organisation_id:uuid}}/end",
    opt=RECOGNISE,
    include_in_schema=False,
    status_code=303,
)
async def end_organisation_by_page(
    municipality: FromPath[str], organisation_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """It applies no more."""
    async with connected(request, municipality) as connection:
        await end_organisation(
            connection,
            OrganisationId(organisation_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/organisations")


@post(
    f"{PAGE}/people/{{login_id:uuid}}/end",
    opt=RECOGNISE,
    include_in_schema=False,
    status_code=303,
)
async def end_person_by_page(
    municipality: FromPath[str], login_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Somebody applies no more."""
    async with connected(request, municipality) as connection:
        await end_intermediary(
            connection, LoginId(login_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/organisations")


async def _context(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        organisations = await list_organisations(connection)
        people = await list_intermediaries(connection)
        waiting = await candidates(connection)
        professions = (await read_municipality_settings(connection)).professions
    present = [one for one in organisations if one.ended_at is None]
    return {
        "home": f"/{municipality}",
        "organisations": present,
        "people": [one for one in people if one.ended_at is None],
        "candidates": [(str(one.id), one.name) for one in waiting],
        "choices": [(str(one.id), one.name) for one in present],
        "professions": [(one, one) for one in professions],
        "kinds": list(KINDS.items()),
        "kind_words": KINDS,
        "may_recognise": actor_of(request).may(Permission.INTERMEDIARIES_RECOGNISE),
    }


routes: list[ControllerRouterHandler] = [
    organisations_page,
    recognise_organisation_by_page,
    recognise_person_by_page,
    end_organisation_by_page,
    end_person_by_page,
]
