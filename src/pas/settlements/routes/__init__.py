"""The API of settlements: runs for finance and its second person, payouts for a merchant."""

from litestar.types import ControllerRouterHandler

from pas.settlements.routes import bank, debit_notes, manifest, payouts, review, runs, statements

routes: list[ControllerRouterHandler] = [
    *runs.handlers,
    *review.handlers,
    *manifest.handlers,
    *payouts.handlers,
    *bank.handlers,
    *debit_notes.handlers,
    *statements.handlers,
]
