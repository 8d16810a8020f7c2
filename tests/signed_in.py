"""Somebody of the municipality in a browser: signed in, and sending forms with their token."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
import msgspec

from given.logins import a_login
from pas.auth.cookies import cookie_name
from pas.auth.csrf import csrf_token
from pas.auth.roles import Role
from pas.auth.sessions import Begun, start_session
from pas.db import Connection
from pas.ids import LoginId, MerchantId, MunicipalityName, ResidentId, TillId

VELSEN = MunicipalityName("velsen")


class Visitor:
    """Looks at pages of velsen and sends forms, as one login, till or holder."""

    def __init__(self, client: httpx.AsyncClient, login: LoginId, token: str) -> None:
        self.client, self.login, self.token = client, login, token
        self._cookie = f"{cookie_name('session', VELSEN, over_tls=False)}={token}"

    async def look(self, path: str) -> httpx.Response:
        headers = {"cookie": self._cookie, "accept": "text/html"}
        return await self.client.get(f"/velsen/{path}", headers=headers)

    async def send(
        self, path: str, fields: Mapping[str, str], *, csrf: bool = True
    ) -> httpx.Response:
        form = {**fields, **({"csrf_token": csrf_token(self.token)} if csrf else {})}
        headers = {
            "cookie": self._cookie,
            "accept": "text/html",
            "content-type": "application/x-www-form-urlencoded",
        }
        return await self.client.post(f"/velsen/{path}", content=urlencode(form), headers=headers)

    async def upload(
        self, path: str, content: bytes, fields: Mapping[str, str] = {}, *, name: str = "lijst.csv"
    ) -> httpx.Response:
        """Send a form with a file in its field ``file``."""
        headers = {"cookie": self._cookie, "accept": "text/html"}
        data = {**fields, "csrf_token": csrf_token(self.token)}
        files = {"file": (name, content, "text/csv")}
        return await self.client.post(f"/velsen/{path}", data=data, files=files, headers=headers)

    async def put(self, path: str) -> httpx.Response:
        """A change by the API, without a body."""
        headers = {"cookie": self._cookie, "x-csrf-token": csrf_token(self.token)}
        return await self.client.post(f"/v1/velsen/{path}", headers=headers)

    async def ask(self, path: str) -> httpx.Response:
        """The API, with the same session."""
        return await self.client.get(f"/v1/velsen/{path}", headers={"cookie": self._cookie})

    async def tell(self, path: str, body: object, *, method: str = "POST") -> httpx.Response:
        """Send something to the API, with the same session."""
        headers = {
            "cookie": self._cookie,
            "content-type": "application/json",
            "x-csrf-token": csrf_token(self.token),
        }
        content = msgspec.json.encode(body)
        target = f"/v1/velsen/{path}"
        return await self.client.request(method, target, content=content, headers=headers)


async def signed_in(
    client: httpx.AsyncClient,
    connection: Connection,
    *roles: Role,
    merchant: MerchantId | None = None,
) -> Visitor:
    login = await a_login(connection, *roles, merchant=merchant)
    return Visitor(client, login, await a_session_of(connection, login))


async def a_session(connection: Connection, *roles: Role) -> str:
    """The token of somebody new who signed in."""
    return await a_session_of(connection, await a_login(connection, *roles))


async def a_session_of(connection: Connection, login: LoginId) -> str:
    session = await start_session(
        connection,
        actor_kind="login",
        actor_id=login,
        assurance="substantial",
        now=datetime.now(UTC),
    )
    return session.token


async def behind(client: httpx.AsyncClient, connection: Connection, till: TillId) -> Visitor:
    """Somebody behind the pages of a till; their ``login`` is the till."""
    session = await start_session(
        connection, actor_kind="till", actor_id=till, assurance="device", now=datetime.now(UTC)
    )
    return Visitor(client, LoginId(till), session.token)


async def signed_in_holder(
    client: httpx.AsyncClient, connection: Connection, resident: ResidentId
) -> Visitor:
    session = await start_session(
        connection,
        actor_kind="holder",
        actor_id=resident,
        assurance="substantial",
        now=datetime.now(UTC),
    )
    return Visitor(client, LoginId(resident), session.token)


async def on_own_phone(
    client: httpx.AsyncClient, connection: Connection, resident: ResidentId
) -> Visitor:
    """The holder on a telephone that they said is their own."""
    session = await start_session(
        connection,
        actor_kind="holder",
        actor_id=resident,
        assurance="substantial",
        now=datetime.now(UTC),
        begun=Begun(device="phone_android", is_long=True),
    )
    return Visitor(client, LoginId(resident), session.token)
