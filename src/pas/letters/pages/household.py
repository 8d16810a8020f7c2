"""The letters of a resident's household: which there are, and each as a PDF."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import auth_state, connected
from pas.ids import MunicipalityName, ResidentId
from pas.letters.household import (
    HOUSEHOLD_KINDS,
    Desk,
    household_letters,
    kinds_of,
    may_see,
    read_household,
)
from pas.letters.kinds import KINDS
from pas.letters.pages.answer import house_of, pdf_answer
from pas.passes.issue import ResidentNotFound
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import page

SEE: Final = {"permission": Permission.RESIDENTS_READ}
"""An address stands on every letter."""
LETTERS: Final = "/{municipality:str}/residents/{resident_id:uuid}/letters"
Large = Annotated[bool, QueryParameter()]


@get(LETTERS, opt=SEE, include_in_schema=False)
async def household_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    now, actor = datetime.now(UTC), actor_of(request)
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        household = await read_household(connection, ResidentId(resident_id), now=now)
        if not household.members:
            raise ResidentNotFound
        desk = Desk(ring, await house_of(request, connection, municipality), now)
        async with connection.transaction():
            kinds = await kinds_of(connection, household, desk, actor=actor)
            await note_processing(
                connection, household.members, "letter.listed", actor=actor, now=now
            )
    return page(
        request,
        "letters/household.html",
        home=f"/{municipality}",
        id=resident_id,
        kinds=[(kind, KINDS[kind].title) for kind in kinds],
    )


@get(f"{LETTERS}/{{kind:str}}", opt=SEE, include_in_schema=False)
async def household_letter(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    kind: FromPath[str],
    *,
    request: AppRequest,
    large: Large = False,
) -> Response[bytes]:
    actor, now = actor_of(request), datetime.now(UTC).replace(microsecond=0)
    if kind not in HOUSEHOLD_KINDS or not may_see(actor, HOUSEHOLD_KINDS[kind]):
        raise NotFound
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with a_press() as press, connected(request, municipality) as connection:
        household = await read_household(connection, ResidentId(resident_id), now=now)
        desk = Desk(ring, await house_of(request, connection, municipality), now)
        file = await household_letters(
            connection,
            household,
            HOUSEHOLD_KINDS[kind],
            desk=desk,
            large=large,
            press=press,
            actor=actor,
        )
    return pdf_answer(file.pdf, name=f"{KINDS[kind].file_name}.pdf", shown=True)


routes: list[ControllerRouterHandler] = [household_page, household_letter]
