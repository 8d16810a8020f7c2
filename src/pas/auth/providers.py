"""Identity providers as this process knows them: what they publish, fetched and kept for a while."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from time import monotonic
from typing import ClassVar, Final, TypeVar
from urllib.parse import urlsplit

import httpx
import jwt
import msgspec

from pas.errors import Refusal
from pas.tls import trusted

METADATA_SECONDS: Final = 3600.0
"""How long what a provider publishes is believed, its keys included."""
REFRESH_SECONDS: Final = 10.0
"""A token with a key we do not know makes us look again, but not for every forged one."""
FAILED_SECONDS: Final = 5.0
"""How long we leave a provider alone that did not tell what it publishes."""
PATIENCE: Final = httpx.Timeout(5.0)
TOTAL_SECONDS: Final = 10.0
"""For a whole answer: a byte now and then would keep within the patience for ever."""
MOST_BYTES: Final = 512_000
LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
HTTP_OK: Final = 200

Kind = TypeVar("Kind")


class IdentityProviderDown(Refusal):
    """Inloggen lukt nu even niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Probeer het over een paar minuten opnieuw. Of bel ons."


class IdentityProviderWrong(Exception):
    """The provider says something else than it should; for the log, never for a visitor."""


class Metadata(msgspec.Struct, frozen=True):
    """What we use of a provider's discovery document (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    authorization_response_iss_parameter_supported: bool = False


class KeySet(msgspec.Struct, frozen=True):
    """The keys with which a provider signs (RFC 7517); those we cannot read are left out later."""

    keys: list[dict[str, object]]


class Providers:
    """All identity providers of this process; close it before the loop ends."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            timeout=PATIENCE, follow_redirects=False, trust_env=False, verify=trusted()
        )
        self._metadata: dict[str, tuple[float, Metadata]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}
        self._failed: dict[str, float] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def close(self) -> None:
        await self._client.aclose()

    async def metadata(self, issuer: str) -> Metadata:
        """Give what a provider publishes; one asks, and the others who need it wait for that."""
        if known := self._believed(issuer):
            return known
        async with self._asking[issuer]:
            if known := self._believed(issuer):
                return known
            if monotonic() - self._failed.get(issuer, -FAILED_SECONDS) < FAILED_SECONDS:
                raise IdentityProviderDown
            try:
                found = await self._published(issuer)
            except (IdentityProviderDown, IdentityProviderWrong):
                self._failed[issuer] = monotonic()
                raise
            self._metadata[issuer] = (monotonic(), found)
            return found

    def _believed(self, issuer: str) -> Metadata | None:
        known = self._metadata.get(issuer)
        if known is None or monotonic() - known[0] >= METADATA_SECONDS:
            return None
        return known[1]

    async def _published(self, issuer: str) -> Metadata:
        address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        found = _read(await self.fetch("GET", address), Metadata)
        if found.issuer != issuer:
            raise IdentityProviderWrong(f"{issuer} says that it is {found.issuer}")
        return found

    async def signing_key(self, issuer: str, *, key_id: str | None, algorithm: str) -> jwt.PyJWK:
        """Give the key of that id; look again when it is new, because providers change keys.

        And when the list is old: a key that the provider has withdrawn signs nobody in for ever.
        """
        known = self._keys.get(issuer)
        age = METADATA_SECONDS if known is None else monotonic() - known[0]
        if known is not None and age < METADATA_SECONDS:
            if found := _chosen(known[1], key_id, algorithm):
                return found
            if age < REFRESH_SECONDS:
                raise IdentityProviderWrong(f"{issuer} has no key {key_id}")
        address = (await self.metadata(issuer)).jwks_uri
        fetched = _read(await self.fetch("GET", address), KeySet)
        self._keys[issuer] = (monotonic(), fetched)
        found = _chosen(fetched, key_id, algorithm)
        if found is None:
            raise IdentityProviderWrong(f"{issuer} has no key {key_id}")
        return found

    async def fetch(
        self, method: str, address: str, form: Mapping[str, str] | None = None
    ) -> bytes:
        """Ask the provider something; down, slow, huge or refusing are told apart in the log."""
        _refuse_plain(address)
        content = bytearray()
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._client.stream(method, address, data=form) as answer,
            ):
                async for piece in answer.aiter_bytes():
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise IdentityProviderWrong(f"{address} answers with too much")
        except (httpx.HTTPError, TimeoutError) as error:
            raise IdentityProviderDown from error
        if answer.is_server_error:
            raise IdentityProviderDown
        if answer.status_code != HTTP_OK:
            raise IdentityProviderWrong(f"{address} answers {answer.status_code}")
        return bytes(content)


def _read(content: bytes, kind: type[Kind]) -> Kind:
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError) as error:
        raise IdentityProviderWrong(f"unreadable answer: {error}") from error


def _chosen(keys: KeySet, key_id: str | None, algorithm: str) -> jwt.PyJWK | None:
    fitting = [
        key
        for key in keys.keys
        if key.get("use", "sig") == "sig"
        and key.get("alg", algorithm) == algorithm
        and (key_id is None or key.get("kid") == key_id)
    ]
    if len(fitting) != 1:
        return None
    try:
        return jwt.PyJWK(fitting[0], algorithm=algorithm)
    except jwt.PyJWTError as error:
        raise IdentityProviderWrong(f"unreadable key: {error}") from error


def _refuse_plain(address: str) -> None:
    """Without TLS anybody on the way could sign in as anybody; only this machine may do without."""
    parts = urlsplit(address)
    if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return
    raise IdentityProviderWrong(f"{address} is not https")
