"""Tokens for programs: signed with the municipality's own key, worth nothing in another one.

A token says who it is for and nothing of what they may do: state, roles and the end of a session or
token are read from the database at each request. Only that a *signature* was right is remembered,
for at most five minutes, because checking it costs more than the rest of the request.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal
from uuid import UUID

import jwt
import msgspec

from pas.auth.keys import KeyRing, Purpose
from pas.errors import Refusal

ALGORITHM: Final = "HS256"
"""We alone make and read these tokens, so a shared secret does, at a third of the cost."""

OF_SESSION_LASTS: Final = timedelta(minutes=15)
REMEMBERED: Final = 10_000
REMEMBERED_SECONDS: Final = 300.0
LONGEST: Final = 2_000

TokenKind = Literal["api", "session"]


class TokenWrong(Refusal):
    """Dit token is niet geldig."""

    status: ClassVar[int] = 401
    next_step: ClassVar[str] = "Vraag een nieuw token aan. Stuur het mee als Authorization: Bearer."


class TokenClaims(msgspec.Struct, frozen=True):
    """What a token says: of which row in the database it is."""

    iss: str
    aud: str
    sub: UUID
    kind: TokenKind
    row: str
    """The id of an api_token, or the hash of a session's token, in hexadecimal."""
    iat: int
    exp: int


class TokenReader:
    """Checks tokens; remembers which signatures were right, by the hash of the token."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self._right: OrderedDict[bytes, tuple[float, str, TokenClaims]] = OrderedDict()

    def read(self, ring: KeyRing, token: str, *, now: datetime) -> TokenClaims:
        """Give what a token of this municipality says, or refuse it."""
        hashed = hashlib.sha256(f"{ring.municipality}\n{token}".encode()).digest()
        remembered = self._remembered(hashed)
        if remembered is None:
            remembered = _checked(ring, token, issuer=self.issuer)
            self._remember(hashed, *remembered)
        key_id, claims = remembered
        # Both change while a signature stays right: the key may be thrown away, the clock goes on.
        if ring.find(Purpose.TOKEN_SIGNING, key_id) is None or claims.exp <= now.timestamp():
            raise TokenWrong("Dit token is verlopen.")
        return claims

    def _remembered(self, hashed: bytes) -> tuple[str, TokenClaims] | None:
        found = self._right.get(hashed)
        if found is None:
            return None
        until, key_id, claims = found
        if time.monotonic() > until:
            del self._right[hashed]
            return None
        self._right.move_to_end(hashed)
        return key_id, claims

    def _remember(self, hashed: bytes, key_id: str, claims: TokenClaims) -> None:
        self._right[hashed] = (time.monotonic() + REMEMBERED_SECONDS, key_id, claims)
        if len(self._right) > REMEMBERED:
            self._right.popitem(last=False)


def sign_token(
    ring: KeyRing,
    *,
    issuer: str,
    subject: UUID,
    kind: TokenKind,
    row: str,
    now: datetime,
    expires_at: datetime,
) -> str:
    key = ring.current(Purpose.TOKEN_SIGNING)
    claims = TokenClaims(
        iss=issuer,
        aud=ring.municipality,
        sub=subject,
        kind=kind,
        row=row,
        iat=int(now.timestamp()),
        exp=int(expires_at.timestamp()),
    )
    return jwt.encode(
        msgspec.to_builtins(claims),
        key.secret,
        algorithm=ALGORITHM,
        headers={"kid": key.key_id, "typ": "at+jwt"},
    )


def sign_session_token(
    ring: KeyRing, *, issuer: str, subject: UUID, session_hash: bytes, now: datetime
) -> tuple[str, datetime]:
    """A token of at most fifteen minutes that is worth as much as the session, and ends with it."""
    expires_at = now.astimezone(UTC) + OF_SESSION_LASTS
    token = sign_token(
        ring,
        issuer=issuer,
        subject=subject,
        kind="session",
        row=session_hash.hex(),
        now=now,
        expires_at=expires_at,
    )
    return token, expires_at


def _checked(ring: KeyRing, token: str, *, issuer: str) -> tuple[str, TokenClaims]:
    if len(token) > LONGEST:
        raise TokenWrong
    try:
        key_id = _key_id(jwt.get_unverified_header(token))
        key = ring.find(Purpose.TOKEN_SIGNING, key_id)
        if key is None:
            raise TokenWrong
        said = jwt.decode(
            token,
            key.secret,
            algorithms=[ALGORITHM],
            audience=ring.municipality,
            issuer=issuer,
            # The clock is read by our caller, for remembered tokens too.
            options={"require": ["iss", "aud", "sub", "exp"], "verify_exp": False},
        )
        return key_id, msgspec.convert(said, TokenClaims)
    except (jwt.InvalidTokenError, msgspec.ValidationError):
        raise TokenWrong from None


def _key_id(header: Mapping[str, object]) -> str:
    key_id = header.get("kid")
    return key_id if isinstance(key_id, str) else ""
