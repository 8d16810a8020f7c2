"""A holder reads in a language of their own; whoever works with the pass reads Dutch."""

import asyncio
from datetime import date

import httpx
import pytest

from pas.money import Cents
from pas.web.dates import day
from pas.web.languages import preferred, say, say_count, speak, speaking
from pas.web.templates import shown_euros


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("pl-PL,pl;q=0.9,en;q=0.8", "pl"),
        ("fr-FR,uk;q=0.5,en;q=0.7", "en"),
        ("TR", "tr"),
        ("fr,de;q=0.5", None),
        ("nl;q=0", None),
        ("en;q=much,ar;q=0.1", "ar"),
        ("", None),
    ],
)
def test_a_browser_says_which_language_it_prefers(asked: str, language: str | None) -> None:
    assert preferred(asked) == language


def test_dates_and_amounts_are_read_in_the_order_of_the_language() -> None:
    with speaking("uk"):
        assert day(date(2026, 11, 3)) == "3 листопада 2026"
    with speaking("ar"):
        assert shown_euros(Cents(112_50)) == "\u2066€\u00a0112,50\u2069"
    assert shown_euros(Cents(112_50)) == "€\u00a0112,50"


def test_dutch_needs_no_catalogue_and_counts() -> None:
    assert say("Gebruik hoogstens {most} tekens.", most=3) == "Gebruik hoogstens 3 tekens."
    one, more = "Er klopt nog iets niet", "Er kloppen nog {count} dingen niet"
    assert (say_count(one, more, 1), say_count(one, more, 2)) == (
        one,
        "Er kloppen nog 2 dingen niet",
    )


async def test_one_request_does_not_change_the_language_of_another() -> None:
    async def speaks(language: str) -> str:
        speak("tr" if language == "tr" else "pl")
        await asyncio.sleep(0)
        return day(date(2026, 11, 3))

    spoken = await asyncio.gather(
        asyncio.create_task(speaks("tr")), asyncio.create_task(speaks("pl"))
    )
    assert list(spoken) == ["3 Kasım 2026", "3 listopada 2026"]


async def test_a_page_for_holders_speaks_what_the_browser_asks_for(
    client: httpx.AsyncClient,
) -> None:
    asked = {"accept": "text/html", "accept-language": "ar"}
    shown = await client.get("/velsen/sign-in/card", headers=asked)
    assert '<html lang="ar" dir="rtl">' in shown.text
    worked = await client.get("/velsen/docs/tills", headers=asked)
    assert '<html lang="nl" dir="ltr">' in worked.text


async def test_a_chosen_language_is_remembered_and_beats_the_browser(
    client: httpx.AsyncClient,
) -> None:
    chosen = await client.get("/velsen/language/pl?returnTo=/velsen/sign-in/card")
    assert (chosen.status_code, chosen.headers["location"]) == (303, "/velsen/sign-in/card")
    asked = {"accept": "text/html", "accept-language": "ar", "cookie": "pas-language=pl"}
    assert '<html lang="pl"' in (await client.get("/velsen/sign-in/card", headers=asked)).text


async def test_choosing_a_language_leads_to_no_other_site(client: httpx.AsyncClient) -> None:
    for away in ("//example.org", "https://example.org", "/\\example.org"):
        chosen = await client.get("/velsen/language/pl", params={"returnTo": away})
        assert chosen.headers["location"] == "/velsen"
    assert (await client.get("/velsen/language/klingon")).status_code == 404
