"""Endpoint: who used a resident's data, for the resident and for whoever answers their questions."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest
from pas.residents.processing_log import Operation, read_processing_log

READ: Final = {"permission": Permission.RESIDENTS_READ, "holder": True}
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class ProcessingLog(msgspec.Struct, frozen=True):
    """The newest first; the next page is ``before`` the last time of this one."""

    items: list[Operation]


@get("/v1/{municipality:str}/residents/{resident_id:uuid}/processing-log", opt=READ)
async def read_processing_log_of_resident(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    before: FromQuery[datetime | None] = None,
    limit: Limit = 50,
) -> ProcessingLog:
    """Lees wie de gegevens van een inwoner gebruikte, en waarvoor; het nieuwste eerst.

    Een inwoner leest dit over zichzelf, en over wie hij beheert. De vorm is die van Logboek
    Dataverwerkingen 1.0. Staat er geen organisatie, dan was het de gemeente zelf.
    """
    async with connected(request, municipality) as connection:
        return ProcessingLog(
            await read_processing_log(
                connection,
                ResidentId(resident_id),
                actor=actor_of(request),
                now=datetime.now(UTC),
                before=before,
                limit=limit,
            )
        )


handlers: list[ControllerRouterHandler] = [read_processing_log_of_resident]
