"""Every answer and page of a sandbox says so, and nothing of a real city does."""

import httpx
import pytest
from litestar import Litestar

from given.sandbox import a_makers_till
from page_forms import form_in
from pas.app.sandbox_mark import is_of_sandbox
from signing import SigningTill

BAND = "Dit is een testomgeving. Er gaat geen echt geld om."


@pytest.mark.parametrize(
    "path", ["/v1/velsen/till", "/v1/velsen/sandbox/cards", "/velsen", "/velsen/nothing-here"]
)
async def test_answers_of_a_sandbox_have_the_header(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(path)).headers["sandbox"] == "?1"


@pytest.mark.usefixtures("almere")
async def test_others_have_neither(client: httpx.AsyncClient) -> None:
    for path in ("/almere", "/v1/almere/till", "/", "/healthz", "/v1/nowhere/till"):
        answer = await client.get(path, headers={"accept": "text/html"})
        assert "sandbox" not in answer.headers
        assert BAND not in answer.text
    for answer in (
        await client.get("/v1/almere/sandbox/cards"),
        await client.post("/v1/almere/sandbox/tills", json={}),
        await client.post("/v1/almere/sandbox/cards"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "only-in-sandbox")
    assert (await client.get("/almere/sandbox")).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/healthz", "/readyz", "/metrics", "/static/pas.css", "/v1/openapi.json", "/docs/tills"],
)
async def test_nobody_asks_the_database_whose_a_path_of_everybody_is(path: str) -> None:
    """Above all not for the health of a server whose database is away: this one has none."""
    assert not await is_of_sandbox(Litestar([]), path)


async def test_pages_have_a_band(client: httpx.AsyncClient) -> None:
    for path in ("/velsen", "/velsen/sandbox", "/velsen/sign-in", "/velsen/nothing-here"):
        assert BAND in (await client.get(path, headers={"accept": "text/html"})).text


@pytest.mark.usefixtures("almere")
async def test_beside_one_city_a_sandbox_is_no_choice(client: httpx.AsyncClient) -> None:
    front = await client.get("/")
    assert (front.status_code, front.headers["location"]) == (303, "/almere")


async def test_a_maker_gets_a_till_and_a_secret_on_the_page(client: httpx.AsyncClient) -> None:
    page = await client.get("/velsen/sandbox")
    form = form_in(page.text, "/tills") | {"name": "Kassa van Jansen"}
    wrong = await client.post("/velsen/sandbox/tills", data=form | {"webhook_url": "http://x.nl"})
    made = await client.post(
        "/velsen/sandbox/tills", data=form | {"webhook_url": "https://kassa.example.nl/hook"}
    )

    assert "1000 0000 0190" in page.text
    assert wrong.status_code == 400
    assert "Het adres moet met https:// beginnen." in wrong.text
    assert "Koppel Kassa van Jansen" in made.text
    assert "whsec_" in made.text


async def test_the_page_renews_no_cards_that_are_new(client: httpx.AsyncClient) -> None:
    page = await client.get("/velsen/sandbox")
    too_soon = await client.post("/velsen/sandbox/cards", data=form_in(page.text, "/cards"))
    assert too_soon.status_code == 429


async def test_each_maker_has_a_merchant_alone_with_a_lesson_to_sell(
    till: SigningTill, client: httpx.AsyncClient
) -> None:
    other = await a_makers_till(client)
    offers = await till.send("GET", "/v1/velsen/offers")
    assert [one["title"] for one in offers.json()["items"]] == ["Proefles"]
    assert other.till.merchant.id != till.till.merchant.id


async def test_sixty_tills_an_hour_are_enough(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.sandbox.open_shop.MOST_PER_HOUR", 1)
    first = await client.post("/v1/velsen/sandbox/tills", json={})
    second = await client.post("/v1/velsen/sandbox/tills", json={})
    assert (first.status_code, second.status_code) == (201, 429)
