"""What a merchant offers, on pages of its own people: the list in the order of the till, and one to make or change."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import MerchantId, OfferId
from pas.merchants.agreements import READ_AGREEMENTS
from pas.merchants.offer_terms import Offer
from pas.merchants.offers import (
    change_offer,
    end_offer,
    find_offer,
    list_offers,
    make_offer,
    move_offer,
)
from pas.merchants.pages.beside import refuse_beside
from pas.merchants.pages.merchants import titles_of
from pas.merchants.pages.offer_form import ONE_DAY, terms_in, typed_from
from pas.merchants.stored import read_merchant
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

OFFERS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/offers"
OFFER: Final = f"{OFFERS}/{{offer_id:uuid}}"
MANAGE: Final = {"permission": Permission.OFFERS_MANAGE}
TEMPLATE: Final = "merchants/offer.html"


class OfferTile(msgspec.Struct, frozen=True):
    """One offer in the list."""

    id: OfferId
    title: str
    price: str
    purpose: str
    conditions: str
    when: str
    is_ended: bool


@get(OFFERS, opt=MANAGE, include_in_schema=False)
async def offers_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What can a cashier tap, and in which order?"""
    actor, wanted = actor_of(request), MerchantId(merchant_id)
    today = day_of(datetime.now(UTC))
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        offers = await list_offers(connection, wanted, actor=actor)
        titles = await titles_of(connection)
    tiles = [tile_of(one, titles, today=today) for one in offers]
    return page(
        request,
        "merchants/offers.html",
        home=f"/{municipality}",
        here=at(municipality, merchant_id),
        merchant=merchant,
        offers=[one for one in tiles if not one.is_ended],
        ended=[one for one in tiles if one.is_ended],
    )


@get(f"{OFFERS}/new", opt=MANAGE, include_in_schema=False)
async def new_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    context = await context_of(request, municipality, merchant_id, stored=None)
    form = Form({"from": day_of(datetime.now(UTC)).isoformat()})
    return page(request, TEMPLATE, form=form, **context)


@post(f"{OFFERS}/new", opt=MANAGE, include_in_schema=False, status_code=200)
async def make(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Make an offer, behind those that there are."""
    form = await read_form(request)
    terms = terms_in(form)
    if terms is not None:
        try:
            async with connected(request, municipality) as connection:
                await make_offer(
                    connection,
                    MerchantId(merchant_id),
                    terms,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(at(municipality, merchant_id))
        except Refusal as refusal:
            refuse_beside(form, refusal, otherwise="title")
    context = await context_of(request, municipality, merchant_id, stored=None)
    return wrong_form(request, TEMPLATE, form, **context)


@get(OFFER, opt=MANAGE, include_in_schema=False)
async def offer_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    offer_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    async with connected(request, municipality) as connection:
        stored = await found(connection, request, merchant_id, offer_id=offer_id)
    context = await context_of(request, municipality, merchant_id, stored=stored)
    return page(request, TEMPLATE, form=typed_from(stored), **context)


@post(OFFER, opt=MANAGE, include_in_schema=False, status_code=200)
async def change(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    offer_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    """Let it say something else from now on."""
    form = await read_form(request)
    terms = terms_in(form)
    async with connected(request, municipality) as connection:
        stored = await found(connection, request, merchant_id, offer_id=offer_id)
        if terms is not None:
            try:
                await change_offer(
                    connection,
                    MerchantId(merchant_id),
                    stored.id,
                    terms=terms,
                    seen=form.seen(),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
                return done(at(municipality, merchant_id))
            except Refusal as refusal:
                refuse_beside(form, refusal, otherwise="title")
    context = await context_of(request, municipality, merchant_id, stored=stored)
    return wrong_form(request, TEMPLATE, form, **context)


@post(f"{OFFER}/{{act:str}}", opt=MANAGE, include_in_schema=False, status_code=303)
async def act_on_offer(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    offer_id: FromPath[UUID],
    *,
    act: FromPath[str],
    request: AppRequest,
) -> Redirect:
    """Move it up or down, or end it."""
    actor, merchant, offer = actor_of(request), MerchantId(merchant_id), OfferId(offer_id)
    async with connected(request, municipality) as connection:
        match act:
            case "up" | "down":
                await move_offer(connection, merchant, offer, towards=act, actor=actor)
            case "end":
                await end_offer(connection, merchant, offer, actor=actor, now=datetime.now(UTC))
            case _:
                raise NotFound
    return done(at(municipality, merchant_id))


def at(municipality: str, merchant_id: UUID) -> str:
    return f"/{municipality}/merchants/{merchant_id}/offers"


async def found(
    connection: Connection, request: AppRequest, merchant_id: UUID, *, offer_id: UUID
) -> Offer:
    merchant = MerchantId(merchant_id)
    await read_merchant(connection, merchant, actor=actor_of(request))
    return await find_offer(connection, merchant, OfferId(offer_id))


async def context_of(
    request: AppRequest, municipality: str, merchant_id: UUID, *, stored: Offer | None
) -> dict[str, object]:
    merchant_is = MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, merchant_is, actor=actor_of(request))
        agreements = await READ_AGREEMENTS.all(connection, merchant_is)
        titles = await titles_of(connection)
    codes = dict.fromkeys(one.category for one in agreements)
    return {
        "home": f"/{municipality}",
        "here": at(municipality, merchant_id),
        "merchant": merchant,
        "stored": stored,
        "purposes": [(code, titles.get(code, code)) for code in codes],
        "has_visits": any(one.visit_price_cents is not None for one in agreements),
    }


def tile_of(one: Offer, titles: dict[str, str], *, today: date) -> OfferTile:
    price = "" if one.price_cents is None else euros(one.price_cents)
    if one.visits is not None:
        price = f"{one.visits} bezoek{'en' if one.visits > 1 else ''}"
    when = ""
    if one.valid_from > today:
        when = f"Vanaf {day(one.valid_from)}."
    elif one.valid_until is not None:
        last = day(one.valid_until - ONE_DAY)
        when = f"Was er tot en met {last}." if one.valid_until <= today else f"Tot en met {last}."
    return OfferTile(
        one.id,
        one.title,
        price,
        titles.get(one.category, one.category),
        one.conditions or "",
        when,
        one.is_ended,
    )


routes: list[ControllerRouterHandler] = [
    offers_page,
    new_page,
    make,
    offer_page,
    change,
    act_on_offer,
]
