"""Somebody signs in at an identity provider: one for people who work here, one for holders.

An attempt is a row that is made before the redirect and used once after it, by the same browser. It
is used up before the provider is asked anything, so a copied answer is worth nothing. Nobody holds a
connection while the provider thinks: the tills of the municipality have the same few.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.holders import find_holder
from pas.auth.keys import KeyRing, Purpose
from pas.auth.logins import LoginState, invitation_hash
from pas.auth.municipality_settings import IdentityProvider, read_municipality_settings
from pas.auth.oidc import (
    Attempt,
    Identity,
    SignInUntrusted,
    authorization_url,
    identify,
    new_attempt,
)
from pas.auth.providers import IdentityProviderDown, IdentityProviderWrong, Providers
from pas.auth.sessions import (
    NewSession,
    SessionToken,
    clean_up_sessions,
    start_session,
)
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId

Connect = Callable[[], AbstractAsyncContextManager[Connection]]

ATTEMPT_LASTS: Final = timedelta(minutes=10)
LOCAL_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]{0,500}")


class SignInExpired(Refusal):
    """Het inloggen duurde te lang, of gebeurde in een ander venster."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 400
    next_step: ClassVar[str] = "Begin opnieuw met inloggen, in dit venster."


class SignInCancelled(Refusal):
    """U bent niet ingelogd, want u stopte."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Begin opnieuw met inloggen als u toch verder wilt."


class SignInNotSetUp(Refusal):
    """Inloggen is voor deze gemeente nog niet ingesteld."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Vraag de technisch beheerder om het in te stellen."


class LoginUnknown(Refusal):
    """U heeft hier nog geen toegang."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag uw beheerder om een uitnodiging. Open dan de link daarin."


class LoginEnded(Refusal):
    """Uw toegang is gestopt."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag uw beheerder om nieuwe toegang."


class SignedIn(msgspec.Struct, frozen=True):
    """A new session, and where the browser was going."""

    session: NewSession
    return_to: str


class _StoredAttempt(msgspec.Struct, frozen=True):
    browser_hash: bytes
    invitation_hash: bytes | None
    nonce: str
    code_verifier: str
    return_to: str
    for_holder: bool


class InvitedLogin(msgspec.Struct, frozen=True):
    id: LoginId
    state: LoginState


BEGIN = Statement(
    """
    INSERT INTO sign_in_attempt (state_hash, browser_hash, invitation_hash, nonce, code_verifier,
        return_to, created_at, for_holder)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """,
    None,
)
USE_UP = Statement(
    """
    UPDATE sign_in_attempt SET used_at = $2
    WHERE state_hash = $1 AND used_at IS NULL AND created_at > $3
    RETURNING browser_hash, invitation_hash, nonce, code_verifier, return_to, for_holder
    """,
    _StoredAttempt,
)
CLEAN_UP = Statement("DELETE FROM sign_in_attempt WHERE created_at < $1", None)
FIND_LOGIN = Statement(
    "SELECT id, state FROM login WHERE issuer = $1 AND subject = $2 FOR NO KEY UPDATE", InvitedLogin
)
FIND_INVITED = Statement(
    """
    SELECT id, state FROM login
    WHERE invitation_hash = $1 AND invitation_until > $2 AND state = 'invited'
    FOR NO KEY UPDATE
    """,
    InvitedLogin,
)
ACTIVATE = Statement(
    """
    UPDATE login SET state = 'active', issuer = $2, subject = $3, invitation_hash = NULL,
        invitation_until = NULL
    WHERE id = $1
    """,
    None,
)


async def begin_sign_in(
    connect: Connect,
    providers: Providers,
    *,
    browser: str,
    redirect_uri: str,
    return_to: str,
    invitation: str | None = None,
    for_holder: bool = False,
    now: datetime,
) -> str:
    """Note an attempt of this browser; gives the address at the provider to send it to.

    Forgets old attempts and sessions while it is at it: whoever adds rows also takes them away.
    """
    async with connect() as connection:
        provider = await _provider(connection, for_holder=for_holder)
    try:
        metadata = await providers.metadata(provider.issuer)
    except IdentityProviderWrong as error:
        raise IdentityProviderDown from error
    attempt = new_attempt()
    async with connect() as connection:
        await clean_up_attempts(connection, now=now)
        await clean_up_sessions(connection, now=now)
        await BEGIN.run(
            connection,
            _hash(attempt.state),
            _hash(browser),
            invitation and invitation_hash(invitation),
            attempt.nonce,
            attempt.code_verifier,
            local_path(return_to),
            now,
            for_holder,
        )
    return authorization_url(provider, metadata, attempt, redirect_uri=redirect_uri)


async def complete_sign_in(
    connect: Connect,
    providers: Providers,
    ring: KeyRing,
    *,
    state: str,
    code: str,
    answered_by: str | None,
    browser: str,
    redirect_uri: str,
    replaces: SessionToken | None,
    now: datetime,
) -> SignedIn:
    """Use the attempt up, hear from the provider who it is, and start a session for them."""
    async with connect() as connection:
        stored = await USE_UP.first(connection, _hash(state), now, now - ATTEMPT_LASTS)
        if stored is None or not hmac.compare_digest(stored.browser_hash, _hash(browser)):
            raise SignInExpired
        provider = await _provider(connection, for_holder=stored.for_holder)
    identity = await identify(
        providers,
        provider,
        ring.current(Purpose.OIDC_CLIENT),
        code=code,
        answered_by=answered_by,
        attempt=Attempt(state=state, nonce=stored.nonce, code_verifier=stored.code_verifier),
        redirect_uri=redirect_uri,
        now=now,
    )
    async with connect() as connection, connection.transaction():
        session = await start_session(
            connection,
            actor_kind="holder" if stored.for_holder else "login",
            actor_id=await find_holder(connection, identity, ring=ring)
            if stored.for_holder
            else await _login_of(connection, identity, stored.invitation_hash, now=now),
            assurance=identity.acr,
            now=now,
            replaces=replaces,
        )
    return SignedIn(session=session, return_to=stored.return_to)


def refuse_error(error: str) -> Refusal:
    """What the provider sent back instead of a code (RFC 6749, 4.1.2.1)."""
    return SignInCancelled() if error == "access_denied" else SignInUntrusted()


def local_path(text: str) -> str:
    """A path on this site; anything else would let a link send people elsewhere after sign-in."""
    return text if LOCAL_PATH.fullmatch(text) else "/"


async def clean_up_attempts(connection: Connection, *, now: datetime) -> None:
    """A stranger can make attempts, so none stays much longer than it can be used."""
    await CLEAN_UP.run(connection, now - 2 * ATTEMPT_LASTS)


async def _provider(connection: Connection, *, for_holder: bool) -> IdentityProvider:
    settings = await read_municipality_settings(connection)
    provider = settings.holder_identity_provider if for_holder else settings.identity_provider
    if provider is None:
        raise SignInNotSetUp
    return provider


async def _login_of(
    connection: Connection, identity: Identity, invited_by: bytes | None, *, now: datetime
) -> LoginId:
    """The login of an identity: known, or accepting an invitation; nobody gets in by signing up."""
    login = await FIND_LOGIN.first(connection, identity.issuer, identity.subject)
    if login is None and invited_by is not None:
        login = await FIND_INVITED.first(connection, invited_by, now)
    if login is None:
        raise LoginUnknown
    if login.state == "ended":
        raise LoginEnded
    if login.state == "invited":
        await activate(connection, login.id, issuer=identity.issuer, subject=identity.subject)
    return login.id


async def activate(connection: Connection, login_id: LoginId, *, issuer: str, subject: str) -> None:
    """Accept an invitation: from now on the provider's word is enough."""
    await ACTIVATE.run(connection, login_id, issuer, subject)
    await record_event(
        connection,
        kind="login.accepted",
        subject_kind="login",
        subject_id=login_id,
        actor=Actor(kind="login", id=login_id),
        before={"state": "invited"},
        after={"state": "active", "issuer": issuer},
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
