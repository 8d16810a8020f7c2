"""The API of passes and cards, for officers and for holders themselves."""

from litestar.types import ControllerRouterHandler

from pas.passes.routes import balances, card_runs, cards, new_cards, passes, phone_codes

routes: list[ControllerRouterHandler] = [
    *passes.handlers,
    *phone_codes.handlers,
    *balances.handlers,
    *cards.handlers,
    *new_cards.handlers,
    *card_runs.handlers,
]
