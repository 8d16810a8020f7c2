"""Selling on pages: scan or type, look at what can be taken, take it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.days import day_of
from pas.ids import MerchantId
from pas.problems.bodies import AppRequest
from pas.redemptions.basket import unpacked
from pas.redemptions.bodies import AskBody, Asks
from pas.redemptions.pages.chosen import (
    CHECKED,
    UNCHECKED,
    AtDesk,
    asked_again,
    chosen_in,
    fill_in,
    typed_again,
)
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
from pas.redemptions.till_desk import till_desk
from pas.redemptions.till_offers import OfferTold, offers_of_till
from pas.redemptions.till_state import refuse_revoked
from pas.schemes.categories import category_titles
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
    if desk.till.payee is None and pause is None:
        return done(f"{home(municipality)}/payees")
    return page(
        request,
        TILL_PAGE,
        form=Form(),
        pause=pause,
        chosen=None,
        **desk_context(municipality, desk),
        **frame(request, municipality),
    )


@post("/{municipality:str}/till/quote", opt=SELL, include_in_schema=False, status_code=200)
async def show_quote(request: AppRequest, municipality: FromPath[str]) -> Response[str] | Redirect:
    """What can be taken, what to ask for, and what to check first."""
    form = await read_form(request)
    desk = await desk_of(request, municipality, id_in(form.value("payee")))
    if desk.till.payee is None:
        return done(f"{home(municipality)}/payees")
    chosen = chosen_in(form, desk)
    if chosen is not None:
        fill_in(form, chosen)
    asks = asks_in(form, desk)
    if asks is None:
        around = {**desk_context(municipality, desk), **frame(request, municipality)}
        return wrong_form(request, TILL_PAGE, form, chosen=chosen, **around)
    return await quoted(request, municipality, desk, asks=asks, typed=form, chosen=chosen)


async def quoted(
    request: AppRequest,
    municipality: str,
    desk: AtDesk,
    *,
    asks: Asks,
    typed: Form,
    chosen: OfferTold | None,
    unchecked: str = "",
) -> Response[str] | Redirect:
    """Show what can be taken; ``unchecked`` says that an offer's own conditions were not looked at."""
    form = Form()
    if unchecked:
        form.refuse(CHECKED, unchecked)
    answers = await answered(request, municipality, asks)
    if any(answer.pause for answer in answers):
        return done(home(municipality))
    children = sorted({place for answer in answers for place in answer.children})
    again = ("scanned", "amount", "visits", "category", "payee", "offer")
    if answers[0].ticket is not None:
        typed.typed["scanned"] = answers[0].ticket
    return page(
        request,
        "redemptions/quote.html",
        form=form,
        typed=typed,
        chosen=chosen,
        parts=shown(asks.items, answers, dict(desk.till.categories)),
        offer=first_offer(asks.items, answers),
        children=[
            (place, label_of(place), place in {ask.holder for ask in asks.items})
            for place in (0, *children)
            if place < MOST_CHILDREN
        ]
        if children
        else [],
        again={name: typed.value(name) for name in again if typed.value(name)},
        stop=again_at(municipality, id_in(typed.value("payee"))),
        **desk_context(municipality, desk),
        **frame(request, municipality),
    )


@post("/{municipality:str}/till/sell", opt=SELL, include_in_schema=False, status_code=200)
async def show_sold(request: AppRequest, municipality: FromPath[str]) -> Response[str] | Redirect:
    """Take what the quote said; the same form sent again sells nothing more."""
    form = await read_form(request)
    ticked = {place for place in range(MOST_CONDITIONS) if form.ticked(f"confirmed-{place}")}
    sale = as_ticked(unpacked(form.value("basket")), ticked)
    if form.value("offer") and not form.ticked(CHECKED):
        desk = await desk_of(request, municipality, sale.items[0].payee)
        chosen = chosen_in(form, desk)
        if chosen is not None and chosen.conditions:
            return await quoted(
                request,
                municipality,
                desk,
                asks=asked_again(sale),
                typed=typed_again(sale, chosen),
                chosen=chosen,
                unchecked=UNCHECKED,
            )
    answers = await answered(request, municipality, sale)
    async with connected(request, municipality) as connection:
        titles = await category_titles(connection)
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


async def desk_of(request: AppRequest, municipality: str, payee: UUID | None) -> AtDesk:
    till, today = await till_of(request, municipality), day_of(datetime.now(UTC))
    of = None if payee is None else MerchantId(payee)
    async with connected(request, municipality) as connection:
        await refuse_revoked(connection, till)
        desk = await till_desk(connection, till, payee)
        return AtDesk(desk, await offers_of_till(connection, till, payee=of, today=today))


async def pause_of(request: AppRequest, municipality: str) -> PauseTold | None:
    till = await till_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await read_pause(connection, till)


def desk_context(municipality: str, desk: AtDesk) -> dict[str, object]:
    own = desk.till.kind != "merchant"
    return {
        "till": desk.till,
        "offers": desk.offers,
        "own": own,
        "sign_out": f"/{municipality}/sign-out",
    }


def again_at(municipality: str, payee: UUID | None) -> str:
    """The first page for the next pass, with the same payee where one was chosen."""
    return home(municipality) if payee is None else f"{home(municipality)}?payee={payee}"


def asks_in(form: Form, desk: AtDesk) -> Asks | None:
    """Read the form; an amount or a number of visits, and for whom when children were shown."""
    scanned = form.text("scanned", "Scan de pas, of typ het nummer.", most=300)
    visits, cents = visits_in(form), None
    if not form.value("visits").strip():
        cents = form.cents("amount", "Typ de prijs.")
    elif form.value("amount").strip():
        form.refuse("amount", "Typ een prijs of een aantal bezoeken. Niet allebei.")
    category = form.value("category") if form.value("category") in desk.till.codes else None
    holders = [n for n in range(MOST_CHILDREN) if form.ticked(f"holder-{n}")] or [0]
    unmet = [form.value(f"unmet-{n}") for n in range(MOST_CONDITIONS)]
    if not form.ok or scanned is None:
        return None
    ask = AskBody(
        scanned=scanned,
        price_cents=cents,
        visits=visits,
        category=category,
        payee=None if desk.till.kind == "merchant" else desk.till.payee,
        unmet=tuple(code for code in unmet if code),
    )
    return Asks(items=tuple(msgspec.structs.replace(ask, holder=holder) for holder in holders))


routes: list[ControllerRouterHandler] = [show_till, show_quote, show_sold]
