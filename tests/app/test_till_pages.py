"""The pages of a till: sell, ask, take back; for a merchant's till and for people who scan."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx
import pytest

from given.city import (
    Budget,
    Holder,
    Till,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.days import TODAY, YEAR
from given.sales import a_sale_item, desk_of
from page_forms import button_in, form_in
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import EntryId
from pas.redemptions.redeem import redeem
from signed_in import Visitor, behind, signed_in


@pytest.fixture
async def till(connection: Connection) -> Till:
    merchant = await a_merchant(connection, categories=("sport", "swimming"), visit_price_cents=400)
    return await a_till(connection, merchant)


@pytest.fixture
async def cashier(client: httpx.AsyncClient, connection: Connection, till: Till) -> Visitor:
    return await behind(client, connection, till.id)


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR)


@pytest.fixture
async def budget(connection: Connection, holder: Holder) -> Budget:
    return await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=2_000)


async def left_of(connection: Connection, budget: Budget, *, visits: bool = False) -> int:
    account = budget.visits_account if visits else budget.account
    return await connection.fetchval("SELECT amount FROM balance WHERE account_id = $1", account)


async def quoted(cashier: Visitor, holder: Holder, **fields: str) -> str:
    answer = await cashier.send("till/quote", {"scanned": holder.token.text(), **fields})
    assert answer.status_code == 200
    return answer.text


async def sold(cashier: Visitor, page: str, **ticked: str) -> str:
    answer = await cashier.send("till/sell", {**form_in(page, "/till/sell"), **ticked})
    assert answer.status_code == 200
    return answer.text


async def the_sale(connection: Connection) -> UUID:
    return await connection.fetchval("SELECT entry_id FROM redemption WHERE refusal IS NULL")


async def taken_back(cashier: Visitor, sale: UUID, kind: str, **fields: str) -> httpx.Response:
    page = (await cashier.look(f"till/sales/{sale}")).text
    form = form_in(page, f"/till/sales/{sale}") | {"kind": kind, "reason": "Vergissing"}
    return await cashier.send(f"till/sales/{sale}", form | fields)


async def test_the_same_form_sent_twice_sells_once(
    cashier: Visitor, connection: Connection, holder: Holder, budget: Budget
) -> None:
    page = await quoted(cashier, holder, amount="12,40")
    first, second = await sold(cashier, page), await sold(cashier, page)
    assert "<h1" in first
    assert "Betaald" in first
    assert "Betaald" in second
    assert await left_of(connection, budget) == 760


async def test_the_rest_of_the_price_is_asked(
    cashier: Visitor, holder: Holder, budget: Budget
) -> None:
    page = await quoted(cashier, holder, amount="25,00")
    assert "Neem €\u00a020,00" in page
    assert "Vraag nog €\u00a05,00" in page
    assert "betaalt €\u00a05,00 zelf" in await sold(cashier, page)


async def test_a_number_that_is_none_is_said_beside_its_field(
    cashier: Visitor, holder: Holder
) -> None:
    form = {"scanned": holder.token.text(), "visits": "twee"}
    answer = await cashier.send("till/quote", form)
    assert answer.status_code == 400
    assert "Typ een heel getal" in answer.text


async def test_what_moved_is_shown_anew_and_sold_under_the_same_id(
    cashier: Visitor, connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    page = await quoted(cashier, holder, amount="15,00")
    other = a_sale_item(till, holder, price=1_000, take=1_000)
    await redeem(desk_of(connection, now=datetime.now(UTC)), [other])

    moved = await sold(cashier, page)
    assert "Het tegoed is net veranderd" in moved
    assert "Neem €\u00a010,00" in moved
    assert "Vraag nog €\u00a05,00" in moved
    again = await sold(cashier, moved)
    assert "Betaald" in again
    assert await sold(cashier, moved) == again
    assert await left_of(connection, budget) == 0
    ids = form_in(page, "/till/sell")["basket"], form_in(moved, "/till/sell")["basket"]
    assert ids[0] != ids[1]
    assert await connection.fetchval("SELECT count(*) FROM redemption") == 2


# --- conditions: a child needs a diploma or an adult ---


@pytest.fixture
async def child(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR, birth_date=date(YEAR - 9, 1, 1))


@pytest.fixture
async def asking(connection: Connection, child: Holder) -> Budget:
    scheme = await a_scheme(
        connection, year=YEAR, categories=("swimming",), precondition="adult_or_diploma"
    )
    return await a_budget(connection, scheme, child, cents=2_000)


async def test_yes_sells(
    cashier: Visitor, connection: Connection, child: Holder, asking: Budget
) -> None:
    page = await quoted(cashier, child, amount="5,00")
    assert "Is er een zwemdiploma?" in page
    assert "Betaald" in await sold(cashier, page, **{"confirmed-0": "ja"})
    assert await left_of(connection, asking) == 1_500


async def test_forgetting_to_say_keeps_the_sale(
    cashier: Visitor, connection: Connection, child: Holder, asking: Budget
) -> None:
    page = await quoted(cashier, child, amount="5,00")
    unsure = await sold(cashier, page)
    assert "Er is nog een voorwaarde na te gaan" in unsure
    assert "Is er een zwemdiploma?" in unsure
    assert form_in(unsure, "/till/sell")["basket"] == form_in(page, "/till/sell")["basket"]
    assert "Betaald" in await sold(cashier, unsure, **{"confirmed-0": "ja"})
    assert await left_of(connection, asking) == 1_500


async def test_no_is_an_answer(cashier: Visitor, child: Holder, asking: Budget) -> None:
    page = await quoted(cashier, child, amount="5,00")
    no = form_in(page, "/till/sell") | button_in(page, "/till/quote")
    answer = (await cashier.send("till/quote", no)).text
    assert "De voorwaarde van dit tegoed klopt vandaag niet" in answer
    assert "/till/sell" not in answer


async def test_no_lets_another_budget_pay(
    cashier: Visitor, connection: Connection, child: Holder, asking: Budget
) -> None:
    broad = await a_scheme(connection, year=YEAR, categories=("swimming", "sport"))
    other = await a_budget(connection, broad, child, cents=2_000)
    page = await quoted(cashier, child, amount="5,00")
    no = form_in(page, "/till/sell") | button_in(page, "/till/quote")
    anew = (await cashier.send("till/quote", no)).text
    assert "Is er een zwemdiploma?" not in anew
    assert "Betaald" in await sold(cashier, anew)
    assert (await left_of(connection, asking), await left_of(connection, other)) == (
        2_000,
        1_500,
    )


async def test_a_parent_pays_for_each_child_that_is_chosen(
    cashier: Visitor, connection: Connection, holder: Holder
) -> None:
    scheme = await a_scheme(connection, year=YEAR)
    budgets = [
        await a_budget(
            connection,
            scheme,
            await a_child_of(connection, holder, year=YEAR, birth_date=date(year, 1, 1)),
            cents=1_000,
        )
        for year in (2014, 2016, 2018)
    ]
    first = await quoted(cashier, holder, amount="4,00")
    assert "Voor wie is het?" in first
    again = form_in(first, "/till/quote")
    again.pop("holder-0")
    chosen = again | {"holder-1": "ja", "holder-3": "ja"}
    page = (await cashier.send("till/quote", chosen)).text
    assert "Neem €\u00a08,00" in page
    answer = await sold(cashier, page)
    assert answer.count("Betaald: €\u00a04,00") == 2
    assert "Kind 3" in answer
    assert [await left_of(connection, one) for one in budgets] == [600, 1_000, 600]


# --- taking back ---
async def test_a_void_on_the_page(
    cashier: Visitor, connection: Connection, holder: Holder, budget: Budget
) -> None:
    await sold(cashier, await quoted(cashier, holder, amount="12,40"))
    sale = await the_sale(connection)
    form = form_in((await cashier.look(f"till/sales/{sale}")).text, f"/till/sales/{sale}")
    form |= {"kind": "void", "reason": "Vergissing"}
    first = await cashier.send(f"till/sales/{sale}", form)
    second = await cashier.send(f"till/sales/{sale}", form)
    assert first.status_code == second.status_code == 303
    assert await left_of(connection, budget) == 2_000
    page = await cashier.look(first.headers["location"].removeprefix("/velsen/"))
    assert "ongedaan gemaakt" in page.text
    assert "is al terug" in (await cashier.look(f"till/sales/{sale}")).text


async def test_what_was_just_sold_can_be_taken_back_from_there(
    cashier: Visitor, holder: Holder, budget: Budget
) -> None:
    form = form_in(await quoted(cashier, holder, amount="12,40"), "till/sell")
    sold = (await cashier.send("till/sell", form)).text
    (sale,) = re.findall(r"till/sales/[0-9a-f-]{36}", sold)
    assert "Verkoop van €" in (await cashier.look(sale)).text


async def test_a_refusal_does_not_say_its_title_twice(
    cashier: Visitor, connection: Connection, holder: Holder, budget: Budget
) -> None:
    await connection.execute("UPDATE card SET state = 'blocked'")
    page = await quoted(cashier, holder, amount="12,40")
    assert page.count("Deze pas is geblokkeerd.") == 2, "the title, and what the holder hears"


async def test_a_refund_in_parts_keeps_its_way_until_all_is_back(
    cashier: Visitor, connection: Connection, holder: Holder, budget: Budget
) -> None:
    await sold(cashier, await quoted(cashier, holder, amount="12,00"))
    sale = await the_sale(connection)
    await taken_back(cashier, sale, "refund", amount="5,00")
    page = (await cashier.look("till/sales")).text
    assert "deels terug: €\u00a05,00" in page
    assert f"/till/sales/{sale}" in page
    too_much = await taken_back(cashier, sale, "refund", amount="8,00")
    assert too_much.status_code == 400
    await taken_back(cashier, sale, "refund")
    assert await left_of(connection, budget) == 2_000


async def test_visits_go_and_come_back_as_visits(
    cashier: Visitor, connection: Connection, holder: Holder
) -> None:
    scheme = await a_scheme(
        connection, year=YEAR, categories=("swimming",), visits=10, visit_price_cents=500
    )
    budget = await a_budget(connection, scheme, holder, cents=5_000, visits=10)
    page = await quoted(cashier, holder, visits="3", category="swimming")
    assert "Neem 3 bezoeken" in page
    await sold(cashier, page)
    assert await left_of(connection, budget, visits=True) == 7
    sale = await the_sale(connection)
    done = await taken_back(cashier, sale, "refund", visits="2")
    assert done.status_code == 303
    assert await left_of(connection, budget, visits=True) == 9
    assert await left_of(connection, budget) == 4_600


async def test_a_sale_of_another_merchant_is_not_there(
    cashier: Visitor, connection: Connection, holder: Holder, budget: Budget
) -> None:
    elsewhere = await a_till(connection, await a_merchant(connection))
    sale = a_sale_item(elsewhere, holder, price=100, take=100)
    await redeem(desk_of(connection, now=datetime.now(UTC)), [sale])
    page = await cashier.look(f"till/sales/{sale.id}")
    found = await cashier.look(f"till/sales?number={sale.id}")
    assert page.status_code == 404
    assert "vinden wij niet" in found.text


# --- people who scan, and people who pay back ---


async def sale_at(connection: Connection, till: Till, holder: Holder) -> EntryId:
    sale = a_sale_item(till, holder, price=1_000, take=1_000)
    await redeem(desk_of(connection, now=datetime.now(UTC)), [sale])
    return sale.id


async def test_the_payee_is_chosen_first_and_stays_chosen(
    client: httpx.AsyncClient,
    connection: Connection,
    till: Till,
    holder: Holder,
    budget: Budget,
) -> None:
    waiting = await a_merchant(connection, name="Nog niet goedgekeurd")
    await connection.execute("UPDATE merchant SET state = 'requested' WHERE id = $1", waiting.id)
    officer = await signed_in(client, connection, Role.COUNTER)
    await a_till(connection, till.merchant, kind="counter", login=officer.login)
    first = await officer.look("till")
    assert first.headers["location"] == "/velsen/till/payees"
    choice = (await officer.look("till/payees")).text
    assert f"/velsen/till?payee={till.merchant.id}" in choice
    assert "Nog niet goedgekeurd" not in choice
    form = (await officer.look(f"till?payee={till.merchant.id}")).text
    assert "Het geld gaat naar Zwembad De Heerenduinen" in form
    assert 'value="swimming"' in form
    page = await quoted(officer, holder, amount="5,00", payee=str(till.merchant.id))
    answer = await sold(officer, page)
    assert "Betaald" in answer
    assert f"/velsen/till?payee={till.merchant.id}" in answer
    sale = await the_sale(connection)
    assert (await taken_back(officer, sale, "void")).status_code == 303
    assert await left_of(connection, budget) == 2_000


async def test_a_counter_finds_any_sale_by_number_or_by_merchant_and_day(
    client: httpx.AsyncClient,
    connection: Connection,
    till: Till,
    holder: Holder,
    budget: Budget,
) -> None:
    sale = await sale_at(connection, till, holder)
    officer = await signed_in(client, connection, Role.COUNTER)
    nothing = await officer.look("till/sales")
    assert nothing.headers["location"] == "/velsen/till/payees?then=sales"
    for question in (
        f"number={sale}",
        f"payee={till.merchant.id}",
        f"payee={till.merchant.id}&day={TODAY}",
    ):
        assert str(sale) in (await officer.look(f"till/sales?{question}")).text
    other_day = f"payee={till.merchant.id}&day={TODAY - timedelta(days=3)}"
    assert str(sale) not in (await officer.look(f"till/sales?{other_day}")).text
    done = await taken_back(officer, sale, "refund", amount="4,00")
    assert done.status_code == 303
    assert await left_of(connection, budget) == 1_400


async def test_a_manager_pays_back_what_their_own_merchant_took(
    client: httpx.AsyncClient,
    connection: Connection,
    till: Till,
    holder: Holder,
    budget: Budget,
) -> None:
    sale = await sale_at(connection, till, holder)
    role, other = Role.MERCHANT_MANAGER, await a_merchant(connection)
    manager = await signed_in(client, connection, role, merchant=till.merchant.id)
    stranger = await signed_in(client, connection, role, merchant=other.id)
    assert str(sale) in (await manager.look("till/sales")).text
    assert (await stranger.look(f"till/sales/{sale}")).status_code == 404
    page = (await manager.look(f"till/sales/{sale}")).text
    assert "Alles ongedaan maken" not in page
    assert (await taken_back(manager, sale, "refund")).status_code == 303
    assert await left_of(connection, budget) == 2_000


async def test_more_than_fifty_sales_have_a_next_page(
    cashier: Visitor,
    connection: Connection,
    till: Till,
    holder: Holder,
    budget: Budget,
) -> None:
    sales = [a_sale_item(till, holder, price=1, take=1) for _ in range(30)]
    await redeem(desk_of(connection, now=datetime.now(UTC)), sales)
    more = [a_sale_item(till, holder, price=1, take=1) for _ in range(25)]
    await redeem(desk_of(connection, now=datetime.now(UTC)), more)
    first = (await cashier.look("till/sales")).text
    assert first.count("Nummer ") == 50
    where = first.partition("/till/sales?before=")[2].partition('"')[0]
    second = (await cashier.look(f"till/sales?before={where}")).text
    assert second.count("Nummer ") == 5
    shown = {str(sale.id) for sale in (*sales, *more)}
    assert all((one in first) != (one in second) for one in shown)
