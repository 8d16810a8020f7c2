"""A till that stands still says why, that it is nobody's fault, and whom to ask: on pages and in the API."""

import httpx
import pytest

from given.city import Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from page_forms import form_in
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.passes.codes import new_token
from signed_in import Visitor, behind, signed_in
from signing import SigningTill, paired

REASON = "Wij bellen u vandaag over de verkopen van zaterdag."


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, await a_scheme(connection, year=YEAR), holder)
    return holder


@pytest.fixture
async def manager(client: httpx.AsyncClient, connection: Connection, till: Till) -> Visitor:
    return await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=till.merchant.id)


@pytest.fixture
async def registrar(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.REGISTRAR)


@pytest.fixture
async def device(client: httpx.AsyncClient, connection: Connection, till: Till) -> SigningTill:
    return await paired(client, connection, till)


def tills_of(till: Till) -> str:
    return f"merchants/{till.merchant.id}/tills"


async def pause(visitor: Visitor, till: Till, **fields: str) -> httpx.Response:
    return await visitor.send(f"{tills_of(till)}/{till.id}/pause", fields)


async def asked(device: SigningTill, *scanned: str) -> list[dict[str, object]]:
    items = [{"scanned": one, "priceCents": 100} for one in scanned]
    return (await device.post("/v1/velsen/quotes", {"items": items})).json()["items"]


async def tries_unknown_cards(device: SigningTill) -> None:
    for _ in range(5):
        await asked(device, new_token(MunicipalityName("velsen")).text())


async def test_the_municipality_says_why_and_the_cashier_reads_it(
    client: httpx.AsyncClient,
    connection: Connection,
    registrar: Visitor,
    till: Till,
    holder: Holder,
) -> None:
    cashier = await behind(client, connection, till.id)
    page = (await cashier.look("till")).text
    without = await pause(registrar, till)
    assert (without.status_code, 'id="reason-fout"' in without.text) == (400, True)
    assert (await pause(registrar, till, reason=REASON)).status_code == 303
    form = form_in(page, "/till/quote") | {"scanned": holder.token.text(), "amount": "1,00"}
    assert (await cashier.send("till/quote", form)).headers["location"] == "/velsen/till"
    stands = (await cashier.look("till")).text
    for sentence in ("Deze kassa staat stil", "De gemeente heeft", REASON, "niet aan de pashouder"):
        assert sentence in stands
    assert "Kijk wat kan" not in stands
    assert (await cashier.look("till/sales")).status_code == 200


async def test_a_sale_that_was_quoted_before_the_pause_hears_why_too(
    client: httpx.AsyncClient,
    connection: Connection,
    registrar: Visitor,
    till: Till,
    holder: Holder,
) -> None:
    cashier = await behind(client, connection, till.id)
    page = (await cashier.look("till")).text
    form = form_in(page, "/till/quote") | {"scanned": holder.token.text(), "amount": "1,00"}
    quote = (await cashier.send("till/quote", form)).text
    await pause(registrar, till, reason=REASON)
    sold = await cashier.send("till/sell", form_in(quote, "/till/sell"))
    assert REASON in sold.text
    assert "Niet betaald" in sold.text


async def test_in_the_api_the_refusal_stays_as_it_is_with_the_pause_beside_it(
    registrar: Visitor, till: Till, device: SigningTill, holder: Holder
) -> None:
    [before] = await asked(device, holder.token.text())
    await pause(registrar, till, reason=REASON)
    [told] = await asked(device, holder.token.text())
    assert before["pause"] is None
    assert isinstance(told["refusal"], dict)
    assert told["refusal"].keys() == {"code", "title", "cashier", "holder", "nextStep"}
    assert told["refusal"]["code"] == "till-paused"
    assert isinstance(told["pause"], dict)
    assert (told["pause"]["by"], told["pause"]["because"]) == ("municipality", REASON)
    assert told["pause"]["telephone"] == "14 000"
    sale = {"id": str(uuid7()), "scanned": holder.token.text(), "priceCents": 100, "takeCents": 100}
    sold = await device.post("/v1/velsen/redemptions", {"items": [sale]})
    assert sold.json()["items"][0]["pause"] == told["pause"]
    own = (await device.send("GET", "/v1/velsen/till")).json()
    assert (own["state"], own["pause"]) == ("paused", told["pause"])


async def test_what_the_program_stopped_the_manager_reads_and_starts_again(
    manager: Visitor, till: Till, device: SigningTill, holder: Holder
) -> None:
    await tries_unknown_cards(device)
    [told] = await asked(device, holder.token.text())
    assert isinstance(told["pause"], dict)
    assert (told["pause"]["by"], told["pause"]["because"]) == ("program", None)
    assert "niet kennen" in str(told["pause"]["happened"])
    assert "Vraag uw beheerder" in str(told["pause"]["nextStep"])
    listed = (await manager.look(tills_of(till))).text
    assert "te veel passen gescand die wij niet kennen" in listed
    assert "Is het apparaat nog bij u?" in listed
    again = await manager.send(f"{tills_of(till)}/{till.id}/resume", {})
    assert again.status_code == 303
    [quoted] = await asked(device, holder.token.text())
    assert (quoted["outcome"], quoted["pause"]) == ("quoted", None)


async def test_a_club_stops_its_own_till_with_or_without_a_reason(
    client: httpx.AsyncClient, connection: Connection, manager: Visitor, till: Till
) -> None:
    cashier = await behind(client, connection, till.id)
    assert (await pause(manager, till)).status_code == 303
    stands = (await cashier.look("till")).text
    assert "Uw eigen club of winkel heeft deze kassa stilgezet." in stands
    assert "De reden" not in stands
    assert "U kunt de kassa weer aanzetten" in (await manager.look(tills_of(till))).text


async def test_a_till_of_a_person_is_started_by_the_municipality_whoever_stopped_it(
    connection: Connection, client: httpx.AsyncClient
) -> None:
    officer = await signed_in(client, connection, Role.COUNTER)
    merchant = await a_merchant(connection)
    till = await a_till(connection, merchant, kind="counter", login=officer.login)
    await connection.execute(
        "UPDATE till SET state = 'paused', paused_by = 'program' WHERE id = $1", till.id
    )
    stands = (await officer.look("till")).text
    assert "Deze kassa staat stil" in stands
    assert "Bel de gemeente. Zij zet de kassa weer aan." in stands
    assert "beheerder" not in stands


async def test_an_old_reason_is_not_told_of_a_new_pause(
    connection: Connection, registrar: Visitor, till: Till, device: SigningTill, holder: Holder
) -> None:
    """Also not when a version from before this one started the till again."""
    await pause(registrar, till, reason=REASON)
    await connection.execute("UPDATE till SET state = 'active', paused_by = NULL")
    await tries_unknown_cards(device)
    [told] = await asked(device, holder.token.text())
    assert isinstance(told["pause"], dict)
    assert (told["pause"]["by"], told["pause"]["because"]) == ("program", None)
