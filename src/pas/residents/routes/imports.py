"""Endpoints: hand over a file of residents, and see what became of its rows."""

import tempfile
from datetime import UTC, datetime
from typing import Annotated, BinaryIO, Final
from uuid import UUID

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.csvfile import Outcome
from pas.ids import ImportId, MunicipalityName
from pas.imports.answers import ImportAnswer, Imports
from pas.imports.queue import QueuedImport, queue_import
from pas.imports.record import latest_imports, read_import, read_import_rows
from pas.problems.bodies import AppRequest
from pas.problems.refusals import MissingBody
from pas.residents.import_job import KIND

IMPORT: Final = {"permission": Permission.RESIDENTS_IMPORT}
MOST_BYTES: Final = 500_000_000
"""A million rows of the longest kind; it goes to disk as it comes in."""

FileName = Annotated[str, QueryParameter(name="fileName", min_length=1, max_length=200)]
AfterLine = Annotated[int, QueryParameter(ge=0, le=100_000_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


@post(
    "/v1/{municipality:str}/resident-imports",
    opt=IMPORT,
    status_code=202,
    request_max_body_size=MOST_BYTES,
)
async def import_residents_file(
    municipality: FromPath[str], request: AppRequest, *, file_name: FileName = "residents.csv"
) -> QueuedImport:
    """Lever een CSV-bestand met inwoners aan, tot een miljoen regels.

    Stuur het bestand als inhoud van het verzoek. Hetzelfde bestand nog eens verandert niets.
    Daarna volgen de passen vanzelf: verhuizingen, overlijdens, geboortes en nieuwe inwoners.
    """
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    with tempfile.TemporaryFile() as file:
        await receive(request, file)
        async with connected(request, municipality) as connection:
            return await queue_import(
                connection,
                file,
                kind="residents",
                job_kind=KIND,
                ring=ring,
                file_name=file_name,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )


async def receive(request: AppRequest, file: BinaryIO) -> None:
    """Write a body to disk piece by piece; no connection is held meanwhile."""
    async for piece in request.stream():
        file.write(piece)
    if file.tell() == 0:
        raise MissingBody("Stuur het CSV-bestand mee als inhoud van het verzoek.")


@get("/v1/{municipality:str}/resident-imports", opt=IMPORT)
async def list_resident_imports(municipality: FromPath[str], request: AppRequest) -> Imports:
    """Lees welke bestanden met inwoners er zijn ingelezen, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Imports(await latest_imports(connection, "residents"))


@get("/v1/{municipality:str}/resident-imports/{import_id:uuid}", opt=IMPORT)
async def read_residents_import(
    municipality: FromPath[str],
    import_id: FromPath[UUID],
    request: AppRequest,
    *,
    outcome: FromQuery[Outcome | None] = None,
    remarked: FromQuery[bool] = False,
    after: AfterLine = 0,
    limit: Limit = 100,
) -> ImportAnswer:
    """Lees wat er met elke regel van een bestand is gebeurd.

    Met remarked=true leest u alleen de regels die zijn overgenomen met een opmerking: mogelijk
    dubbele personen, en kinderen van wie niemand de pas beheert.
    """
    found = ImportId(import_id)
    async with connected(request, municipality) as connection:
        return ImportAnswer(
            summary=await read_import(connection, found, "residents"),
            rows=await read_import_rows(
                connection, found, after_line=after, outcome=outcome, remarked=remarked, limit=limit
            ),
        )


handlers: list[ControllerRouterHandler] = [
    import_residents_file,
    list_resident_imports,
    read_residents_import,
]
