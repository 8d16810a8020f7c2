"""The pages of years: which there are, how each ends, who closes it, and a sample for the audit."""

from litestar.types import ControllerRouterHandler

from pas.years.pages import acts, overview, rehearsal, sample, year

routes: list[ControllerRouterHandler] = [
    *overview.routes,
    *year.routes,
    *acts.routes,
    *rehearsal.routes,
    *sample.routes,
]
