"""The API of settlements: runs for finance and its second person, payouts for a merchant."""

from litestar.types import ControllerRouterHandler

from pas.settlements.routes import bank, manifest, payouts, review, runs, statements

routes: list[ControllerRouterHandler] = [
    *runs.handlers,
    *review.handlers,
    *manifest.handlers,
    *payouts.handlers,
    *bank.handlers,
    *statements.handlers,
]
