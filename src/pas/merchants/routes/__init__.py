"""The API of merchants: who they are, where their money goes, and their tills."""

from litestar.types import ControllerRouterHandler

from pas.merchants.routes import (
    imports,
    organisations,
    pairing,
    payout_accounts,
    sells_offline,
    tills,
)

routes: list[ControllerRouterHandler] = [
    *organisations.handlers,
    *payout_accounts.handlers,
    *tills.handlers,
    *sells_offline.handlers,
    *pairing.handlers,
    *imports.handlers,
]
