"""Endpoints of years, put together."""

from litestar.types import ControllerRouterHandler

from pas.years.routes import accounts, closings, rehearsals, samples

routes: list[ControllerRouterHandler] = [
    *rehearsals.handlers,
    *accounts.handlers,
    *closings.handlers,
    *samples.handlers,
]
