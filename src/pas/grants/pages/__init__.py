"""Granting as pages: a person explained, assessments, incomes, deviations."""

from litestar.types import ControllerRouterHandler

from pas.grants.pages import applications, assessments, deviations, incomes, person

routes: list[ControllerRouterHandler] = [
    *person.routes,
    *applications.routes,
    *assessments.routes,
    *incomes.routes,
    *deviations.routes,
]
