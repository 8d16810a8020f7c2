"""A route that does not say who may use it keeps the program from starting."""

import pytest
from litestar import Controller, get
from litestar.types import ControllerRouterHandler

from browsing import NOWHERE, SETTINGS
from pas.app import create_app
from pas.app.routes_check import UnguardedRoutes, handlers


@get("/open")
async def unsaid() -> None: ...


@get("/both", opt={"public": True, "permission": "scheme_read"})
async def twice() -> None: ...


@get("/no", opt={"public": False})
async def neither() -> None: ...


class Guarded(Controller):
    """Says it once for all its routes."""

    path = "/guarded"
    opt = {"till": True}  # noqa: RUF012 (Litestar reads it from the class)

    @get("/a")
    async def a(self) -> None: ...


@pytest.mark.parametrize("route", [unsaid, twice, neither])
def test_a_route_must_say_who_may_use_it(route: ControllerRouterHandler) -> None:
    with pytest.raises(UnguardedRoutes, match="GET /"):
        create_app(SETTINGS, NOWHERE, [route])


def test_a_controller_may_say_it_for_all_its_routes() -> None:
    create_app(SETTINGS, NOWHERE, [Guarded])


def test_all_routes_of_the_program_say_it() -> None:
    app = create_app(SETTINGS, NOWHERE)
    assert {"/healthz", "/readyz", "/metrics"} <= {path for path, _ in handlers(app)}
