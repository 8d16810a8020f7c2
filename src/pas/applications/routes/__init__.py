"""The API of applications: who may apply, applying, deciding, confirming, vouchers and the report."""

from litestar.types import ControllerRouterHandler

from pas.applications.routes import (
    applications,
    awards,
    organisations,
    payees,
    queue,
    report,
    vouchers,
)

routes: list[ControllerRouterHandler] = [
    *organisations.handlers,
    *applications.handlers,
    *queue.handlers,
    *awards.handlers,
    *payees.handlers,
    *vouchers.handlers,
    *report.handlers,
]
