"""Passes and cards as pages: the holder's own, what an officer does with one, the cards of a year."""

from litestar.types import ControllerRouterHandler

from pas.passes.pages import (
    again,
    card,
    card_runs,
    mandates,
    my_card,
    my_history,
    my_pass,
    my_telephones,
    my_worker,
    reopen,
    sign_in,
)

routes: list[ControllerRouterHandler] = [
    *my_pass.routes,
    *my_history.routes,
    *my_card.routes,
    *my_telephones.routes,
    *my_worker.routes,
    *sign_in.routes,
    *again.routes,
    *mandates.routes,
    *card.routes,
    *card_runs.routes,
    *reopen.routes,
]
