"""Passes and cards as pages: the holder's own, activating a card, and a card at the counter."""

from litestar.types import ControllerRouterHandler

from pas.passes.pages import activate, card, my_pass

routes: list[ControllerRouterHandler] = [*my_pass.routes, *activate.routes, *card.routes]
