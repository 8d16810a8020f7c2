"""The till as pages, without JavaScript: scan or type, look, take, and undo."""

from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import auth_state
from pas.errors import TillRefusal
from pas.ids import MunicipalityName, TillId, uuid7
from pas.problems.bodies import AppRequest
from pas.redemptions.basket import unpacked
from pas.redemptions.bodies import (
    AskBody,
    Asks,
    RefundBody,
    VoidBody,
    told,
)
from pas.redemptions.judge import all_refusals
from pas.redemptions.quote_pages import MOST_CHILDREN, quote_page
from pas.redemptions.routes import asked, counter_of, undone
from pas.redemptions.sell import sell
from pas.redemptions.till_desk import TillDesk, till_desk
from pas.redemptions.till_list import TillSale, till_sales
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

TILL: Final = {"till": True}


@get("/{municipality:str}/till", opt=TILL, include_in_schema=False)
async def show_till(request: AppRequest, municipality: FromPath[str]) -> Response[str]:
    """The cashier's first page: which pass, and how much."""
    desk = await desk_of(request, municipality)
    return page(
        request,
        "redemptions/till.html",
        till=desk,
        form=Form(),
        address=home(municipality),
        sign_out=f"/{municipality}/sign-out",
    )


@post("/{municipality:str}/till/quote", opt=TILL, include_in_schema=False, status_code=200)
async def show_quote(request: AppRequest, municipality: FromPath[str]) -> Response[str]:
    """What can be taken, what to ask for, and what to check first."""
    form, desk = await read_form(request), await desk_of(request, municipality)
    asks = asks_in(form, desk)
    if asks is None:
        return wrong_form(
            request,
            "redemptions/till.html",
            form,
            till=desk,
            address=home(municipality),
            sign_out=f"/{municipality}/sign-out",
        )
    counter = await counter_of(request, municipality)
    answers = [told(answer) for answer in await sell(counter, asks)]
    return quote_page(request, home(municipality), form=form, asks=asks, answers=answers, desk=desk)


@post("/{municipality:str}/till/sell", opt=TILL, include_in_schema=False, status_code=200)
async def show_sold(request: AppRequest, municipality: FromPath[str]) -> Response[str]:
    """Take what the quote said; the same form sent again sells nothing more."""
    form = await read_form(request)
    basket = unpacked(form.value("basket"))
    confirmed = {
        code
        for item in basket.items
        for place, code in enumerate(item.confirmed)
        if form.ticked(f"confirmed-{place}")
    }
    items = tuple(
        msgspec.structs.replace(
            item, confirmed=tuple(code for code in item.confirmed if code in confirmed)
        )
        for item in basket.items
    )
    counter = await counter_of(request, municipality)
    answers = [
        told(answer) for answer in await sell(counter, msgspec.structs.replace(basket, items=items))
    ]
    booked = any(answer.outcome == "booked" for answer in answers)
    return page(
        request,
        "redemptions/sold.html",
        answers=answers,
        booked=booked,
        address=home(municipality),
    )


@get("/{municipality:str}/till/sales", opt=TILL, include_in_schema=False)
async def show_sales(request: AppRequest, municipality: FromPath[str]) -> Response[str]:
    """The last sales of this till, each with a way to undo it."""
    desk = await desk_of(request, municipality)
    return page(
        request,
        "redemptions/sales.html",
        sales=await sales_of(request, municipality),
        titles=dict(desk.categories),
        reasons={reason.code(): reason.title() for reason in all_refusals(TillRefusal)},
        address=home(municipality),
    )


@get("/{municipality:str}/till/sales/{sale_id:uuid}", opt=TILL, include_in_schema=False)
async def show_undo(
    request: AppRequest, municipality: FromPath[str], sale_id: FromPath[UUID]
) -> Response[str]:
    context = await undo_context(request, municipality, sale_id)
    if context is None:
        return cast("Response[str]", done(f"{home(municipality)}/sales"))
    return page(request, "redemptions/undo.html", form=Form(), undo_id=uuid7(), **context)


@post(
    "/{municipality:str}/till/sales/{sale_id:uuid}",
    opt=TILL,
    include_in_schema=False,
    status_code=200,
)
async def take_back(
    request: AppRequest, municipality: FromPath[str], sale_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Void or refund, with a reason; what the rules refuse stands beside the choice."""
    form = await read_form(request)
    context = await undo_context(request, municipality, sale_id)
    if context is None:
        return done(f"{home(municipality)}/sales")
    kind = form.choice("kind", "Kies wat u wilt doen.", {"void": "void", "refund": "refund"})
    reason = form.text("reason", "Vul in waarom.", most=300)
    cents = form.cents("amount", "") if form.value("amount").strip() else None
    undo_id = form.parsed("id", "Begin opnieuw.", UUID)
    if form.ok and kind and reason and undo_id:
        body = (
            VoidBody(id=undo_id, reason=reason)
            if kind == "void"
            else RefundBody(id=undo_id, reason=reason, amount_cents=cents)
        )
        try:
            ask = asked(request, sale_id, body, kind="void" if kind == "void" else "refund")
            back = await undone(request, municipality, ask)
            if back.lost_cents:
                told = {"back": back, "address": home(municipality)}
                return page(request, "redemptions/undone.html", **told)
            return done(f"{home(municipality)}/sales")
        except TillRefusal as refusal:
            form.refuse("kind", refusal.cashier)
    return wrong_form(request, "redemptions/undo.html", form, undo_id=form.value("id"), **context)


def home(municipality: str) -> str:
    return f"/{municipality}/till"


async def desk_of(request: AppRequest, municipality: str) -> TillDesk:
    state = auth_state(request.app.state)
    async with state.database.connection(MunicipalityName(municipality)) as connection:
        return await till_desk(connection, TillId(actor_of(request).id))


async def sales_of(request: AppRequest, municipality: str) -> list[TillSale]:
    state = auth_state(request.app.state)
    async with state.database.connection(MunicipalityName(municipality)) as connection:
        return await till_sales(connection, TillId(actor_of(request).id))


async def undo_context(
    request: AppRequest, municipality: str, sale_id: UUID
) -> dict[str, object] | None:
    """Find the sale among this till's own; another till's is not there."""
    sales = await sales_of(request, municipality)
    sale = next((sale for sale in sales if sale.id == sale_id and sale.refusal is None), None)
    if sale is None:
        return None
    desk = await desk_of(request, municipality)
    return {"sale": sale, "titles": dict(desk.categories), "address": home(municipality)}


def asks_in(form: Form, desk: TillDesk) -> Asks | None:
    """Read the form; an amount or a number of visits, and for whom when children were shown."""
    scanned = form.text("scanned", "Scan de pas, of typ het nummer.", most=300)
    visits = form.parsed("visits", "", int, optional=True) if form.value("visits").strip() else None
    cents = None
    if visits is None:
        cents = form.cents("amount", "Typ de prijs.")
    elif form.value("amount").strip():
        form.refuse("amount", "Typ een prijs of een aantal bezoeken. Niet allebei.")
    category = form.value("category") if form.value("category") in desk.codes else None
    holders = [n for n in range(MOST_CHILDREN) if form.ticked(f"holder-{n}")] or [0]
    if not form.ok or scanned is None:
        return None
    return Asks(
        items=tuple(
            AskBody(
                scanned=scanned, price_cents=cents, visits=visits, category=category, holder=holder
            )
            for holder in holders
        )
    )


routes: list[ControllerRouterHandler] = [
    show_till,
    show_quote,
    show_sold,
    show_sales,
    show_undo,
    take_back,
]
