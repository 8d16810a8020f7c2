"""Signs people in at an identity provider: OpenID Connect, code with PKCE and private_key_jwt.

The provider says who somebody is and how sure it is of that; nothing it says gives a right. What it
signed is believed only with the algorithm that was agreed on, for us, for this attempt, and now.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import ClassVar, Final, cast
from urllib.parse import urlencode, urlsplit, urlunsplit

import jwt
import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_der_private_key

from pas.auth.keys import Key
from pas.auth.municipality_settings import HolderIdentityProvider, IdentityProvider
from pas.auth.providers import IdentityProviderWrong, Metadata, Providers
from pas.errors import Refusal

LEEWAY: Final = timedelta(seconds=60)
ASSERTION_LASTS: Final = timedelta(seconds=60)
AT_HASH: Final = {"RS256": "sha256", "PS256": "sha256", "ES256": "sha256", "EdDSA": "sha512"}

log = structlog.get_logger("pas.auth")


class SignInUntrusted(Refusal):
    """Inloggen is niet gelukt."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Begin opnieuw met inloggen. Lukt het weer niet? Bel ons dan."


class AssuranceTooLow(Refusal):
    """U logde in op een manier die niet veilig genoeg is."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Log opnieuw in en kies een veiliger manier, zoals met een code."


class Attempt(msgspec.Struct, frozen=True):
    """The secrets of one attempt; ``state`` travels, its hash is stored."""

    state: str
    nonce: str
    code_verifier: str


class Identity(msgspec.Struct, frozen=True):
    """Who signed in, in the words of the provider; the citizen number from one for holders alone."""

    issuer: str
    subject: str
    acr: str
    citizen_number: str = ""

    def __repr__(self) -> str:
        """Keep the citizen number out of logs and tracebacks; a broker may use it as subject too."""
        return f"Identity({self.issuer!r})"


class _TokenAnswer(msgspec.Struct, frozen=True):
    id_token: str
    access_token: str | None = None


class _Claims(msgspec.Struct, frozen=True):
    iss: str
    sub: str
    aud: str | list[str]
    nonce: str
    azp: str | None = None
    acr: str | None = None
    at_hash: str | None = None


def new_attempt() -> Attempt:
    return Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        code_verifier=secrets.token_urlsafe(48),
    )


def authorization_url(
    provider: IdentityProvider, metadata: Metadata, attempt: Attempt, *, redirect_uri: str
) -> str:
    """Where the browser goes to sign in."""
    challenge = hashlib.sha256(attempt.code_verifier.encode("ascii")).digest()
    question = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri,
        "scope": " ".join(provider.scopes),
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": _base64url(challenge),
        "code_challenge_method": "S256",
    }
    if provider.acr_values:
        question["acr_values"] = " ".join(provider.acr_values)
    parts = urlsplit(metadata.authorization_endpoint)
    query = "&".join(part for part in (parts.query, urlencode(question)) if part)
    return urlunsplit(parts._replace(query=query))


async def identify(
    providers: Providers,
    provider: IdentityProvider,
    client_key: Key,
    *,
    code: str,
    answered_by: str | None,
    attempt: Attempt,
    redirect_uri: str,
    now: datetime,
) -> Identity:
    """Exchange the code for a statement of who signed in, and verify all of it."""
    try:
        metadata = await providers.metadata(provider.issuer)
        _refuse_other_answer(metadata, answered_by)
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": provider.client_id,
            "code_verifier": attempt.code_verifier,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": _assertion(provider, metadata, client_key, now=now),
        }
        answer = msgspec.json.decode(
            await providers.fetch("POST", metadata.token_endpoint, form), type=_TokenAnswer
        )
        said = await _verified(providers, provider, answer.id_token)
        claims = msgspec.convert(said, _Claims)
        _refuse_misfit(provider, claims, answer=answer, attempt=attempt)
    except (
        IdentityProviderWrong,
        jwt.PyJWTError,
        msgspec.MsgspecError,
        UnicodeEncodeError,
    ) as error:
        log.warning("sign-in-untrusted", issuer=provider.issuer, reason=str(error))
        raise SignInUntrusted from error
    if provider.acr_values and claims.acr not in provider.acr_values:
        raise AssuranceTooLow
    return Identity(
        issuer=claims.iss,
        subject=claims.sub,
        acr=claims.acr or "",
        citizen_number=_citizen_number(provider, said),
    )


def _citizen_number(provider: IdentityProvider, said: dict[str, object]) -> str:
    if not isinstance(provider, HolderIdentityProvider):
        return ""
    found = said.get(provider.citizen_number_claim)
    return found if isinstance(found, str) else ""


async def _verified(
    providers: Providers, provider: IdentityProvider, id_token: str
) -> dict[str, object]:
    header = cast("dict[str, object]", jwt.get_unverified_header(id_token))
    key_id = header.get("kid")
    key = await providers.signing_key(
        provider.issuer,
        key_id=key_id if isinstance(key_id, str) else None,
        algorithm=provider.signed_with,
    )
    return jwt.decode(
        id_token,
        key,
        algorithms=[provider.signed_with],
        audience=provider.client_id,
        issuer=provider.issuer,
        leeway=LEEWAY,
        options={"require": ["iss", "sub", "aud", "exp", "iat", "nonce"]},
    )


def _refuse_other_answer(metadata: Metadata, answered_by: str | None) -> None:
    """A code that another provider gave out is not shown to this one (RFC 9207)."""
    if metadata.authorization_response_iss_parameter_supported and answered_by != metadata.issuer:
        raise IdentityProviderWrong("the answer is of another provider")


def _refuse_misfit(
    provider: IdentityProvider, claims: _Claims, *, answer: _TokenAnswer, attempt: Attempt
) -> None:
    """What the signature does not say: that it is about this attempt, and meant for us alone."""
    if not hmac.compare_digest(claims.nonce.encode(), attempt.nonce.encode()):
        raise IdentityProviderWrong("the nonce is of another attempt")
    several = isinstance(claims.aud, list) and len(claims.aud) > 1
    if (several or claims.azp is not None) and claims.azp != provider.client_id:
        raise IdentityProviderWrong("the token was made for another client")
    if claims.at_hash is not None and answer.access_token is not None:
        digest = hashlib.new(AT_HASH[provider.signed_with], answer.access_token.encode()).digest()
        expected = _base64url(digest[: len(digest) // 2])
        if not hmac.compare_digest(claims.at_hash.encode(), expected.encode()):
            raise IdentityProviderWrong("at_hash is of another access token")


def _assertion(provider: IdentityProvider, metadata: Metadata, key: Key, *, now: datetime) -> str:
    """Say that we are the client (RFC 7523), with a key whose other half the provider has."""
    to_issuer = provider.audience_of_ours == "issuer"
    claims = {
        "iss": provider.client_id,
        "sub": provider.client_id,
        "aud": metadata.issuer if to_issuer else metadata.token_endpoint,
        "jti": secrets.token_urlsafe(16),
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LASTS).timestamp()),
    }
    return jwt.encode(
        claims,
        private_key(key),
        algorithm=provider.we_sign_with,
        headers={"kid": key.key_id},
    )


def private_key(key: Key) -> RSAPrivateKey:
    loaded = load_der_private_key(key.secret, password=None)
    assert isinstance(loaded, RSAPrivateKey), "made so by pas.auth.key_files"
    return loaded


def public_jwk(key: Key) -> dict[str, object]:
    """The public half, for the provider (RFC 7517)."""
    numbers = private_key(key).public_key().public_numbers()
    return {
        "kty": "RSA",
        "n": _base64url(numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")),
        "e": _base64url(numbers.e.to_bytes(3, "big")),
        "kid": key.key_id,
        "use": "sig",
    }


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
