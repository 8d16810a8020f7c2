"""Reach as pages: the figures with their definitions, target groups, printed figures, freezing."""

from litestar.types import ControllerRouterHandler

from pas.reach.pages import freezing, money, overview, printed, scheme, target_groups

routes: list[ControllerRouterHandler] = [
    *overview.routes,
    *scheme.routes,
    *target_groups.routes,
    *printed.routes,
    *money.routes,
    *freezing.routes,
]
