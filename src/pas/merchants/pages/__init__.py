"""Merchants as pages: who there is, how one stands, its account, its tills, and pairing a device with one."""

from litestar.types import ControllerRouterHandler

from pas.merchants.pages import accounts, merchants, pairing, tills

routes: list[ControllerRouterHandler] = [
    *merchants.routes,
    *accounts.routes,
    *tills.routes,
    *pairing.routes,
]
