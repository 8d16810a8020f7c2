"""The API for whoever is signed in: who am I, a token for a while, out again; and our public keys."""

from datetime import UTC, datetime
from typing import Annotated, cast
from uuid import UUID

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.authentication import Authentication
from pas.auth.csrf import csrf_token
from pas.auth.keys import KeysMissing, Purpose
from pas.auth.oidc import public_jwk
from pas.auth.sessions import end_session
from pas.auth.state import auth_state
from pas.auth.tokens import sign_session_token
from pas.ids import MerchantId, MunicipalityName
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotSignedIn

SIGNED_IN = {"signed_in": True}


class WhoAmI(msgspec.Struct, frozen=True, rename="camel"):
    """The actor of this request, and the token that its changes need."""

    actor_kind: str
    actor_id: UUID
    name: str | None
    merchant_id: MerchantId | None
    permissions: list[str]
    assurance: str
    csrf_token: str | None


class SessionTokenAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A token for a program, worth as much as the session it comes from."""

    token: str
    expires_at: datetime


class ClientKeys(msgspec.Struct, frozen=True):
    """Public keys (RFC 7517)."""

    keys: Annotated[list[dict[str, object]], Meta(max_length=100)]


@get("/v1/{municipality:str}/session", opt=SIGNED_IN)
async def read_session(municipality: FromPath[str], request: AppRequest) -> WhoAmI:
    """Lees wie er is ingelogd."""
    del municipality
    actor, authentication = actor_of(request), cast("Authentication", request.auth)
    return WhoAmI(
        actor_kind=actor.kind,
        actor_id=actor.id,
        name=authentication.name,
        merchant_id=actor.merchant_id,
        permissions=sorted(actor.permissions),
        assurance=authentication.assurance,
        csrf_token=authentication.secret and csrf_token(authentication.secret),
    )


@delete("/v1/{municipality:str}/session", opt=SIGNED_IN)
async def drop_session(municipality: FromPath[str], request: AppRequest) -> None:
    """Log uit.

    De sessie stopt meteen, met elk token dat eruit komt.
    """
    state = auth_state(request.app.state)
    async with state.database.connection(MunicipalityName(municipality)) as connection:
        await end_session(connection, own_session(request), now=datetime.now(UTC))


@post("/v1/{municipality:str}/session-tokens", opt=SIGNED_IN)
async def make_session_token(
    municipality: FromPath[str], request: AppRequest
) -> SessionTokenAnswer:
    """Maak een token van een kwartier.

    Voor een programma dat even namens de ingelogde persoon werkt. Dat programma maakt geen volgend
    token.
    """
    if cast("Authentication", request.auth).method != "session":
        raise NotSignedIn("Dit kan alleen vanuit een sessie.")
    state = auth_state(request.app.state)
    token, expires_at = sign_session_token(
        await state.ring(MunicipalityName(municipality)),
        issuer=state.origin,
        subject=actor_of(request).id,
        session_hash=own_session(request),
        now=datetime.now(UTC),
    )
    return SessionTokenAnswer(token=token, expires_at=expires_at)


@get("/v1/{municipality:str}/client-keys", opt={"public": True})
async def list_client_keys(municipality: FromPath[str], request: AppRequest) -> ClientKeys:
    """Lees onze openbare sleutels.

    De identiteitsprovider controleert daarmee dat een verzoek van ons komt.
    """
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    try:
        keys = (await state.ring(name)).of(Purpose.OIDC_CLIENT)
    except KeysMissing:
        keys = []
    return ClientKeys(keys=[public_jwk(key) for key in keys])


def own_session(request: AppRequest) -> bytes:
    """The session of this request; a program's own token has none."""
    session_hash = cast("Authentication", request.auth).session_hash
    if session_hash is None:
        raise NotSignedIn("Dit kan alleen vanuit een sessie.")
    return session_hash


handlers: list[ControllerRouterHandler] = [
    read_session,
    drop_session,
    make_session_token,
    list_client_keys,
]
