"""Endpoints: the manifest of a run, and the signed note over the books to keep beside it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.ids import MunicipalityName, SettlementId
from pas.problems.bodies import AppRequest
from pas.seals.routes import NothingSealed
from pas.settlements.manifest import checkpoint_of, fetch_manifest
from pas.settlements.routes.runs import READ, RUN
from pas.settlements.stored import read_run
from pas.web.pages import saved_as

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"


@get(f"{RUN}/manifest", opt=READ, media_type=JSON)
async def fetch_settlement_manifest(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Haal het overzicht voor de controle: elke betaling, en wie haar rekening goedkeurde.

    Dezelfde uitbetaling geeft altijd dezelfde bytes. Het formaat staat in docs/files.md.
    """
    return await fetched_manifest(request, municipality, run_id)


@get(f"{RUN}/checkpoint", opt=READ, media_type=TEXT)
async def fetch_settlement_checkpoint(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Haal het zegel van nu over de boeken, om naast het overzicht te bewaren."""
    return await fetched_checkpoint(request, municipality, run_id)


async def fetched_manifest(request: AppRequest, municipality: str, run_id: UUID) -> Response[bytes]:
    """Answer with the file, for the API and for the page."""
    name, wanted = MunicipalityName(municipality), SettlementId(run_id)
    async with connected(request, municipality) as connection:
        run = await read_run(connection, wanted)
        content = await fetch_manifest(connection, name, wanted, now=datetime.now(UTC))
    return saved_as(f"{name}-{run.number}-manifest.json", content, media_type=JSON)


async def fetched_checkpoint(
    request: AppRequest, municipality: str, run_id: UUID
) -> Response[bytes]:
    async with connected(request, municipality) as connection:
        run = await read_run(connection, SettlementId(run_id))
        note = await checkpoint_of(connection)
    if note is None:
        raise NothingSealed
    name = f"{municipality}-{run.number}-checkpoint.txt"
    return saved_as(name, note.encode(), media_type=TEXT)


handlers: list[ControllerRouterHandler] = [fetch_settlement_manifest, fetch_settlement_checkpoint]
