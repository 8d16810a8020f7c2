"""Merchants as pages: who there is, how one stands, its tills, and pairing a device with one."""

from litestar.types import ControllerRouterHandler

from pas.merchants.pages import merchants, pairing, tills

routes: list[ControllerRouterHandler] = [*merchants.routes, *tills.routes, *pairing.routes]
