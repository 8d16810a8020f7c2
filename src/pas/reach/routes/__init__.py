"""The API of reach: reports, target groups, files of printed figures, and freezing."""

from litestar.types import ControllerRouterHandler

from pas.reach.routes import freezing, published, reports, target_groups

routes: list[ControllerRouterHandler] = [
    *reports.handlers,
    *target_groups.handlers,
    *published.handlers,
    *freezing.handlers,
]
