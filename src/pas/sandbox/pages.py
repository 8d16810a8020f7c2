"""The page for makers of tills: the test cards, a till of your own, and new cards."""

from datetime import UTC, datetime
from functools import cache
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.state import auth_state, connected
from pas.ids import MunicipalityName
from pas.installation.sandbox import refuse_outside_sandbox
from pas.merchants.pairing import address_of, grouped
from pas.problems.bodies import AppRequest
from pas.qr import draw_svg
from pas.sandbox.begin import ACTOR
from pas.sandbox.lay_out import lay_out
from pas.sandbox.open_shop import NewShop, open_shop
from pas.sandbox.routes import told_cards
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form
from pas.webhooks.rules import fit_url

PUBLIC: Final = {"public": True}
PAGE: Final = "/{municipality:str}/sandbox"
TEMPLATE: Final = "sandbox/sandbox.html"
LONGEST_NAME: Final = 80


@get(PAGE, opt=PUBLIC, include_in_schema=False)
async def sandbox_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What is here, and how to begin."""
    async with connected(request, municipality) as connection:
        await refuse_outside_sandbox(connection)
    renewed = "done" in request.query_params
    return page(request, TEMPLATE, form=Form({}), renewed=renewed, **context_of(municipality))


@post(f"{PAGE}/tills", opt=PUBLIC, include_in_schema=False, status_code=200)
async def make_till(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Show the code of a new till, this once."""
    form, name = await read_form(request), MunicipalityName(municipality)
    called = form.text("name", "Schrijf op hoe uw kassa heet.", most=LONGEST_NAME)
    url = form.parsed("webhook_url", "", fit_url, optional=True)
    state = auth_state(request.app.state)
    async with connected(request, municipality) as connection:
        await refuse_outside_sandbox(connection)
        if called is None or not form.ok:
            return wrong_form(request, TEMPLATE, form, renewed=False, **context_of(municipality))
        new, ring = NewShop(name=called, webhook_url=url), await state.ring(name)
        shop = await open_shop(connection, new, ring=ring, now=datetime.now(UTC))
    address = address_of(state.origin, name, shop.invited.code)
    return page(
        request,
        "sandbox/till.html",
        back=f"/{name}/sandbox",
        name=called,
        code=grouped(shop.invited.code),
        address=address,
        drawing=draw_svg(address, title="QR-code om de testkassa te koppelen"),
        secret=shop.webhook_secret,
    )


@post(f"{PAGE}/cards", opt=PUBLIC, include_in_schema=False)
async def renew_cards(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Give the test cards their money back."""
    name = MunicipalityName(municipality)
    async with connected(request, municipality) as connection:
        ring = await auth_state(request.app.state).ring(name)
        await lay_out(connection, ring, actor=ACTOR, now=datetime.now(UTC))
    return done(f"/{name}/sandbox?done=1")


def context_of(municipality: str) -> dict[str, object]:
    name = MunicipalityName(municipality)
    return {
        "base": f"/{name}/sandbox",
        "cards": told_cards(name),
        "drawings": drawings_of(name),
    }


@cache
def drawings_of(municipality: MunicipalityName) -> dict[str, str]:
    """Draw the QR codes once: they never change, and anybody may ask for this page."""
    return {
        one.name: draw_svg(one.code, title=f"QR-code van testkaart {one.name}")
        for one in told_cards(municipality)
    }


routes: list[ControllerRouterHandler] = [sandbox_page, make_till, renew_cards]
