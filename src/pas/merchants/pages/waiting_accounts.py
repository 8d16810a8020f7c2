"""The bank accounts that wait for a second person, the longest waiting first."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Statement
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.web.pages import page

APPROVE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_APPROVE}
MOST_SHOWN: Final = 100


class WaitingAccount(msgspec.Struct, frozen=True):
    """A proposal; ``is_own`` says that whoever looks made it, and a colleague has to judge it."""

    merchant_id: MerchantId
    merchant: str
    proposed_at: datetime
    is_change: bool
    is_own: bool


READ_WAITING: Final = Statement(
    """
    SELECT a.merchant_id, m.name AS merchant, a.proposed_at,
        EXISTS (SELECT 1 FROM payout_account o WHERE o.merchant_id = a.merchant_id AND o.approved_at IS NOT NULL)
            AS is_change,
        a.proposed_by = $1 AS is_own
    FROM payout_account a JOIN merchant m ON m.id = a.merchant_id
    WHERE a.approved_at IS NULL AND a.rejected_at IS NULL
    ORDER BY a.proposed_at, a.id LIMIT $2
    """,
    WaitingAccount,
)


@get("/{municipality:str}/merchants/accounts", opt=APPROVE, include_in_schema=False)
async def waiting_accounts_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Whose account should you look at?"""
    async with connected(request, municipality) as connection:
        waiting = await READ_WAITING.all(connection, actor_of(request).id, MOST_SHOWN)
    return page(
        request,
        "merchants/waiting_accounts.html",
        home=f"/{municipality}",
        waiting=waiting,
        most=MOST_SHOWN,
    )


routes: list[ControllerRouterHandler] = [waiting_accounts_page]
