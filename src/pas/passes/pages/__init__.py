"""Passes and cards as pages: the holder's own, what an officer does with one, the cards of a year."""

from litestar.types import ControllerRouterHandler

from pas.passes.pages import card, card_runs, my_pass, reopen, sign_in

routes: list[ControllerRouterHandler] = [
    *my_pass.routes,
    *sign_in.routes,
    *card.routes,
    *card_runs.routes,
    *reopen.routes,
]
