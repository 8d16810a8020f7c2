"""The pages of the books by month: what is open, what a month holds, and how the journal is made a file."""

from litestar.types import ControllerRouterHandler

from pas.bookkeeping.pages import acts, period, periods, profile

routes: list[ControllerRouterHandler] = [
    *periods.routes,
    *period.routes,
    *acts.routes,
    *profile.routes,
]
