"""Endpoints: return what is left at the end of a year, and let passes follow the register."""

from typing import Final

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.follow_job import queue_follow
from pas.grants.lapse_job import queue_lapse
from pas.grants.routes.fields import QueuedJob, Year
from pas.problems.bodies import AppRequest

RUN: Final = {"permission": Permission.ASSESSMENTS_RUN}


class LapseBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Whose budgets; a dry run says what would return and books nothing."""

    year: Year
    dry_run: bool = False


@post("/v1/{municipality:str}/lapses", opt=RUN, status_code=202)
async def return_what_is_left(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[LapseBody]
) -> QueuedJob:
    """Laat terugkomen wat over is van tegoeden die voorbij zijn.

    Dit gebeurt ook elke dag vanzelf. Het verslag is het resultaat van de taak.
    """
    async with connected(request, municipality) as connection:
        return QueuedJob(
            await queue_lapse(
                connection, year=data.year, dry_run=data.dry_run, actor=actor_of(request)
            )
        )


@post("/v1/{municipality:str}/register-changes", opt=RUN, status_code=202)
async def follow_the_register(municipality: FromPath[str], request: AppRequest) -> QueuedJob:
    """Laat de passen de gegevens van inwoners volgen.

    Verhuizing en overlijden, geboorte en nieuwe inwoners, en wie de pas van een kind beheert. Dit
    gebeurt vanzelf na elk bestand met inwoners.
    """
    async with connected(request, municipality) as connection:
        return QueuedJob(await queue_follow(connection, actor=actor_of(request)))


handlers: list[ControllerRouterHandler] = [return_what_is_left, follow_the_register]
