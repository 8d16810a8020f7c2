"""Merchants as pages: who there is, how one stands, its account, its tills, and pairing a device with one."""

from litestar.types import ControllerRouterHandler

from pas.merchants.pages import (
    accounts,
    locations,
    merchants,
    offers,
    pairing,
    sells_offline,
    staff,
    tills,
    waiting_accounts,
)

routes: list[ControllerRouterHandler] = [
    *merchants.routes,
    *accounts.routes,
    *waiting_accounts.routes,
    *tills.routes,
    *offers.routes,
    *sells_offline.routes,
    *pairing.routes,
    *locations.routes,
    *staff.routes,
]
