"""Granting as pages: a person explained, assessments, money, incomes, deviations."""

from litestar.types import ControllerRouterHandler

from pas.grants.pages import applications, appropriations, assessments, deviations, incomes, person

routes: list[ControllerRouterHandler] = [
    *person.routes,
    *applications.routes,
    *assessments.routes,
    *appropriations.routes,
    *incomes.routes,
    *deviations.routes,
]
