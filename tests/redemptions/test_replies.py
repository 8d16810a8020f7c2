"""The same request again gets the very answer that the first got, word for word."""

import httpx
import pytest

from given.city import Holder, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from pas.db import Connection
from pas.ids import uuid7
from signing import SigningTill, paired


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    """With € 10 for sport, three swims, and a ride that must be spent at once."""
    holder = await a_holder(connection, year=YEAR)
    swim = await a_scheme(
        connection, year=YEAR, categories=("swimming",), visits=10, visit_price_cents=500
    )
    sport = await a_scheme(connection, year=YEAR)
    ride = await a_scheme(
        connection, year=YEAR, categories=("bicycle",), spend_at_once=True, once_per_year=True
    )
    await a_budget(connection, swim, holder, cents=1_500, visits=3)
    await a_budget(connection, sport, holder, cents=1_000)
    await a_budget(connection, ride, holder, cents=5_000)
    return holder


@pytest.fixture
async def till(client: httpx.AsyncClient, connection: Connection) -> SigningTill:
    categories = ("sport", "swimming", "bicycle")
    merchant = await a_merchant(connection, categories=categories, visit_price_cents=450)
    return await paired(client, connection, await a_till(connection, merchant))


async def test_a_sale_and_its_retry_are_answered_alike(till: SigningTill, holder: Holder) -> None:
    scanned = holder.token.text()

    def item(take: int, **asked: object) -> dict[str, object]:
        return {"id": str(uuid7()), "scanned": scanned, "takeCents": take, **asked}

    body = {
        "saleId": str(uuid7()),
        "items": [
            item(1_000, priceCents=1_234, category="sport"),
            item(1_350, visits=5, category="swimming"),
            item(2_000, priceCents=2_000, lostCents=3_000, category="bicycle"),
            item(100, priceCents=100, category="sport"),
            item(100, priceCents=100, category="bicycle"),
        ],
    }
    first = await till.post("/v1/velsen/redemptions", body)
    second = await till.post("/v1/velsen/redemptions", body)
    third = await till.post("/v1/velsen/redemptions", body)

    outcomes = [answer["outcome"] for answer in second.json()["items"]]
    assert outcomes == ["booked", "booked", "booked", "declined", "declined"]
    swim = second.json()["items"][1]
    assert (swim["visits"], swim["askVisits"], swim["askCents"]) == (3, 2, 900)
    assert first.json() == second.json() == third.json()


@pytest.mark.parametrize("kind", ["voids", "refunds"])
async def test_taking_back_and_its_retry_are_answered_alike(
    till: SigningTill, holder: Holder, kind: str
) -> None:
    sale = {"id": str(uuid7()), "scanned": holder.token.text(), "takeCents": 300, "priceCents": 300}
    await till.post("/v1/velsen/redemptions", {"items": [{**sale, "category": "sport"}]})
    target = f"/v1/velsen/redemptions/{sale['id']}/{kind}"
    body = {"id": str(uuid7()), "reason": "Vergissing"}

    first, second = await till.post(target, body), await till.post(target, body)

    assert first.json()["amountCents"] == 300
    assert first.json() == second.json()
