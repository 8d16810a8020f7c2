"""The first part of an address names a municipality, or it is nothing: no cookie, no way, no error."""

import http.client
import random
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Final
from urllib.parse import quote

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store
from pas.auth.cookies import set_cookie
from pas.auth.sign_in import LOCAL_PATH
from pas.db import UnknownMunicipality
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from serving import serving

LETTERS: Final = "ab\\/;=,\r\n\t \"'<>%?#@:é\u2028\U0001f600.\x01\x7f"
CHOSEN: Final = (
    "velsen=SECRET; x",
    "velsen\r\nSet-Cookie: a=b",
    "\\evil.com",
    "\\\\evil.com",
    "/evil.com",
    "é",
    "velsen\n",
    "Velsen",
    "1velsen",
    " velsen",
    "velsen;",
    "a" * 64,
    "a" * 5_000,
)
MADE: Final = tuple(
    "".join(random.Random(seed).choices(LETTERS, k=1 + seed % 12)) for seed in range(40)
)
PLACES: Final = (
    "/{}",
    "/{}/residents",
    "/{}/sign-in",
    "/{}/sign-in/provider",
    "/{}/merchants/x",
    "/v1/{}/session",
    "/v1/{}/client-keys",
)
HEADERS: Final[tuple[dict[str, str], ...]] = (
    {"accept": "text/html"},
    {"accept": "text/html", "authorization": "Bearer x"},
)
NOWHERE: Final = {"authorization": "Bearer x"}


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=a_key_store(tmp_path).folder)
    async with browsing(access.address, settings=settings) as client:
        yield client


def wrong_with(status: int, headers: list[tuple[str, str]], path: str) -> str | None:
    cookies = [value for name, value in headers if name.lower() == "set-cookie"]
    ways = [value for name, value in headers if name.lower() == "location"]
    if status >= 500 or cookies or not all(LOCAL_PATH.fullmatch(way) for way in ways):
        return f"{path[:200]!r}: {status} {cookies} {ways}"
    return None


@pytest.mark.parametrize("headers", HEADERS, ids=["browser", "program"])
async def test_what_is_no_name_leads_nowhere_and_leaves_nothing(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    wrong: list[str | None] = []
    for segment in (*CHOSEN, *MADE):
        for place in PLACES:
            path = place.format(quote(segment, safe=""))
            for method in ("GET", "POST"):
                answer = await client.request(method, path, headers=headers)
                wrong.append(wrong_with(answer.status_code, answer.headers.multi_items(), path))
    assert [one for one in wrong if one] == []


async def test_what_is_no_name_is_not_found(client: httpx.AsyncClient) -> None:
    for segment in CHOSEN:
        for place in ("/{}/sign-in", "/{}/residents", "/v1/{}/session"):
            if "/" in segment:
                continue
            answer = await client.get(place.format(quote(segment, safe="")))
            assert answer.status_code == 404, (place, segment)


def test_a_cookie_is_made_for_a_name_and_nothing_else() -> None:
    for segment in (*CHOSEN[:-2], "a" * 64):
        with pytest.raises(UnknownMunicipality):
            set_cookie("browser", MunicipalityName(segment), "x", over_tls=True)


@pytest.mark.parametrize("place", ["/v1/nowhere/session", "/v1/nowhere/schemes"])
async def test_a_token_for_a_municipality_that_is_not_there_is_not_found(
    client: httpx.AsyncClient, place: str
) -> None:
    answer = await client.get(place, headers=NOWHERE)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-municipality")


async def test_a_card_is_not_activated_in_a_municipality_that_is_not_there(
    client: httpx.AsyncClient,
) -> None:
    body = {"scanned": "0000 0000 0000 0000", "code": "0000 0000"}
    answer = await client.post("/v1/nowhere/activations", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-municipality")


async def test_a_long_way_back_is_left_out(client: httpx.AsyncClient) -> None:
    answer = await client.get(
        f"/velsen/schemes/{'a' * 600}", headers={"accept": "text/html"}, follow_redirects=False
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/velsen/sign-in")


def test_a_real_server_takes_raw_bytes_for_no_name(access: Access, tmp_path: Path) -> None:
    raw = (
        b"/velsen=SECRET;%20x",
        b"/velsen=SECRET;x",
        b"/%5Cevil.com/residents",
        b"/\\evil.com/residents",
        b"//evil.com/residents",
        b"/%0d%0aset-cookie:%20a=b/sign-in",
        b"/%C3%A9",
        b"/\xc3\xa9",
        b"/%E9",
        b"/%FF%FE/sign-in",
        b"/../residents",
        b"/%2e%2e/sign-in",
        b"/" + b"a" * 5_000,
    )
    settings = {"database_url": access.address.url, "database_secret": access.address.secret}
    keys = a_key_store(tmp_path)
    with serving(tmp_path, key_dir=str(keys.folder), **settings) as served:
        for path in raw:
            status, headers = asked(served.url, path)
            assert wrong_with(status, headers, repr(path)) is None
        assert httpx.get(f"{served.url}/healthz").is_success


def asked(url: str, path: bytes) -> tuple[int, list[tuple[str, str]]]:
    """Send exactly these bytes, which no client would."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    connection.connect()
    assert connection.sock is not None
    connection.sock.sendall(
        b"GET " + path + b" HTTP/1.1\r\nhost: 127.0.0.1\r\naccept: text/html\r\n\r\n"
    )
    answer = http.client.HTTPResponse(connection.sock, method="GET")
    answer.begin()
    try:
        return answer.status, answer.getheaders()
    finally:
        connection.close()
