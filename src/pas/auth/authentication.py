"""Finds out who makes a request: a till by its signature, a program by its token, or a session.

Everything that may have changed since the last request (roles, the state of a login, the end of a
session) is read in one statement. A till's state is read by the use case that it calls.
"""

import secrets
from datetime import UTC, datetime
from typing import Final, Literal, cast
from uuid import UUID

import msgspec
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from pas.auth.actor import Actor
from pas.auth.api_tokens import find_api_token
from pas.auth.cookies import cookie_name, read_cookies, set_cookie
from pas.auth.csrf import SAFE_METHODS, csrf_token
from pas.auth.incompatible_roles import IN_PERSON
from pas.auth.roles import permissions_of
from pas.auth.rotate_session import find_rotated
from pas.auth.sessions import LONG_LASTS, FoundSession, SessionToken, find_session
from pas.auth.state import AuthState, auth_state
from pas.auth.till_signature import SignedRequest, is_signed, read_claim, verify
from pas.auth.tokens import TokenWrong
from pas.db import possible_name
from pas.ids import MunicipalityName
from pas.problems.bodies import AppRequest

BEARER: Final = "bearer "
API: Final = "/v1/"


class Authentication(msgspec.Struct, frozen=True):
    """How somebody made themselves known; ``secret`` is what their forms' token derives from."""

    method: Literal["session", "token", "till"] | None = None
    name: str | None = None
    assurance: str = ""
    session_hash: bytes | None = None
    secret: str | None = None
    is_long: bool = False
    proved_at: datetime | None = None
    proved_by: UUID | None = None
    new_token: SessionToken | None = None
    """What the browser gets for a session that lasts, when its token changes."""


NOBODY: Final = Authentication()


class Authenticate:
    """Litestar middleware: fills ``request.user`` (an Actor or None) and ``request.auth``."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["user"], scope["auth"] = None, NOBODY
        parameters = cast("dict[str, dict[str, object]]", scope).get("path_params", {})
        name = parameters.get("municipality")
        if scope["type"] != "http" or not isinstance(name, str):
            await self.app(scope, receive, send)
            return
        # From here on the name stands in cookies, addresses and files: it is one, or there is no page.
        municipality = possible_name(name)
        request = AppRequest(scope, receive, send)
        state = auth_state(request.app.state)
        actor, authentication = await who(request, state, municipality)
        if authentication.secret is None and not scope["path"].startswith(API):
            secret, send = browser(request, state, municipality, send=send)
            authentication = msgspec.structs.replace(authentication, secret=secret)
        if authentication.new_token is not None:
            send = with_cookie(
                send,
                set_cookie(
                    "session",
                    municipality,
                    authentication.new_token,
                    over_tls=state.over_tls,
                    seconds=int(LONG_LASTS.total_seconds()),
                ),
            )
        scope["user"], scope["auth"] = actor, authentication
        if authentication.secret is not None:
            remembered = cast("dict[str, object]", scope["state"])
            remembered["csrf_token"] = csrf_token(authentication.secret)
        await self.app(scope, receive, send)


async def who(
    request: AppRequest, state: AuthState, municipality: MunicipalityName
) -> tuple[Actor | None, Authentication]:
    """Believe the first proof that a request brings; a wrong one is refused, except a cookie."""
    now = datetime.now(UTC)
    if request.route_handler.opt.get("till") and is_signed(request.headers):
        return await by_signature(request, state, municipality, now=now)
    authorization = request.headers.get("authorization", "")
    if authorization.lower().startswith(BEARER):
        return await by_token(state, municipality, authorization[len(BEARER) :].strip(), now=now)
    name = cookie_name("session", municipality, over_tls=state.over_tls)
    token = read_cookies(request.headers.get("cookie", "")).get(name)
    if token is not None:
        safe = request.method in SAFE_METHODS
        token = SessionToken(token)
        return await by_session(state, municipality, token, now=now, may_rotate=safe)
    return None, NOBODY


async def by_signature(
    request: AppRequest, state: AuthState, municipality: MunicipalityName, *, now: datetime
) -> tuple[Actor, Authentication]:
    claim = read_claim(request.headers)
    till = await state.till_keys.find(municipality, claim.till_id)
    signed = SignedRequest(
        method=request.method,
        origin=state.origin,
        target=target(request.scope),
        body=await request.body(),
        headers=request.headers,
    )
    verify(signed, claim, till=till, now=now)
    actor = Actor(kind="till", id=till.till_id, merchant_id=till.merchant_id)
    return actor, Authentication(method="till")


async def by_token(
    state: AuthState, municipality: MunicipalityName, token: str, *, now: datetime
) -> tuple[Actor, Authentication]:
    claims = state.tokens.read(await state.ring(municipality), token, now=now)
    async with state.database.connection(municipality) as connection:
        if claims.kind == "session":
            # Only the person keeps a session from idling: a program never walks away.
            hashed = bytes.fromhex(claims.row)
            session = await find_session(connection, hashed, now=now, extend=False)
            if session is None:
                raise TokenWrong("De sessie van dit token is gestopt.")
            return of_session(session), known_by(session, "token")
        found = await find_api_token(connection, UUID(claims.row), now=now)
    if found is None:
        raise TokenWrong("Dit token is gestopt.")
    actor = Actor(
        kind="login",
        id=found.login_id,
        permissions=permissions_of(found.roles) - IN_PERSON,
        merchant_id=found.merchant_id,
    )
    return actor, Authentication(method="token", name=found.name)


async def by_session(
    state: AuthState,
    municipality: MunicipalityName,
    token: SessionToken,
    *,
    now: datetime,
    may_rotate: bool,
) -> tuple[Actor | None, Authentication]:
    async with state.database.connection(municipality) as connection:
        found = await find_rotated(connection, token, now=now, may_rotate=may_rotate)
    if found is None:
        return None, NOBODY
    known = known_by(found.session, "session")
    return of_session(found.session), msgspec.structs.replace(
        known, secret=found.token or token, new_token=found.token
    )


def known_by(session: FoundSession, method: Literal["session", "token"]) -> Authentication:
    """A token from a session is no surer of who it is than the session."""
    return Authentication(
        method=method,
        name=session.name,
        assurance=session.assurance,
        session_hash=session.token_hash,
        is_long=session.is_long,
        proved_at=session.proved_at,
        proved_by=session.proved_by,
    )


def of_session(session: FoundSession) -> Actor:
    return Actor(
        kind=session.actor_kind,
        id=session.actor_id,
        permissions=permissions_of(session.roles),
        merchant_id=session.merchant_id,
        on_behalf_of=session.on_behalf_of,
        only_sees=session.only_sees,
    )


def browser(
    request: AppRequest, state: AuthState, municipality: MunicipalityName, *, send: Send
) -> tuple[str, Send]:
    """Tell visitors' browsers apart, so that their forms and sign-ins are their own."""
    name = cookie_name("browser", municipality, over_tls=state.over_tls)
    known = read_cookies(request.headers.get("cookie", "")).get(name)
    if known is not None:
        return known, send
    made = secrets.token_urlsafe(32)
    header = set_cookie("browser", municipality, made, over_tls=state.over_tls)
    return made, with_cookie(send, header)


def with_cookie(send: Send, header: str) -> Send:
    """Add a cookie to the answer, whatever it is."""
    encoded = header.encode("ascii")

    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], (b"set-cookie", encoded)]
        await send(message)

    return send_with_cookie


def target(scope: HTTPScope) -> str:
    """Path and query as they were sent, before anybody decoded them."""
    sent = cast("dict[str, bytes]", scope).get("raw_path")
    path = sent.decode("latin-1") if sent else scope["path"]
    query = scope["query_string"].decode("latin-1")
    return f"{path}?{query}" if query else path
