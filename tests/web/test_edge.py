"""Around every answer: the Host check, security headers, the version, a count."""

import re

import asyncpg
import httpx
import msgspec
import pytest

from browsing import SETTINGS, browsing

FOR_ALL = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'self'; base-uri 'none'; object-src 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "permissions-policy": "camera=(self), geolocation=(), microphone=(), payment=()",
}


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/v1/nowhere", "/v1/openapi.json"])
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert {name: answer.headers.get(name) for name in FOR_ALL} == FOR_ALL
    assert len(answer.headers.get_list("content-security-policy")) == 1


async def test_only_over_tls_browsers_are_told_to_stay_there(client: httpx.AsyncClient) -> None:
    assert "strict-transport-security" not in (await client.get("/healthz")).headers
    secure = msgspec.structs.replace(SETTINGS, public_url="https://pas.velsen.nl")
    async with browsing(settings=secure) as visitor:
        answer = await visitor.get("/healthz", headers={"host": "pas.velsen.nl"})
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize("path", ["/v1/nowhere", "/v1/openapi.json", "/v1", "/v1/velsen/x?y=%00"])
async def test_the_api_says_its_version_in_every_answer(
    client: httpx.AsyncClient, path: str
) -> None:
    assert (await client.get(path)).headers["api-version"] == "1.0.0"


async def test_pages_say_no_api_version(client: httpx.AsyncClient) -> None:
    assert "api-version" not in (await client.get("/healthz")).headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("LOCALHOST:8000", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost@evil.example", 400),
        ("", 400),
    ],
)
async def test_only_our_own_names_are_answered(
    client: httpx.AsyncClient, host: str, status: int
) -> None:
    answer = await client.get("/healthz", headers={"host": host})
    assert answer.status_code == status
    assert status == 200 or answer.json()["code"] == "wrong-host"


@pytest.mark.parametrize("path", ["/velsen/%00", "/static/a%00b", "/velsen?x=%00"])
async def test_a_nul_in_an_address_is_refused_before_it_reaches_the_database(
    client: httpx.AsyncClient, path: str
) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-path")


async def test_requests_are_counted_by_route_and_not_by_address(client: httpx.AsyncClient) -> None:
    for name in ("a", "b"):
        await client.get(f"/static/{name}.css")
    await client.get("/wp-admin/setup.php")
    text = (await client.get("/metrics")).text
    assert re.search(
        r'pas_requests_total{method="GET",route="/static/{name}",status="404"} \d', text
    )
    assert "wp-admin" not in text
    assert 'pas_request_seconds_count{route="unknown"}' in text


async def test_the_program_is_alive_while_its_database_is_away(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["reason"]) == (503, "the database does not answer")


async def test_the_program_is_ready_when_the_tables_are_there(city: httpx.AsyncClient) -> None:
    assert (await city.get("/readyz")).json() == {"status": "ready"}


async def test_the_program_is_not_ready_while_a_migration_waits(
    city: httpx.AsyncClient, superuser: asyncpg.Connection
) -> None:
    await superuser.execute(
        "DELETE FROM migration WHERE number = (SELECT max(number) FROM migration)"
    )
    answer = await city.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["reason"].startswith("velsen waits for migrations [")
