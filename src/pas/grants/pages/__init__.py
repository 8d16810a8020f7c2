"""Granting as pages: a person explained, applying, assessments, money, incomes, diplomas, deviations."""

from litestar.types import ControllerRouterHandler

from pas.grants.pages import (
    applications,
    apply,
    appropriations,
    assessments,
    deviations,
    diplomas,
    helpers,
    incomes,
    my_decision,
    person,
)

routes: list[ControllerRouterHandler] = [
    *person.routes,
    *applications.routes,
    *apply.routes,
    *helpers.routes,
    *my_decision.routes,
    *assessments.routes,
    *appropriations.routes,
    *incomes.routes,
    *diplomas.routes,
    *deviations.routes,
]
