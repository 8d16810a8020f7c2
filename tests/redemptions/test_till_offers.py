"""What a till hears of its merchant's offers: its own, of today, in order, and only what is agreed."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from given.city import Merchant, a_merchant, a_till
from given.logins import NOON
from given.merchants import of_merchant
from given.offers import an_offer
from pas.auth.roles import Role
from pas.days import day_of
from pas.db import Connection
from pas.merchants.offers import end_offer, move_offer
from signed_in import signed_in
from signing import SigningTill, paired

OFFERS = "/v1/velsen/offers"


@pytest.fixture
async def merchant(connection: Connection) -> Merchant:
    return await a_merchant(connection, categories=("sport", "swimming"), visit_price_cents=400)


@pytest.fixture
async def till(
    client: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> SigningTill:
    return await paired(client, connection, await a_till(connection, merchant))


async def titles(till: SigningTill) -> list[str]:
    items = (await till.send("GET", OFFERS)).json()["items"]
    return [one["title"] for one in items]


async def test_an_offer_has_all_that_a_till_needs_to_sell_it(
    till: SigningTill, connection: Connection, merchant: Merchant
) -> None:
    offer = await an_offer(connection, merchant.id)
    await an_offer(
        connection,
        merchant.id,
        title="Vrij zwemmen",
        category="swimming",
        priceCents=None,
        visits=1,
        conditions=None,
    )
    answer = (await till.send("GET", OFFERS)).json()
    assert answer["items"][0] == {
        "id": str(offer),
        "title": "Dagkaart",
        "category": "sport",
        "categoryTitle": "sport",
        "priceCents": 1_250,
        "visits": None,
        "conditions": "Zwemdiploma A, of een volwassene erbij.",
    }
    second = answer["items"][1]
    assert (second["priceCents"], second["visits"], second["conditions"]) == (None, 1, None)


async def test_only_what_is_offered_and_agreed_today_is_told(
    till: SigningTill, connection: Connection, merchant: Merchant
) -> None:
    today = day_of(datetime.now(UTC))
    yesterday, tomorrow = today - timedelta(days=1), today + timedelta(days=1)
    await an_offer(connection, merchant.id, title="Vandaag", validUntil=tomorrow.isoformat())
    await an_offer(connection, merchant.id, title="Voorbij", validUntil=today.isoformat())
    await an_offer(connection, merchant.id, title="Straks", validFrom=tomorrow.isoformat())
    await an_offer(connection, merchant.id, title="Niet meer afgesproken", category="swimming")
    ended = await an_offer(connection, merchant.id, title="Gestopt")
    await end_offer(connection, merchant.id, ended, actor=of_merchant(merchant.id), now=NOON)
    await connection.execute(
        "UPDATE agreement SET valid_until = $1 WHERE category = 'swimming'", yesterday
    )
    assert await titles(till) == ["Vandaag"]


async def test_a_till_hears_its_own_merchant_in_the_order_that_was_chosen(
    till: SigningTill, connection: Connection, merchant: Merchant
) -> None:
    other = await a_merchant(connection, name="Ander")
    await an_offer(connection, other.id, title="Van een ander")
    await an_offer(connection, merchant.id, title="a")
    second = await an_offer(connection, merchant.id, title="b")
    actor = of_merchant(merchant.id)
    await move_offer(connection, merchant.id, second, towards="up", actor=actor)
    answer = await till.send("GET", f"{OFFERS}?payee={other.id}")
    assert [one["title"] for one in answer.json()["items"]] == ["b", "a"]


async def test_a_till_of_nobody_hears_who_is_paid(
    client: httpx.AsyncClient, connection: Connection, merchant: Merchant
) -> None:
    await an_offer(connection, merchant.id)
    counter = await signed_in(client, connection, Role.COUNTER)
    await a_till(connection, merchant, kind="counter", login=counter.login)
    none = (await counter.ask("offers")).json()["items"]
    some = (await counter.ask(f"offers?payee={merchant.id}")).json()["items"]
    assert (none, [one["title"] for one in some]) == ([], ["Dagkaart"])


async def test_a_revoked_till_hears_nothing(
    till: SigningTill, connection: Connection, merchant: Merchant
) -> None:
    await an_offer(connection, merchant.id)
    await connection.execute("UPDATE till SET state = 'revoked'")
    answer = await till.send("GET", OFFERS)
    assert answer.status_code in {401, 403, 409}
