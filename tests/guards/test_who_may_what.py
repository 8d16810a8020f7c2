"""Every route of the program, walked by everybody: each role, holders, tills, strangers, neighbours."""

from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import UUID

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from browsing import NOWHERE, SETTINGS, browsing
from given.city import a_merchant, a_till
from given.logins import a_key_store, a_login
from pas.app import create_app
from pas.app.routes_check import handlers
from pas.auth.access import permissions_in
from pas.auth.csrf import csrf_token
from pas.auth.keys import KeyStore
from pas.auth.roles import ROLES, Role
from pas.auth.sessions import SessionActor, start_session
from pas.auth.till_signature import sign_request
from pas.db import Connection, Database
from pas.ids import MunicipalityName, TillId, uuid7
from pas.installation import Access
from pas.settings import Settings

ALMERE = MunicipalityName("almere")
API = "/v1/"
NOT_IN = frozenset(
    {
        "not-signed-in",
        "permission-missing",
        "other-merchant",
        "till-signature-wrong",
        "till-unknown",
    }
)
OURS = frozenset({Role.MERCHANT_MANAGER})
"""Whose routes also depend on which merchant; they have tests of their own."""


class Route(msgspec.Struct, frozen=True):
    """A way into the program."""

    method: str
    path: str
    opt: dict[str, object]

    @property
    def is_api(self) -> bool:
        return self.path.startswith(API)

    def at(self, municipality: str) -> str:
        """An address of this route, about things that there are not."""
        parts = self.path.split("/")
        return "/".join(filled(part, municipality) for part in parts)


def filled(part: str, municipality: str) -> str:
    if part.startswith("{municipality"):
        return municipality
    if part.endswith(":uuid}"):
        return str(UUID(int=404))
    if part.endswith(":int}"):
        return "404"
    if part == "{role:str}":
        return "analyst"
    return "nothing" if part.startswith("{") else part


def routes() -> list[Route]:
    """All routes that are not open to everybody."""
    found = [
        Route(method, path, dict(handler.opt))
        for path, handler in handlers(create_app(SETTINGS, NOWHERE))
        for method in sorted(handler.http_methods)
        if not handler.opt.get("public")
    ]
    assert len(found) > 50, "the walk has lost its way"
    return found


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path, cities=("velsen", "almere"))


@pytest.fixture
async def client(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        client.headers["accept"] = "application/json"
        yield client


async def with_session(
    connection: Connection, kind: SessionActor, actor: UUID, *, municipality: str = "velsen"
) -> dict[str, str]:
    """Headers of a new session: some routes end the one they are called in."""
    session = await start_session(
        connection, actor_kind=kind, actor_id=actor, assurance="x", now=datetime.now(UTC)
    )
    return {
        "cookie": f"pas-{municipality}={session.token}",
        "x-csrf-token": csrf_token(session.token),
    }


async def is_let_in(
    client: httpx.AsyncClient, route: Route, headers: dict[str, str], *, there: str = "velsen"
) -> bool:
    """Whether whoever has these headers comes as far as the route itself."""
    body = b"{}" if route.is_api and route.method in {"POST", "PUT", "PATCH"} else b""
    given = {"content-type": "application/json"} if body else {}
    answer = await client.request(
        route.method, route.at(there), headers={**headers, **given}, content=body
    )
    assert answer.status_code < 500, f"{route.method} {route.at(there)}: {answer.text}"
    location = answer.headers.get("location", "")
    return problem_code(answer) not in NOT_IN and "/sign-in?returnTo" not in location


def problem_code(answer: httpx.Response) -> str:
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        return cast("dict[str, str]", answer.json())["code"]
    return ""


async def walk(let_in: dict[str, bool], may: Callable[[Route], bool]) -> list[str]:
    """Where it went otherwise than the route says."""
    said = {f"{route.method} {route.path}": may(route) for route in routes()}
    return [
        f"{name}: {let_in[name]}" for name, expected in said.items() if let_in[name] != expected
    ]


@pytest.mark.parametrize("role", [role for role in Role if role not in OURS])
async def test_a_role_gets_in_where_its_permissions_say_and_nowhere_else(
    client: httpx.AsyncClient, connection: Connection, role: Role
) -> None:
    login = await a_login(connection, role)
    let_in: dict[str, bool] = {}
    for route in routes():
        headers = await with_session(connection, "login", login)
        let_in[f"{route.method} {route.path}"] = await is_let_in(client, route, headers)

    def may(route: Route) -> bool:
        wanted = set(permissions_in(route.opt))
        return bool(route.opt.get("signed_in")) or bool(wanted & ROLES[role])

    assert await walk(let_in, may) == []


async def test_a_merchants_manager_gets_in_nowhere_without_its_permission(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_merchant(connection)
    login = await a_login(connection, Role.MERCHANT_MANAGER, merchant=merchant.id)
    for route in routes():
        headers = await with_session(connection, "login", login)
        if await is_let_in(client, route, headers) and not route.opt.get("signed_in"):
            assert set(permissions_in(route.opt)) & ROLES[Role.MERCHANT_MANAGER], route
            assert route.opt.get("scoped"), route


async def test_a_holder_gets_in_where_holders_may(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    let_in: dict[str, bool] = {}
    for route in routes():
        headers = await with_session(connection, "holder", uuid7())
        let_in[f"{route.method} {route.path}"] = await is_let_in(client, route, headers)

    def may(route: Route) -> bool:
        return bool(route.opt.get("holder") or route.opt.get("signed_in"))

    assert await walk(let_in, may) == []


async def test_a_till_gets_in_where_tills_may(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    till = await a_till(connection, await a_merchant(connection))
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    let_in: dict[str, bool] = {}
    for route in routes():
        headers = signed(key, till.id, route)
        let_in[f"{route.method} {route.path}"] = await is_let_in(client, route, headers)
    assert await walk(let_in, lambda route: bool(route.opt.get("till"))) == []


def signed(key: ed25519.Ed25519PrivateKey, till: TillId, route: Route) -> dict[str, str]:
    body = b"{}" if route.is_api and route.method in {"POST", "PUT", "PATCH"} else b""
    return sign_request(
        key,
        till_id=till,
        method=route.method,
        target=route.at("velsen"),
        body=body,
        now=datetime.now(UTC),
    )


async def test_without_proof_nobody_gets_in_anywhere(client: httpx.AsyncClient) -> None:
    let_in = [route for route in routes() if await is_let_in(client, route, {})]
    assert let_in == []


@pytest.mark.usefixtures("almere")
async def test_whoever_is_somebody_in_another_municipality_is_nobody_here(
    client: httpx.AsyncClient, database: Database
) -> None:
    """Each session of almere is tried under the cookie's name here, and as it is."""
    async with database.connection(ALMERE) as almere:
        for role in (Role.OFFICER, Role.ADMINISTRATOR, Role.APPROVER, Role.FINANCE):
            login = await a_login(almere, role)
            headers = await with_session(almere, "login", login, municipality="almere")
            token = headers["cookie"].partition("=")[2]
            headers["cookie"] += f"; pas-velsen={token}"
            let_in = [route for route in routes() if await is_let_in(client, route, headers)]
            assert let_in == []
            at_home = Route("GET", "/v1/{municipality:str}/session", {"signed_in": True})
            assert await is_let_in(client, at_home, headers, there="almere")
