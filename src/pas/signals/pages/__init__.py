"""The pages of signals: the list for ten minutes a week, and one with what to do."""

from litestar.types import ControllerRouterHandler

from pas.signals.pages import one, overview

routes: list[ControllerRouterHandler] = [*overview.routes, *one.routes]
