"""What one process keeps for signing in and checking who somebody is."""

from contextlib import AbstractAsyncContextManager
from typing import Final, cast
from urllib.parse import urlsplit

from litestar.datastructures import State

from pas.auth.keys import KeyRing, KeyStore, refuse_demo_keys
from pas.auth.providers import LOOPBACK, Providers
from pas.auth.till_keys import TillKeys
from pas.auth.tokens import TokenReader
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import CREATED_BY, DEMO, facts
from pas.problems.bodies import AppRequest
from pas.settings import Settings, WrongSettings

PLACE: Final = "auth"


class AuthState:
    """One per process, in the application's state; close it before the loop ends."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.database = database
        self.origin = settings.origin
        self.scheme = urlsplit(settings.origin).scheme
        self.over_tls = self.scheme == "https"
        self.loopback = settings.host in LOOPBACK and settings.public_url is None
        self.keys = KeyStore(settings.keys)
        self.tokens = TokenReader(settings.origin)
        self.till_keys = TillKeys(database)
        self.providers = Providers()
        self._created_by: str | None = None

    async def close(self) -> None:
        await self.providers.close()

    async def ring(self, municipality: MunicipalityName) -> KeyRing:
        """Give a municipality's keys; keys of the demonstration open nothing real."""
        registered = await self.database.municipality(municipality)
        ring = self.keys.ring(municipality)
        if ring.demo:
            refuse_demo_keys(ring, demo=registered.demo, loopback=self.loopback)
        return ring

    async def created_by_demo(self) -> bool:
        """Whether the demonstration made this whole database: decided once, never changed."""
        if self._created_by is None:
            async with self.database.registry() as connection:
                self._created_by = (await facts(connection)).get(CREATED_BY, "")
        return self._created_by == DEMO


def auth_state(state: State) -> AuthState:
    return cast("AuthState", state[PLACE])


def connected(request: AppRequest, municipality: str) -> AbstractAsyncContextManager[Connection]:
    """Connect to the municipality of a route."""
    return auth_state(request.app.state).database.connection(MunicipalityName(municipality))


async def ring_of(request: AppRequest, municipality: str) -> KeyRing:
    """Give the keys of the municipality of a route."""
    return await auth_state(request.app.state).ring(MunicipalityName(municipality))


def refuse_plain_http(settings: Settings) -> None:
    """Cookies over plain http are anybody's, except on this machine."""
    parts = urlsplit(settings.origin)
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        sentence = (
            f"People reach this program at {settings.origin}, without TLS. "
            "Set PAS_PUBLIC_URL to its https:// address, or PAS_HOST to 127.0.0.1."
        )
        raise WrongSettings([sentence])
