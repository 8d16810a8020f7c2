"""The till's endpoints, through the whole application, with signed requests."""

from datetime import UTC, datetime

import httpx
import pytest

from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from pas.auth.till_signature import sign_request
from pas.db import Connection
from pas.ids import uuid7
from signing import SigningTill, paired


@pytest.fixture
async def till(client: httpx.AsyncClient, connection: Connection) -> SigningTill:
    merchant = await a_merchant(connection)
    return await paired(client, connection, await a_till(connection, merchant))


async def test_ask_sell_and_sell_again(till: SigningTill, connection: Connection) -> None:
    scheme = await a_scheme(connection, year=YEAR)
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, scheme, holder, cents=1_240)
    scanned = holder.token.text()

    quote = await till.post(
        "/v1/velsen/quotes", {"items": [{"scanned": scanned, "priceCents": 2_000}]}
    )
    item = {
        "id": str(uuid7()),
        "scanned": scanned.lower(),
        "priceCents": 2_000,
        "takeCents": quote.json()["items"][0]["takeCents"],
    }
    sold = await till.post("/v1/velsen/redemptions", {"items": [item]})
    again = await till.post("/v1/velsen/redemptions", {"items": [item]})
    listed = await till.send("GET", "/v1/velsen/redemptions")

    assert quote.status_code == sold.status_code == again.status_code == 200
    assert quote.json()["items"][0]["say"] == "Neem €\u00a012,40. Vraag nog €\u00a07,60."
    for answer in (sold.json()["items"][0], again.json()["items"][0]):
        assert (answer["outcome"], answer["takeCents"], answer["askCents"]) == (
            "booked",
            1_240,
            760,
        )
    assert [sale["takeCents"] for sale in listed.json()["items"]] == [1_240]


async def test_void_over_http(till: SigningTill, connection: Connection) -> None:
    scheme = await a_scheme(connection, year=YEAR)
    holder = await a_holder(connection, year=YEAR)
    await a_budget(connection, scheme, holder, cents=1_000)
    item = {
        "id": str(uuid7()),
        "scanned": holder.token.text(),
        "priceCents": 300,
        "takeCents": 300,
    }
    await till.post("/v1/velsen/redemptions", {"items": [item]})

    target = f"/v1/velsen/redemptions/{item['id']}/voids"
    undone = await till.post(target, {"id": str(uuid7()), "reason": "Verkeerd bedrag"})
    twice = await till.post(target, {"id": str(uuid7()), "reason": "Verkeerd bedrag"})

    assert undone.json()["amountCents"] == 300
    assert (twice.status_code, twice.json()["code"]) == (409, "already-reversed")


@pytest.mark.parametrize(
    ("price", "code"),
    [
        ("0", "amount-not-positive"),
        ("-5", "amount-not-positive"),
        ("99999999999", "amount-too-large"),
    ],
)
async def test_an_amount_that_cannot_be_is_refused_by_the_rules(
    till: SigningTill, connection: Connection, price: str, code: str
) -> None:
    holder = await a_holder(connection, year=YEAR)
    body = {"items": [{"scanned": holder.token.text(), "priceCents": int(price)}]}
    answer = (await till.post("/v1/velsen/quotes", body)).json()["items"][0]
    assert (answer["outcome"], answer["refusal"]["code"]) == ("refused", code)


@pytest.mark.parametrize("price", ["12.5", "9223372036854775808", '"12,50"', "true", "null1"])
async def test_an_amount_that_is_no_whole_number_is_a_bad_request(
    till: SigningTill, price: str
) -> None:
    raw = b'{"items":[{"scanned":"x","priceCents":' + price.encode() + b"}]}"
    answer = await till.send("POST", "/v1/velsen/quotes", raw=raw)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_code_that_cannot_be_read_says_what_to_do(till: SigningTill) -> None:
    body = {"items": [{"scanned": text, "priceCents": 100} for text in ("hallo", "123456789012")]}
    answers = (await till.post("/v1/velsen/quotes", body)).json()["items"]
    assert [answer["refusal"]["code"] for answer in answers] == [
        "card-unreadable",
        "card-number-mistyped",
    ]


@pytest.mark.usefixtures("almere")
async def test_a_stranger_and_a_copied_signature_get_nothing(
    till: SigningTill, client: httpx.AsyncClient, connection: Connection
) -> None:
    body = b'{"items":[{"scanned":"x","priceCents":1}]}'
    assert (await client.post("/v1/velsen/quotes", content=body)).status_code == 401

    headers = sign_request(
        till.key,
        till_id=till.till.id,
        method="POST",
        target="/v1/velsen/quotes",
        body=body,
        now=datetime.now(UTC),
    )
    headers["content-type"] = "application/json"
    other_body = body.replace(b"1}", b"9}")
    other = await client.post("/v1/velsen/quotes", content=other_body, headers=headers)
    elsewhere = await client.post("/v1/almere/quotes", content=body, headers=headers)
    same = await client.post("/v1/velsen/quotes", content=body, headers=headers)
    assert (other.status_code, elsewhere.status_code, same.status_code) == (401, 401, 200)


async def test_a_till_hears_what_it_is_also_when_paused_but_not_when_revoked(
    till: SigningTill, connection: Connection
) -> None:
    told = await till.send("GET", "/v1/velsen/till")
    await connection.execute("UPDATE till SET state = 'paused', paused_by = 'merchant'")
    paused = await till.send("GET", "/v1/velsen/till")
    await connection.execute("UPDATE till SET state = 'revoked', paused_by = NULL")
    revoked = await till.send("GET", "/v1/velsen/till")

    assert told.json()["merchant"]
    assert told.json()["state"] == "active"
    assert [one["code"] for one in told.json()["categories"]] == ["sport"]
    assert paused.json()["state"] == "paused"
    assert revoked.json()["code"] == "till-revoked"
