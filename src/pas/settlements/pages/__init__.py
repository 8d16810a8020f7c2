"""The pages of settlements: what waits for me, one run, one payment, and a merchant's own payouts."""

from litestar.types import ControllerRouterHandler

from pas.settlements.pages import (
    acts,
    bank,
    debit_note,
    debit_notes,
    line,
    made_of,
    manifest,
    overview,
    payouts,
    review,
    run,
    statement,
)

routes: list[ControllerRouterHandler] = [
    *overview.routes,
    *run.routes,
    *review.routes,
    *manifest.routes,
    *acts.routes,
    *line.routes,
    *payouts.routes,
    *made_of.routes,
    *statement.routes,
    *bank.routes,
    *debit_notes.routes,
    *debit_note.routes,
]
