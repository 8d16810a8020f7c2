"""Whom a sale is for: a till that belongs to no merchant chooses one, also to look up its sales."""

from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.redemptions.pages.frame import frame, home
from pas.redemptions.payees import list_payees
from pas.redemptions.routes.counter import LOOK
from pas.web.pages import page

ON_A_PAGE: Final = 30
LONGEST_SEARCH: Final = 100


@get("/{municipality:str}/till/payees", opt=LOOK, include_in_schema=False)
async def choose_payee(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    search: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
    then: FromQuery[Literal["sell", "sales"]] = "sell",
) -> Response[str]:
    """The clubs and shops that take the pass now."""
    text = search.strip()[:LONGEST_SEARCH]
    async with connected(request, municipality) as connection:
        found = await list_payees(
            connection,
            text,
            after=None if after is None else MerchantId(after),
            limit=ON_A_PAGE,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    more = {"search": text, "then": then, "after": str(found[-1].id)} if found else {}
    return page(
        request,
        "redemptions/payees.html",
        merchants=[(one.id, one.name) for one in found],
        search=text,
        then=then,
        target=home(municipality) if then == "sell" else f"{home(municipality)}/sales",
        more=urlencode(more) if len(found) == ON_A_PAGE else "",
        **frame(request, municipality),
    )


routes: list[ControllerRouterHandler] = [choose_payee]
