"""The manifest of a run and the signed note beside it, from the page of the run."""

from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.problems.bodies import AppRequest
from pas.settlements.pages.run import RUN
from pas.settlements.routes.manifest import JSON, TEXT, fetched_checkpoint, fetched_manifest
from pas.settlements.routes.runs import READ


@get(f"{RUN}/manifest.json", opt=READ, include_in_schema=False, media_type=JSON)
async def manifest_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    return await fetched_manifest(request, municipality, run_id)


@get(f"{RUN}/checkpoint.txt", opt=READ, include_in_schema=False, media_type=TEXT)
async def checkpoint_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    return await fetched_checkpoint(request, municipality, run_id)


routes: list[ControllerRouterHandler] = [manifest_file, checkpoint_file]
