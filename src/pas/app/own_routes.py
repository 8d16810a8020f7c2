"""Routes of the program itself: alive, ready, counts, static files, and the API described."""

import asyncio
import os
from http import HTTPStatus
from typing import Final, cast

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.app import metrics
from pas.app.catalogue import by_code
from pas.app.edge import DECODER, DECODER_POLICY
from pas.app.gauges import Gauges
from pas.app.ready import Readiness
from pas.errors import TillRefusal
from pas.problems.bodies import AppRequest
from pas.sandbox.cards import CARDS, UNKNOWN
from pas.web.pages import page
from pas.web.statics import KEEP_FOR_EVER, by_address

PUBLIC: Final = {"public": True}


@get("/healthz", opt=PUBLIC, include_in_schema=False)
async def health() -> dict[str, str]:
    """The process answers; that is all it says, so that a broken database restarts nobody."""
    return {"status": "ok"}


@get("/readyz", opt=PUBLIC, include_in_schema=False)
async def readiness(request: AppRequest) -> Response[dict[str, str]]:
    """Database and migrations only: one city's missing cent takes no other city down."""
    trouble = await cast("Readiness", request.app.state["readiness"]).trouble()
    if trouble:
        return Response(
            {"status": "not ready", "reason": trouble},
            status_code=HTTPStatus.SERVICE_UNAVAILABLE,
            headers={"Retry-After": "2"},
        )
    return Response({"status": "ready"})


@get("/metrics", opt=PUBLIC, include_in_schema=False)
async def measured(request: AppRequest) -> Response[bytes]:
    """What was counted of requests, and what we watch of each municipality."""
    shared_folder = os.environ.get(metrics.SHARED_FOLDER)
    counted = await asyncio.to_thread(metrics.exposition, shared_folder)
    watched = await cast("Gauges", request.app.state["gauges"]).exposition()
    return Response(counted + watched, media_type=metrics.MEDIA_TYPE)


@get("/static/{name:path}", opt=PUBLIC, include_in_schema=False)
async def static_file(name: FromPath[str], request: AppRequest) -> Response[bytes]:
    """A file whose name, or that of its folder, holds the hash of its content."""
    file = by_address().get(name.removeprefix("/"))
    if file is None:
        raise NotFoundException
    headers = {"Cache-Control": KEEP_FOR_EVER, "Vary": "Accept-Encoding"}
    if file.name == DECODER:
        headers["Content-Security-Policy"] = DECODER_POLICY
    if file.squeezed and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        return Response(file.squeezed, media_type=file.media_type, headers=headers)
    return Response(file.content, media_type=file.media_type, headers=headers)


@get("/v1/openapi.json", opt=PUBLIC, include_in_schema=False, sync_to_thread=True)
def openapi_document(request: AppRequest) -> Response[bytes]:
    """The description of the API, for everybody and every website."""
    return Response(
        cast("bytes", request.app.state["openapi"]()),
        media_type="application/json",
        headers={"Access-Control-Allow-Origin": "*"},
    )


@get("/problems/{code:str}", opt=PUBLIC, include_in_schema=False)
async def problem_page(code: FromPath[str], request: AppRequest) -> Response[str]:
    """What the ``type`` of a problem points at: what it means and what to do."""
    refusal = by_code().get(code)
    if refusal is None:
        raise NotFoundException
    facts = [("Code", code), ("Status", str(refusal.status))]
    if issubclass(refusal, TillRefusal):
        facts += [("Voor de kassa", refusal.cashier), ("Voor de pashouder", refusal.holder)]
    return page(
        request,
        "web/problem.html",
        title=refusal.title().rstrip("."),
        next_step=refusal.next_step,
        facts=facts,
    )


@get("/docs/tills", opt=PUBLIC, include_in_schema=False)
async def tills_page(request: AppRequest) -> Response[str]:
    """How a cash register or ticket shop takes passes, with examples that run."""
    return page(
        request,
        "app/tills.html",
        language="en",
        origin=cast("str", request.app.state["origin"]),
        numbers={card.name: card.number() for card in (*CARDS, UNKNOWN)},
    )


routes: list[ControllerRouterHandler] = [
    health,
    readiness,
    measured,
    static_file,
    openapi_document,
    problem_page,
    tills_page,
]
