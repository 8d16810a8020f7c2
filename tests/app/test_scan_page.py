"""The page of the till that scans: it says nothing of anybody, and a browser can keep all of it."""

import json
import re

import httpx

from given.city import a_holder, a_merchant, a_till
from given.days import YEAR
from pas.auth.roles import Role
from pas.db import Connection
from pas.web.statics import FOLDER, static_files
from signed_in import Visitor, behind, signed_in, signed_in_holder

SESSION = re.compile(r'data-session="([^"]*)"')


def session_in(page: httpx.Response) -> str:
    found = SESSION.search(page.text)
    assert found
    return found[1]


async def test_the_page_is_for_everybody_and_says_nothing_of_anybody(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/velsen/till/scan")

    assert page.status_code == 200
    assert session_in(page) == ""
    assert "csrf" not in page.text
    assert "unsafe" not in page.headers["content-security-policy"]


async def test_only_who_may_sell_gets_the_token_of_their_session(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    till = await a_till(connection, await a_merchant(connection))
    holder = await a_holder(connection, year=YEAR)
    cashier = await behind(client, connection, till.id)
    counter = await signed_in(client, connection, Role.COUNTER)
    others = [
        await signed_in(client, connection, Role.FINANCE),
        await signed_in_holder(client, connection, holder.id),
    ]

    for visitor in (cashier, counter):
        assert session_in(await visitor.look("till/scan")) != ""
    for visitor in others:
        assert session_in(await visitor.look("till/scan")) == ""
    assert f'data-seller="{till.id}"' in (await cashier.look("till/scan")).text
    assert 'data-seller=""' in (await counter.look("till/scan")).text


async def kept_by(visitor: httpx.AsyncClient | Visitor) -> tuple[list[str], str]:
    """Which files the worker keeps, and under which version."""
    answer = (
        await visitor.look("till/worker.js")
        if isinstance(visitor, Visitor)
        else await visitor.get("/velsen/till/worker.js")
    )
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"
    files = re.search(r"const FILES = (\[.*?\]);", answer.text)
    version = re.search(r'const VERSION = "([0-9a-f]{16})";', answer.text)
    assert files
    assert version
    return json.loads(files[1]), version[1]


async def test_everything_that_the_page_uses_is_kept(client: httpx.AsyncClient) -> None:
    page, (files, _) = await client.get("/velsen/till/scan"), await kept_by(client)

    used = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    assert used <= set(files)
    modules = {name for name in static_files() if name.startswith("till/") and name.endswith(".js")}
    assert {static_files()[name].address for name in modules} <= {
        one.removeprefix("/static/") for one in files
    }
    assert any(one.endswith(".wasm") for one in files)
    for address in files:
        assert (await client.get(address)).status_code == 200, address


async def test_what_is_kept_is_one_version_for_everybody(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)

    assert await kept_by(client) == await kept_by(counter)


async def test_a_telephone_can_put_the_till_on_its_home_screen(client: httpx.AsyncClient) -> None:
    answer = await client.get("/velsen/till/app.webmanifest")

    told = answer.json()
    assert answer.headers["content-type"].startswith("application/manifest+json")
    assert told["start_url"] == "/velsen/till/scan"
    assert told["scope"] == "/velsen/till/"
    assert (await client.get(told["icons"][0]["src"])).status_code == 200


def test_no_script_of_the_till_asks_anybody_else() -> None:
    """Nor does it make HTML from text."""
    for path in (FOLDER / "till").glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://", script), path.name
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|\beval\(|Function\(", script)
