"""The one-click login of the demonstration: there behind five fences, and gone outside each."""

import socket
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store, an_actor
from page_forms import form_in
from pas.auth import demo_login
from pas.auth.csrf import csrf_token
from pas.auth.logins import Person, invite_login
from pas.auth.roles import Role
from pas.db import Connection
from pas.installation import Access
from pas.settings import Settings
from serving import free_port, run_pas, serving

HTML = {"accept": "text/html"}


@pytest.fixture
async def demo(superuser: Connection) -> None:
    """The database was made by the demonstration, and so was velsen."""
    await superuser.execute("UPDATE pas.municipality SET demo = true WHERE name = 'velsen'")
    await superuser.execute("SET pas.migrating = on")
    await superuser.execute("ALTER TABLE pas.fact DISABLE TRIGGER ALL")
    await superuser.execute("UPDATE pas.fact SET value = 'demo' WHERE name = 'created_by'")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(key_dir=a_key_store(tmp_path, demo=True).folder)


@pytest.fixture
async def visitor(
    access: Access, settings: Settings, demo: None
) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=settings) as client:
        client.headers.update(HTML)
        yield client


async def become(visitor: httpx.AsyncClient, role: str = "officer") -> httpx.Response:
    shown = (await visitor.get("/velsen/sign-in")).text
    token = shown.partition('name="csrf_token" value="')[2].partition('"')[0] or "none"
    form = {"role": role, "csrf_token": token, "return_to": "/velsen/schemes"}
    return await visitor.post("/velsen/demo/sign-in", data=form)


async def test_a_visitor_becomes_an_officer_in_one_click(visitor: httpx.AsyncClient) -> None:
    answer = await become(visitor)
    assert (answer.status_code, answer.headers["location"]) == (303, "/velsen/schemes")
    session = (await visitor.get("/v1/velsen/session")).json()
    assert session["name"] == "Medewerker toekenning (demonstratie)"
    assert "assessments:run" in session["permissions"]


def test_it_is_absent_behind_a_proxy_that_names_itself_nowhere_but_speaks_as_nginx_does(
    access: Access, settings: Settings, *, demo: None, tmp_path: Path
) -> None:
    with serving(tmp_path, key_dir=str(settings.keys), **settings_of(access)) as served:
        here, proxied = [asked(served.url, version) for version in (b"1.1", b"1.0")]
    assert 'name="role"' in here
    assert 'name="role"' not in proxied


@pytest.mark.parametrize(
    "reachable", [{"host": "127.0.0.2"}, {"public_url": "https://pas.example.nl"}], ids=str
)
def test_a_database_of_the_demonstration_is_not_served_to_others(
    access: Access,
    settings: Settings,
    *,
    demo: None,
    tmp_path: Path,
    reachable: dict[str, str],
) -> None:
    chosen = {"port": str(free_port()), "data_dir": str(tmp_path), "key_dir": str(settings.keys)}
    if "host" in reachable:
        reachable |= {"public_url": "http://127.0.0.1:8000"}
    done = run_pas("serve", **chosen, **reachable, **settings_of(access))
    assert done.returncode == 3
    assert "the demonstration made this database, and others could reach it" in done.stderr


def test_the_demonstration_is_not_made_for_others(tmp_path: Path) -> None:
    done = run_pas("demo", data_dir=str(tmp_path), public_url="https://pas.example.nl")
    assert done.returncode == 3
    assert "PAS_PUBLIC_URL" in done.stderr


def settings_of(access: Access) -> dict[str, str]:
    return {"database_url": access.address.url, "database_secret": access.address.secret}


def asked(url: str, version: bytes) -> str:
    """The page where one signs in, as a browser asks for it or in an older manner of speaking."""
    address = urlsplit(url)
    assert address.hostname is not None
    assert address.port is not None
    with socket.create_connection((address.hostname, address.port), timeout=10) as talk:
        talk.sendall(
            b"GET /velsen/sign-in HTTP/" + version + b"\r\nHost: 127.0.0.1:8000\r\n"
            b"Accept: text/html\r\nConnection: close\r\n\r\n"
        )
        pieces = iter(lambda: talk.recv(65_536), b"")
        return b"".join(pieces).decode()


@pytest.mark.parametrize("role", demo_login.PERSONAS)
async def test_a_visitor_can_become_each_persona(visitor: httpx.AsyncClient, role: Role) -> None:
    assert (await become(visitor, role.value)).status_code == 303


async def test_a_visitor_becomes_nobody_else(visitor: httpx.AsyncClient) -> None:
    for role in ("merchant_manager", "wizard", ""):
        assert (await become(visitor, role)).status_code == 404


async def test_an_invitation_is_accepted_once_without_a_provider(
    visitor: httpx.AsyncClient, connection: Connection
) -> None:
    now = datetime.now(UTC)
    actor = an_actor(Role.ADMINISTRATOR)
    invited = await invite_login(connection, Person("Noor Bakker"), actor=actor, now=now)
    link = f"/velsen/sign-in/provider?invitation={invited.code}"
    form = form_in((await visitor.get(link)).text, "/demo/invitation")
    first = await visitor.post("/velsen/demo/invitation", data=form)
    session = (await visitor.get("/v1/velsen/session")).json()
    visitor.cookies.clear()
    form = form_in((await visitor.get(link)).text, "/demo/invitation")
    second = await visitor.post("/velsen/demo/invitation", data=form)

    assert (first.status_code, first.headers["location"]) == (303, "/velsen")
    assert session["name"] == "Noor Bakker"
    assert second.status_code == 403


async def test_another_site_cannot_make_a_visitor_somebody(visitor: httpx.AsyncClient) -> None:
    answer = await visitor.post("/velsen/demo/sign-in", data={"role": "officer"})
    assert answer.status_code == 403


async def absent(visitor: httpx.AsyncClient) -> bool:
    """Whether neither the buttons nor the login behind them are there, with a good form."""
    shown = (await visitor.get("/velsen/sign-in")).text
    token = csrf_token(visitor.cookies["pas-browser-velsen"])
    form = {"role": "officer", "csrf_token": token}
    answer = await visitor.post("/velsen/demo/sign-in", data=form)
    accepting = {"invitation": "x", "csrf_token": token}
    accepted = await visitor.post("/velsen/demo/invitation", data=accepting)
    known = [one for one in (answer, accepted) if one.status_code != 404]
    return not known and 'name="role"' not in shown


async def test_it_is_there_inside_the_fences(visitor: httpx.AsyncClient) -> None:
    assert not await absent(visitor)


async def test_it_is_absent_from_a_municipality_that_the_demonstration_did_not_make(
    visitor: httpx.AsyncClient, superuser: Connection
) -> None:
    await superuser.execute("UPDATE pas.municipality SET demo = false WHERE name = 'velsen'")
    assert await absent(visitor)


async def test_it_is_absent_from_a_database_that_the_demonstration_did_not_make(
    visitor: httpx.AsyncClient, superuser: Connection
) -> None:
    await superuser.execute("UPDATE pas.fact SET value = 'operator' WHERE name = 'created_by'")
    assert await absent(visitor)


async def test_it_is_absent_from_a_server_that_others_can_reach(
    access: Access, settings: Settings, demo: None
) -> None:
    reachable = Settings(
        key_dir=settings.key_dir,
        host="192.0.2.1",
        public_url="http://127.0.0.1:8000",
    )
    async with browsing(access.address, settings=reachable) as visitor:
        assert await absent(visitor)


async def test_it_is_absent_under_another_name(
    access: Access, settings: Settings, demo: None
) -> None:
    named = Settings(key_dir=settings.key_dir, allowed_hosts=("pas.example.nl",))
    async with browsing(access.address, settings=named) as visitor:
        visitor.headers.update({"host": "pas.example.nl"})
        assert await absent(visitor)


@pytest.mark.parametrize(
    "header", [*demo_login.FORWARDED, "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"]
)
async def test_it_is_absent_behind_a_proxy(visitor: httpx.AsyncClient, header: str) -> None:
    visitor.headers.update({header: "for=10.0.0.7"})
    assert await absent(visitor)


async def test_it_is_absent_for_a_visitor_from_elsewhere(
    access: Access, settings: Settings, demo: None
) -> None:
    async with browsing(access.address, settings=settings, peer="10.0.0.7") as visitor:
        assert await absent(visitor)
