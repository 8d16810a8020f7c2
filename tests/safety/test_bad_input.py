"""Bad input at a till, over HTTP: each kind has its own clear answer, and nothing is stored.

What a file of schemes, residents or merchants may get wrong is tested beside its reader.
"""

import random
import secrets
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from typing import cast

import httpx
import msgspec
import pytest

from given.city import Budget, Holder, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.logins import a_login
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.auth.sessions import start_session, token_hash
from pas.auth.tokens import sign_session_token
from pas.db import Connection
from pas.ids import MunicipalityName, TillId, uuid7
from pas.passes.codes import new_card_number, new_token
from signing import SigningTill, paired

TEN_MEGABYTES = 10_000_000
VELSEN, ALMERE = MunicipalityName("velsen"), MunicipalityName("almere")


class Shop(msgspec.Struct):
    """A till, and a holder who can pay there."""

    till: SigningTill
    connection: Connection
    holder: Holder
    budget: Budget

    async def sells(self, scanned: object = None, **fields: object) -> dict[str, object]:
        """Sell for one euro and give the one answer."""
        body = {"items": [self.item(scanned, **fields)]}
        answer = await self.till.post("/v1/velsen/redemptions", body)
        assert answer.status_code == 200, answer.text
        return answer.json()["items"][0]

    def item(self, scanned: object = None, **fields: object) -> dict[str, object]:
        text = self.holder.token.text() if scanned is None else scanned
        fields = {"priceCents": 100, "takeCents": 100, **fields}
        return {"id": str(uuid7()), "scanned": text, **fields}


@pytest.fixture
async def shop(client: httpx.AsyncClient, connection: Connection) -> AsyncGenerator[Shop]:
    """A shop where nothing is sold in the end."""
    till = await a_till(connection, await a_merchant(connection))
    holder = await a_holder(connection, year=YEAR)
    budget = await a_budget(connection, await a_scheme(connection, year=YEAR), holder, cents=1_000)
    made = Shop(await paired(client, connection, till), connection, holder, budget)
    transfers = await connection.fetchval("SELECT count(*) FROM transfer")
    yield made
    assert await connection.fetchval("SELECT count(*) FROM transfer") == transfers
    assert await connection.fetchval("SELECT amount FROM balance") == 1_000


def refusal_of(answer: dict[str, object]) -> str:
    """The code of a refusal that says what to do in three sentences."""
    refusal = cast("dict[str, str] | None", answer["refusal"])
    assert refusal, answer
    for part in ("title", "cashier", "holder", "nextStep"):
        assert refusal[part].strip().endswith((".", "?", "!")), refusal
    assert answer["say"] == refusal["cashier"]
    assert answer["takeCents"] == 0
    return refusal["code"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"priceCents": 0, "takeCents": 0}, "amount-not-positive"),
        ({"priceCents": -1, "takeCents": -1}, "amount-not-positive"),
        ({"priceCents": 10**11, "takeCents": 10**11}, "amount-too-large"),
        ({"priceCents": None}, "amount-or-visits-missing"),
        ({"visits": 1}, "amount-or-visits-missing"),
        ({"category": "culture"}, "category-not-agreed"),
        ({"holder": 3}, "pass-not-in-household"),
    ],
)
async def test_a_sale_that_cannot_be(shop: Shop, fields: dict[str, object], code: str) -> None:
    assert refusal_of(await shop.sells(**fields)) == code


@pytest.mark.parametrize(
    "wrong",
    [
        b'"takeCents":12.5',
        b'"takeCents":9223372036854775808',
        b'"takeCents":"12,50"',
        b'"takeCents":"100"',
        b'"takeCents":1e2',
        b'"takeCents":true',
        b'"takeCents":NaN',
        b'"takeCents":[100]',
    ],
)
async def test_an_amount_that_is_no_whole_number_of_cents(shop: Shop, wrong: bytes) -> None:
    good = msgspec.json.encode({"items": [shop.item()]})
    assert b'"takeCents":100' in good
    raw = good.replace(b'"takeCents":100', wrong)
    answer = await shop.till.send("POST", "/v1/velsen/redemptions", raw=raw)
    assert_problem(answer, 400, {"invalid-input", "malformed-json"})


BROKEN: tuple[tuple[Callable[[bytes], bytes], str], ...] = (
    (lambda body: body[:-3], "incomplete-json"),
    (lambda _: b"", "missing-body"),
    (lambda body: body + b"}", "malformed-json"),
    (lambda body: b"\xff\xfe" + body, "malformed-json"),
    (lambda _: b"[" * 5_000 + b"]" * 5_000, "malformed-json"),
    (lambda body: body.replace(b'"items"', b'"artikelen"'), "invalid-input"),
    (lambda _: b"x" * TEN_MEGABYTES, "body-too-large"),
    (lambda body: body[:-1] + b" " * TEN_MEGABYTES + b"}", "body-too-large"),
)


@pytest.mark.parametrize(("change", "code"), BROKEN)
async def test_a_body_that_is_broken_or_far_too_large(
    shop: Shop, change: Callable[[bytes], bytes], code: str
) -> None:
    raw = change(msgspec.json.encode({"items": [shop.item()]}))
    answer = await shop.till.send("POST", "/v1/velsen/redemptions", raw=raw)
    assert answer.json()["code"] == code
    assert_problem(answer, 413 if code == "body-too-large" else 400, {code})


async def test_fifty_one_items_are_too_many(shop: Shop) -> None:
    answer = await shop.till.post(
        "/v1/velsen/redemptions", {"items": [shop.item() for _ in range(51)]}
    )
    assert_problem(answer, 400, {"invalid-input"})


CHANCE = random.Random(7).randrange
"""The same cases in every process that collects the tests."""


@pytest.mark.parametrize(
    ("scanned", "code"),
    [
        ("hallo", "card-unreadable"),
        ("https://example.nl/?q=1", "card-unreadable"),
        ("💶" * 40, "card-unreadable"),
        ("'; DROP TABLE card; --", "card-unreadable"),
        ("1234 5678 9013", "card-number-mistyped"),
        ("123456", "card-number-mistyped"),
        ("SP1:ABCDEF", "card-unreadable"),
        (new_card_number(CHANCE), "card-unknown"),
        (new_token(VELSEN, CHANCE).text(), "card-unknown"),
        (new_token(ALMERE, CHANCE).text(), "card-foreign"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_wrong_forged_or_foreign_card(shop: Shop, scanned: str, code: str) -> None:
    assert refusal_of(await shop.sells(scanned)) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE card SET state = 'blocked'", "card-blocked"),
        ("UPDATE card SET state = 'inactive'", "card-not-activated"),
        ("UPDATE card SET state = 'replaced'", "card-replaced"),
        ("UPDATE card SET expires_at = now() - interval '1 minute'", "temporary-card-expired"),
        ("UPDATE pass SET ended_on = current_date - 1, ended_because = 'moved'", "pass-ended"),
        ("UPDATE agreement SET valid_until = valid_from + 1", "category-not-agreed"),
        ("UPDATE merchant SET state = 'suspended'", "merchant-suspended"),
        ("UPDATE till SET state = 'paused'", "till-paused"),
        ("UPDATE till SET state = 'revoked'", "till-revoked"),
    ],
)
async def test_a_card_till_or_merchant_that_is_switched_off(
    shop: Shop, change: str, code: str
) -> None:
    await shop.connection.execute(change)
    assert refusal_of(await shop.sells()) == code


async def test_a_pass_of_last_year(shop: Shop) -> None:
    old = await a_holder(shop.connection, year=YEAR - 1)
    assert refusal_of(await shop.sells(old.token.text())) == "card-expired"


async def test_a_pass_of_next_year(shop: Shop) -> None:
    early = await a_holder(shop.connection, year=YEAR + 1)
    assert refusal_of(await shop.sells(early.token.text())) == "pass-not-yet-valid"


async def test_a_till_that_nobody_paired(shop: Shop) -> None:
    stranger = Till(TillId(uuid7()), shop.till.till.merchant)
    till = SigningTill(shop.till.client, stranger, shop.till.key)
    answer = await till.post("/v1/velsen/redemptions", {"items": [shop.item()]})
    assert_problem(answer, 401, {"till-unknown"})
    assert answer.json()["cashier"] == "Deze kassa is niet bekend. Koppel de kassa opnieuw."


async def test_an_id_that_was_declined_never_books_something_else(shop: Shop) -> None:
    item = shop.item(category="culture")
    first = await shop.sells(**item)
    other = await shop.sells(**{**item, "category": "sport"})
    again = await shop.sells(**item)
    assert refusal_of(first) == refusal_of(again) == "category-not-agreed"
    assert refusal_of(other) == "sale-id-reused"


async def test_an_id_used_for_a_void_of_nothing(shop: Shop) -> None:
    body = {"id": str(uuid7()), "reason": "Fout"}
    answer = await shop.till.post(f"/v1/velsen/redemptions/{uuid7()}/voids", body)
    assert_problem(answer, 404, {"redemption-unknown"})


async def uploader(
    client: httpx.AsyncClient, connection: Connection, keys: KeyStore
) -> dict[str, str]:
    """The headers of a registrar's program."""
    login, now = await a_login(connection, Role.REGISTRAR), datetime.now(UTC)
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="test", now=now
    )
    token, _ = sign_session_token(
        keys.ring(VELSEN),
        issuer=str(client.base_url).rstrip("/"),
        subject=login,
        session_hash=token_hash(session.token),
        now=now,
    )
    return {"authorization": f"Bearer {token}", "content-type": "text/csv"}


async def test_a_file_of_ten_megabytes_is_taken_and_one_far_larger_is_not(
    client: httpx.AsyncClient, connection: Connection, keys: KeyStore
) -> None:
    headers = await uploader(client, connection, keys)

    async def upload(size: int) -> httpx.Response:
        content = secrets.token_hex(size // 2).encode()
        return await client.post("/v1/velsen/merchant-imports", content=content, headers=headers)

    assert (await upload(TEN_MEGABYTES)).status_code == 202
    assert_problem(await upload(3 * TEN_MEGABYTES), 413, {"body-too-large"})
    assert await connection.fetchval("SELECT count(*) FROM upload") == 1


def assert_problem(answer: httpx.Response, status: int, codes: set[str]) -> None:
    """A refusal that a person can do something with."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] in codes
    assert problem["detail"].endswith((".", "?")), problem
    assert problem["nextStep"].endswith((".", "?")), problem
