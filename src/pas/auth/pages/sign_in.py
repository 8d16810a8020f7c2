"""Signing in and out, for people: the choice, the way to the provider and back, the way out."""

from datetime import UTC, datetime
from functools import partial
from typing import Annotated, cast
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.authentication import Authentication
from pas.auth.cookies import cookie_name, read_cookies, set_cookie
from pas.auth.demo_login import (
    PERSONAS,
    demo_accept,
    demo_sign_in,
    is_demo,
    refuse_outside_demo,
)
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.roles import ROLE_TITLES, Role
from pas.auth.sessions import LONG_LASTS, NewSession, SessionToken, end_session
from pas.auth.sign_in import begin_sign_in, complete_sign_in, local_path, refuse_error
from pas.auth.state import AuthState, auth_state
from pas.ids import MunicipalityName
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, page, read_form

PUBLIC = {"public": True}
SPOKEN = {"public": True, "spoken": True}
SIGNED_IN = {"signed_in": True, "till": True}
SEE_OTHER = 303
CALLBACK = "/sign-in/callback"

ReturnTo = Annotated[str, QueryParameter(name="returnTo")]
Attempted = Annotated[str, QueryParameter(name="state")]
"""Litestar keeps the name ``state`` for itself."""


@get("/{municipality:str}/sign-in", opt=SPOKEN, include_in_schema=False)
async def choose(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    return_to: ReturnTo = "/",
) -> Response[str]:
    """Who are you? One button for holders, one for who works with the pass."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    return_to = local_path(return_to)
    async with state.database.connection(name) as connection:
        settings = await read_municipality_settings(connection)
    question = urlencode({"returnTo": return_to})
    has_provider = settings.identity_provider is not None
    has_holders = settings.holder_identity_provider is not None
    personas = [(role.value, ROLE_TITLES[role]) for role in PERSONAS]
    return page(
        request,
        "auth/sign_in.html",
        provider_url=f"/{name}/sign-in/provider?{question}" if has_provider else "",
        card_url=f"/{name}/sign-in/card?{question}",
        holder_url=f"/{name}/sign-in/holder?{question}" if has_holders else "",
        demo_url=f"/{name}/demo/sign-in",
        personas=personas if await is_demo(request, name) else [],
        till_url=f"/{name}/till/pair" if return_to.startswith(f"/{name}/till") else "",
        return_to=return_to,
    )


@get("/{municipality:str}/sign-in/provider", opt=PUBLIC, include_in_schema=False)
async def to_provider(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    return_to: ReturnTo = "/",
    invitation: FromQuery[str | None] = None,
) -> Redirect | Response[str]:
    """Go to the identity provider. A link, because a form may not lead to another site."""
    if invitation is not None and await is_demo(request, MunicipalityName(municipality)):
        home = f"/{municipality}"
        return page(request, "auth/demo_invitation.html", home=home, invitation=invitation)
    return await away(request, municipality, return_to, invitation=invitation)


@get("/{municipality:str}/sign-in/holder", opt=PUBLIC, include_in_schema=False)
async def to_holder_provider(
    municipality: FromPath[str], request: AppRequest, *, return_to: ReturnTo = "/"
) -> Redirect:
    """Go to where holders sign in."""
    return await away(request, municipality, return_to, for_holder=True)


async def away(
    request: AppRequest,
    municipality: str,
    return_to: str,
    *,
    invitation: str | None = None,
    for_holder: bool = False,
) -> Redirect:
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    address = await begin_sign_in(
        partial(state.database.connection, name),
        state.providers,
        browser=browser_of(request, state, name),
        redirect_uri=redirect_uri(state, name),
        return_to=return_to if return_to != "/" else f"/{name}",
        invitation=invitation,
        for_holder=for_holder,
        now=datetime.now(UTC),
    )
    return Redirect(address, status_code=SEE_OTHER)


@get("/{municipality:str}/sign-in/callback", opt=PUBLIC, include_in_schema=False)
async def from_provider(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    attempt: Attempted = "",
    code: FromQuery[str] = "",
    error: FromQuery[str] = "",
    iss: FromQuery[str | None] = None,
) -> Redirect:
    """Come back from the identity provider with a code, and get a session."""
    if error:
        raise refuse_error(error)
    auth, name = auth_state(request.app.state), MunicipalityName(municipality)
    signed_in = await complete_sign_in(
        partial(auth.database.connection, name),
        auth.providers,
        await auth.ring(name),
        state=attempt,
        code=code,
        answered_by=iss,
        browser=browser_of(request, auth, name),
        redirect_uri=redirect_uri(auth, name),
        replaces=session_of(request, auth, name),
        now=datetime.now(UTC),
    )
    return with_session(done(signed_in.return_to), auth, name, session=signed_in.session)


@post("/{municipality:str}/sign-out", opt=SIGNED_IN, include_in_schema=False, status_code=SEE_OTHER)
async def sign_out(municipality: FromPath[str], request: AppRequest) -> Redirect:
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    session_hash = cast("Authentication", request.auth).session_hash
    if session_hash is not None:
        async with state.database.connection(name) as connection:
            await end_session(connection, session_hash, now=datetime.now(UTC))
    answer = done(f"/{name}")
    answer.headers["set-cookie"] = set_cookie("session", name, "", over_tls=state.over_tls)
    return answer


@post(
    "/{municipality:str}/demo/sign-in", opt=PUBLIC, include_in_schema=False, status_code=SEE_OTHER
)
async def become(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Become somebody of the demonstration, in one click."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    await refuse_outside_demo(request, name)
    form = await read_form(request)
    if form.value("role") not in PERSONAS:
        raise NotFound
    async with state.database.connection(name) as connection:
        session = await demo_sign_in(
            connection,
            Role(form.value("role")),
            now=datetime.now(UTC),
            replaces=session_of(request, state, name),
        )
    return_to = local_path(form.value("return_to"))
    answer = done(return_to if return_to != "/" else f"/{name}")
    return with_session(answer, state, name, session=session)


@post(
    "/{municipality:str}/demo/invitation",
    opt=PUBLIC,
    include_in_schema=False,
    status_code=SEE_OTHER,
)
async def accept(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Accept an invitation of the demonstration, where there is no provider to ask who it is."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    await refuse_outside_demo(request, name)
    form = await read_form(request)
    async with state.database.connection(name) as connection:
        session = await demo_accept(
            connection,
            form.value("invitation"),
            now=datetime.now(UTC),
            replaces=session_of(request, state, name),
        )
    return with_session(done(f"/{name}"), state, name, session=session)


def redirect_uri(state: AuthState, municipality: MunicipalityName) -> str:
    """Where the provider sends people back to; it must be registered there, to the letter."""
    return f"{state.origin}/{municipality}{CALLBACK}"


def with_session(
    answer: Redirect, state: AuthState, municipality: MunicipalityName, *, session: NewSession
) -> Redirect:
    """Put a new session in the browser."""
    seconds = int(LONG_LASTS.total_seconds()) if session.is_long else None
    answer.headers["set-cookie"] = set_cookie(
        "session", municipality, session.token, over_tls=state.over_tls, seconds=seconds
    )
    return answer


def session_of(
    request: AppRequest, state: AuthState, municipality: MunicipalityName
) -> SessionToken | None:
    """The session that the browser has now, to be ended by the next one."""
    name = cookie_name("session", municipality, over_tls=state.over_tls)
    token = read_cookies(request.headers.get("cookie", "")).get(name)
    return None if token is None else SessionToken(token)


def browser_of(request: AppRequest, state: AuthState, municipality: MunicipalityName) -> str:
    """What tells this browser apart, also while somebody is signed in."""
    name = cookie_name("browser", municipality, over_tls=state.over_tls)
    known = read_cookies(request.headers.get("cookie", "")).get(name)
    return known or cast("Authentication", request.auth).secret or ""


routes: list[ControllerRouterHandler] = [
    choose,
    to_provider,
    to_holder_provider,
    from_provider,
    sign_out,
    become,
    accept,
]
