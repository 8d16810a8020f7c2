"""Where people come to a merchant, on pages: the list, one more, one that changes, closing and opening."""

from datetime import UTC, datetime
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
from pas.ids import LocationId, MerchantId
from pas.merchants.locations import (
    READ_LOCATIONS,
    add_location,
    change_location,
    close_location,
    details_of,
    find_location,
)
from pas.merchants.model import Location, LocationDetails
from pas.merchants.pages.beside import refuse_beside
from pas.merchants.stored import read_merchant
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

MANAGE: Final = {"permission": Permission.LOCATIONS_MANAGE}
LOCATIONS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/locations"
LOCATION: Final = f"{LOCATIONS}/{{location_id:uuid}}"
TEMPLATE: Final = "merchants/location.html"


class LocationTile(msgspec.Struct, frozen=True):
    """One location in the list."""

    id: LocationId
    name: str
    address: str
    closed: str


@get(LOCATIONS, opt=MANAGE, include_in_schema=False)
async def locations_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Where do people come?"""
    wanted = MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor_of(request))
        stored = await READ_LOCATIONS.all(connection, wanted)
    return page(
        request,
        "merchants/locations.html",
        home=f"/{municipality}",
        here=at(municipality, merchant_id),
        merchant=merchant,
        locations=[tile_of(one) for one in stored],
    )


@get(f"{LOCATIONS}/new", opt=MANAGE, include_in_schema=False)
async def new_location_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    async with connected(request, municipality) as connection:
        context = await context_of(connection, request, municipality, merchant_id=merchant_id)
    return page(request, TEMPLATE, form=Form(), stored=None, **context)


@post(f"{LOCATIONS}/new", opt=MANAGE, include_in_schema=False, status_code=200)
async def add(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form, actor = await read_form(request), actor_of(request)
    told = details_in(form, area=None)
    async with connected(request, municipality) as connection:
        context = await context_of(connection, request, municipality, merchant_id=merchant_id)
        if told is not None:
            try:
                await add_location(connection, MerchantId(merchant_id), told, actor=actor)
                return done(at(municipality, merchant_id))
            except Refusal as refusal:
                refuse_beside(form, refusal, otherwise="name")
    return wrong_form(request, TEMPLATE, form, stored=None, **context)


@get(LOCATION, opt=MANAGE, include_in_schema=False)
async def location_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    location_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    async with connected(request, municipality) as connection:
        context = await context_of(connection, request, municipality, merchant_id=merchant_id)
        stored = await find_location(connection, MerchantId(merchant_id), LocationId(location_id))
    form = Form(msgspec.structs.asdict(details_of(stored)))
    return page(request, TEMPLATE, form=form, stored=stored, **context)


@post(LOCATION, opt=MANAGE, include_in_schema=False, status_code=200)
async def change(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    location_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    form, merchant = await read_form(request), MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        context = await context_of(connection, request, municipality, merchant_id=merchant_id)
        stored = await find_location(connection, merchant, LocationId(location_id))
        told = details_in(form, area=stored.area)
        if told is not None:
            try:
                await change_location(
                    connection, merchant, stored.id, details=told, actor=actor_of(request)
                )
                return done(at(municipality, merchant_id))
            except Refusal as refusal:
                refuse_beside(form, refusal, otherwise="name")
    return wrong_form(request, TEMPLATE, form, stored=stored, **context)


@post(f"{LOCATION}/{{act:str}}", opt=MANAGE, include_in_schema=False, status_code=303)
async def close_or_open(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    location_id: FromPath[UUID],
    *,
    act: FromPath[str],
    request: AppRequest,
) -> Redirect:
    """Close it from today on, or let it be open after all."""
    now = datetime.now(UTC)
    if act not in {"close", "open"}:
        raise NotFound
    async with connected(request, municipality) as connection:
        await close_location(
            connection,
            MerchantId(merchant_id),
            LocationId(location_id),
            from_day=day_of(now) if act == "close" else None,
            actor=actor_of(request),
            now=now,
        )
    return done(at(municipality, merchant_id))


def at(municipality: str, merchant_id: UUID) -> str:
    return f"/{municipality}/merchants/{merchant_id}/locations"


async def context_of(
    connection: Connection, request: AppRequest, municipality: str, *, merchant_id: UUID
) -> dict[str, object]:
    """Refuse who is of another merchant before anything of this one is read."""
    merchant = await read_merchant(connection, MerchantId(merchant_id), actor=actor_of(request))
    return {
        "home": f"/{municipality}",
        "here": at(municipality, merchant_id),
        "merchant": merchant,
    }


def details_in(form: Form, *, area: str | None) -> LocationDetails | None:
    """Read the form; ``area`` is for the municipality's figures, and not asked here."""
    name = form.text("name", "Typ hoe deze plek heet.", most=140)
    address = form.text("address", "", most=200, optional=True)
    postcode = form.text("postcode", "", most=12, optional=True)
    city = form.text("city", "", most=80, optional=True)
    if not form.ok or name is None:
        return None
    return LocationDetails(name=name, address=address, postcode=postcode, city=city, area=area)


def address_of(one: Location) -> str:
    return ", ".join(part for part in (one.address, one.postcode, one.city) if part)


def tile_of(one: Location) -> LocationTile:
    closed = "" if one.ended_on is None else f"Gesloten sinds {day(one.ended_on)}."
    return LocationTile(one.id, one.name, address_of(one), closed)


routes: list[ControllerRouterHandler] = [
    locations_page,
    new_location_page,
    add,
    location_page,
    change,
    close_or_open,
]
