"""Endpoints: hand over a file of merchants, and see what became of its rows."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.csvfile import Outcome
from pas.ids import ImportId, MunicipalityName
from pas.imports.answers import ImportAnswer
from pas.imports.queue import QueuedImport, queue_import
from pas.imports.record import read_import, read_import_rows
from pas.merchants.import_job import KIND
from pas.problems.bodies import AppRequest
from pas.problems.refusals import MissingBody

WRITE: Final = {"permission": Permission.MERCHANTS_WRITE}
MOST_BYTES: Final = 20_000_000

FileName = Annotated[str, QueryParameter(name="fileName", min_length=1, max_length=200)]
AfterLine = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


@post(
    "/v1/{municipality:str}/merchant-imports",
    opt=WRITE,
    status_code=202,
    request_max_body_size=MOST_BYTES,
)
async def import_merchants_file(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    file_name: FileName = "merchants.csv",
) -> QueuedImport:
    """Lever een CSV-bestand met aanbieders aan.

    Stuur het bestand als inhoud van het verzoek. Hetzelfde bestand nog eens verandert niets.
    """
    content = await request.body()
    if not content:
        raise MissingBody("Stuur het CSV-bestand mee als inhoud van het verzoek.")
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return await queue_import(
            connection,
            BytesIO(content),
            kind="merchants",
            job_kind=KIND,
            ring=ring,
            file_name=file_name,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get("/v1/{municipality:str}/merchant-imports/{import_id:uuid}", opt=WRITE)
async def read_merchants_import(
    municipality: FromPath[str],
    import_id: FromPath[UUID],
    request: AppRequest,
    *,
    outcome: FromQuery[Outcome | None] = None,
    after: AfterLine = 0,
    limit: Limit = 100,
) -> ImportAnswer:
    """Lees wat er met elke regel van een bestand is gebeurd."""
    found = ImportId(import_id)
    async with connected(request, municipality) as connection:
        return ImportAnswer(
            summary=await read_import(connection, found, "merchants"),
            rows=await read_import_rows(
                connection, found, after_line=after, outcome=outcome, limit=limit
            ),
        )


handlers: list[ControllerRouterHandler] = [import_merchants_file, read_merchants_import]
