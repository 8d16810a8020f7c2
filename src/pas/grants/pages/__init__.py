"""Granting as pages: a person explained, assessments, incomes, deviations."""

from litestar.types import ControllerRouterHandler

from pas.grants.pages import assessments, incomes, person

routes: list[ControllerRouterHandler] = [*person.routes, *assessments.routes, *incomes.routes]
