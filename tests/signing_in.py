"""Goes to the provider and back, and says who is signed in."""

import httpx

from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import IdentityProvider, change_municipality_settings
from pas.db import Connection
from providing import CLIENT, sent_back

HTML = {"accept": "text/html"}
START = "/velsen/sign-in/provider?returnTo=/velsen/regelingen"


async def signs_in_at(connection: Connection, issuer: str, *acr_values: str) -> None:
    chosen = IdentityProvider(issuer=issuer, client_id=CLIENT, acr_values=acr_values)
    await change_municipality_settings(connection, {"identityProvider": chosen}, actor=SYSTEM)


async def signed_in(browser: httpx.AsyncClient, start: str = START) -> httpx.Response:
    """Go to the provider and back."""
    away = await browser.get(start)
    assert away.status_code == 303, away.text
    return await browser.get(await sent_back(away.headers["location"]))


async def who(browser: httpx.AsyncClient) -> str | None:
    answer = await browser.get("/v1/velsen/session")
    return answer.json()["actorId"] if answer.is_success else None


async def sessions(connection: Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM session WHERE ended_at IS NULL")
