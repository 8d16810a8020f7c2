"""The till's endpoints: what it is, ask, sell, list, void, refund."""

from litestar.types import ControllerRouterHandler

from pas.redemptions.routes import desk, sales

routes: list[ControllerRouterHandler] = [*desk.handlers, *sales.handlers]
