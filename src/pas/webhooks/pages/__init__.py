"""Webhooks as pages, for who manages a merchant."""

from litestar.types import ControllerRouterHandler

from pas.webhooks.pages import acts, look

routes: list[ControllerRouterHandler] = [*look.routes, *acts.routes]
