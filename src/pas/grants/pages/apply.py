"""A resident applies for the whole household: one button, then a receipt to keep."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.grants.applications import open_application
from pas.grants.apply import Application, applicants_home, apply_for_household, own_application
from pas.grants.ground import current_year
from pas.grants.pages.applications import parse_id
from pas.ids import ApplicationId, uuid7
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, page, read_form

HOLDER: Final = {"holder": True}
GROUP: Final = 8


@get("/{municipality:str}/apply", opt=HOLDER, include_in_schema=False)
async def apply_page(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """What is it, and for whom? Whoever waits already sees the receipt."""
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        household = await applicants_home(connection, actor=actor, now=now)
        year = await current_year(connection, now)
        waiting = await open_application(connection, household, year=year)
    if waiting is not None:
        return done(f"/{municipality}/apply/{waiting.id}")
    return page(
        request,
        "grants/apply.html",
        home=f"/{municipality}",
        application_id=uuid7(),
        year=year,
    )


@post(
    "/{municipality:str}/apply",
    opt=HOLDER,
    include_in_schema=False,
    status_code=303,
)
async def apply_by_page(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Take the application; the id in the form makes sending it twice harmless."""
    form, now, actor = await read_form(request), datetime.now(UTC), actor_of(request)
    application_id = form.parsed("id", "", parse_id)
    if application_id is None:
        raise NotFound
    async with connected(request, municipality) as connection:
        asked = Application(
            id=application_id,
            household=await applicants_home(connection, actor=actor, now=now),
            year=await current_year(connection, now),
            channel="page",
        )
        _ = await apply_for_household(connection, asked, actor=actor, now=now)
    return done(f"/{municipality}/apply/{application_id}")


@get(
    "/{municipality:str}/apply/{application_id:uuid}",
    opt=HOLDER,
    include_in_schema=False,
)
async def receipt_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """The receipt: when it came in, and what can prove that nobody changed it."""
    async with connected(request, municipality) as connection:
        receipt = await own_application(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return page(
        request,
        "grants/receipt.html",
        home=f"/{municipality}",
        receipt=receipt,
        content_hash=in_groups(receipt.content_hash),
    )


def in_groups(digits: str) -> str:
    """Write a long number so that it can be read aloud, and breaks on a phone."""
    return " ".join(digits[at : at + GROUP] for at in range(0, len(digits), GROUP))


routes: list[ControllerRouterHandler] = [apply_page, apply_by_page, receipt_page]
