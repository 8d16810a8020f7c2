"""Endpoints: make the cards of a year, and fetch its two files."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import CardRunId, JobId, MunicipalityName
from pas.passes.cards import LastingForm
from pas.passes.list_card_runs import ListedRun, list_card_runs
from pas.passes.print_cards import CardRun, read_card_run
from pas.passes.print_files import FileKind, print_file
from pas.passes.print_job import queue_card_run
from pas.problems.bodies import AppRequest

PRINT: Final = {"permission": Permission.CARDS_PRINT}
FILE_NAMES: Final[dict[FileKind, str]] = {"cards": "kaarten", "letters": "codes"}
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
RUN: Final = "/v1/{municipality:str}/card-runs/{run_id:uuid}"


class NewCardRun(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of which pass year, and on what."""

    year: Annotated[int, Meta(ge=2000, le=2199)]
    form: LastingForm


class CardRuns(msgspec.Struct, frozen=True):
    """The newest first."""

    items: list[ListedRun]


class QueuedCardRun(msgspec.Struct, frozen=True, rename="camel"):
    """The run, and the job that does it."""

    card_run_id: CardRunId
    job_id: JobId


@post("/v1/{municipality:str}/card-runs", opt=PRINT, status_code=202)
async def start_card_run(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewCardRun]
) -> QueuedCardRun:
    """Maak kaarten voor iedereen die dat jaar een pas heeft en nog geen kaart."""
    async with connected(request, municipality) as connection:
        run_id, job_id = await queue_card_run(
            connection,
            year=data.year,
            form=data.form,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return QueuedCardRun(run_id, job_id)


@get("/v1/{municipality:str}/card-runs", opt=PRINT)
async def list_all_card_runs(
    municipality: FromPath[str], request: AppRequest, *, limit: Limit = 50
) -> CardRuns:
    """Lees welke rondes van kaarten er waren, en hoeveel kaarten erin zitten; de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return CardRuns(await list_card_runs(connection, limit=limit))


@get(RUN, opt=PRINT)
async def read_one_card_run(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> CardRun:
    """Lees hoe het met een ronde van kaarten staat, en tot wanneer de bestanden er zijn."""
    async with connected(request, municipality) as connection:
        return await read_card_run(connection, CardRunId(run_id))


@get(f"{RUN}/cards", opt=PRINT, media_type="text/csv")
async def fetch_card_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Haal het bestand (CSV) voor de drukker: naam, adres, nummer en code van de kaart."""
    return await fetched(request, municipality, run_id, kind="cards")


@get(f"{RUN}/letters", opt=PRINT, media_type="text/csv")
async def fetch_letter_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Haal het bestand (CSV) voor de brieven: naam, adres en de code om de kaart aan te zetten."""
    return await fetched(request, municipality, run_id, kind="letters")


async def fetched(
    request: AppRequest, municipality: str, run_id: UUID, *, kind: FileKind
) -> Response[str]:
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        content = await print_file(
            connection,
            CardRunId(run_id),
            kind,
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    # A header line would be no CSV any more: the name of the file says that it is confidential.
    headers = {
        "content-disposition": f'attachment; filename="vertrouwelijk-{FILE_NAMES[kind]}.csv"',
        "cache-control": "no-store",
    }
    return Response(content, media_type="text/csv", headers=headers)


handlers: list[ControllerRouterHandler] = [
    start_card_run,
    list_all_card_runs,
    read_one_card_run,
    fetch_card_file,
    fetch_letter_file,
]
