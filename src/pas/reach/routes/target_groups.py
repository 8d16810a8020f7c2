"""Endpoints: target groups with their versions, and files of them."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.csvfile import Outcome
from pas.grants.ground import current_year
from pas.ids import ImportId, MunicipalityName
from pas.imports.answers import ImportAnswer, Imports
from pas.imports.queue import QueuedImport, queue_import
from pas.imports.record import latest_imports, read_import, read_import_rows
from pas.problems.bodies import AppRequest
from pas.problems.refusals import MissingBody
from pas.reach.import_job import KIND
from pas.reach.model import StoredTargetGroup
from pas.reach.routes.reports import YearAsked
from pas.reach.stored import target_group_versions

WRITE: Final = {"permission": Permission.TARGET_GROUPS_IMPORT}
MOST_BYTES: Final = 5_000_000

SchemeAsked = Annotated[str | None, QueryParameter(max_length=61)]
FileName = Annotated[str, QueryParameter(name="fileName", min_length=1, max_length=200)]
AfterLine = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Groups = Annotated[int, QueryParameter(ge=1, le=200)]
Offset = Annotated[int, QueryParameter(ge=0, le=100_000)]


class TargetGroups(msgspec.Struct, frozen=True):
    """Every version of a year, the newest of each first."""

    items: list[StoredTargetGroup]


@get("/v1/{municipality:str}/target-groups", opt=WRITE)
async def list_target_groups(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    scheme: SchemeAsked = None,
    limit: Groups = 100,
    offset: Offset = 0,
) -> TargetGroups:
    """Lees de doelgroepen van een jaar met al hun versies. ``*`` is alle regelingen samen."""
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, datetime.now(UTC))
        return TargetGroups(
            await target_group_versions(
                connection, year=wanted, scheme=scheme, limit=limit, offset=offset
            )
        )


@post(
    "/v1/{municipality:str}/target-group-imports",
    opt=WRITE,
    status_code=202,
    request_max_body_size=MOST_BYTES,
)
async def import_target_groups_file(
    municipality: FromPath[str], request: AppRequest, *, file_name: FileName = "target-groups.csv"
) -> QueuedImport:
    """Lever een CSV-bestand met doelgroepen aan.

    Stuur het bestand als inhoud van het verzoek. Hetzelfde bestand nog eens verandert niets.
    """
    content = await request.body()
    if not content:
        raise MissingBody("Stuur het CSV-bestand mee als inhoud van het verzoek.")
    return await queue_target_groups(request, municipality, content, file_name=file_name)


async def queue_target_groups(
    request: AppRequest, municipality: str, content: bytes, *, file_name: str
) -> QueuedImport:
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return await queue_import(
            connection,
            BytesIO(content),
            kind="target_groups",
            job_kind=KIND,
            ring=ring,
            file_name=file_name,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get("/v1/{municipality:str}/target-group-imports", opt=WRITE)
async def list_target_group_imports(municipality: FromPath[str], request: AppRequest) -> Imports:
    """Lees welke bestanden met doelgroepen er zijn ingelezen, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Imports(await latest_imports(connection, "target_groups"))


@get("/v1/{municipality:str}/target-group-imports/{import_id:uuid}", opt=WRITE)
async def read_target_group_import(
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
            summary=await read_import(connection, found, "target_groups"),
            rows=await read_import_rows(
                connection, found, after_line=after, outcome=outcome, limit=limit
            ),
        )


handlers: list[ControllerRouterHandler] = [
    list_target_groups,
    import_target_groups_file,
    list_target_group_imports,
    read_target_group_import,
]
