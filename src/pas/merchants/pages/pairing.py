"""The page at the address in a pairing code, and the session of a device that was paired.

The page's script makes the key and keeps it. The till that scans signs each request with it; for the
pages without a script it signs a request for a session once, and then they work as for anybody.
"""

from datetime import UTC, datetime
from typing import Final, cast

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.authentication import Authentication
from pas.auth.cookies import set_cookie
from pas.auth.csrf import FIELD, csrf_token, refuse_wrong_token
from pas.auth.pages.sign_in import browser_of, session_of
from pas.auth.state import auth_state, connected
from pas.ids import MunicipalityName, TillId
from pas.merchants.open_till import open_till
from pas.problems.bodies import AppRequest
from pas.web.pages import page, read_form

PUBLIC: Final = {"public": True}
TILL: Final = {"till": True}


@get("/{municipality:str}/till/pair", opt=PUBLIC, include_in_schema=False)
async def pair_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Pair this device, or open the till that it is."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    return page(
        request,
        "merchants/pair.html",
        municipality=name,
        address=f"/{name}/till",
        # Not the token of whoever is signed in here: the till is not them.
        token=csrf_token(browser_of(request, state, name)),
    )


@post("/{municipality:str}/till/session", opt=TILL, include_in_schema=False, status_code=204)
async def open_session(municipality: FromPath[str], request: AppRequest) -> Response[None]:
    """Open the till on this device.

    The signature covers the token of this very browser, so that a copied request opens nothing in
    another one.
    """
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    authentication = cast("Authentication", request.auth)
    if authentication.session_hash is not None:
        return Response(None, status_code=204)
    form = await read_form(request)
    refuse_wrong_token(form.value(FIELD), secret=authentication.secret)
    async with connected(request, municipality) as connection:
        session = await open_till(
            connection,
            TillId(actor_of(request).id),
            now=datetime.now(UTC),
            replaces=session_of(request, state, name),
        )
    cookie = set_cookie("session", name, session.token, over_tls=state.over_tls)
    return Response(None, status_code=204, headers={"set-cookie": cookie})


routes: list[ControllerRouterHandler] = [pair_page, open_session]
