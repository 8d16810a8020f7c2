"""Puts the application together; ``pas serve`` runs one of these in each of its workers."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from functools import cache, partial
from typing import Final, cast

import msgspec
from litestar import Litestar
from litestar.types import (
    ASGIApp,
    ControllerRouterHandler,
    ExceptionHandlersMap,
    Receive,
    Scope,
    Send,
)

from pas.app import own_routes
from pas.app.access_log import access_log
from pas.app.edge import AnswerRefusal, wrap
from pas.app.gauges import Gauges
from pas.app.openapi import design_rules, openapi_config
from pas.app.orphans import end_with_parent
from pas.app.ready import Readiness
from pas.app.refusal_answers import Answer, answer_error, answer_refusal, is_api
from pas.app.routes_check import check_routes
from pas.app.sandbox_mark import with_sandbox_mark
from pas.app.slices import slice_routes
from pas.auth.access import require_access
from pas.auth.authentication import Authenticate
from pas.auth.state import PLACE as AUTH
from pas.auth.state import AuthState, refuse_plain_http
from pas.db import Address, Database
from pas.errors import Refusal
from pas.logs import configure_logs
from pas.problems.bodies import AppRequest
from pas.settings import Settings, read_settings
from pas.web.places import Places
from pas.web.templates import Place

MOST_BODY_BYTES: Final = 64_000
"""Of a request; an upload says its own with ``request_max_body_size``."""


class Routed(msgspec.Struct, frozen=True):
    """All routes, made and checked, on no database yet: most of the work of a start."""

    app: Litestar
    handler: ASGIApp
    routes: Sequence[ControllerRouterHandler]


def create_app(
    settings: Settings,
    address: Address,
    more_routes: Sequence[ControllerRouterHandler] = (),
) -> Litestar:
    """Make the application on the database at ``address``; tests may add routes of their own."""
    return run_on(routed(more_routes), settings, address)


def routed(more_routes: Sequence[ControllerRouterHandler] = ()) -> Routed:
    routes = [*own_routes.routes, *slice_routes(), *more_routes]
    app = Litestar(
        routes,
        lifespan=[with_database],
        middleware=[Authenticate],
        guards=[require_access],
        exception_handlers=cast("ExceptionHandlersMap", {Exception: answer_error}),
        request_class=AppRequest,
        request_max_body_size=MOST_BODY_BYTES,
        # Litestar would serve its description with pages from a CDN; see ``described``.
        openapi_config=None,
        # What went wrong is logged where it is answered, with its trace id.
        logging_config=None,
    )
    check_routes(app)
    return Routed(app, app.asgi_handler, routes)


def run_on(made: Routed, settings: Settings, address: Address) -> Litestar:
    """Let it run with these settings on this database; on another one once it has ended there."""
    refuse_plain_http(settings)
    app = made.app
    app.state.clear()
    app.state["settings"], app.state["address"] = settings, address
    app.state["origin"] = settings.origin
    # Made at the first request and kept: it takes longer than a scan.
    app.state["openapi"] = cache(partial(described, made.routes, settings))
    app.asgi_handler = wrap(
        with_sandbox_mark(app, with_place(app, made.handler)),
        hosts=settings.hosts,
        over_tls=settings.origin.startswith("https:"),
        tell=access_log(settings),
        refuse=refuse_at_the_edge(installation_place(settings)),
    )
    return app


@asynccontextmanager
async def with_database(app: Litestar) -> AsyncGenerator[None]:
    """Connect for as long as the application runs."""
    settings = cast("Settings", app.state["settings"])
    database = Database(
        cast("Address", app.state["address"]),
        pool_connections=settings.pool_connections,
        process_connections=settings.process_connections,
        idle_seconds=settings.idle_seconds,
        statement_cache_size=settings.statement_cache_size,
    )
    app.state["database"] = database
    app.state["readiness"] = Readiness(database)
    app.state["gauges"] = Gauges(database)
    app.state["places"] = Places(database, installation_place(settings))
    app.state[AUTH] = auth = AuthState(settings, database)
    try:
        yield
    finally:
        await auth.close()
        await database.close()


def worker() -> Litestar:
    """What ``pas serve`` runs in each of its processes; the parent has told them the database."""
    end_with_parent()
    settings = read_settings()
    assert settings.database_url is not None, "pas serve sets it, also for its own PostgreSQL"
    assert settings.database_secret is not None, "checked when the settings were read"
    configure_logs(settings.log_level, settings.log_format)
    return create_app(settings, Address(settings.database_url, settings.database_secret))


def with_place(app: Litestar, inner: ASGIApp) -> ASGIApp:
    """Find out whose page is asked for before anything can go wrong with it."""

    async def placed(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not is_api(scope["path"]):
            places = cast("Places", app.state["places"])
            scope["state"]["place"] = await places.of_path(scope["path"])
        await inner(scope, receive, send)

    return placed


def refuse_at_the_edge(elsewhere: Place) -> AnswerRefusal:
    """Whoever is refused before we know whose page it was gets ours."""

    def refuse(scope: Scope, refusal: Refusal) -> Answer:
        scope["state"]["place"] = elsewhere
        return answer_refusal(scope, refusal)

    return refuse


def installation_place(settings: Settings) -> Place:
    """Whose pages are those that belong to no municipality."""
    return Place(
        title="",
        product=settings.product,
        telephone=settings.telephone,
    )


def described(routes: Sequence[ControllerRouterHandler], settings: Settings) -> bytes:
    """Describe the routes by means of a second application that is never served."""
    twin = Litestar(
        routes,
        openapi_config=openapi_config(settings),
        request_class=AppRequest,
        logging_config=None,
    )
    made = cast("dict[str, object]", twin.openapi_schema.to_schema())
    return design_rules(made, settings.origin)
