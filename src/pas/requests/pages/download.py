"""Everything that is held about somebody, as a file: what it is first, then the file."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected, ring_of
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest
from pas.requests.download import everything_about
from pas.requests.pages.filing import about
from pas.web.pages import page

PATH: Final = "/{municipality:str}/my-data/{resident_id:uuid}/download"
HOLDER: Final = {"holder": True}


@get(PATH, opt=HOLDER, include_in_schema=False)
async def download_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    async with connected(request, municipality) as connection:
        context = await about(
            connection, request, municipality=municipality, who=ResidentId(resident_id)
        )
    return page(request, "requests/download.html", **context)


@post(PATH, opt=HOLDER, include_in_schema=False, status_code=200)
async def download_file(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """The file; that it was taken is an event, what is in it is not."""
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        content = await everything_about(
            connection,
            ResidentId(resident_id),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Response(
        content,
        status_code=HTTPStatus.OK,
        media_type="application/json",
        headers={
            "Content-Disposition": 'attachment; filename="mijn-gegevens.json"',
            "Cache-Control": "no-store",
        },
    )


routes: list[ControllerRouterHandler] = [download_page, download_file]
