"""Endpoints: a helper applies for somebody, and an officer looks at what matched nobody."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.help_apply import (
    Helped,
    HelperReceipt,
    WaitingHelped,
    handle_helped,
    help_apply,
    helper_receipt,
    waiting_helped,
)
from pas.grants.routes.fields import Year
from pas.ids import ApplicationId
from pas.problems.bodies import AppRequest

HELP: Final = {"permission": Permission.APPLICATIONS_HELP}
READ: Final = {"permission": Permission.APPLICATIONS_READ}
SUBMIT: Final = {"permission": Permission.APPLICATIONS_SUBMIT}


class HelpedBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """For whom; the id is the sender's."""

    id: UUID
    year: Year
    family_name: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
    birth_date: date
    postcode: Annotated[str, Meta(pattern=r"^[1-9][0-9]{3} [A-Z]{2}$")]

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "HelpedBody(…)"


class HelpedList(msgspec.Struct, frozen=True):
    """The longest waiting first."""

    items: Annotated[list[WaitingHelped], Meta(max_length=200)]


@post("/v1/{municipality:str}/helper-applications", opt=HELP)
async def apply_as_helper(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[HelpedBody]
) -> HelperReceipt:
    """Vraag als helper een pas aan voor iemand anders.

    Het antwoord is hetzelfde, of wij het huishouden kennen of niet.
    """
    helped = Helped(
        id=ApplicationId(data.id),
        year=data.year,
        family_name=data.family_name,
        birth_date=data.birth_date,
        postcode=data.postcode,
    )
    async with connected(request, municipality) as connection:
        return await help_apply(connection, helped, actor=actor_of(request), now=datetime.now(UTC))


@get("/v1/{municipality:str}/helper-applications", opt=READ)
async def list_helper_applications(municipality: FromPath[str], request: AppRequest) -> HelpedList:
    """Lees de aanvragen van helpers die bij geen huishouden passen, of bij meer dan één."""
    async with connected(request, municipality) as connection:
        return HelpedList(await waiting_helped(connection))


@get("/v1/{municipality:str}/helper-applications/{application_id:uuid}", opt=HELP)
async def read_helper_receipt(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> HelperReceipt:
    """Lees het ontvangstbewijs van een aanvraag die u als helper deed."""
    async with connected(request, municipality) as connection:
        return await helper_receipt(
            connection, ApplicationId(application_id), actor=actor_of(request)
        )


@post(
    "/v1/{municipality:str}/helper-applications/{application_id:uuid}/handling",
    opt=SUBMIT,
    status_code=204,
)
async def handle_helper_application(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> None:
    """Zeg dat een aanvraag van een helper is uitgezocht. Wat er stond, wordt gewist."""
    async with connected(request, municipality) as connection:
        await handle_helped(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [
    apply_as_helper,
    list_helper_applications,
    read_helper_receipt,
    handle_helper_application,
]
