"""Offers on the till's pages without scripts: one tap fills in, the conditions are asked before taking."""

import httpx
import pytest

from given.city import Budget, Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.logins import NOON
from given.merchants import of_merchant
from given.offers import an_offer
from page_forms import form_in
from pas.db import Connection
from pas.ids import OfferId
from pas.merchants.offers import end_offer
from signed_in import Visitor, behind

CHECK = "Zwemdiploma A, of een volwassene erbij."


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


@pytest.fixture
async def offer(connection: Connection, till: Till) -> OfferId:
    return await an_offer(connection, till.merchant.id)


async def left_of(connection: Connection, budget: Budget) -> int:
    sql = "SELECT amount FROM balance WHERE account_id = $1"
    return await connection.fetchval(sql, budget.account)


async def taps(cashier: Visitor, holder: Holder, offer: OfferId) -> str:
    fields = {"scanned": holder.token.text(), "offer": str(offer), "amount": "99,00"}
    answer = await cashier.send("till/quote", fields)
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_offers_stand_on_the_till_and_one_tap_quotes_its_price(
    cashier: Visitor, holder: Holder, budget: Budget, offer: OfferId
) -> None:
    desk = (await cashier.look("till")).text
    page = await taps(cashier, holder, offer)
    assert f'value="{offer}"' in desk
    assert "€\u00a012,50" in desk
    assert "Neem €\u00a012,50" in page
    assert CHECK in page


async def test_nothing_is_taken_before_its_conditions_were_looked_at(
    cashier: Visitor, connection: Connection, *, holder: Holder, budget: Budget, offer: OfferId
) -> None:
    page = await taps(cashier, holder, offer)
    form = form_in(page, "/till/sell")
    unticked = (await cashier.send("till/sell", form)).text
    left = await left_of(connection, budget)
    again = form_in(unticked, "/till/sell") | {"offer-checked": "ja"}
    sold = (await cashier.send("till/sell", again)).text

    assert "Vink aan dat dit klopt." in unticked
    assert left == 2_000
    assert "Betaald" in sold
    assert await left_of(connection, budget) == 750


async def test_an_offer_without_conditions_is_taken_at_once(
    cashier: Visitor, connection: Connection, *, till: Till, holder: Holder, budget: Budget
) -> None:
    offer = await an_offer(connection, till.merchant.id, conditions=None)
    page = await taps(cashier, holder, offer)
    sold = (await cashier.send("till/sell", form_in(page, "/till/sell"))).text
    assert "Betaald" in sold
    assert await left_of(connection, budget) == 750


async def test_a_tap_without_a_pass_keeps_the_offer_until_there_is_one(
    cashier: Visitor, holder: Holder, budget: Budget, offer: OfferId
) -> None:
    waits = await cashier.send("till/quote", {"offer": str(offer)})
    form = form_in(waits.text, "/till/quote") | {"scanned": holder.token.text()}
    page = (await cashier.send("till/quote", form)).text
    typed = (await cashier.send("till/quote", form | {"amount": "5,00"})).text

    assert waits.status_code == 400
    assert 'value="12,50"' in waits.text
    assert CHECK in page
    assert "Neem €\u00a05,00" in typed
    assert CHECK not in typed


async def test_an_offer_that_ended_meanwhile_is_told_and_an_amount_may_be_typed(
    cashier: Visitor, connection: Connection, *, till: Till, holder: Holder, offer: OfferId
) -> None:
    merchant = till.merchant.id
    await end_offer(connection, merchant, offer, actor=of_merchant(merchant), now=NOON)
    answer = await cashier.send("till/quote", {"scanned": holder.token.text(), "offer": str(offer)})
    assert answer.status_code == 400
    assert "Dit aanbod is er niet meer." in answer.text


async def test_the_first_button_of_the_form_is_no_offer(cashier: Visitor, offer: OfferId) -> None:
    """A scanner types Enter behind the code: that asks what can be taken, and sells no offer."""
    desk = (await cashier.look("till")).text.partition("<main")[2]
    first = desk.partition("/till/quote")[2].partition("<button")[2].partition(">")[0]
    assert "hidden" in first
    assert str(offer) not in first
