"""From the letter to the pass in one page: a card, a code, and a device of one's own or not."""

from datetime import date
from pathlib import Path

import httpx
import pytest

from given.cards import a_resident, an_issued_card
from given.days import YEAR
from page_forms import form_in
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.codes import grouped, new_activation_code, printed
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.sign_in_tries import MOST_TRIES
from signed_in import signed_in

HTML = {"accept": "text/html"}
ANDROID = (
    "Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
)


@pytest.fixture
def press(client: httpx.AsyncClient, tmp_path: Path) -> Press:
    """With the keys of the application."""
    del client
    return Press(KeyStore(tmp_path).ring(MunicipalityName("velsen")))


@pytest.fixture
async def card(connection: Connection, press: Press) -> IssuedCard:
    return await an_issued_card(connection, press)


async def send(
    client: httpx.AsyncClient, card: IssuedCard, code: str | None = None, **fields: str
) -> httpx.Response:
    page = await client.get("/velsen/sign-in/card", headers=HTML)
    form = {
        **form_in(page.text, "/sign-in/card"),
        "number": grouped(card.codes.number),
        "code": code or printed(card.activation_code or new_activation_code()),
        **fields,
    }
    return await client.post(
        "/velsen/sign-in/card", data=form, headers={**HTML, "user-agent": ANDROID}
    )


async def test_letter_activate_see_is_one_page(
    client: httpx.AsyncClient, card: IssuedCard, connection: Connection
) -> None:
    old = await client.get("/velsen/activate-card", headers=HTML)
    done = await send(client, card)
    seen = await client.get(done.headers["location"], headers=HTML)

    assert old.headers["location"] == "/velsen/sign-in/card"
    assert (done.status_code, done.headers["location"]) == (303, "/velsen/my-pass")
    assert seen.status_code == 200
    assert await connection.fetchval("SELECT state FROM card") == "active"


async def test_only_a_device_of_ones_own_keeps_the_session(
    client: httpx.AsyncClient, card: IssuedCard, connection: Connection
) -> None:
    library = await send(client, card)
    home = await send(client, card, own_device="ja")

    (session,) = [c for c in library.headers.get_list("set-cookie") if "pas-velsen=" in c]
    (lasting,) = [c for c in home.headers.get_list("set-cookie") if "pas-velsen=" in c]
    assert "Max-Age" not in session
    assert f"Max-Age={365 * 24 * 3600}" in lasting
    (stored,) = await connection.fetch(
        "SELECT device, idle_until - started_at AS idle FROM session WHERE is_long"
    )
    assert (stored["device"], stored["idle"].days) == ("phone_android", 90)


async def test_a_phone_that_came_in_before_gets_in_while_somebody_guesses(
    client: httpx.AsyncClient, card: IssuedCard
) -> None:
    await send(client, card)
    phone = httpx.Cookies(client.cookies)
    client.cookies.clear()
    for _ in range(MOST_TRIES):
        assert (await send(client, card, printed(new_activation_code()))).status_code == 400
    assert (await send(client, card)).status_code == 400
    client.cookies = phone
    assert (await send(client, card)).status_code == 303


async def test_the_card_of_a_young_child_works_and_leads_to_the_parent(
    client: httpx.AsyncClient, connection: Connection, press: Press
) -> None:
    child = await a_resident(connection, birth_date=date(YEAR - 8, 1, 1))
    card = await an_issued_card(connection, press, child)
    told = await send(client, card)
    assert told.status_code == 200
    assert "Deze kaart is van een kind." in told.text
    assert await connection.fetchval("SELECT state FROM card") == "active"
    assert await connection.fetchval("SELECT count(*) FROM session") == 0


async def test_after_signing_in_one_goes_on_where_one_was_going_and_never_elsewhere(
    client: httpx.AsyncClient, card: IssuedCard
) -> None:
    inside = await send(client, card, return_to="/velsen/my-decision")
    outside = await send(client, card, return_to="//evil.example")
    assert inside.headers["location"] == "/velsen/my-decision"
    assert outside.headers["location"] == "/velsen/my-pass"


async def test_an_officer_and_the_holder_see_that_codes_were_refused(
    client: httpx.AsyncClient, card: IssuedCard, connection: Connection
) -> None:
    for _ in range(MOST_TRIES + 1):
        await send(client, card, printed(new_activation_code()))
    officer = await signed_in(client, connection, Role.COUNTER)
    page = (await officer.look(f"cards/{card.card_id}")).text
    assert "6 keer" in page
    assert "Op een nieuw apparaat kan het weer vanaf" in page
