"""Cookies over TLS: bound to this host alone, and under no other name."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store, a_login
from pas.auth.roles import Role
from pas.auth.sessions import start_session
from pas.db import Connection
from pas.installation import Access
from pas.settings import Settings


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(
        key_dir=a_key_store(tmp_path).folder, public_url="https://pas.velsen.example"
    )
    async with browsing(access.address, settings=settings) as client:
        client.headers.update({"host": "pas.velsen.example", "accept": "text/html"})
        yield client


async def test_over_tls_a_cookie_is_of_this_host_alone(client: httpx.AsyncClient) -> None:
    answer = await client.get("/velsen/sign-in")
    name, *rest = answer.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-pas-browser-velsen=")
    assert rest == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]


async def test_over_tls_a_session_under_the_plain_name_is_not_seen(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    session = await start_session(
        connection,
        actor_kind="login",
        actor_id=await a_login(connection, Role.OFFICER),
        assurance="x",
        now=datetime.now(UTC),
    )
    # Another host of the same domain can plant a cookie with a plain name, and none with __Host-.
    for name, status in (("pas-velsen", 401), ("__Host-pas-velsen", 200)):
        headers = {"cookie": f"{name}={session.token}"}
        answer = await client.get("/v1/velsen/session", headers=headers)
        assert answer.status_code == status
