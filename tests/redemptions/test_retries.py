"""The same request again, however late and whatever has changed, is a replay and never misuse."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from given.city import (
    LAST_DAY,
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
from given.logins import NOON
from given.sales import a_sale_item, desk_of
from pas.db import Connection
from pas.redemptions.judge import printed
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import SaleItem


class Family(msgspec.Struct, frozen=True):
    """A parent's card pays for a child, at a till."""

    till: Till
    parent: Holder
    child: Holder
    budget: Budget

    def sale(self, holder: int = 1) -> SaleItem:
        return a_sale_item(self.till, self.parent, price=600, take=600, child=holder)


@pytest.fixture
async def family(connection: Connection) -> Family:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    parent, till = await a_holder(connection), await a_till(connection, merchant)
    child = await a_child_of(connection, parent, birth_date=date(2012, 6, 1))
    return Family(till, parent, child, await a_budget(connection, scheme, child, cents=1_000))


async def assert_replayed(
    connection: Connection, family: Family, sale: SaleItem, *, now: datetime = NOON
) -> None:
    [again] = await redeem(desk_of(connection, now=now), [sale])
    assert (again.outcome, again.take_cents, again.reason) == ("booked", 600, None)
    left = await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", family.budget.account
    )
    assert left == 400


async def test_a_retry_after_new_year_is_a_replay(connection: Connection, family: Family) -> None:
    sale, evening = family.sale(), LAST_DAY - timedelta(minutes=70)
    await redeem(desk_of(connection, now=evening), [sale])
    await connection.execute(
        "INSERT INTO pass (id, resident_id, year, starts_on, ends_on) VALUES ($1, $2, 2027, $3, $4)",
        *(uuid4(), family.child.id, date(2027, 1, 1), date(2028, 1, 1)),
    )
    await assert_replayed(connection, family, sale, now=LAST_DAY + timedelta(minutes=10))


async def test_a_retry_after_the_child_came_of_age_is_a_replay(
    connection: Connection, family: Family
) -> None:
    sale = family.sale()
    await redeem(desk_of(connection), [sale])
    tomorrow = NOON + timedelta(days=1)
    await connection.execute(
        "UPDATE managing_adult SET valid_until = $2 WHERE child_id = $1",
        *(family.child.id, tomorrow.date()),
    )
    await assert_replayed(connection, family, sale, now=tomorrow)


async def test_a_retry_after_an_older_child_joined_is_a_replay(
    connection: Connection, family: Family
) -> None:
    sale = family.sale()
    await redeem(desk_of(connection), [sale])
    await a_child_of(connection, family.parent, birth_date=date(2010, 1, 1))
    await assert_replayed(connection, family, sale)


async def test_another_child_under_the_same_id_is_misuse(
    connection: Connection, family: Family
) -> None:
    await a_child_of(connection, family.parent, birth_date=date(2015, 1, 1))
    sale = family.sale()
    other = msgspec.structs.replace(family.sale(2), id=sale.id, sale_id=sale.sale_id)
    moment = desk_of(connection).moment
    card = family.parent.card

    await redeem(desk_of(connection), [sale])
    [answer] = await redeem(desk_of(connection), [other])

    assert len({printed(one, card, moment) for one in (sale, other)}) == 2
    assert answer.reason is not None
    assert answer.reason.code() == "sale-id-reused"


async def test_a_final_no_to_an_unknown_card_stays_no_once_it_is_registered(
    connection: Connection, family: Family
) -> None:
    await connection.execute("UPDATE merchant SET state = 'suspended'")
    sale = family.sale()
    unknown = msgspec.structs.replace(
        sale, scan=msgspec.structs.replace(sale.scan, token_hash=bytes(32))
    )
    [declined] = await redeem(desk_of(connection), [unknown])
    [again] = await redeem(desk_of(connection), [sale])  # The same code is a card's by now.

    assert declined.reason == again.reason
    assert (declined.outcome, again.outcome) == ("declined", "declined")
