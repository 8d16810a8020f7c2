"""Merchants as pages: who there is and how they stand, and approving one."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.merchants.judge import approve_merchant
from pas.merchants.model import Agreement, Location, MerchantState, TillState
from pas.merchants.show import ListedMerchant, Search, list_merchants
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.pages import done, page

READ: Final = {"permission": Permission.MERCHANTS_READ, "scoped": True}
APPROVE: Final = {"permission": Permission.MERCHANTS_APPROVE, "scoped": True}
ON_A_PAGE: Final = 50
LONGEST_SEARCH: Final = 100

STATES: Final[dict[MerchantState, tuple[str, str]]] = {
    "requested": ("Wacht op goedkeuring", "warning"),
    "approved": ("Doet mee", "ok"),
    "suspended": ("Tijdelijk gestopt", "error"),
    "ended": ("Doet niet meer mee", "info"),
}
TILL_STATES: Final[dict[TillState, str]] = {
    "invited": "nog niet gekoppeld",
    "active": "in gebruik",
    "paused": "stilgezet",
    "revoked": "uitgezet",
}


class _Category(msgspec.Struct, frozen=True):
    code: str
    title: str


READ_TITLES: Final = Statement("SELECT code, title FROM category ORDER BY code", _Category)


class MerchantLine(msgspec.Struct, frozen=True):
    """One merchant in the list."""

    id: MerchantId
    name: str
    state: str
    kind: str
    purposes: str
    note: str


@get("/{municipality:str}/merchants", opt=READ, include_in_schema=False)
async def merchants_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    search: FromQuery[str] = "",
    after: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Who takes the pass; those who wait for approval stand on top."""
    actor, now = actor_of(request), datetime.now(UTC)
    text = search.strip()[:LONGEST_SEARCH]
    wanted = Search(
        text=text or None, after=None if after is None else MerchantId(after), limit=ON_A_PAGE
    )
    async with connected(request, municipality) as connection:
        found = await list_merchants(connection, wanted, actor=actor, now=now)
        waiting: list[ListedMerchant] = []
        if after is None and not text:
            waiting = await list_merchants(
                connection, Search(state="requested", limit=ON_A_PAGE), actor=actor, now=now
            )
        titles = await titles_of(connection)
    return page(
        request,
        "merchants/list.html",
        home=f"/{municipality}",
        search=text,
        waiting=[line_of(one, titles) for one in waiting],
        merchants=[line_of(one, titles) for one in found if one not in waiting],
        next=found[-1].id if len(found) == ON_A_PAGE else None,
    )


@post(
    "/{municipality:str}/merchants/{merchant_id:uuid}/approve",
    opt=APPROVE,
    include_in_schema=False,
    status_code=303,
)
async def approve(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Let it take passes."""
    async with connected(request, municipality) as connection:
        await approve_merchant(
            connection, MerchantId(merchant_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/merchants/{merchant_id}")


async def titles_of(connection: Connection) -> dict[str, str]:
    return {one.code: one.title for one in await READ_TITLES.all(connection)}


def line_of(one: ListedMerchant, titles: dict[str, str]) -> MerchantLine:
    state, kind = STATES[one.state]
    if one.account_waits:
        note = "Een rekeningnummer wacht op een tweede beoordelaar."
    elif not one.has_account:
        note = "Nog zonder rekening. Uitbetalen kan nog niet."
    else:
        note = ""
    purposes = ", ".join(titles.get(code, code) for code in one.categories)
    return MerchantLine(one.id, one.name, state, kind, purposes or "Vandaag geen afspraken.", note)


def location_cells(one: Location) -> list[str | None]:
    where = ", ".join(part for part in (one.address, one.postcode, one.city) if part)
    ended = f"gesloten sinds {day(one.ended_on)}" if one.ended_on else "open"
    return [one.name, where or None, ended]


def agreement_cells(one: Agreement, titles: dict[str, str]) -> list[str | None]:
    until = f"tot {day(one.valid_until)}" if one.valid_until else "geen einddatum"
    price = None if one.visit_price_cents is None else euros(one.visit_price_cents)
    return [titles.get(one.category, one.category), day(one.valid_from), until, price]


routes: list[ControllerRouterHandler] = [merchants_page, approve]
