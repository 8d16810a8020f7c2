"""A provider that is down, slow or not to be trusted: a clear page, and nobody else waits."""

import asyncio
from time import monotonic

import httpx
import pytest

from pas.auth.keys import KeyStore, Purpose
from pas.auth.oidc import public_jwk
from pas.auth.providers import IdentityProviderDown, IdentityProviderWrong, Providers
from pas.db import Connection
from pas.ids import MunicipalityName
from providing import CALLBACK, hanging, provider, question, sent_back
from signing_in import START, signs_in_at


async def test_a_provider_that_is_down_gives_a_clear_page(
    browser: httpx.AsyncClient, keys: KeyStore, connection: Connection
) -> None:
    ring = keys.ring(MunicipalityName("velsen"))
    with provider([public_jwk(key) for key in ring.of(Purpose.OIDC_CLIENT)]) as failing:
        await signs_in_at(connection, failing.issuer)
        back = await sent_back((await browser.get(START)).headers["location"])
    answer = await browser.get(back)
    assert answer.status_code == 503
    assert "Inloggen lukt nu even niet" in answer.text


async def test_a_provider_that_was_never_there_gives_a_clear_page(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    await signs_in_at(connection, "http://127.0.0.1:9")
    answer = await browser.get(START)
    assert answer.status_code == 503
    assert "Inloggen lukt nu even niet" in answer.text


async def test_who_waits_for_what_a_provider_publishes_keeps_nobody_from_the_database(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    async with hanging(publishes=False) as slow:
        await signs_in_at(connection, slow.issuer)
        under_way = [asyncio.create_task(browser.get(START)) for _ in range(4)]
        await slow.waits_for(1)
        async with asyncio.timeout(1):
            assert (await browser.get("/velsen/sign-in")).status_code == 200
        slow.lets_go()
        assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {503}
        assert slow.waiting == 1, "one asks, and who comes in the next seconds is told at once"


async def test_who_waits_for_a_provider_after_coming_back_keeps_nobody_from_the_database(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    async with hanging(publishes=True) as slow:
        await signs_in_at(connection, slow.issuer)
        states = [
            question((await browser.get(START)).headers["location"])["state"] for _ in range(4)
        ]
        backs = [f"{CALLBACK}?state={state}&code=x" for state in states]
        under_way = [asyncio.create_task(browser.get(back)) for back in backs]
        await slow.waits_for(4)
        async with asyncio.timeout(1):
            assert (await browser.get("/velsen/sign-in")).status_code == 200
            assert (await browser.get(backs[0])).status_code == 400, "it is used up already"
        slow.lets_go()
        assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {503}


async def test_a_provider_that_takes_too_long_over_an_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.auth.providers.TOTAL_SECONDS", 0.2)
    providers = Providers()
    async with hanging(publishes=False) as slow:
        with pytest.raises(IdentityProviderDown):
            async with asyncio.timeout(2):
                await providers.fetch("GET", slow.issuer)
    await providers.close()


async def test_a_provider_that_was_down_is_asked_again_after_a_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    providers = Providers()
    async with hanging(publishes=False) as away:
        away.lets_go()
        with pytest.raises(IdentityProviderDown):
            await providers.metadata(away.issuer)
        away.publishes = True
        with pytest.raises(IdentityProviderDown):
            await providers.metadata(away.issuer)
        monkeypatch.setattr("pas.auth.providers.monotonic", lambda: monotonic() + 5)
        assert (await providers.metadata(away.issuer)).issuer == away.issuer
    await providers.close()


@pytest.mark.parametrize("address", ["http://login.example.nl", "ftp://127.0.0.1", "//x", ""])
async def test_a_provider_without_tls_is_not_even_asked(address: str) -> None:
    providers = Providers()
    with pytest.raises(IdentityProviderWrong, match="is not https"):
        await providers.fetch("GET", address)
    await providers.close()
