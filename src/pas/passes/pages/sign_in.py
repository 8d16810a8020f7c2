"""A holder signs in with the card and its letter; the first time, that also sets the card going."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.cookies import cookie_name, read_cookies
from pas.auth.devices import device_kind
from pas.auth.pages.sign_in import session_of, with_session
from pas.auth.sign_in import local_path
from pas.auth.state import AuthState, auth_state
from pas.ids import MunicipalityName
from pas.passes.activate import CardNotToActivate
from pas.passes.codes import read_activation_code, read_scanned
from pas.passes.prove_code import ActivationCodeWrong, Shown
from pas.passes.sign_in import CardOfChild, MandateOver, OnDevice, sign_in_with_card
from pas.passes.takes_over import takes_over
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.languages import mark, said, say
from pas.web.pages import done, page, read_form, wrong_form

PUBLIC: Final = {"public": True, "spoken": True}
TEMPLATE: Final = "passes/sign_in.html"
PAGE: Final = "/{municipality:str}/sign-in/card"
OF_EARLIER: Final = mark(
    "Met een pas van een eerdere leverancier kunt u niet inloggen. Bel ons voor een nieuwe pas, met een brief."
)
DEVICE_LASTS: Final = timedelta(days=400)
"""The longest that browsers keep a cookie."""

ReturnTo = Annotated[str, QueryParameter(name="returnTo")]


@get(PAGE, opt=PUBLIC, include_in_schema=False)
async def card_sign_in_page(
    municipality: FromPath[str], request: AppRequest, *, return_to: ReturnTo = "/"
) -> Response[str]:
    """Two numbers: one on the card, one in the letter."""
    return page(request, TEMPLATE, form=Form(), **context_of(municipality, return_to))


@post(PAGE, opt=PUBLIC, include_in_schema=False, status_code=200)
async def sign_in_by_card(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Sign in, or hear one sentence that tells nothing about the card."""
    name, form = MunicipalityName(municipality), await read_form(request)
    return_to = local_path(form.value("return_to"))
    number = form.text("number", say("Typ het nummer dat op de kaart staat."), most=300)
    form.parsed("number", "", read_scanned, optional=True)
    if "number" in form.errors and number is not None and await has_earlier_cards(request, name):
        form.errors["number"] += " " + said(OF_EARLIER)
    code = form.text("code", say("Typ de code uit de brief."), most=50)
    form.parsed("code", "", read_activation_code, optional=True)
    if form.ok and number is not None and code is not None:
        try:
            return await sign_in(request, name, number, code=code, form=form)
        except CardOfChild:
            return page(request, "passes/card_of_child.html", home=f"/{name}")
        except (ActivationCodeWrong, CardNotToActivate, MandateOver) as refusal:
            form.refuse("code", f"{said(refusal.detail)} {said(refusal.next_step)}")
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, return_to))


async def has_earlier_cards(request: AppRequest, name: MunicipalityName) -> bool:
    """Whether a number may be that on a card of an earlier supplier, to which no letter belongs."""
    async with auth_state(request.app.state).database.connection(name) as connection:
        return await takes_over(connection)


async def sign_in(
    request: AppRequest, name: MunicipalityName, number: str, *, code: str, form: Form
) -> Redirect:
    """Give the browser a session, and the mark by which we know this device again."""
    auth = auth_state(request.app.state)
    device = device_of(request, auth, name)
    on = OnDevice(
        cookie=device or secrets.token_urlsafe(32),
        kind=device_kind(request.headers.get("user-agent", "")),
        is_own=form.ticked("own_device"),
        replaces=session_of(request, auth, name),
    )
    ring = await auth.ring(name)
    async with auth.database.connection(name) as connection:
        session = await sign_in_with_card(
            connection,
            Shown(scanned=number, code=code, device=device),
            on=on,
            ring=ring,
            municipality=name,
            now=datetime.now(UTC),
        )
    answer = done(after(name, local_path(form.value("return_to"))))
    mark = cookie_name("device", name, over_tls=auth.over_tls)
    with_device(answer, on.cookie, name=mark, over_tls=auth.over_tls)
    return with_session(answer, auth, name, session=session)


@get("/{municipality:str}/activate-card", opt=PUBLIC, include_in_schema=False)
async def activate_page(municipality: FromPath[str]) -> Redirect:
    """The address of before: setting a card going and signing in are one step."""
    return done(f"/{municipality}/sign-in/card")


def after(municipality: MunicipalityName, return_to: str) -> str:
    return return_to if return_to != "/" else f"/{municipality}/my-pass"


def device_of(request: AppRequest, auth: AuthState, municipality: MunicipalityName) -> str | None:
    """The mark of a device on which somebody signed in before."""
    name = cookie_name("device", municipality, over_tls=auth.over_tls)
    return read_cookies(request.headers.get("cookie", "")).get(name) or None


def with_device(answer: Redirect, cookie: str, *, name: str, over_tls: bool) -> None:
    """Mark the device, so that it has tries of its own the next time."""
    answer.set_cookie(
        name,
        cookie,
        max_age=int(DEVICE_LASTS.total_seconds()),
        path="/",
        secure=over_tls,
        httponly=True,
        samesite="lax",
    )


def context_of(municipality: str, return_to: str) -> dict[str, object]:
    return {"home": f"/{municipality}", "return_to": local_path(return_to)}


routes: list[ControllerRouterHandler] = [card_sign_in_page, sign_in_by_card, activate_page]
