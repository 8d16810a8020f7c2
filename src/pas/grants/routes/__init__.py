"""The API of grants: money set aside, assessments, applications, decisions and deviations."""

from litestar.types import ControllerRouterHandler

from pas.grants.routes import (
    applications,
    appropriations,
    assessments,
    decisions,
    deviations,
    diplomas,
    helpers,
    year_end,
)

routes: list[ControllerRouterHandler] = [
    *appropriations.handlers,
    *assessments.handlers,
    *applications.handlers,
    *decisions.handlers,
    *deviations.handlers,
    *diplomas.handlers,
    *helpers.handlers,
    *year_end.handlers,
]
