"""One code at several tills at the same moment: one sale, whoever was first."""

from functools import partial
from pathlib import Path

import asyncpg
import pytest

from given.city import Budget, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.logins import a_key_store
from given.phones import a_phone_code, a_sale_by_phone, its_ticket
from given.sales import desk_of
from pas.auth.keys import KeyRing
from pas.db import Connection, Database
from pas.ids import uuid7
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer, SaleItem
from together import VELSEN, at_once

TILLS = 6
SPEND = "SELECT spend_codes($1, $2, $3, $4)"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path).ring(VELSEN)


@pytest.fixture
async def tills(connection: Connection) -> list[Till]:
    """Each of a merchant of its own."""
    return [await a_till(connection, await a_merchant(connection)) for _ in range(TILLS)]


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    return await a_budget(connection, await a_scheme(connection), await a_holder(connection))


async def sell(sale: SaleItem, connection: Connection) -> list[Answer]:
    return await redeem(desk_of(connection), [sale])


@pytest.mark.parametrize("by_ticket", [False, True])
async def test_one_code_at_six_tills_at_once_is_one_sale(
    connection: Connection,
    crowd: Database,
    ring: KeyRing,
    tills: list[Till],
    purse: Budget,
    *,
    by_ticket: bool,
) -> None:
    code = a_phone_code(ring, purse.holder, tills[0])
    sales = [
        a_sale_by_phone(
            till, purse.holder, its_ticket(ring, code, till) if by_ticket else code, price=100
        )
        for till in tills
    ]
    answers = await at_once(crowd, *(partial(sell, sale) for sale in sales))
    heard = sorted(
        one.reason.code() if one.reason else one.outcome
        for answer in answers
        if isinstance(answer, list)
        for one in answer
    )
    assert heard == ["booked"] + ["phone-code-used"] * (TILLS - 1)
    left = await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", purse.account
    )
    assert left == 20_000 - 100
    assert await connection.fetchval("SELECT count(*) FROM phone_code_use") == 1


async def test_one_sale_sent_six_times_at_once_is_booked_once_and_always_answered(
    connection: Connection, crowd: Database, ring: KeyRing, tills: list[Till], purse: Budget
) -> None:
    code = a_phone_code(ring, purse.holder, tills[0])
    sale = a_sale_by_phone(tills[0], purse.holder, code, price=100)
    answers = await at_once(crowd, *(partial(sell, sale) for _ in range(TILLS)))
    assert {one.outcome for answer in answers if isinstance(answer, list) for one in answer} == {
        "booked"
    }
    left = await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", purse.account
    )
    assert left == 20_000 - 100


async def test_the_database_itself_lets_no_code_pay_twice(
    connection: Connection, tills: list[Till]
) -> None:
    """Whatever the program believes: another sale, or the same one at another till, is refused."""
    nonce, sale, till = b"12345678", uuid7(), tills[0].id
    booked = ["booked"]
    assert await connection.fetchval(SPEND, booked, [nonce], [sale], [till]) == booked
    assert await connection.fetchval(SPEND, booked, [nonce], [sale], [till]) == booked
    for other in ((uuid7(), till), (sale, tills[1].id)):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.fetchval(SPEND, booked, [nonce], [other[0]], [other[1]])
        assert refused.value.sqlstate == "PA280"
    assert await connection.fetchval(SPEND, ["declined"], [nonce], [uuid7()], [till]) == [
        "declined"
    ]
    assert await connection.fetchval(SPEND, booked, [None], [uuid7()], [till]) == booked
