"""Who may pay back over HTTP: the merchant's manager and a counter, in parts, in visits, and late."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from given.city import Budget, Scheme, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, TODAY, YEAR
from given.sales import a_sale_item, desk_of
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import EntryId, uuid7
from pas.redemptions.redeem import redeem
from signed_in import Visitor, signed_in
from signing import paired


@pytest.fixture
async def till(connection: Connection) -> Till:
    merchant = await a_merchant(connection, categories=("sport", "swimming"), visit_price_cents=400)
    return await a_till(connection, merchant)


@pytest.fixture
async def manager(client: httpx.AsyncClient, connection: Connection, till: Till) -> Visitor:
    merchant = till.merchant.id
    return await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=merchant)


@pytest.fixture
async def counter(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.COUNTER)


async def sold(
    connection: Connection,
    till: Till,
    scheme: Scheme,
    *,
    visits: int | None = None,
    at: datetime = NOW,
) -> tuple[EntryId, Budget]:
    """Ten euros, or some visits, from a new holder's budget of twenty."""
    holder = await a_holder(connection, year=scheme.year)
    budget = await a_budget(
        connection,
        scheme,
        holder,
        cents=2_000,
        visits=None if visits is None else 5,
    )
    price, take = (1_000, 1_000) if visits is None else (None, 400 * visits)
    sale = a_sale_item(till, holder, price=price, visits=visits, take=take)
    [answer] = await redeem(desk_of(connection, now=at), [sale])
    assert answer.outcome == "booked"
    return sale.id, budget


async def refund(who: Visitor, sale: EntryId, **amount: int) -> httpx.Response:
    body = {"id": str(uuid7()), "reason": "Les ging niet door", **amount}
    return await who.tell(f"redemptions/{sale}/refunds", body)


async def left_of(connection: Connection, account: int | None) -> int:
    return await connection.fetchval("SELECT amount FROM balance WHERE account_id = $1", account)


async def test_a_manager_and_a_counter_pay_back_in_parts(
    connection: Connection, till: Till, manager: Visitor, counter: Visitor
) -> None:
    sale, budget = await sold(connection, till, await a_scheme(connection, year=YEAR))
    parts = [
        await refund(manager, sale, amountCents=400),
        await refund(counter, sale, amountCents=700),
        await refund(counter, sale),
        await refund(manager, sale),
    ]
    codes = [answer.json().get("code") for answer in parts]
    assert codes == [None, "refund-above-remainder", None, "already-reversed"]
    assert await left_of(connection, budget.account) == 2_000
    actors = await connection.fetch("SELECT actor_kind, actor_id FROM entry WHERE kind = 'refund'")
    assert {tuple(row) for row in actors} == {("login", manager.login), ("login", counter.login)}


async def test_a_manager_of_another_merchant_pays_nothing_back(
    client: httpx.AsyncClient, connection: Connection, till: Till
) -> None:
    sale, budget = await sold(connection, till, await a_scheme(connection, year=YEAR))
    other = await a_merchant(connection)
    role = Role.MERCHANT_MANAGER
    stranger = await signed_in(client, connection, role, merchant=other.id)
    answer = await refund(stranger, sale)
    assert (answer.status_code, answer.json()["code"]) == (403, "refund-at-other-merchant")
    assert (await stranger.ask(f"redemptions/{sale}")).status_code == 404
    assert (await stranger.ask("redemptions")).json() == {"items": []}
    assert await left_of(connection, budget.account) == 1_000


async def test_an_intermediary_pays_nothing_back(
    client: httpx.AsyncClient, connection: Connection, till: Till
) -> None:
    sale, _ = await sold(connection, till, await a_scheme(connection, year=YEAR))
    helper = await signed_in(client, connection, Role.INTERMEDIARY)
    await a_till(connection, till.merchant, kind="intermediary", login=helper.login)
    answer = await refund(helper, sale)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")
    assert (await helper.ask(f"redemptions/{sale}")).status_code == 404


async def test_visits_are_paid_back_as_visits(
    connection: Connection, till: Till, counter: Visitor
) -> None:
    scheme = await a_scheme(
        connection, year=YEAR, categories=("swimming",), visits=10, visit_price_cents=400
    )
    sale, budget = await sold(connection, till, scheme, visits=3)
    wrong = await refund(counter, sale, amountCents=400)
    right = await refund(counter, sale, visits=2)
    assert wrong.json()["code"] == "refund-in-visits"
    assert right.json()["amountCents"] == 800
    assert await left_of(connection, budget.visits_account) == 4


async def test_what_is_paid_back_after_the_pass_year_goes_to_the_appropriation(
    connection: Connection, owner: Connection, till: Till, manager: Visitor
) -> None:
    scheme = await a_scheme(connection, year=YEAR - 1)
    at = datetime(YEAR - 1, 6, 1, 12, tzinfo=UTC)
    await owner.execute("UPDATE agreement SET valid_from = $1", at.date())
    sale, budget = await sold(connection, till, scheme, at=at)
    answer = await refund(manager, sale)
    assert answer.json()["amountCents"] == 1_000
    assert await left_of(connection, budget.account) == 1_000
    back = await connection.fetchval(
        "SELECT sum(amount) FROM transfer WHERE credit = $1", scheme.appropriation
    )
    assert back == 1_000


async def test_a_sale_is_found_by_its_number_its_merchant_and_its_day(
    client: httpx.AsyncClient,
    connection: Connection,
    till: Till,
    manager: Visitor,
    counter: Visitor,
) -> None:
    sale, _ = await sold(connection, till, await a_scheme(connection, year=YEAR))
    device = await paired(client, connection, till)
    today, before = TODAY, TODAY - timedelta(days=2)
    of_club = f"redemptions?merchantId={till.merchant.id}"
    found = [
        (await counter.ask(f"{of_club}&day={today}")).json()["items"],
        (await manager.ask("redemptions")).json()["items"],
        (await device.send("GET", f"/v1/velsen/redemptions?day={today}")).json()["items"],
        [(await counter.ask(f"redemptions/{sale}")).json()],
        [(await device.send("GET", f"/v1/velsen/redemptions/{sale}")).json()],
    ]
    assert [[one["id"] for one in items] for items in found] == [[str(sale)]] * 5
    assert (await counter.ask(f"{of_club}&day={before}")).json() == {"items": []}
    assert (await counter.ask(f"{of_club}&before={sale}")).json() == {"items": []}
    assert (await counter.ask("redemptions")).json()["code"] == "payee-not-chosen"
    for day in ("0001-01-01", "9999-12-31"):
        assert (await counter.ask(f"{of_club}&day={day}")).json() == {"items": []}
