"""People who use the API: signed in with a token, as an officer, a merchant's manager or a holder."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import pytest

from browsing import browsing
from given.logins import a_login
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.auth.sessions import SessionActor, start_session, token_hash
from pas.auth.tokens import sign_session_token
from pas.db import Connection
from pas.ids import LoginId, MerchantId, MunicipalityName, ResidentId
from pas.installation import Access
from pas.settings import Settings

VELSEN, ALMERE = MunicipalityName("velsen"), MunicipalityName("almere")


class Person:
    """Sends requests with a token; ``id`` is that of the login or the resident."""

    def __init__(self, client: httpx.AsyncClient, token: str, id_: UUID) -> None:
        self.client, self.id = client, id_
        self.headers = {"authorization": f"Bearer {token}"}

    async def get(self, target: str) -> httpx.Response:
        return await self.client.get(target, headers=self.headers)

    async def post(self, target: str, body: object = None) -> httpx.Response:
        return await self.send("POST", target, body)

    async def put(self, target: str, body: object = None) -> httpx.Response:
        return await self.send("PUT", target, body)

    async def patch(self, target: str, body: object) -> httpx.Response:
        return await self.send("PATCH", target, body)

    async def send(self, method: str, target: str, body: object = None) -> httpx.Response:
        content = body if isinstance(body, bytes) else msgspec.json.encode(body)
        headers = {**self.headers, "content-type": "application/json"}
        if body is None:
            content, headers = b"", self.headers
        return await self.client.request(method, target, content=content, headers=headers)


class Town:
    """The application on a fresh database, and who can be somebody there."""

    def __init__(self, client: httpx.AsyncClient, keys: KeyStore, settings: Settings) -> None:
        self.client, self.keys, self.settings = client, keys, settings

    async def officer(self, connection: Connection, *roles: Role) -> Person:
        return await self._signed_in(connection, "login", await a_login(connection, *roles))

    async def manager(self, connection: Connection, merchant: MerchantId) -> Person:
        login = await a_login(connection, Role.MERCHANT_MANAGER, merchant=merchant)
        return await self._signed_in(connection, "login", login)

    async def holder(self, connection: Connection, resident: ResidentId) -> Person:
        return await self._signed_in(connection, "holder", resident)

    async def _signed_in(
        self, connection: Connection, kind: SessionActor, id_: LoginId | ResidentId
    ) -> Person:
        token = await a_token(
            connection, self.keys, issuer=self.settings.origin, kind=kind, subject=id_
        )
        return Person(self.client, token, id_)


async def a_token(
    connection: Connection,
    keys: KeyStore,
    *,
    issuer: str,
    kind: SessionActor,
    subject: LoginId | ResidentId,
) -> str:
    """A session, and the token that goes with it."""
    now = datetime.now(UTC)
    session = await start_session(
        connection, actor_kind=kind, actor_id=subject, assurance="test", now=now
    )
    token, _ = sign_session_token(
        keys.ring(VELSEN),
        issuer=issuer,
        subject=subject,
        session_hash=token_hash(session.token),
        now=now,
    )
    return token


@asynccontextmanager
async def a_town(access: Access, folder: Path) -> AsyncGenerator[Town]:
    """Velsen and its neighbour almere, each with keys of its own."""
    keys = KeyStore(folder / "town-keys")
    for name in (VELSEN, ALMERE):
        make_keys(keys, name, demo=False, now=datetime.now(UTC))
    settings = Settings(key_dir=keys.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PAS_KEY_DIR", str(keys.folder))  # where a worker in this process looks
        async with browsing(access.address, settings=settings) as client:
            yield Town(client, keys, settings)
