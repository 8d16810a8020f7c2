"""Applying for a household at the counter or from paper: the municipality knows the rest."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.applications import Channel
from pas.grants.apply import Application, apply_for_household, household_of
from pas.grants.ground import current_year
from pas.ids import ApplicationId, ResidentId
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, read_form

SUBMIT: Final = {"permission": Permission.APPLICATIONS_SUBMIT}

CHANNELS: Final[dict[str, Channel]] = {"counter": "counter", "paper": "paper"}


@post(
    "/{municipality:str}/residents/{resident_id:uuid}/application",
    opt=SUBMIT,
    include_in_schema=False,
    status_code=303,
)
async def apply_at_counter(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Take the application; the id in the form makes sending it twice harmless."""
    form, now = await read_form(request), datetime.now(UTC)
    application_id = form.parsed("id", "", parse_id)
    channel = form.choice("channel", "", CHANNELS)
    if application_id is None or channel is None:
        raise NotFound
    async with connected(request, municipality) as connection:
        asked = Application(
            id=application_id,
            household=await household_of(connection, ResidentId(resident_id), now=now),
            resident=ResidentId(resident_id),
            year=await current_year(connection, now),
            channel=channel,
        )
        _ = await apply_for_household(connection, asked, actor=actor_of(request), now=now)
    return done(f"/{municipality}/residents/{resident_id}")


def parse_id(typed: str) -> ApplicationId:
    try:
        return ApplicationId(UUID(typed))
    except ValueError:
        raise NotFound from None


routes: list[ControllerRouterHandler] = [apply_at_counter]
