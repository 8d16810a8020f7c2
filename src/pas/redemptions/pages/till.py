"""Selling on pages: scan or type, look at what can be taken, take it."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.redemptions.basket import unpacked
from pas.redemptions.bodies import AskBody, Asks
from pas.redemptions.pages.frame import frame, home
from pas.redemptions.pages.offer import (
    MOST_CHILDREN,
    MOST_CONDITIONS,
    as_ticked,
    first_offer,
    label_of,
    next_offer,
    shown,
)
from pas.redemptions.pages.typed import id_in, visits_in
from pas.redemptions.paused_till import PauseTold, read_pause
from pas.redemptions.routes.counter import SELL, answered, till_of
from pas.redemptions.till_desk import TillDesk, till_desk
from pas.redemptions.till_list import purposes
from pas.redemptions.till_state import refuse_revoked
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

TILL_PAGE: Final = "redemptions/till.html"


@get("/{municipality:str}/till", opt=SELL, include_in_schema=False)
async def show_till(
    request: AppRequest, municipality: FromPath[str], *, payee: FromQuery[UUID | None] = None
) -> Response[str] | Redirect:
    """The cashier's first page: which pass, and how much."""
    desk = await desk_of(request, municipality, payee)
    pause = await pause_of(request, municipality)
    if desk.payee is None and pause is None:
        return done(f"{home(municipality)}/payees")
    return page(
        request,
        TILL_PAGE,
        form=Form(),
        pause=pause,
        **desk_context(municipality, desk),
        **frame(request, municipality),
    )


@post("/{municipality:str}/till/quote", opt=SELL, include_in_schema=False, status_code=200)
async def show_quote(request: AppRequest, municipality: FromPath[str]) -> Response[str] | Redirect:
    """What can be taken, what to ask for, and what to check first."""
    form = await read_form(request)
    desk = await desk_of(request, municipality, id_in(form.value("payee")))
    if desk.payee is None:
        return done(f"{home(municipality)}/payees")
    asks = asks_in(form, desk)
    around = frame(request, municipality)
    if asks is None:
        return wrong_form(request, TILL_PAGE, form, **desk_context(municipality, desk), **around)
    answers = await answered(request, municipality, asks)
    if any(answer.pause for answer in answers):
        return done(home(municipality))
    children = sorted({place for answer in answers for place in answer.children})
    again = ("scanned", "amount", "visits", "category", "payee")
    return page(
        request,
        "redemptions/quote.html",
        form=Form(),
        typed=form,
        parts=shown(asks.items, answers, dict(desk.categories)),
        offer=first_offer(asks.items, answers),
        children=[
            (place, label_of(place), place in {ask.holder for ask in asks.items})
            for place in (0, *children)
            if place < MOST_CHILDREN
        ]
        if children
        else [],
        again={name: form.value(name) for name in again if form.value(name)},
        stop=again_at(municipality, id_in(form.value("payee"))),
        **desk_context(municipality, desk),
        **around,
    )


@post("/{municipality:str}/till/sell", opt=SELL, include_in_schema=False, status_code=200)
async def show_sold(request: AppRequest, municipality: FromPath[str]) -> Response[str]:
    """Take what the quote said; the same form sent again sells nothing more."""
    form = await read_form(request)
    ticked = {place for place in range(MOST_CONDITIONS) if form.ticked(f"confirmed-{place}")}
    sale = as_ticked(unpacked(form.value("basket")), ticked)
    answers = await answered(request, municipality, sale)
    async with connected(request, municipality) as connection:
        titles = await purposes(connection)
    return page(
        request,
        "redemptions/sold.html",
        form=Form(),
        parts=shown(sale.items, answers, titles),
        booked=any(answer.outcome == "booked" for answer in answers),
        offer=next_offer(sale, answers),
        next=again_at(municipality, sale.items[0].payee),
        **frame(request, municipality),
    )


async def desk_of(request: AppRequest, municipality: str, payee: UUID | None) -> TillDesk:
    till = await till_of(request, municipality)
    async with connected(request, municipality) as connection:
        await refuse_revoked(connection, till)
        return await till_desk(connection, till, payee)


async def pause_of(request: AppRequest, municipality: str) -> PauseTold | None:
    till = await till_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await read_pause(connection, till)


def desk_context(municipality: str, desk: TillDesk) -> dict[str, object]:
    own = desk.kind != "merchant"
    return {"till": desk, "own": own, "sign_out": f"/{municipality}/sign-out"}


def again_at(municipality: str, payee: UUID | None) -> str:
    """The first page for the next pass, with the same payee where one was chosen."""
    return home(municipality) if payee is None else f"{home(municipality)}?payee={payee}"


def asks_in(form: Form, desk: TillDesk) -> Asks | None:
    """Read the form; an amount or a number of visits, and for whom when children were shown."""
    scanned = form.text("scanned", "Scan de pas, of typ het nummer.", most=300)
    visits, cents = visits_in(form), None
    if not form.value("visits").strip():
        cents = form.cents("amount", "Typ de prijs.")
    elif form.value("amount").strip():
        form.refuse("amount", "Typ een prijs of een aantal bezoeken. Niet allebei.")
    category = form.value("category") if form.value("category") in desk.codes else None
    holders = [n for n in range(MOST_CHILDREN) if form.ticked(f"holder-{n}")] or [0]
    unmet = [form.value(f"unmet-{n}") for n in range(MOST_CONDITIONS)]
    if not form.ok or scanned is None:
        return None
    ask = AskBody(
        scanned=scanned,
        price_cents=cents,
        visits=visits,
        category=category,
        payee=None if desk.kind == "merchant" else desk.payee,
        unmet=tuple(code for code in unmet if code),
    )
    return Asks(items=tuple(msgspec.structs.replace(ask, holder=holder) for holder in holders))


routes: list[ControllerRouterHandler] = [show_till, show_quote, show_sold]
