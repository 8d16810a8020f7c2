"""Passes and cards as pages: the holder's own, one at the counter, the cards of a year."""

from litestar.types import ControllerRouterHandler

from pas.passes.pages import activate, card, card_runs, my_pass

routes: list[ControllerRouterHandler] = [
    *my_pass.routes,
    *activate.routes,
    *card.routes,
    *card_runs.routes,
]
