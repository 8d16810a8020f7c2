"""Endpoints: the swimming diploma of a resident, as an officer saw it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.record_diploma import SwimmingDiploma, record_diploma
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest

WRITE: Final = {"permission": Permission.RESIDENTS_IMPORT}


@put("/v1/{municipality:str}/residents/{resident_id:uuid}/swimming-diploma", opt=WRITE)
async def record_one_swimming_diploma(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[SwimmingDiploma],
) -> SwimmingDiploma:
    """Leg vast wanneer iemand het zwemdiploma haalde. Zonder dag is er geen diploma.

    Het tegoed voor zwemles eindigt dan. Nog eens hetzelfde sturen verandert niets.
    """
    async with connected(request, municipality) as connection:
        return await record_diploma(
            connection,
            ResidentId(resident_id),
            data,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [record_one_swimming_diploma]
