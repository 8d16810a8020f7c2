"""Applications as pages: applying, own cases, the queue, children at a club, vouchers, payees, report."""

from litestar.types import ControllerRouterHandler

from pas.applications.pages import (
    applying,
    awards,
    deciding,
    organisations,
    own_cases,
    payees,
    queue,
    report,
    vouchers,
)

routes: list[ControllerRouterHandler] = [
    *applying.routes,
    *own_cases.routes,
    *queue.routes,
    *deciding.routes,
    *awards.routes,
    *payees.routes,
    *vouchers.routes,
    *organisations.routes,
    *report.routes,
]
