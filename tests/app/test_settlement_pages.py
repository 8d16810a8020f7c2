"""The pages of settlements lead: what waits for whom, and what to do next."""

import httpx
import pytest

from given.days import TODAY
from given.settlements import Shop, a_payer, a_shop, give_back, sell
from pas.auth.roles import Role
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.ids import uuid7
from pas.settlements.pages import made_of
from signed_in import Visitor, signed_in

DAY = f"{TODAY.day}-{TODAY.month}-{TODAY.year}"


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """It is owed 12.40; another one is owed something and has no account."""
    shop = await a_shop(connection)
    await sell(connection, shop, 1_240)
    await sell(connection, await a_shop(connection, name="Zonder rekening", account=False), 500)
    await a_payer(connection)
    await until_decided(connection)
    return shop


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


async def proposed(finance: Visitor) -> str:
    answer = await finance.send("settlements", {})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/velsen/")


async def test_each_person_is_led_to_what_comes_next(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    start = (await finance.look("settlements")).text
    assert "12,40 klaar voor 1 aanbieder" in start
    assert "1 aanbieder heeft tegoed, en geen rekening die klopt" in start
    run = await proposed(finance)
    assert "Er wacht een voorstel op een collega" in (await finance.look("settlements")).text
    assert "Kijk het voorstel na" in (await approver.look("settlements")).text
    own = (await finance.look(run)).text
    assert "Keur goed" not in own
    assert "Er is geen goedgekeurde rekening" in own
    assert "Keur goed" in (await approver.look(run)).text

    assert (await approver.send(f"{run}/approval", {})).status_code == 303
    assert "Maak het bankbestand" in (await finance.look("settlements")).text
    assert (await finance.send(f"{run}/export", {})).status_code == 303
    exported = (await finance.look(run)).text
    assert "SHA-256" in exported
    assert (await finance.look(f"{run}/files/1")).content.startswith(b"<?xml")
    assert "Boek wat de bank deed" in (await finance.look("settlements")).text

    assert (await finance.send(f"{run}/payment", {"day": DAY})).status_code == 303
    assert "Klaar" in (await finance.look(run)).text
    assert "Betaald op" in (await approver.look(f"{run}/lines/1")).text


async def test_a_payment_that_came_back_is_booked_on_its_own_page(
    shop: Shop, finance: Visitor, approver: Visitor, connection: Connection
) -> None:
    run = await proposed(finance)
    line = f"{run}/lines/1"
    assert "Kwam deze betaling terug?" not in (await finance.look(line)).text
    await approver.send(f"{run}/approval", {})
    await finance.send(f"{run}/export", {})
    wrong = await finance.send(line, {"day": "morgen"})
    assert wrong.status_code == 400
    assert 'id="day-fout"' in wrong.text
    assert 'id="reason-fout"' in wrong.text
    late = await finance.send(line, {"day": "1-1-2100", "reason": "Dicht"})
    assert "Op deze dag kan de bank dit niet hebben gedaan" in late.text
    assert (await finance.send(line, {"day": DAY, "reason": "Dicht"})).status_code == 303
    assert "Dit bedrag kwam terug" in (await finance.look(line)).text
    await until_decided(connection)
    assert "12,40 klaar voor 1 aanbieder" in (await finance.look("settlements")).text
    assert "Kwam eerder terug, nu opnieuw" in (await approver.look(await proposed(finance))).text


async def test_a_run_is_withdrawn_with_a_reason(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    run = await proposed(finance)
    assert "staan weer klaar" in (await approver.look(f"{run}/withdrawal")).text
    empty = await approver.send(f"{run}/withdrawal", {})
    assert (empty.status_code, 'id="reason-fout"' in empty.text) == (400, True)
    assert (await approver.send(f"{run}/withdrawal", {"reason": "Fout"})).status_code == 303
    shown = (await finance.look(run)).text
    assert "Ingetrokken" in shown
    assert "Fout" in shown
    late = await approver.send(f"{run}/withdrawal", {"reason": "Nog eens"})
    assert "Deze uitbetaling is nu ingetrokken" in late.text


async def test_a_refusal_on_the_page_says_what_to_do(
    client: httpx.AsyncClient, connection: Connection, finance: Visitor, approver: Visitor
) -> None:
    await sell(connection, await a_shop(connection), 500)
    await until_decided(connection)
    run = await proposed(finance)
    answer = await approver.send(f"{run}/approval", {})
    assert answer.status_code == 409
    assert "Vraag de beheerder om naam en rekening" in answer.text
    again = await finance.send("settlements", {})
    assert "Er is al een voorstel" in again.text


async def test_a_merchant_reads_what_is_coming_and_what_was_paid(
    shop: Shop,
    finance: Visitor,
    approver: Visitor,
    client: httpx.AsyncClient,
    connection: Connection,
) -> None:
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    payouts = f"merchants/{shop.merchant.id}/payouts"
    assert payouts in (await manager.look(f"merchants/{shop.merchant.id}")).text
    await until_decided(connection)
    assert "12,40 tot nu toe" in (await manager.look(payouts)).text
    run = await proposed(finance)
    assert "12,40 wacht op goedkeuring" in (await manager.look(payouts)).text
    await approver.send(f"{run}/approval", {})
    await finance.send(f"{run}/export", {})
    assert "Onderweg" in (await manager.look(payouts)).text
    await finance.send(f"{run}/payment", {"day": DAY})
    assert "betaald op" in (await manager.look(payouts)).text
    file = await manager.look(f"{payouts}/{run.partition('/')[2]}/specification")
    assert file.headers["content-disposition"].endswith('"uitbetaling-1.csv"')


async def test_a_merchant_reads_what_a_payment_is_made_of(
    shop: Shop,
    finance: Visitor,
    approver: Visitor,
    client: httpx.AsyncClient,
    connection: Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manager = await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)
    await give_back(connection, shop, await sell(connection, shop, 500), 200)
    await until_decided(connection)
    run = await proposed(finance)
    await approver.send(f"{run}/approval", {})
    at = f"merchants/{shop.merchant.id}/payouts/{run.partition('/')[2]}"

    shown = (await manager.look(at)).text
    listed = (await manager.look(at.rpartition("/")[0])).text
    monkeypatch.setattr(made_of, "MOST_SHOWN", 2)
    cut = (await manager.look(at)).text
    elsewhere = await manager.look(f"{at.rpartition('/')[0]}/{uuid7()}")

    assert at in listed
    for told in ("besteding, ", "teruggeboekt, ", "17,40", "2,00", "15,40", f"{at}/specification"):
        assert told in shown
    assert "Dit zijn de eerste" not in shown
    assert "Dit zijn de eerste 2 van 3 regels." in cut
    assert "teruggeboekt, " not in cut
    assert elsewhere.status_code == 404


async def test_an_approver_sees_on_what_a_run_was_spent_and_what_to_look_at(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    run = await proposed(finance)
    shown = (await approver.look(run)).text
    for told in ("Per regeling en jaar", "Per bestedingsdoel", "Grootste verschillen"):
        assert told in shown
    assert "Naam van de rekening niet zeker" in shown
    assert "Geen goedgekeurde rekening" in shown
    assert "12,40 meer" in shown
    assert "deel;" in (await approver.look(f"{run}/review.csv")).text
    assert (await approver.look(f"{run}/review.xlsx")).content.startswith(b"PK")


async def test_a_run_that_the_books_do_not_bear_out_says_so_and_can_be_withdrawn(
    shop: Shop, finance: Visitor, approver: Visitor, superuser: Connection
) -> None:
    run = await proposed(finance)
    async with superuser.transaction():
        await superuser.execute("SET LOCAL ROLE ledger_velsen")
        await superuser.execute("UPDATE settlement_line SET redeemed_cents = 1, amount_cents = 1")
    shown = (await approver.look(run)).text
    assert "Het voorstel zegt iets anders dan de boeken" in shown
    assert "Trek deze uitbetaling in" in shown
