"""Who bears what a pass did not pay, of sales without a network: for the municipality and a merchant."""

from datetime import date
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import EntryId, MerchantId
from pas.merchants.stored import read_merchant
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.redemptions.judge import refusal_named
from pas.redemptions.offline.borne import (
    DAYS_SHOWN,
    LAST_DAY,
    BorneDay,
    BorneSale,
    borne_days,
    borne_sales,
)
from pas.web.dates import day as day_in_words
from pas.web.dates import moment
from pas.web.pages import page

READ: Final = {"permission": Permission.REDEMPTIONS_READ}


class DayTile(msgspec.Struct, frozen=True):
    """One merchant on one day, with the way to its sales."""

    title: str
    href: str
    sentences: list[str]


class SaleTile(msgspec.Struct, frozen=True):
    """One sale: who pays, and why."""

    id: EntryId
    title: str
    when: str
    bearer: str
    kind: str
    why: str
    what_next: str


@get("/{municipality:str}/offline-sales", opt=READ, include_in_schema=False)
async def offline_page(
    municipality: FromPath[str], request: AppRequest, *, before: FromQuery[date | None] = None
) -> Response[str]:
    """Every merchant: what the municipality bore, and what it did not pay."""
    home = f"/{municipality}"
    async with connected(request, municipality) as connection:
        days = await borne_days(connection, before=before or LAST_DAY)
    return page(
        request,
        "redemptions/offline.html",
        home=home,
        merchant=None,
        days=[day_tile(one, home=home, named=True) for one in days],
        older=older(days),
        here=f"{home}/offline-sales",
    )


@get(
    "/{municipality:str}/merchants/{merchant_id:uuid}/offline-sales",
    opt=READ,
    include_in_schema=False,
)
async def offline_page_of_merchant(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    day: FromQuery[date | None] = None,
    before: FromQuery[date | None] = None,
) -> Response[str]:
    """One merchant: its days, or the sales of one of them."""
    home, wanted, actor = f"/{municipality}", MerchantId(merchant_id), actor_of(request)
    own = actor.merchant_id is not None
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        if day is not None:
            sales = await borne_sales(connection, wanted, day)
            return page(
                request,
                "redemptions/offline_day.html",
                home=home,
                merchant=merchant,
                day=day_in_words(day),
                sales=[sale_tile(one, own=own) for one in sales],
                back=f"{home}/merchants/{merchant_id}/offline-sales",
            )
        days = await borne_days(connection, merchant=wanted, before=before or LAST_DAY)
    return page(
        request,
        "redemptions/offline.html",
        home=home,
        merchant=merchant,
        days=[day_tile(one, home=home, named=False) for one in days],
        older=older(days),
        here=f"{home}/merchants/{merchant_id}/offline-sales",
    )


def older(days: list[BorneDay]) -> date | None:
    """The day before which there may be more."""
    return days[-1].day if len({one.day for one in days}) == DAYS_SHOWN else None


def day_tile(one: BorneDay, *, home: str, named: bool) -> DayTile:
    sentences: list[str] = []
    if one.risk_sales:
        count = "1 verkoop" if one.risk_sales == 1 else f"{one.risk_sales} verkopen"
        sentences.append(f"De gemeente betaalt {euros(one.risk_cents)}, van {count}.")
    if one.refused_sales:
        count = "1 verkoop" if one.refused_sales == 1 else f"{one.refused_sales} verkopen"
        sentences.append(f"Niet betaald: {count}, samen {euros(one.refused_cents)}.")
    when = day_in_words(one.day)
    return DayTile(
        title=f"{one.merchant}, {when}" if named else when,
        href=f"{home}/merchants/{one.merchant_id}/offline-sales?day={one.day}",
        sentences=sentences,
    )


def sale_tile(one: BorneSale, *, own: bool) -> SaleTile:
    reason, at_club = refusal_named(one.reason), one.bearer == "merchant"
    if at_club:
        bearer = "voor uw eigen rekening" if own else "voor de club of winkel zelf"
    elif one.take_cents:
        bearer = f"de pas betaalt {euros(one.take_cents)}, de gemeente {euros(one.risk_cents)}"
    else:
        bearer = f"de gemeente betaalt {euros(one.risk_cents)}"
    return SaleTile(
        id=one.id,
        title=euros(one.price_cents),
        when=f"{moment(one.occurred_at)}, {one.till}",
        bearer=bearer,
        kind="warning" if at_club else "info",
        why=reason.title(),
        what_next=reason.next_step if at_club else "",
    )


routes: list[ControllerRouterHandler] = [offline_page, offline_page_of_merchant]
