"""Pages of take-overs: hand over a list, see what comes of it, and judge it as a second person."""

from litestar.types import ControllerRouterHandler

from pas.takeovers.pages import hand_over, judge, overview

routes: list[ControllerRouterHandler] = [*overview.routes, *hand_over.routes, *judge.routes]
