"""Where messages go: type an address, type the code that came there, or take the address away."""

import re
from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.demo_login import is_demo
from pas.auth.state import connected, ring_of
from pas.auth.step_up import refuse_unproved
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.messages.model import Channel
from pas.messages.pages.offering import HOLDER, channel_of
from pas.messages.prove_address import (
    ContactCodeWrong,
    TooManyContactCodes,
    own_addresses,
    prove_address,
    remove_address,
    send_code,
    waiting_address,
)
from pas.messages.rules import EmailWrong, MobileWrong, fit_address
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.languages import language, said, say
from pas.web.pages import done, page, read_form, wrong_form

ADDRESS: Final = "/{municipality:str}/my-messages/address/{channel:str}"
TEMPLATE: Final = "messages/address.html"
CODE: Final = "messages/code.html"
BETWEEN: Final = re.compile(r"[\s-]")


@get(ADDRESS, opt=HOLDER, include_in_schema=False)
async def address_page(
    municipality: FromPath[str], channel: FromPath[str], request: AppRequest
) -> Response[str]:
    refuse_unproved(request, now=datetime.now(UTC))
    known = await channel_of(request, MunicipalityName(municipality), channel)
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        addresses = await own_addresses(connection, ring=ring, actor=actor_of(request))
    form = Form({"address": addresses.get(known, "")})
    return page(
        request,
        TEMPLATE,
        form=form,
        channel=known,
        has_one=known in addresses,
        home=f"/{municipality}",
    )


@post(ADDRESS, opt=HOLDER, include_in_schema=False, status_code=303)
async def address_typed(
    municipality: FromPath[str], channel: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    refuse_unproved(request, now=datetime.now(UTC))
    known = await channel_of(request, MunicipalityName(municipality), channel)
    form, ring = await read_form(request), await ring_of(request, municipality)
    address = typed_address(form, known)
    if address is not None:
        try:
            async with connected(request, municipality) as connection:
                await send_code(
                    connection,
                    known,
                    address,
                    language=language(),
                    ring=ring,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/my-messages/address/{known}/code")
        except TooManyContactCodes as refusal:
            form.refuse("address", in_words(refusal))
    return wrong_form(
        request, TEMPLATE, form, channel=known, has_one=False, home=f"/{municipality}"
    )


@get(f"{ADDRESS}/code", opt=HOLDER, include_in_schema=False)
async def code_page(
    municipality: FromPath[str], channel: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    return await _code_page(request, municipality, channel)


@post(f"{ADDRESS}/code", opt=HOLDER, include_in_schema=False, status_code=303)
async def code_typed(
    municipality: FromPath[str], channel: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    known = await channel_of(request, MunicipalityName(municipality), channel)
    form, ring = await read_form(request), await ring_of(request, municipality)
    code = form.text("code", say("Typ de code uit het bericht."), most=20)
    if code is not None:
        try:
            async with connected(request, municipality) as connection:
                await prove_address(
                    connection,
                    known,
                    BETWEEN.sub("", code),
                    ring=ring,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/my-messages")
        except ContactCodeWrong as refusal:
            form.refuse("code", in_words(refusal))
    return await _code_page(request, municipality, channel, wrong=form)


@post(f"{ADDRESS}/remove", opt=HOLDER, include_in_schema=False, status_code=303)
async def address_removed(
    municipality: FromPath[str], channel: FromPath[str], request: AppRequest
) -> Redirect:
    known = await channel_of(request, MunicipalityName(municipality), channel)
    async with connected(request, municipality) as connection:
        await remove_address(connection, known, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/my-messages")


def typed_address(form: Form, channel: Channel) -> str | None:
    """Read the field; what is wrong with it is said beside it."""
    missing = say("Typ uw e-mailadres.") if channel == "email" else say("Typ uw mobiele nummer.")
    typed = form.text("address", missing, most=254)
    if typed is None:
        return None
    try:
        return fit_address(channel, typed)
    except (EmailWrong, MobileWrong) as refusal:
        form.refuse("address", in_words(refusal))
        return None


def in_words(refusal: Refusal) -> str:
    return f"{said(refusal.title())} {said(refusal.next_step)}"


async def _code_page(
    request: AppRequest, municipality: str, channel: str, *, wrong: Form | None = None
) -> Response[str] | Redirect:
    """Ask for the code; with none on its way there is nothing to type, so back to the address."""
    name, actor = MunicipalityName(municipality), actor_of(request)
    known, ring = await channel_of(request, name, channel), await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        address = await waiting_address(
            connection, known, ring=ring, actor=actor, now=datetime.now(UTC)
        )
    if address is None and wrong is None:
        return done(f"/{municipality}/my-messages/address/{known}")
    context = {
        "channel": known,
        "address": address,
        "is_demo": await is_demo(request, name),
        "home": f"/{municipality}",
    }
    if wrong is not None:
        return wrong_form(request, CODE, wrong, **context)
    return page(request, CODE, form=Form(), **context)


routes: list[ControllerRouterHandler] = [
    address_page,
    address_typed,
    code_page,
    code_typed,
    address_removed,
]
